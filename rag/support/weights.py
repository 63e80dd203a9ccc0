"""How the signals are weighed: a logistic regression over them, and a threshold.

`python -m rag.evaluation.support --write` fits both to one part of the labelled set and
writes them into `weights.json`; nothing here is guessed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.support.signals import SIGNALS, Signals


@dataclass(frozen=True, slots=True)
class Weights:
    """A claim is supported when `probability(signals) >= threshold`."""

    bias: float
    weights: tuple[float, ...]
    threshold: float

    def probability(self, signals: Signals) -> float:
        """From 0 to 1, higher for claims that look like the supported ones of the fit."""
        pairs = zip(self.weights, signals.values(), strict=True)
        logit = self.bias + sum(weight * value for weight, value in pairs)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    def to_json(self) -> str:
        weights = dict(zip(SIGNALS, self.weights, strict=True))
        record = {"bias": self.bias, "weights": weights, "threshold": self.threshold}
        return json.dumps(record, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Weights:
        record = json.loads(text)
        weights: Mapping[str, float] = record["weights"]
        return cls(record["bias"], tuple(weights[name] for name in SIGNALS), record["threshold"])


@cache
def bundled() -> Weights:
    """The weights that ship with the package."""
    path = resources.files("rag.support") / "weights.json"
    return Weights.from_json(path.read_text(encoding="utf-8"))
