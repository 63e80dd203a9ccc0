"""The signals that the checker weighs: each is a fault, 0 where there is none.

A sentence loses by what is not found, and gains nothing by sharing more words with its paragraph
than a paraphrase does: a copy with one number changed shares nearly all. So nearness counts only
below a level at which paraphrases lie (hinges), and no weight may reward a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks against a claim; all are at least 0.

    `far`: how far below ENOUGH the cosine with the nearest sentence or paragraph is. `stray`: the
    same for the clause farthest from all that is cited, times the share of its terms not found.
    `unmet`: the same over the quarter of the claim's tokens that meet theirs worst (late
    interaction). `absent`: share of the claim's terms found neither directly nor by translation.
    `strange`: for the words so missing, how far the farthest is from any word cited;
    `strangers`: their sum. `numbers`, `dates`, `names`: how many are not found, over the square
    root of how many there are. `flips`: terms said here and denied there. `opposed`: axes on which
    claim and paragraph stand at different ends. `denials`: 1 where one of claim and nearest
    sentence denies something and the other nothing.
    """

    far: float
    stray: float
    unmet: float
    absent: float
    strange: float
    strangers: float
    numbers: float
    dates: float
    names: float
    flips: float
    opposed: float
    denials: float

    def values(self) -> tuple[float, ...]:
        return tuple(float(getattr(self, field.name)) for field in fields(self))


SIGNALS = tuple(field.name for field in fields(Signals))
