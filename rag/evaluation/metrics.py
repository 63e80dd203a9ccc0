"""Metrics of one answer against its gold: pure functions, each from 0 to 1, see `docs/metrics.md`.

`groups` are the gold groups of a question (sets of paragraph ids): all groups are wanted, any
member satisfies one. `ranked` are the ids of retrieved paragraphs, best first, without repeats.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import chain

Groups = Sequence[frozenset[str]]
# The paragraphs that a statement cites; None stands for a marker that leads to no paragraph.
Cited = Sequence[str | None]

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
    """Share of the cited paragraphs that are accepted ones; 0 if nothing is cited. Distinct
    paragraphs count once, so that quoting one in many pieces gains nothing."""
    distinct = set(cited)
    return len(distinct & set(accepted)) / len(distinct) if distinct else 0.0


def citation_recall(cited: Collection[str], groups: Groups) -> float:
    """Share of gold groups with a cited member: nothing needed was left out."""
    return recall_at(list(cited), groups, len(cited))


def alce_recall(statements: Sequence[Cited], accepted: Collection[str]) -> float:
    """ALCE's citation recall (Gao et al. 2023): the share of statements that their citations
    support. The gold is the judge in the place of an entailment model: a statement is supported
    if it cites an accepted paragraph."""
    if not statements:
        return 0.0
    return sum(any(one in accepted for one in cited) for cited in statements) / len(statements)


def alce_precision(statements: Sequence[Cited], accepted: Collection[str]) -> float:
    """ALCE's citation precision (Gao et al. 2023): the share of citations that are not irrelevant.
    With the gold as judge, a citation is relevant if its paragraph is an accepted one; a marker
    without a paragraph never is."""
    citations = [one for cited in statements for one in cited]
    return sum(one in accepted for one in citations) / len(citations) if citations else 0.0


def facts_found(text: str, facts: Sequence[Sequence[str]]) -> tuple[bool, ...]:
    """For each fact, whether one of its alternatives is in the text.

    Case, accents, spaces and emphasis marks do not matter; word boundaries do («71», not «1971»).
    """
    folded = fold(text)
    return tuple(any(_holds(folded, fold(one)) for one in alternatives) for alternatives in facts)


def fact_recall(text: str, facts: Sequence[Sequence[str]]) -> float:
    """Share of facts found: ALCE's exact-match recall (EM recall, Gao et al. 2023, after Stelmakh
    et al. 2022), for strings longer than a word too."""
    found = facts_found(text, facts)
    return sum(found) / len(found)


def holds_any(text: str, wanted: Sequence[str]) -> float:
    """1 if the text holds one of the wanted texts, compared as facts are."""
    return float(any(facts_found(text, [[one] for one in wanted])))


def _holds(text: str, fact: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", text) is not None


def fold(text: str) -> str:
    """Lower case without accents, emphasis marks, ligatures or runs of white space."""
    text = text.replace("’", "'").replace("œ", "oe").replace("Œ", "Oe")
    bare = unicodedata.normalize("NFKD", _EMPHASIS.sub("", text))
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return _SPACE.sub(" ", bare).strip().casefold()
