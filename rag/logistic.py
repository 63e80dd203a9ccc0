"""A logistic regression with a threshold, as it is kept in a JSON file."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self


class Signals(Protocol):
    """What is weighed: numbers in the order of the names."""

    def values(self) -> tuple[float, ...]: ...


@dataclass(frozen=True, slots=True)
class Logistic:
    """Yes when `probability(signals) >= threshold`; `names` are those of the signals."""

    names: ClassVar[tuple[str, ...]] = ()

    bias: float
    weights: tuple[float, ...]
    threshold: float

    def probability(self, signals: Signals) -> float:
        """From 0 to 1, higher for signals that look like those of the fit's positive cases."""
        pairs = zip(self.weights, signals.values(), strict=True)
        logit = self.bias + sum(weight * value for weight, value in pairs)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    def to_json(self) -> str:
        weights = dict(zip(self.names, self.weights, strict=True))
        record = {"bias": self.bias, "weights": weights, "threshold": self.threshold}
        return json.dumps(record, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        record = json.loads(text)
        weights = tuple(record["weights"][name] for name in cls.names)
        return cls(record["bias"], weights, record["threshold"])
