"""BEIR folders: the metrics by hand, a real run, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from rag.beir import evaluate, ndcg, recall, reciprocal_rank
from rag.encoder import Encoder, open_encoder
from rag.errors import InvalidInput

CORPUS = [
    {"_id": "d1", "title": "Port", "text": "Les bateaux étrangers paient une taxe."},
    {"_id": "d2", "title": "", "text": "Dogs are not allowed in the\u2028reading room."},
    {"_id": "d3", "title": "Bibliothèque", "text": "Une amende est due par jour de retard."},
]
QUERIES = [
    {"_id": "q1", "text": "Do foreign boats pay a tax?"},
    {"_id": "q2", "text": "Les chiens sont-ils admis ?"},
    {"_id": "q3", "text": "not judged"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\nq2\td3\t0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "port-mixed"
    folder.mkdir()
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


def test_ndcg_by_hand() -> None:
    # Gains 0, 2, 1 at ranks 1 to 3; the best order is 2, 1.
    gained = 2 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(["x", "a", "b"], {"a": 2, "b": 1}, 10) == pytest.approx(
        gained / (2 + 1 / math.log2(3))
    )
    assert ndcg(["a", "b"], {"a": 2, "b": 1}, 10) == 1.0
    assert ndcg(["x", "a"], {"a": 1}, 1) == 0.0
    assert ndcg(["a"], {"a": 1, "b": 1}, 1) == 1.0


def test_recall_by_hand() -> None:
    assert recall(["a", "x", "b"], {"a": 1, "b": 1, "c": 0}, 2) == 0.5
    assert recall(["a", "x", "b"], {"a": 1, "b": 1, "c": 0}, 3) == 1.0


def test_reciprocal_rank_by_hand() -> None:
    assert reciprocal_rank(["x", "c", "a"], {"a": 1, "c": 0}, 10) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "y", "a"], {"a": 1}, 2) == 0.0


def test_a_folder_is_scored_with_the_products_retrieval(folder: Path, encoder: Encoder) -> None:
    record = evaluate(folder, encoder, progress=False).record()
    assert list(record) == [
        "set",
        "queries",
        "passages",
        "ndcg@10",
        "recall@5",
        "recall@100",
        "mrr@10",
        "index_seconds",
        "query_ms_p50",
        "query_ms_p95",
    ]
    assert record["set"] == "port-mixed"
    assert (record["queries"], record["passages"]) == (2, 3)
    assert record["ndcg@10"] == record["mrr@10"] == record["recall@5"] == 1.0


def test_progress_stays_off_standard_output(
    folder: Path, encoder: Encoder, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(folder, encoder)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "port-mixed: 2/2" in captured.err


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("corpus.jsonl", "{", "line 1: not JSON"),
        ("corpus.jsonl", "[]", "line 1: expected a JSON object"),
        ("corpus.jsonl", '{"_id": "a"}', 'field "text"'),
        ("corpus.jsonl", '{"_id": 1, "text": "t"}', 'field "_id"'),
        ("corpus.jsonl", '{"_id": "a", "text": "t"}\n{"_id": "a", "text": "u"}', "line 2.*second"),
        ("corpus.jsonl", "", "no passages"),
        ("queries.jsonl", '{"_id": "q1"}', 'field "text"'),
        ("queries.jsonl", '{"_id": "q1", "text": " "}', "empty"),
        ("queries.jsonl", '{"_id": "q1", "text": "t"}', "no query 'q2'"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1 d1 1", "line 2"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\tyes", "line 2"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td9\t1", "line 2.*'d9'"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\n", "no query has a relevant passage"),
    ],
)
def test_a_malformed_file_is_named_with_its_line(
    file: str, text: str, says: str, folder: Path, encoder: Encoder
) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=says) as told:
        evaluate(folder, encoder, progress=False)
    assert file in str(told.value)


def test_a_missing_file_is_named(folder: Path, encoder: Encoder) -> None:
    (folder / "qrels.tsv").unlink()
    with pytest.raises(InvalidInput, match=r"qrels\.tsv"):
        evaluate(folder, encoder, progress=False)
