"""Every metric by a hand-worked example, then the runner on answers written by hand."""

from __future__ import annotations

import json
from math import isclose, log2
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from one_page import DOCUMENT, TEXT, Reciter, line

from rag.evaluation import evaluate, load, metrics, run_eval
from rag.evaluation.answerers import CopyTop, Refuse
from rag.types import Document

# Two groups: paragraph a or b answers the first half, c the second.
GROUPS = (frozenset({"a", "b"}), frozenset({"c"}))


def test_hit_counts_any_gold_paragraph_among_the_first_k() -> None:
    assert metrics.hit_at(["x", "b", "c"], GROUPS, 1) == 0
    assert metrics.hit_at(["x", "b", "c"], GROUPS, 2) == 1


def test_recall_is_the_share_of_groups_found_not_of_paragraphs() -> None:
    assert metrics.recall_at(["a", "b", "x"], GROUPS, 3) == 0.5
    assert metrics.recall_at(["b", "x", "c"], GROUPS, 3) == 1
    assert metrics.recall_at(["b", "x", "c"], GROUPS, 2) == 0.5


def test_reciprocal_rank_of_the_first_gold_paragraph() -> None:
    assert metrics.reciprocal_rank(["x", "y", "c", "a"], GROUPS) == 1 / 3
    assert metrics.reciprocal_rank(["x"], GROUPS) == 0


def test_ndcg_gains_only_what_a_paragraph_adds() -> None:
    # b repeats a's group and gains nothing: gains 1, 0, 1 against an ideal of 1, 1.
    expected = (1 + 1 / log2(4)) / (1 + 1 / log2(3))
    assert isclose(metrics.ndcg_at(["a", "b", "c"], GROUPS, 5), expected)
    assert metrics.ndcg_at(["c", "b"], GROUPS, 5) == 1
    # One paragraph that satisfies both groups is the ideal alone.
    assert metrics.ndcg_at(["a"], (frozenset({"a"}), frozenset({"a", "b"})), 5) == 1


def test_citation_precision_counts_a_paragraph_once() -> None:
    accepted = {"a", "b", "c"}
    assert metrics.citation_precision(["a", "a", "a", "x"], accepted) == 0.5
    assert metrics.citation_precision(["a", "c"], accepted) == 1
    assert metrics.citation_precision([], accepted) == 0


def test_citation_recall_wants_every_group() -> None:
    assert metrics.citation_recall(["b", "x"], GROUPS) == 0.5
    assert metrics.citation_recall(["b", "c", "c"], GROUPS) == 1
    assert metrics.citation_recall([], GROUPS) == 0


def test_fact_recall_ignores_case_accents_and_space_and_keeps_word_boundaries() -> None:
    text = "Selon  le texte : « établissement d'un **Programme\nde travail** », 71 membres."
    assert metrics.fact_recall(text, [["programme de travail"], ["72", "71"]]) == 1
    assert metrics.fact_recall(text, [["ETABLISSEMENT d’un"], ["2019"]]) == 0.5
    assert metrics.fact_recall("en 1971", [["71"]]) == 0
    assert metrics.fact_recall("mise en œuvre", [["mise en oeuvre"]]) == 1


def test_percentile_is_a_value_that_occurred() -> None:
    times = [10.0, 20.0, 30.0, 40.0]
    assert metrics.percentile(times, 0.5) == 20
    assert metrics.percentile(times, 0.95) == 40


def test_a_figure_is_the_mean_with_an_interval_that_a_second_run_repeats() -> None:
    values = [1.0, 0.0, 1.0, 1.0]
    first = metrics.figure(values)
    assert first == metrics.figure(values)
    assert first.value == 0.75
    assert first.n == 4
    assert 0 <= first.low < 0.75 < first.high <= 1
    assert metrics.figure([1.0, 1.0]).low == 1
    assert metrics.figure([]).n == 0


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True),
    st.lists(st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=3), min_size=1),
    st.integers(1, 8),
)
def test_retrieval_metrics_stay_in_bounds_and_agree(
    ranked: list[str], groups: list[frozenset[str]], k: int
) -> None:
    hit = metrics.hit_at(ranked, groups, k)
    recall = metrics.recall_at(ranked, groups, k)
    ndcg = metrics.ndcg_at(ranked, groups, k)
    assert 0 <= recall <= hit <= 1
    assert 0 <= ndcg <= 1
    assert (hit > 0) == (recall > 0) == (ndcg > 0)


# --- The runner, on a collection of one page and an answerer that recites.


@pytest.fixture
def testset(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    lines = [
        line("1", "Jusqu'à quand ?", [["jusqu'en 2019"]], [["2019"]]),
        line(
            "2", "Combien de fois et où ?", [["6 réunions"], ["Bali"]], [["6 réunions"], ["Bali"]]
        ),
        line("3", "Quel lieu ?", [["Bali, 2013"]], [["Bali"]]),
        line("4", "Quel budget ?", [], []),
        line("5", "Qui préside ?", [], []),
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


ANSWERS = {
    "Jusqu'à quand ?": ("D'après la note, le moratoire court jusqu'en 2019.", ("p0",)),
    "Combien de fois et où ?": ("Le groupe a tenu 6 réunions, dit la note.", ("p1", "p0")),
    "Qui préside ?": ("Voici ce que dit la note à ce sujet : rien.", ("p0",)),
}


def test_the_figures_of_five_answers_worked_by_hand(testset: Path) -> None:
    report = evaluate(Reciter(ANSWERS, {"d": DOCUMENT}), load(testset))
    figures = {name: figure.value for name, figure in report.figures["fr"].items() if figure.n}
    # Answered 1 and 2; refused 3 wrongly and 4 rightly; 5 should have been refused.
    assert figures["citation_precision"] == (1 + 1 / 2) / 2
    assert isclose(figures["citation_recall"], (1 + 1 / 2 + 0) / 3)
    assert isclose(figures["fact_recall"], (1 + 1 / 2 + 0) / 3)
    assert isclose(figures["false_refusal"], 1 / 3)
    assert figures["abstention_recall"] == 1 / 2
    assert figures["abstention_precision"] == 1 / 2
    assert figures["quote_exactness"] == 1
    assert figures["invented_markers"] == 0
    # Ranks of the first gold paragraph: 1, 2, 3.
    assert isclose(figures["hit@1"], 1 / 3)
    assert figures["hit@3"] == 1
    assert isclose(figures["mrr"], (1 + 1 / 2 + 1 / 3) / 3)
    # Both refusals were worded in English for a French question.
    assert figures["language"] == 3 / 5
    assert [row.faults for row in report.rows] == [
        (),
        ("gold partly cited", "cites beside the gold", "fact missing"),
        ("false refusal",),
        (),
        ("missed refusal",),
    ]
    assert report.figures["en"]["hit@1"].n == 0


def test_a_shifted_quote_is_noticed(testset: Path) -> None:
    shifted = Document("d", "Note", "fr", TEXT[:20] + "\n" + TEXT[20:], "note.txt")
    report = evaluate(Reciter(ANSWERS, {"d": shifted}), load(testset)[3:])
    assert report.figures["all"]["quote_exactness"].value == 0


def test_the_trivial_answerers_win_only_what_theory_lets_them(testset: Path) -> None:
    reciter, cases = Reciter(ANSWERS, {"d": DOCUMENT}), load(testset)
    real, copied, refused = (
        evaluate(answerer, cases).figures["all"]
        for answerer in (reciter, CopyTop(reciter), Refuse(reciter))
    )
    assert copied["quote_exactness"].value == 1
    assert copied["abstention_recall"].value == 0
    assert copied["false_refusal"].value == 0
    assert refused["abstention_recall"].value == 1
    assert refused["citation_recall"].value == refused["fact_recall"].value == 0
    assert refused["false_refusal"].value == 1
    assert refused["citation_precision"].n == 0
    assert copied["citation_recall"].value < real["citation_recall"].value
    assert copied["hit@3"] == refused["hit@3"] == real["hit@3"]


def test_the_result_file_says_on_what_and_repeats(
    testset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reciter = Reciter(ANSWERS, {"d": DOCUMENT})
    results = []
    for folder in ("first", "second"):
        assert run_eval(reciter, testset, out=tmp_path / folder) == 0
        (written,) = (tmp_path / folder).iterdir()
        results.append(json.loads(written.read_text(encoding="utf-8")))
    first, second = results
    assert written.name == f"{first['date']}-{first['commit']}-{testset.stem}-assistant.json"
    assert first["manifest_sha256"] == "0" * 64
    assert first["cores"] >= 1
    assert first["cpu"]
    assert first["figures"] == second["figures"]
    assert first["figures"]["all"]["citation_precision"]["value"] == 0.75
    assert first["rows"][4]["faults"] == ["missed refusal"]
    printed = capsys.readouterr().out
    assert "citation_precision" in printed
    assert "near_miss" in printed


def test_json_goes_to_standard_output_alone(
    testset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_eval(Reciter(ANSWERS, {"d": DOCUMENT}), testset, answerer="refuse", as_json=True)
    result = json.loads(capsys.readouterr().out)
    assert result["name"] == f"{testset.stem}-refuse"
    assert result["questions"] == {"fr": 5, "en": 0, "all": 5}
