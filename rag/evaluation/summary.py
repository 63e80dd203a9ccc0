"""Scores of many questions → a figure for each metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.evaluation import coverage
from rag.evaluation.scoring import METRICS
from rag.evaluation.uncertainty import Figure, figure

Figures = Mapping[str, Figure]


def summary(
    scores: Sequence[Mapping[str, float]], confidence: Sequence[float], wrong: Sequence[float]
) -> Figures:
    """Every metric, with n = 0 for those that apply to no question here."""
    figures = {
        metric.name: figure([one[metric.name] for one in scores if metric.name in one])
        for metric in METRICS
    }
    return {**figures, "aurc": coverage.area(confidence, wrong)}
