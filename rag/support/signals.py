"""The signals that the checker weighs: each is a fault, 0 where there is none.

A sentence loses by what is not found, and gains nothing by sharing more words with its paragraph
than a paraphrase does: a copy with one number changed shares nearly all. So nearness counts only
below the level at which paraphrases lie, and no weight may reward a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks against a claim; all are at least 0.

    `far`: how far below 0.5 the cosine of the claim with the nearest sentence or clause cited is.
    `stray`: how far the cosine of the claim's farthest clause with anything cited lies below that
    of paraphrases, times the share of the clause's terms found neither directly nor translated.
    `strange`: of the terms not found, how far the strangest is from any word cited, times the
    share of the claim's terms that are found: an odd word in a near copy says more than one in a
    free paraphrase. `numbers`, `dates`, `names`: how many are not found, over the square root of
    how many there are. `flips`: terms said here and denied there. `opposed`: axes («interdit» –
    «autorisé») on which claim and paragraph stand at different ends. `denials`: 1 where one of
    claim and nearest sentences denies something and the other nothing. These three are noise in
    free paraphrases, and so are taken times the share of the claim's terms that are found, those
    at an end of an axis left out. `doubt`: how far the reader doubts that a cited paragraph
    bears the claim out.
    """

    far: float
    stray: float
    strange: float
    numbers: float
    dates: float
    names: float
    flips: float
    opposed: float
    denials: float
    doubt: float

    def values(self) -> tuple[float, ...]:
        return tuple(float(getattr(self, field.name)) for field in fields(self))


SIGNALS = tuple(field.name for field in fields(Signals))
