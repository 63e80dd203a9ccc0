"""The probability that a question can be answered, and how its threshold is set."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.abstention import SIGNALS, Abstention, Signals, bundled
from rag.evaluation.calibration import FALSE_REFUSALS, calibrate
from rag.evaluation.testset import Case

shares = st.floats(0, 1)
signals = st.builds(Signals, *[shares] * len(SIGNALS))
numbers = st.floats(-1e6, 1e6)
calibrations = st.builds(Abstention, numbers, st.tuples(*[numbers] * len(SIGNALS)), st.floats(0, 1))


@settings(deadline=None)
@given(calibrations)
def test_a_calibration_comes_back_from_json_as_it_was(calibration: Abstention) -> None:
    assert Abstention.from_json(calibration.to_json()) == calibration


def test_weights_go_by_name_and_not_by_order() -> None:
    weights = {name: float(n) for n, name in enumerate(SIGNALS)}
    record = {"threshold": 0.5, "weights": dict(reversed(weights.items())), "bias": 1.0}
    assert Abstention.from_json(json.dumps(record)).weights == tuple(weights.values())


@given(st.lists(signals, min_size=1, max_size=3))
def test_the_mean_of_signals_lies_among_them(several: list[Signals]) -> None:
    columns = zip(*(one.values() for one in several), strict=True)
    for mean, column in zip(Signals.mean(several).values(), columns, strict=True):
        assert mean == pytest.approx(float(np.mean(column)))


def test_the_bundled_calibration_can_be_read() -> None:
    calibration = bundled()
    assert len(calibration.weights) == len(SIGNALS)
    assert 0 <= calibration.threshold < 1


@settings(deadline=None)
@given(calibrations, signals)
def test_a_probability_is_one_whatever_the_weights(calibration: Abstention, found: Signals) -> None:
    assert 0 <= calibration.probability(found) <= 1


@settings(deadline=None)
@given(calibrations, signals, st.sampled_from(SIGNALS), shares)
def test_more_of_a_signal_moves_the_probability_its_weights_way(
    calibration: Abstention, found: Signals, name: str, value: float
) -> None:
    more = replace(found, **{name: max(value, getattr(found, name))})
    change = calibration.probability(more) - calibration.probability(found)
    weight = calibration.weights[SIGNALS.index(name)]
    # Adding up in floats leaves a grain of sand.
    assert change >= -1e-9 if weight >= 0 else change <= 1e-9


def made_up(
    distance: float, count: int = 150, seed: int = 1
) -> tuple[NDArray[np.float64], tuple[Case, ...]]:
    """Signals of answerable and other questions, `distance` deviations apart; 2 to 1."""
    random = np.random.default_rng(seed)
    answerable = np.arange(count) % 3 > 0
    values = 0.3 + 0.1 * (
        random.normal(size=(count, len(SIGNALS))) + distance * answerable[:, None]
    )
    cases = tuple(
        Case(str(n), "?", "fr", "fact" if yes else "near_miss", bool(yes), (), (), ())
        for n, yes in enumerate(answerable)
    )
    return values, cases


def refused(abstention: Abstention, rows: NDArray[np.float64]) -> float:
    below = [abstention.probability(Signals(*row)) < abstention.threshold for row in rows.tolist()]
    return sum(below) / len(below)


@pytest.mark.parametrize("distance", [3.0, 1.0, 0.3])
def test_false_refusals_stay_within_bounds(distance: float) -> None:
    values, cases = made_up(distance)
    result = calibrate(values, cases)
    below = [
        probability < result.abstention.threshold
        for case, probability in zip(cases, result.probabilities, strict=True)
        if case.answerable
    ]
    # Rounding the threshold may refuse one more.
    assert sum(below) <= FALSE_REFUSALS * len(below) + 1
    is_answerable = np.array([case.answerable for case in cases])
    assert refused(result.abstention, values[is_answerable]) <= FALSE_REFUSALS + 0.03
    unseen, again = made_up(distance, count=1500, seed=2)
    new = unseen[[case.answerable for case in again]]
    assert refused(result.abstention, new) <= FALSE_REFUSALS + 0.08


def test_separable_signals_are_separated() -> None:
    values, cases = made_up(3.0)
    result = calibrate(values, cases)
    others = values[[not case.answerable for case in cases]]
    assert refused(result.abstention, others) == 1.0
    assert all(weight > 0 for weight in result.abstention.weights)
    assert len(result.probabilities) == len(cases)


def test_signals_far_apart_refuse_no_one_answerable_by_rounding() -> None:
    values, cases = made_up(60.0)
    result = calibrate(values, cases)
    is_answerable = np.array([case.answerable for case in cases])
    assert refused(result.abstention, values[is_answerable]) <= FALSE_REFUSALS + 0.03
    assert refused(result.abstention, values[~is_answerable]) == 1.0


def test_no_collection_is_refused_more_than_the_others() -> None:
    easy, easy_cases = made_up(3.0)
    hard, hard_cases = made_up(0.5, seed=2)
    cases = (*easy_cases, *hard_cases)
    of = [0] * len(easy_cases) + [1] * len(hard_cases)
    result = calibrate(np.concatenate((easy, hard)), cases, of)
    for collection in (0, 1):
        below = [
            probability < result.abstention.threshold
            for case, probability, at in zip(cases, result.probabilities, of, strict=True)
            if case.answerable and at == collection
        ]
        assert sum(below) <= FALSE_REFUSALS * len(below) + 1


def test_the_same_test_set_gives_the_same_calibration() -> None:
    assert calibrate(*made_up(1.0)) == calibrate(*made_up(1.0))
