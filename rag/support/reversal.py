"""Where a claim says the reverse of the sentences it cites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.support.polarity import Cue
from rag.support.segments import Segment
from rag.translation import Term


@dataclass(frozen=True, slots=True)
class Clash:
    """A word of the claim at one end of an axis, and the cited word at the other end."""

    cue: Cue
    against: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """`flipped`: terms that one side denies and the other says; `clashes`: axes whose ends
    differ; `denies`: only one side denies anything, and no axis explains it."""

    flipped: tuple[Term, ...]
    clashes: tuple[Clash, ...]
    denies: bool


def reversal(claim: Segment, nearest: Sequence[Segment], terms: Sequence[Term]) -> Reversal:
    """Compare a claim, whose terms of content are given, with the sentences nearest to it.

    Where both reach the same end of an axis, one by a negation and one without («cannot»,
    «interdit»), the words that only one of them denies are not reversed.
    """
    explained = False
    clashes: list[Clash] = []
    for axis in dict.fromkeys(cue.axis for cue in claim.cues):
        mine = [cue for cue in claim.cues if cue.axis == axis]
        theirs = [(one, cue) for one in nearest for cue in one.cues if cue.axis == axis]
        agreeing = [
            (here, there) for here in mine for _, there in theirs if here.sign == there.sign
        ]
        if agreeing:
            explained |= any(here.turned != there.turned for here, there in agreeing)
        elif theirs:
            other, there = theirs[0]
            clashes.append(Clash(mine[0], other.words[there.place]))
    if explained:
        return Reversal((), tuple(clashes), False)
    flipped = tuple(term for term in terms if _flips(term, claim, nearest))
    denies = bool(claim.denied) != any(one.denied for one in nearest)
    return Reversal(flipped, tuple(clashes), denies)


def _flips(term: Term, claim: Segment, nearest: Sequence[Segment]) -> bool:
    mine = _signs(claim, term)
    theirs = {sign for one in nearest for sign in _signs(one, term)}
    return bool(mine and theirs and not mine & theirs)


def _signs(one: Segment, term: Term) -> set[int]:
    """−1 and +1 for a term's occurrences in a sentence that are denied or not."""
    forms = term.forms[one.language]
    return {
        -1 if place in one.denied else 1 for place, stem in enumerate(one.stems) if stem in forms
    }
