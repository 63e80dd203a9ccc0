"""Dense retrieval alone on BEIR-style folders: what the model card's figures come from.

python -m rag.encoder.recipe.measure FOLDER… [--encoder NAME] [--questions N] [--dimensions N]
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.encoder import Encoder, open_encoder
from rag.encoder.bundled import checksum
from rag.settings import BUNDLED_ENCODER


class Passages:
    """Passage vectors by text file: folders that differ in their questions alone share them."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    def vectors(self, corpus: Path) -> NDArray[np.float32]:
        """Unit rows, one for each line of a corpus.jsonl: its title and text together."""
        key = checksum(corpus)
        if key not in self._known:
            texts = [f"{p.get('title', '')} {p['text']}".strip() for p in _rows(corpus)]
            self._known[key] = self._encoder.encode_passages(texts)
        return self._known[key]


def ndcg(
    encoder: Encoder,
    passages: Passages,
    folder: Path,
    *,
    questions: int = 0,
    dimensions: int = 0,
    seed: int = 0,
) -> float:
    """nDCG@10 of a folder with corpus.jsonl, queries.jsonl and qrels.tsv, by cosine alone.

    `questions` > 0 measures on that many, drawn at random; `dimensions` > 0 on vectors shortened
    to their components along that many main directions of the passages'.
    """
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, passage, grade = line.split("\t")
        relevant.setdefault(query, {})[passage] = int(grade)
    queries = [q for q in _rows(folder / "queries.jsonl") if q["_id"] in relevant]
    if questions:
        queries = random.Random(seed).sample(queries, min(questions, len(queries)))
    asked = encoder.encode_queries([q["text"] for q in queries])
    known = passages.vectors(folder / "corpus.jsonl")
    if dimensions:
        asked, known = _shortened(asked, known, dimensions)
    scores = asked @ known.T
    names = [p["_id"] for p in _rows(folder / "corpus.jsonl")]
    gains = [
        _gain([names[i] for i in np.argsort(-row)[:10]], relevant[query["_id"]])
        for query, row in zip(queries, scores, strict=True)
    ]
    return float(np.mean(gains))


def _shortened(
    asked: NDArray[np.float32], known: NDArray[np.float32], dimensions: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    along = np.linalg.eigh(known.T @ known)[1][:, -dimensions:]
    short = [rows @ along for rows in (asked, known)]
    asked, known = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in short)
    return asked, known


def _gain(found: list[str], grades: dict[str, int]) -> float:
    got = _discounted(np.array([grades.get(name, 0) for name in found], dtype=np.float64))
    best = _discounted(np.array(sorted(grades.values(), reverse=True)[:10], dtype=np.float64))
    return got / best if best else 0.0


def _discounted(grades: NDArray[np.float64]) -> float:
    return float(((2**grades - 1) / np.log2(np.arange(len(grades)) + 2)).sum())


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--encoder", default=BUNDLED_ENCODER)
    parser.add_argument("--questions", type=int, default=0, help="measure on a sample of N")
    parser.add_argument("--dimensions", type=int, default=0, help="shorten the vectors to N")
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    encoder = open_encoder(arguments.encoder, threads=arguments.threads)
    passages = Passages(encoder)
    for folder in arguments.folders:
        value = ndcg(
            encoder,
            passages,
            folder,
            questions=arguments.questions,
            dimensions=arguments.dimensions,
        )
        print(f"{folder.name}\t{100 * value:.1f}", flush=True)


if __name__ == "__main__":
    main()
