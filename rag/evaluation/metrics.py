"""Metrics of one answer against its gold: pure functions, each from 0 to 1.

`groups` are the gold groups of a question (sets of paragraph ids): all groups are wanted, any
member satisfies one. `ranked` are the ids of retrieved paragraphs, best first, without repeats.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

Groups = Sequence[frozenset[str]]

_EMPHASIS = re.compile(r"[*_`]+")
_SPACE = re.compile(r"\s+")


def hit_at(ranked: Sequence[str], groups: Groups, k: int) -> float:
    """1 if the first k hold a gold paragraph, else 0 (success@k in trec_eval)."""
    return float(any(paragraph in group for paragraph in ranked[:k] for group in groups))


def recall_at(ranked: Sequence[str], groups: Groups, k: int) -> float:
    """Share of gold groups with a member among the first k (subtopic recall, Zhai et al. 2003)."""
    top = set(ranked[:k])
    return sum(not group.isdisjoint(top) for group in groups) / len(groups)


def reciprocal_rank(ranked: Sequence[str], groups: Groups) -> float:
    """1 / rank of the first gold paragraph, 0 if there is none (Voorhees 1999)."""
    for rank, paragraph in enumerate(ranked, 1):
        if any(paragraph in group for group in groups):
            return 1 / rank
    return 0.0


def ndcg_at(ranked: Sequence[str], groups: Groups, k: int) -> float:
    """nDCG@k where a paragraph gains the number of groups that it is first to satisfy.

    This is α-nDCG with α = 1 (Clarke et al. 2008): with one-paragraph groups it is the plain
    binary nDCG (Järvelin & Kekäläinen 2002). The ideal order is built greedily, as there.
    """
    ideal: list[str] = []
    rest = set(chain.from_iterable(groups))
    missing = list(groups)
    while missing and rest:
        best = max(sorted(rest), key=lambda paragraph: sum(paragraph in g for g in missing))
        ideal.append(best)
        rest.discard(best)
        missing = [group for group in missing if best not in group]
    return min(1.0, _gain(ranked[:k], groups) / _gain(ideal[:k], groups))


def _gain(ranked: Sequence[str], groups: Groups) -> float:
    missing = list(groups)
    total = 0.0
    for rank, paragraph in enumerate(ranked, 1):
        left = [group for group in missing if paragraph not in group]
        total += (len(missing) - len(left)) / math.log2(rank + 1)
        missing = left
    return total


def citation_precision(cited: Collection[str], accepted: Collection[str]) -> float:
    """Share of the cited paragraphs that are accepted ones; 0 if nothing is cited.

    ALCE's citation precision (Gao et al. 2023) with the gold paragraphs as judge instead of an
    entailment model. Distinct paragraphs count once, so that quoting one paragraph in many
    pieces gains nothing.
    """
    distinct = set(cited)
    return len(distinct & set(accepted)) / len(distinct) if distinct else 0.0


def citation_recall(cited: Collection[str], groups: Groups) -> float:
    """Share of gold groups with a cited member: ALCE's citation recall (Gao et al. 2023) with
    the gold as judge, which also asks that nothing needed was left out.
    """
    return recall_at(list(cited), groups, len(cited))


def fact_recall(text: str, facts: Sequence[Sequence[str]]) -> float:
    """Share of facts of which an alternative is in the text: ALCE's exact-match recall (EM recall,
    Gao et al. 2023, after Stelmakh et al. 2022), for strings longer than a word too.

    Case, accents, spaces and emphasis marks do not matter; word boundaries do («71», not «1971»).
    """
    folded = fold(text)
    found = [any(_holds(folded, fold(text)) for text in alternatives) for alternatives in facts]
    return sum(found) / len(found)


def _holds(text: str, fact: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", text) is not None


def fold(text: str) -> str:
    """Lower case without accents, emphasis marks, ligatures or runs of white space."""
    text = text.replace("’", "'").replace("œ", "oe").replace("Œ", "Oe")
    bare = unicodedata.normalize("NFKD", _EMPHASIS.sub("", text))
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return _SPACE.sub(" ", bare).strip().casefold()


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` questions with its 95 % bootstrap interval (all 0 where n is 0)."""

    value: float
    low: float
    high: float
    n: int


def figure(values: Sequence[float], *, resamples: int = 2000, seed: int = 0) -> Figure:
    """Mean with a percentile bootstrap interval (Efron 1979) over questions, seeded."""
    if not values:
        return Figure(0.0, 0.0, 0.0, 0)
    array = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(seed).integers(len(array), size=(resamples, len(array)))
    low, high = np.percentile(array[draws].mean(axis=1), [2.5, 97.5])
    return Figure(float(array.mean()), float(low), float(high), len(array))


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile: the smallest value with at least that share at or below it."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
