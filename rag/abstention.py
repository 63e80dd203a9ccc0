"""Whether the collection answers a question at all: a calibrated probability and a threshold.

A logistic regression over a few signals of the retrieved evidence (the features of query
performance prediction, cf. Hauff et al. 2008; selective answering, El-Yaniv and Wiener 2010). The
weights and the threshold are written by `python -m rag.evaluation.calibration` from the project's
test set into `abstention.json`; nothing here is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from statistics import fmean

from rag.logistic import Logistic


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of the best evidence for a question; each from about 0 to 1.

    `score`: the retriever's, of the best paragraph; `similar`: its cosine alone. `covered`: share
    of the question's terms (by rarity) in that paragraph or its context. `quoted`: the same in the
    paragraph alone. `unknown`: share of the question's terms that stand nowhere in the collection.
    `answers`: whether the paragraph answers, in the reranker's judgment; `answered`: the same of
    whichever hit the reranker likes best; `compares`: 1 for a comparison, to which no paragraph is
    the whole answer; `lacks`: 1 if a number, a date or an address is asked for and the paragraph
    has none at all. Of a question with two sides each is the mean of theirs. The score's other
    parts (tokens met, having what is asked for) were tried beside it: they fit one collection
    better and the other worse.
    """

    score: float
    similar: float
    covered: float
    quoted: float
    unknown: float
    answers: float
    answered: float
    compares: float
    lacks: float

    def values(self) -> tuple[float, ...]:
        return tuple(float(getattr(self, field.name)) for field in fields(self))

    @classmethod
    def mean(cls, several: Sequence[Signals]) -> Signals:
        """Of each signal the mean; there must be one at least."""
        each = zip(*(one.values() for one in several), strict=True)
        return cls(*map(fmean, each))


SIGNALS = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, slots=True)
class Abstention(Logistic):
    """Answer when `probability(signals) >= threshold`: the estimated probability that the evidence
    answers the question."""

    names = SIGNALS


def bundled() -> Abstention:
    """The calibration that ships with the package."""
    with resources.as_file(resources.files("rag") / "abstention.json") as path:
        return Abstention.from_json(Path(path).read_text(encoding="utf-8"))
