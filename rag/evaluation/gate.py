"""The gate: no headline figure may fall further below the committed baseline than it states."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import InvalidInput
from rag.evaluation.scoring import METRICS
from rag.evaluation.summary import Figures
from rag.evaluation.testset import Case

# How far each may move the wrong way. One question of the quick subset is worth 0.02 to 0.03, and
# another processor may order two equal scores otherwise; what holds by construction may not move.
TOLERANCES: Mapping[str, float] = {
    "right": 0.05,
    "hit@1": 0.06,
    "hit@3": 0.06,
    "ndcg@10": 0.04,
    "citation_precision": 0.06,
    "citation_recall": 0.06,
    "quote_exactness": 0.0,
    "invented_markers": 0.0,
    "fact_recall": 0.06,
    "language": 0.03,
    "aurc": 0.05,
    "abstention_recall": 0.1,
    "false_refusal": 0.06,
}
_BETTER = {metric.name: metric.better for metric in METRICS}
# Figures are stored with four decimals.
_ROUNDING = 5e-5


@dataclass(frozen=True, slots=True)
class Bound:
    """A committed figure, and how far a later one may be worse."""

    value: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """The headline figures over all questions of one set, whose checksum is `cases_sha256`."""

    config: str
    commit: str
    cases_sha256: str
    figures: Mapping[str, Bound]

    @classmethod
    def of(cls, config: str, commit: str, cases: Sequence[Case], figures: Figures) -> Baseline:
        bounds = {
            name: Bound(round(figures[name].value, 4), tolerance)
            for name, tolerance in TOLERANCES.items()
            if figures[name].n
        }
        return cls(config, commit, checksum(cases), bounds)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Raises InvalidInput if the file is no baseline."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            bounds = {
                name: Bound(float(bound["value"]), float(bound["tolerance"]))
                for name, bound in record["figures"].items()
                if name in _BETTER
            }
            return cls(record["config"], record["commit"], record["cases_sha256"], bounds)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(
                f"{path} is no baseline ({error}). Write one: rag eval --quick --accept {path}"
            ) from error

    def falls(self, figures: Figures) -> tuple[str, ...]:
        """Each figure that is worse than its tolerance allows, in words; none if all is well."""
        return tuple(
            f"{name} is {figures[name].value:.3f}, was {bound.value:.3f} (tolerance "
            f"{bound.tolerance:.3f})"
            for name, bound in self.figures.items()
            if not figures[name].n or _gain(name, bound, figures) < -(bound.tolerance + _ROUNDING)
        )

    def rises(self, figures: Figures) -> tuple[str, ...]:
        """Each figure that is better by more than its tolerance: time for a new baseline."""
        return tuple(
            f"{name} is {figures[name].value:.3f}, was {bound.value:.3f}"
            for name, bound in self.figures.items()
            if figures[name].n and _gain(name, bound, figures) > bound.tolerance + _ROUNDING
        )


def checksum(cases: Sequence[Case]) -> str:
    """SHA-256 of the questions with their gold and facts."""
    text = json.dumps([asdict(case) for case in cases], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _gain(name: str, bound: Bound, figures: Figures) -> float:
    change = figures[name].value - bound.value
    return -change if _BETTER[name] == "lower" else change
