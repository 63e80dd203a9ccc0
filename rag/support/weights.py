"""How the signals are weighed: a logistic regression over them, and a threshold.

`python -m rag.evaluation.support --write` fits both to one part of the labelled set and
writes them into `weights.json`; nothing here is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.logistic import Logistic
from rag.support.signals import SIGNALS


@dataclass(frozen=True, slots=True)
class Weights(Logistic):
    """A claim is supported when `probability(signals) >= threshold`."""

    names = SIGNALS


@cache
def bundled() -> Weights:
    """The weights that ship with the package."""
    path = resources.files("rag.support") / "weights.json"
    return Weights.from_json(path.read_text(encoding="utf-8"))
