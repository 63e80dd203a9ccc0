"""Scores retrieval on folders in the BEIR format, with the product's own index and retriever.

A folder holds `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and
`qrels.tsv` (query id, corpus id, grade; with a header), see Thakur et al. 2021.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.encoder import Encoder
from rag.errors import InvalidInput
from rag.index.builder import Collection, write
from rag.index.reader import Index
from rag.jsonlines import read_json_lines, read_lines
from rag.language import identify
from rag.retriever import Retriever
from rag.types import Document, Language

_DEPTH = 100
_BATCH = 64


@dataclass(frozen=True, slots=True)
class BeirResult:
    """Means over the queries that have judgments, as fractions from 0 to 1; times in seconds and
    milliseconds. A query's time runs from its text to its hits, encoding included."""

    set: str
    queries: int
    passages: int
    ndcg_10: float
    recall_5: float
    recall_100: float
    mrr_10: float
    index_seconds: float
    query_ms_p50: float
    query_ms_p95: float

    def record(self) -> dict[str, object]:
        """As JSON fields; metrics rounded to four decimals."""
        return {
            "set": self.set,
            "queries": self.queries,
            "passages": self.passages,
            "ndcg@10": round(self.ndcg_10, 4),
            "recall@5": round(self.recall_5, 4),
            "recall@100": round(self.recall_100, 4),
            "mrr@10": round(self.mrr_10, 4),
            "index_seconds": round(self.index_seconds, 2),
            "query_ms_p50": round(self.query_ms_p50, 2),
            "query_ms_p95": round(self.query_ms_p95, 2),
        }


@dataclass(frozen=True, slots=True)
class BeirQuestion:
    """A question with its language: what the file's `lang` says, else as identified."""

    id: str
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class BeirFolder:
    """A set as read: the corpus with each row as one paragraph, the questions that have a relevant
    passage, and their grades by question and passage."""

    name: str
    collection: Collection
    questions: tuple[BeirQuestion, ...]
    judgments: Mapping[str, Mapping[str, int]]


def read_folder(folder: Path) -> BeirFolder:
    """Read a folder in the BEIR format.

    Raises InvalidInput, naming file and line, if it is malformed.
    """
    collection = _read_corpus(folder / "corpus.jsonl")
    known = {paragraph.id for paragraph in collection.paragraphs}
    judgments = _read_judgments(folder / "qrels.tsv", known)
    questions = _read_questions(folder / "queries.jsonl", judgments)
    return BeirFolder(folder.resolve().name, collection, questions, judgments)


def evaluate(folder: Path, encoder: Encoder, *, progress: bool = True) -> BeirResult:
    """Index the corpus in a temporary folder, each row as one paragraph, and search it.

    Raises InvalidInput, naming file and line, if the folder is malformed.
    """
    read = read_folder(folder)
    collection, judgments = read.collection, read.judgments
    with tempfile.TemporaryDirectory() as temporary:
        started = time.perf_counter()
        write(collection, Path(temporary), encoder, progress=progress)
        retriever = Retriever(Index.open(temporary), encoder)
        index_seconds = time.perf_counter() - started
        scores, times = [], []
        for done, question in enumerate(read.questions, 1):
            started = time.perf_counter()
            hits = retriever.search(question.text, _DEPTH)
            times.append(1000 * (time.perf_counter() - started))
            found = [hit.paragraph.id for hit in hits]
            grades = judgments[question.id]
            scores.append(
                (
                    ndcg(found, grades, 10),
                    recall(found, grades, 5),
                    recall(found, grades, 100),
                    reciprocal_rank(found, grades, 10),
                )
            )
            if progress and (done % _BATCH == 0 or done == len(read.questions)):
                print(f"\r{folder.name}: {done}/{len(read.questions)}", end="", file=sys.stderr)
    if progress:
        print(file=sys.stderr)
    ndcg_10, recall_5, recall_100, mrr_10 = np.mean(scores, axis=0).tolist()
    p50, p95 = np.percentile(times, (50, 95)).tolist()
    return BeirResult(
        set=read.name,
        queries=len(read.questions),
        passages=len(collection.paragraphs),
        ndcg_10=ndcg_10,
        recall_5=recall_5,
        recall_100=recall_100,
        mrr_10=mrr_10,
        index_seconds=index_seconds,
        query_ms_p50=p50,
        query_ms_p95=p95,
    )


def ndcg(found: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Normalised discounted cumulative gain of the first k: the sum of grade / log2(rank + 1) over
    that of the best order (Järvelin and Kekäläinen 2002; trec_eval's gain is the grade itself)."""
    best = sorted(grades.values(), reverse=True)[:k]
    gained = [grades.get(id, 0) for id in found[:k]]
    return _discounted(gained) / _discounted(best)


def recall(found: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """The share of what is relevant (grade above 0) that is among the first k."""
    relevant = {id for id, grade in grades.items() if grade > 0}
    return len(relevant.intersection(found[:k])) / len(relevant)


def reciprocal_rank(found: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """1 / rank of the first relevant one among the first k, 0 if there is none."""
    ranks = (rank for rank, id in enumerate(found[:k], 1) if grades.get(id, 0) > 0)
    return 1 / next(ranks, math.inf)


def _discounted(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _read_corpus(path: Path) -> Collection:
    documents: dict[str, Document] = {}
    for line in read_json_lines(path):
        id, text = line.text("_id"), line.text("text", blank=True)
        title = line.text("title", blank=True) if line.record.get("title") else ""
        if id in documents:
            raise line.error("_id", f"{id!r} comes a second time")
        documents[id] = Document(id, title, identify(text or title), text, source=id)
    if not documents:
        raise InvalidInput(f"{path}: there are no passages in it.")
    all_of_them = tuple(documents.values())
    return Collection(all_of_them, tuple(one.whole() for one in all_of_them))


def _read_judgments(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    """Grades by query and passage; queries without a relevant passage are left out."""
    grades: dict[str, dict[str, int]] = {}
    # The first line is the header.
    for number, line in list(enumerate(read_lines(path), 1))[1:]:
        where = f"{path}, line {number}"
        fields = line.split("\t")
        if len(fields) != 3 or not fields[2].strip().lstrip("-").isdigit():
            raise InvalidInput(
                f"{where}: expected query id, corpus id and a whole number, parted by tabs."
            )
        if fields[1] not in known:
            raise InvalidInput(f"{where}: corpus.jsonl has no passage {fields[1]!r}.")
        grades.setdefault(fields[0], {})[fields[1]] = int(fields[2])
    return {id: given for id, given in grades.items() if max(given.values()) > 0}


def _read_questions(path: Path, judgments: Mapping[str, object]) -> tuple[BeirQuestion, ...]:
    """The questions that have judgments, in the order of the file."""
    questions = {}
    for line in read_json_lines(path):
        id, text = line.text("_id"), line.text("text")
        if id in judgments:
            said = line.record.get("lang")
            language: Language = "fr" if said == "fr" else "en" if said == "en" else identify(text)
            questions[id] = BeirQuestion(id, text, language)
    missing = sorted(set(judgments) - set(questions))
    if missing:
        raise InvalidInput(f"{path}: there is no query {missing[0]!r}, which qrels.tsv judges.")
    if not questions:
        raise InvalidInput(f"{path}: no query has a relevant passage in qrels.tsv.")
    return tuple(questions.values())
