"""Where a claim says the reverse of the sentences it cites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.support.polarity import Cue
from rag.support.segments import Segment
from rag.translation import Term

DENIAL = "denial"
# Bounds are compared number by number.
BOUND = "limit"


@dataclass(frozen=True, slots=True)
class Clash:
    """A word of the claim at one end of an axis, and the cited word at the other end."""

    cue: Cue
    against: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """`flipped`: terms that one side denies and the other says; `clashes`: axes whose ends
    differ; `denies`: one side denies, by a negation or a word such as «refuse», and the other
    does not, and no axis explains it."""

    flipped: tuple[Term, ...]
    clashes: tuple[Clash, ...]
    denies: bool


def reversal(claim: Segment, nearest: Sequence[Segment], terms: Sequence[Term]) -> Reversal:
    """Compare a clause of a claim, whose terms of content are given, with the cited clauses
    nearest to it.

    Where both reach the same end of an axis, one by a negation and one without («cannot»,
    «interdit»), or both deny one and the same term, nothing is reversed by the negation.
    """
    explained = False
    clashes: list[Clash] = []
    for axis in dict.fromkeys(cue.axis for cue in claim.cues if cue.axis != BOUND):
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
    signs = [(term, _signs([claim], term), _signs(nearest, term)) for term in terms]
    if any(-1 in mine and -1 in theirs for _, mine, theirs in signs):
        return Reversal((), tuple(clashes), False)
    flipped = [term for term, mine, theirs in signs if mine and theirs and not mine & theirs]
    said = {_parity(one) for one in nearest}
    if claim.denied and any(_refuses(one) for one in nearest):
        # «is not willing», «refuses»: one denies with a negation what the other denies without.
        flipped = []
    return Reversal(tuple(flipped), tuple(clashes), bool(said) and _parity(claim) not in said)


def _signs(segments: Iterable[Segment], term: Term) -> set[int]:
    """−1 and +1 for a term's occurrences that are denied or not."""
    found: set[int] = set()
    for one in segments:
        forms = term.forms[one.language]
        for place, (stem, root) in enumerate(zip(one.stems, one.roots, strict=True)):
            sign = -1 if place in one.denied else 1
            if stem in forms:
                found.add(sign)
            elif root in forms:
                found.add(-sign)
    return found


def _refuses(one: Segment) -> bool:
    return any(cue.axis == DENIAL and cue.sign < 0 for cue in one.cues)


def _parity(one: Segment) -> int:
    """−1 where a clause denies, +1 where it denies nothing, or a denial («did not refuse»)."""
    refuses = any(cue.axis == DENIAL for cue in one.cues)
    return -1 if bool(one.denied) != refuses else 1
