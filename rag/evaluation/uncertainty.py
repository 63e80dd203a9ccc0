"""How sure a figure is: bootstrap intervals over questions, and paired tests of two runs.

All draws are seeded, so that the same scores always give the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

RESAMPLES = 2000
PERMUTATIONS = 10_000
SEED = 0
_BOUNDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A statistic of `n` questions with its 95 % bootstrap interval (all 0 where n is 0)."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two runs on the same `n` questions: second minus first, its 95 % interval, and the
    probability of one as large, either way, were the two runs alike."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    p: float
    n: int


def figure(values: Sequence[float]) -> Figure:
    """Mean with a percentile bootstrap interval (Efron 1979) over questions."""
    if not values:
        return Figure(0.0, 0.0, 0.0, 0)
    array = np.asarray(values, np.float64)
    low, high = np.percentile(array[_draws(len(array))].mean(axis=1), _BOUNDS)
    return Figure(float(array.mean()), float(low), float(high), len(array))


def figure_of(statistic: Callable[[Rows], float], n: int) -> Figure:
    """As `figure`, for a statistic that is no mean: it takes the rows of the questions drawn."""
    if not n:
        return Figure(0.0, 0.0, 0.0, 0)
    drawn = [statistic(rows) for rows in _draws(n)]
    low, high = np.percentile(drawn, _BOUNDS)
    return Figure(statistic(np.arange(n)), float(low), float(high), n)


def paired(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Whether two runs differ on the same questions: Fisher's randomisation test (Smucker, Allan
    and Carterette 2007), two-sided, and a paired bootstrap interval of the mean difference.

    Under the null hypothesis each question's difference is as likely with the other sign.
    """
    one, two = np.asarray(first, np.float64), np.asarray(second, np.float64)
    gained = two - one
    n = len(gained)
    if not n:
        return Difference(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0)
    mean = float(gained.mean())
    low, high = np.percentile(gained[_draws(n)].mean(axis=1), _BOUNDS)
    moved = gained[gained != 0]
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), size=(PERMUTATIONS, len(moved)))
    # The small allowance keeps equal sums equal, in whatever order they were added up.
    extreme = np.abs(signs @ moved) >= abs(float(moved.sum())) - 1e-9
    p = (1 + int(extreme.sum())) / (1 + PERMUTATIONS)
    means = float(one.mean()), float(two.mean())
    return Difference(*means, mean, float(low), float(high), p, n)


def holm(probabilities: Mapping[str, float]) -> Mapping[str, float]:
    """Probabilities adjusted for how many were looked at (Holm 1979), by the same names."""
    adjusted: dict[str, float] = {}
    least = 0.0
    for rank, name in enumerate(sorted(probabilities, key=lambda name: probabilities[name])):
        least = max(least, min(1.0, (len(probabilities) - rank) * probabilities[name]))
        adjusted[name] = least
    return {name: adjusted[name] for name in probabilities}


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile: the smallest value with at least that share at or below it."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _draws(n: int) -> Rows:
    """Rows of the questions of each resample, of shape (RESAMPLES, n)."""
    return np.random.default_rng(SEED).integers(n, size=(RESAMPLES, n))
