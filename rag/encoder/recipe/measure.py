"""Dense retrieval alone on BEIR-style folders: what the model card's figures come from.

python -m rag.encoder.recipe.measure FOLDER… [--encoder NAME] [--questions N]
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.encoder import Encoder, open_encoder
from rag.settings import BUNDLED_ENCODER


def ndcg(encoder: Encoder, folder: Path, *, questions: int = 0, seed: int = 0) -> float:
    """nDCG@10 of a folder with corpus.jsonl, queries.jsonl and qrels.tsv, by cosine alone.

    `questions` > 0 measures on that many, drawn at random.
    """
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, passage, grade = line.split("\t")
        relevant.setdefault(query, {})[passage] = int(grade)
    passages = _rows(folder / "corpus.jsonl")
    queries = [q for q in _rows(folder / "queries.jsonl") if q["_id"] in relevant]
    if questions:
        queries = random.Random(seed).sample(queries, min(questions, len(queries)))
    texts = [f"{p.get('title', '')} {p['text']}".strip() for p in passages]
    scores = encoder.encode_queries([q["text"] for q in queries]) @ encoder.encode_passages(texts).T
    names = [p["_id"] for p in passages]
    gains = [
        _gain([names[i] for i in np.argsort(-row)[:10]], relevant[query["_id"]])
        for query, row in zip(queries, scores, strict=True)
    ]
    return float(np.mean(gains))


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
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    encoder = open_encoder(arguments.encoder, threads=arguments.threads)
    for folder in arguments.folders:
        value = ndcg(encoder, folder, questions=arguments.questions)
        print(f"{folder.name}\t{100 * value:.1f}", flush=True)


if __name__ == "__main__":
    main()
