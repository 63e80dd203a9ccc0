"""Every metric by the hand-worked example that `docs/metrics.md` gives."""

from __future__ import annotations

import re
from math import isclose, log2
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rag import tokens
from rag.evaluation import metrics
from rag.evaluation.gold import Gold
from rag.evaluation.scoring import METRICS, score
from rag.evaluation.testset import Case
from rag.types import Answer, Statement

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


def test_alce_recall_is_the_share_of_statements_with_a_right_citation() -> None:
    # Three statements: cites gold and a stranger; cites a stranger; cites nothing.
    statements = [["a", "x"], ["x"], []]
    assert isclose(metrics.alce_recall(statements, {"a", "b"}), 1 / 3)
    assert metrics.alce_recall([], {"a"}) == 0


def test_alce_precision_is_the_share_of_right_citations_an_invented_one_being_wrong() -> None:
    # Four citations: a is right, x twice is not, and the last leads to no paragraph.
    statements = [["a", "x"], ["x", None]]
    assert metrics.alce_precision(statements, {"a", "b"}) == 1 / 4
    assert metrics.alce_precision([[]], {"a"}) == 0


def test_forbidden_words_are_compared_as_facts_are() -> None:
    assert metrics.holds_any("Je suis un Perroquet.", ["PERROQUET"]) == 1
    assert metrics.holds_any("Des perroquets.", ["PERROQUET", "mot de passe"]) == 0


def test_tokens_count_an_answer_with_its_markers_and_words_without_them() -> None:
    said = Statement("Le groupe compte 71 membres.", (1,))
    answer = Answer("Combien ?", "fr", (said,), (), (), False, 1.0)
    case = Case("1", answer.question, "fr", "near_miss", False, (), (), ())
    scores = score(case, answer, Gold((), frozenset()), {}, ())
    assert tokens.encoding().decode_tokens_bytes(tokens.encoding().encode(answer.text)) == [
        *(b"Le", b" groupe", b" compte", b" ", b"71", b" membres", b".", b" [", b"1", b"]"),
    ]
    assert (scores["tokens"], scores["words"]) == (10, 5)


def test_every_metric_has_a_definition_and_a_source_in_the_documentation() -> None:
    judged = ("auroc", "precision", "recall", "missed", "alike", "kappa", "unjudged")
    documented = {}
    text = (Path(__file__).parent.parent / "docs" / "metrics.md").read_text(encoding="utf-8")
    for row in re.findall(r"^\| *(`.*) \|$", text, re.MULTILINE):
        names, *cells = re.split(r" ?\| ?", row)
        for name in names.split():
            assert name not in documented, f"{name} is defined twice"
            documented[name] = cells
    wanted = {f"`{name}`" for name in (*(metric.name for metric in METRICS), *judged)}
    assert wanted == documented.keys()
    for name, cells in documented.items():
        assert len(cells) == 3, f"{name} lacks its «over», its definition or its source"
        assert all(cells), f"{name} has an empty cell"
