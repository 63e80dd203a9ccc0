"""What was measured: each configuration's scores and times on each set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from evals.bench.configurations import Skipped
from evals.bench.report import Setting
from rag.evaluation.uncertainty import Difference, Figure, figure, holm, paired

METRICS = ("ndcg@10", "recall@5", "recall@100", "mrr@10")
HEADLINE = METRICS[0]
# A direction with fewer of a set's questions is left out: a few passages in another language, or
# wrongly identified, do not make a set mixed.
_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """One configuration on one set: scores by metric and milliseconds, each by question."""

    name: str
    scores: Mapping[str, Sequence[float]]
    milliseconds: Sequence[float]
    index_seconds: float

    def figure(self, metric: str) -> Figure:
        return figure(self.scores[metric])

    def percentile(self, percent: float) -> float:
        """Milliseconds that so many per cent of the questions took at most."""
        return float(np.percentile(self.milliseconds, percent))


@dataclass(frozen=True, slots=True)
class MeasuredSet:
    """One set. `directions` gives for each question its language and that of the passages that
    answer it («fr→en»)."""

    name: str
    passages: int
    directions: Sequence[str]
    runs: Sequence[Run]

    @property
    def questions(self) -> int:
        return len(self.directions)

    def differences(self) -> Mapping[str, Mapping[str, Difference]]:
        """By configuration and metric, what each but the first gains on the first."""
        first = self.runs[0]
        return {
            run.name: {
                metric: paired(first.scores[metric], run.scores[metric]) for metric in METRICS
            }
            for run in self.runs[1:]
        }

    def adjusted(self) -> Mapping[str, float]:
        """The headline metric's probabilities by configuration, adjusted for their number."""
        return holm({name: by[HEADLINE].p for name, by in self.differences().items()})

    def by_direction(self) -> Mapping[str, Mapping[str, Figure]]:
        """The headline metric by direction and configuration; nothing if there is but one."""
        counts = {one: self.directions.count(one) for one in sorted(set(self.directions))}
        kept = [one for one, n in counts.items() if n >= _LEAST_SHARE * self.questions]
        if len(kept) < 2:
            return {}
        return {
            direction: {
                run.name: figure(
                    [
                        score
                        for score, its in zip(run.scores[HEADLINE], self.directions, strict=True)
                        if its == direction
                    ]
                )
                for run in self.runs
            }
            for direction in kept
        }

    def record(self) -> Mapping[str, object]:
        """As JSON values; metrics as fractions from 0 to 1."""
        differences, adjusted = self.differences(), self.adjusted()
        return {
            "set": self.name,
            "questions": self.questions,
            "passages": self.passages,
            "runs": [
                {
                    "configuration": run.name,
                    "metrics": {metric: _rounded(run.figure(metric)) for metric in METRICS},
                    "gained": {
                        metric: _rounded(one)
                        for metric, one in differences.get(run.name, {}).items()
                    },
                    "p_holm": adjusted.get(run.name),
                    "index_seconds": round(run.index_seconds, 2),
                    "query_ms_p50": round(run.percentile(50), 2),
                    "query_ms_p95": round(run.percentile(95), 2),
                }
                for run in self.runs
            ],
            "directions": {
                direction: {name: _rounded(one) for name, one in by.items()}
                for direction, by in self.by_direction().items()
            },
        }


@dataclass(frozen=True, slots=True)
class Bench:
    """All sets, and what they were measured on. `questions` is how many of each set were drawn, 0
    for all; `described` are the configurations by name, in the order of the table."""

    setting: Setting
    questions: int
    described: Mapping[str, str]
    skipped: Sequence[Skipped]
    sets: Sequence[MeasuredSet]

    def record(self) -> Mapping[str, object]:
        """As JSON values."""
        return {
            **self.setting.record(),
            "questions_drawn": self.questions or None,
            "configurations": dict(self.described),
            "skipped": [asdict(one) for one in self.skipped],
            "sets": [one.record() for one in self.sets],
        }


def _rounded(value: Figure | Difference) -> Mapping[str, float]:
    return {name: round(number, 4) for name, number in asdict(value).items()}
