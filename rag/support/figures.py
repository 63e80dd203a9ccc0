"""The numbers and dates of a claim beside those of what it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.support import dates as moments
from rag.support import quantities as amounts
from rag.support.dates import Date
from rag.support.quantity import Quantity
from rag.support.reading import Reading, read
from rag.support.reversal import BOUND
from rag.support.segments import segment
from rag.types import Language

# How many words before a number may bound it.
_BEFORE = 6
_TOKEN = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a text says that can be counted."""

    reading: Reading
    language: Language
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where they stand in the folded text."""
        spans = [(one.start, one.end) for one in self.quantities]
        return spans + [(one.start, one.end) for one in self.dates]

    @property
    def years(self) -> list[int]:
        return [date.year for date in self.dates if date.year is not None]


@lru_cache(maxsize=512)
def figures(text: str, language: Language) -> Figures:
    """Read a text's numbers and dates."""
    reading = read(text)
    dates = moments.dates(reading, language)
    return Figures(reading, language, amounts.quantities(reading, language, dates), dates)


def missing_numbers(mine: Figures, there: Sequence[Figures]) -> list[Quantity]:
    """The claim's quantities that no cited text says."""
    have = [one for other in there for one in other.quantities]
    years = [year for other in there for year in other.years]
    return list(amounts.missing(mine.quantities, have, years))


def missing_dates(mine: Figures, there: Sequence[Figures]) -> list[Date]:
    """The claim's dates that no cited text says; a bare year may stand there as a number."""
    have = [one for other in there for one in other.dates]
    bare = {value for other in there for one in other.quantities for value in one.bare}
    return [
        one
        for one in moments.missing(mine.dates, have)
        if not (one.month is None and one.year is not None and float(one.year) in bare)
    ]


@dataclass(frozen=True, slots=True)
class Changed:
    """A number or date at `start:end` of the folded claim that differs from the sentence's."""

    kind: Literal["number", "date"]
    start: int
    end: int


def exchanged(mine: Figures, sentences: Sequence[Figures]) -> list[Changed]:
    """What differs from a cited sentence that is else the same.

    The numbers may all stand elsewhere in the paragraph, or lie within codes and addresses, and
    still be wrong here.
    """
    for other in sentences:
        found = _changed_values(mine, other) or _changed_digits(mine, other)
        if found:
            return found
    return []


def _changed_values(mine: Figures, other: Figures) -> list[Changed]:
    if _rest(mine) != _rest(other):
        return []
    found: list[Changed] = []
    if len(mine.quantities) == len(other.quantities):
        numbers = zip(mine.quantities, other.quantities, strict=True)
        found += [Changed("number", a.start, a.end) for a, b in numbers if not a.equals(b)]
    if len(mine.dates) == len(other.dates):
        dates = zip(mine.dates, other.dates, strict=True)
        found += [Changed("date", a.start, a.end) for a, b in dates if not a.equals(b)]
    return found


def _changed_digits(mine: Figures, other: Figures) -> list[Changed]:
    here = list(_TOKEN.finditer(mine.reading.folded))
    there = _TOKEN.findall(other.reading.folded)
    if [_DIGIT.sub("0", one[0]) for one in here] != [_DIGIT.sub("0", one) for one in there]:
        return []
    return [
        Changed("number", one.start(), one.end())
        for one, two in zip(here, there, strict=True)
        if one[0] != two
    ]


def turned_bounds(mine: Figures, sentences: Sequence[Figures]) -> list[Quantity]:
    """The numbers that are a least here and a most there: «au moins dix», «at most ten»."""
    found = []
    for quantity in mine.quantities:
        bound = _bound(mine, quantity)
        theirs = [
            {_bound(other, one) for one in other.quantities if quantity.found_in(one)}
            for other in sentences
        ]
        if bound and {-bound} in theirs:
            found.append(quantity)
    return found


def _bound(of: Figures, quantity: Quantity) -> int:
    """+1 where a number is called a least, −1 where it is called a most, 0 where neither."""
    last = sum(word.start < quantity.start for word in of.reading.words)
    signs = [
        cue.sign
        for cue in segment(of.reading.text, of.language).cues
        if cue.axis == BOUND and last - _BEFORE <= cue.place < last
    ]
    return signs[-1] if signs else 0


def _rest(of: Figures) -> list[str]:
    """The words that are no part of a number or date."""
    spans = of.spans
    return [
        word.text
        for word in of.reading.words
        if not any(start <= word.start < end for start, end in spans)
    ]
