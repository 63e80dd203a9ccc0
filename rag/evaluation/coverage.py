"""The coverage–risk curve: how often an answerer is wrong, the fewer questions it dares to answer.

Questions are taken in order of the answerer's confidence. Coverage is the share taken, risk the
share of these that is wrong (El-Yaniv and Wiener 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.uncertainty import Figure, Rows, figure_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """A threshold under which the answerer would answer `coverage` of the questions."""

    coverage: float
    risk: float


def curve(confidence: Sequence[float], wrong: Sequence[float]) -> tuple[Point, ...]:
    """One point for each distinct confidence, from the highest."""
    taken, risk, last = _risks(np.asarray(confidence, np.float64), np.asarray(wrong, np.float64))
    return tuple(
        Point(float(share), float(value))
        for share, value in zip(taken[last], risk[last], strict=True)
    )


def area(confidence: Sequence[float], wrong: Sequence[float]) -> Figure:
    """The area under the curve: the mean of the risks of taking 1, 2, … n questions (AURC, Geifman
    and El-Yaniv 2017); lower is better, and an answerer whose confidence says nothing has its
    overall share of wrong answers. Equally confident answers are taken in every order alike."""
    sure, bad = np.asarray(confidence, np.float64), np.asarray(wrong, np.float64)

    def drawn(rows: Rows) -> float:
        return float(_risks(sure[rows], bad[rows])[1].mean())

    return figure_of(drawn, len(sure))


def _risks(confidence: Floats, wrong: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Coverage and risk after each question, and where the last of equal confidences stands."""
    order = np.argsort(-confidence, kind="stable")
    sure, bad = confidence[order], wrong[order]
    first = np.concatenate(([True], sure[1:] != sure[:-1]))
    group = np.cumsum(first) - 1
    shared = (np.bincount(group, bad) / np.bincount(group))[group]
    count = np.arange(1, len(sure) + 1)
    last = np.concatenate((first[1:], [True]))
    return count / len(sure), np.cumsum(shared) / count, last
