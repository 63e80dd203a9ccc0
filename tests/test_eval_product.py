"""The product's own evaluation: it repeats, and the trivial answerers rank where theory says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT, Rag

RETRIEVAL = ("hit@1", "hit@3", "hit@10", "recall@10", "ndcg@10", "mrr")


@pytest.fixture(scope="module")
def results(rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """Two runs of one configuration, each in a process of its own."""
    index = tmp_path_factory.mktemp("seeds-index")
    assert rag("index", "seeds", "--index", index).returncode == 0
    runs = []
    for _ in range(2):
        done = rag("eval", "--quick", "--json", "--index", index)
        assert done.returncode == 0, done.stderr
        runs.append(json.loads(done.stdout))
    return runs


def test_two_runs_differ_in_nothing_but_date_and_cost(results: list[dict[str, object]]) -> None:
    kept = [
        {field: value for field, value in result.items() if field not in ("date", "cost")}
        for result in results
    ]
    assert kept[0] == kept[1]
    assert len(kept[0]["rows"]) > 30


def test_what_holds_by_construction_holds(results: list[dict[str, object]]) -> None:
    figures = results[0]["figures"]["all"]
    assert figures["quote_exactness"]["value"] == 1
    assert figures["invented_markers"]["value"] == 0


def test_the_trivial_answerers_rank_where_theory_says(results: list[dict[str, object]]) -> None:
    real = results[0]["figures"]["all"]
    copied, refused, injected = (
        results[0]["trivial"][name] for name in ("copy-top", "refuse", "inject-markers")
    )
    for name in RETRIEVAL:
        assert copied[name] == refused[name] == injected[name] == real[name]
    for poor in (copied, refused):
        assert poor["right"]["value"] < real["right"]["value"]
        assert poor["aurc"]["value"] > real["aurc"]["value"]
    assert copied["abstention_recall"]["value"] == 0
    assert copied["language"]["value"] < real["language"]["value"]
    assert refused["abstention_recall"]["value"] == refused["false_refusal"]["value"] == 1
    assert refused["fact_recall"]["value"] == refused["citation_recall"]["value"] == 0
    assert injected["invented_markers"]["value"] == 1
    assert injected["alce_precision"]["value"] < real["alce_precision"]["value"]
    assert injected["right"] == real["right"]


def test_the_committed_baseline_is_of_the_committed_questions() -> None:
    from rag.evaluation import load
    from rag.evaluation.gate import Baseline, checksum
    from rag.evaluation.testset import quick

    baseline = Baseline.read(Path(ROOT) / "evals" / "baseline.json")
    cases = quick(load(Path(ROOT) / "evals" / "questions.jsonl"))
    assert baseline.cases_sha256 == checksum(cases), "accept today's figures: make baseline"
