"""One number with its unit, and when two of them say the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# How far a hedged number may lie from the exact one: «environ», and «plus de» or «moins de».
_NEAR, _WITHIN = 0.12, 0.35


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number: `bare` as written, several where «1.580» may be read in two ways; `values` the
    same in the least unit of `dimension` («months», «euro», «share»…; empty without a unit).

    `rank` for ordinals; `sure` unless the word may be no number at all; `hedge` «about», «over»,
    «under» or empty. `start:end` in the folded text.
    """

    bare: tuple[float, ...]
    values: tuple[float, ...]
    dimension: str
    rank: bool
    sure: bool
    hedge: str
    start: int
    end: int

    def equals(self, other: Quantity) -> bool:
        """Whether both are the same number of the same thing."""
        return (self.dimension, self.rank) == (other.dimension, other.rank) and _near_any(
            self.values, other.values, "", self.dimension == "share"
        )

    def found_in(self, other: Quantity) -> bool:
        """Whether the other says this: the same, or something this is a rounding of."""
        # «environ 4 100» is no rounding of «environ 4 000».
        hedge = "" if other.hedge else self.hedge
        if self.rank == other.rank and self.dimension == other.dimension:
            return _near_any(self.values, other.values, hedge, self.dimension == "share")
        if "share" in (self.dimension, other.dimension):
            return False
        if self.dimension and other.dimension and self.rank == other.rank:
            return False
        # «dix» may be «10 mètres», «le sixième mois» «six mois».
        return _near_any(self.bare, other.bare, hedge, False)


def _near_any(mine: Sequence[float], theirs: Sequence[float], hedge: str, shares: bool) -> bool:
    return any(_near(one, other, hedge, shares) for one in mine for other in theirs)


def _near(mine: float, theirs: float, hedge: str, shares: bool) -> bool:
    if mine.is_integer() and theirs.is_integer():
        same = mine == theirs
    else:
        # A third is about 33 %; 12.6 % is not 12.5 %.
        endless = not (_is_short(mine) and _is_short(theirs))
        same = math.isclose(mine, theirs, rel_tol=1e-9)
        same |= shares and endless and abs(mine - theirs) < 0.004
    if same:
        return True
    if hedge == "about":
        return abs(mine - theirs) <= _NEAR * abs(theirs)
    if hedge == "over":
        return mine < theirs <= mine * (1 + _WITHIN)
    if hedge == "under":
        return theirs < mine <= theirs * (1 + _WITHIN)
    return False


def _is_short(share: float) -> bool:
    return math.isclose(share, round(share, 5), rel_tol=1e-9)
