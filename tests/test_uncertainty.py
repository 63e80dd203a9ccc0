"""Intervals and paired tests on numbers small enough to check by hand."""

from __future__ import annotations

from math import comb, isclose

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evaluation import coverage
from rag.evaluation.coverage import Point
from rag.evaluation.uncertainty import figure, figure_of, holm, paired, percentile


def test_percentile_is_a_value_that_occurred() -> None:
    times = [10.0, 20.0, 30.0, 40.0]
    assert percentile(times, 0.5) == 20
    assert percentile(times, 0.95) == 40
    assert percentile([], 0.5) == 0


def test_a_figure_is_the_mean_with_an_interval_that_a_second_run_repeats() -> None:
    values = [1.0, 0.0, 1.0, 1.0]
    first = figure(values)
    assert first == figure(values)
    assert (first.value, first.n) == (0.75, 4)
    # Four draws with replacement: all are the 0 with probability 1/256, under 2.5 %; three of them
    # (mean 1/4) or more with 13/256, over it. All four are 1 with 81/256.
    assert (first.low, first.high) == (0.25, 1)
    assert figure([1.0, 1.0]).low == 1
    assert figure([]).n == 0


def test_the_interval_of_a_statistic_is_that_of_the_mean_when_it_is_one() -> None:
    values = np.array([1.0, 0.0, 0.5, 1.0, 0.0])
    assert figure_of(lambda rows: float(values[rows].mean()), 5) == figure(values.tolist())


def test_the_paired_test_counts_the_signs_that_do_as_much() -> None:
    # Of the 2^8 signs of eight equal gains only «all plus» and «all minus» reach the sum: 2/256.
    won = paired([0.0] * 8 + [1.0] * 4, [1.0] * 8 + [1.0] * 4)
    assert isclose(won.difference, 8 / 12)
    assert isclose(won.p, 2 / 256, abs_tol=0.003)
    # Six gains and two losses: a sum of 4 or more, either way.
    mixed = paired([0.0] * 6 + [1.0] * 2, [1.0] * 6 + [0.0] * 2)
    exact = 2 * sum(comb(8, losses) for losses in (0, 1, 2)) / 256
    assert isclose(mixed.p, exact, abs_tol=0.02)
    assert mixed.low < 0.5 < mixed.high


def test_nothing_moved_is_no_difference() -> None:
    same = paired([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    assert (same.difference, same.low, same.high, same.p) == (0, 0, 0, 1)
    assert paired([], []).n == 0


def test_holm_multiplies_by_what_is_left_and_never_decreases() -> None:
    adjusted = holm({"a": 0.04, "b": 0.01, "c": 0.03})
    assert isclose(adjusted["b"], 0.03)
    assert isclose(adjusted["c"], 0.06)
    assert isclose(adjusted["a"], 0.06)


def test_the_coverage_risk_curve_worked_by_hand() -> None:
    # By confidence: right, wrong, then a right and a wrong one that are equally sure.
    confidence, wrong = [0.5, 0.9, 0.5, 0.7], [0.0, 0.0, 1.0, 1.0]
    assert coverage.curve(confidence, wrong) == (
        Point(0.25, 0.0),
        Point(0.5, 0.5),
        Point(1.0, 0.5),
    )
    # Risks of taking 1 to 4 questions: 0, 1/2, 1.5/3 (half of a tie), 2/4.
    assert coverage.area(confidence, wrong).value == (0 + 0.5 + 0.5 + 0.5) / 4


def test_a_confidence_that_says_nothing_has_the_overall_risk() -> None:
    assert coverage.area([1.0] * 5, [1.0, 0.0, 0.0, 1.0, 0.0]).value == 0.4
    assert coverage.curve([1.0] * 5, [1.0, 0.0, 0.0, 1.0, 0.0]) == (Point(1.0, 0.4),)


answers = st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1)


@settings(deadline=None, max_examples=30)
@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_questions_does_not_change_the_curve(
    answered: list[tuple[float, bool]], random: object
) -> None:
    shuffled = sorted(answered, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, other = (
        coverage.curve([c for c, _ in some], [float(w) for _, w in some])
        for some in (answered, shuffled)
    )
    assert one == other
    assert isclose(one[-1].risk, sum(wrong for _, wrong in answered) / len(answered))
