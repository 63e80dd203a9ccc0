"""Dates and hours in a text, whichever way the two languages write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.support.numerals import rank
from rag.support.reading import Reading
from rag.types import Language

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january jan janv", "fevrier february feb fev fevr", "mars march mar",
            "avril april apr avr", "mai may", "juin june jun", "juillet july jul juil",
            "aout august aug", "septembre september sept sep", "octobre october oct",
            "novembre november nov", "decembre december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS = {
    name: number
    for number, names in enumerate(
        ("lundi monday", "mardi tuesday", "mercredi wednesday", "jeudi thursday",
         "vendredi friday", "samedi saturday", "dimanche sunday"),
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?<![\d.,/])(?:0?[1-9]|[12]\d|3[01])(?:er|st|nd|rd|th|e)?(?!\d)"
_YEAR = r"(?:1[5-9]|20)\d\d"
_TO = r"\s*(?:-|–|\bto\b|\bau\b|\band\b|\bet\b|\bor\b|\bou\b|,)\s*(?:the\s+|le\s+)?"
_RANK = r"(?:[a-z]+|\d(?:er|e|eme|st|nd|rd|th))"
_PATTERN = re.compile(
    rf"""
      (?P<iso>\b(?P<iy>{_YEAR})-(?P<im>\d\d)-(?P<id>\d\d)\b)
    | (?P<slash>\b(?P<sa>\d\d?)[/.](?P<sb>\d\d?)[/.](?P<sy>{_YEAR})\b)
    | (?P<quarter>(?:\bq(?P<qn>[1-4])|\b(?P<qr>{_RANK})\s+(?:trimestre|quarter))
        (?:\s+(?:de|of|du|d')?\s*(?P<qy>{_YEAR})\b)?)
    | (?P<dmy>(?:(?P<d0>{_DAY}){_TO})?(?P<d1>{_DAY})\s+(?:of\s+)?\b(?P<m1>{_MONTH})
        (?:,?\s+(?P<y1>{_YEAR})\b)?)
    | (?P<mdy>\b(?P<m2>{_MONTH})\s+(?P<d2>{_DAY})(?:{_TO}(?P<d3>{_DAY}))?(?!\s*(?:%|\d))
        (?:,?\s+(?P<y2>{_YEAR})\b)?)
    | (?P<my>\b(?P<m3>{_MONTH})(?:,?\s+(?:of\s+|de\s+)?(?P<y3>{_YEAR})\b)?)
    | (?P<clock>\b(?P<h>[01]?\d|2[0-4])(?:
        \s?h(?:\s?(?P<mi1>[0-5]\d))?\b
      | :(?P<mi2>[0-5]\d)(?:\s?(?P<ap1>[ap])\.?\s?m\b\.?)?
      | \s?(?P<ap2>[ap])\.?\s?m\b\.?))
    | (?P<weekday>\b(?:{"|".join(_DAYS)})s?\b)
    | (?P<year>(?<![\d.,/€$£])\b{_YEAR}\b(?!\s?(?:%|€|\$|£|euros?\b|dollars?\b|km\b|kg\b|[.,]\d)))
    """,
    re.VERBOSE,
)
_KINDS = ("iso", "slash", "quarter", "dmy", "mdy", "my", "clock", "weekday", "year")
_ORDER = {"dmy": ("d0", "d1", "m1", "y1"), "mdy": ("d2", "d3", "m2", "y2")}
# English words that are months only with a capital inside a sentence, or before a day or year.
_ALSO_WORDS = frozenset({"may", "march", "mar", "sep", "dec", "jan"})
_JOINED = re.compile(
    r"\s*(?:,|-|–|to|au|a|and|et|or|ou|through|until|jusqu'en)?\s*(?:de|en|in)?\s*"
)


@dataclass(frozen=True, slots=True)
class Date:
    """What a text says of a moment; None for what it does not. `start:end` in the folded text.

    `weekday` is 0 on Monday; `minute` is the minute of the day.
    """

    start: int
    end: int
    year: int | None = None
    quarter: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minute: int | None = None
    # 03/04/2020 is read both ways in English.
    month_first: bool = False

    def equals(self, other: Date) -> bool:
        """Whether both say the same of a moment, wherever they stand."""
        return replace(self, start=0, end=0) == replace(other, start=0, end=0)

    def agrees(self, other: Date) -> bool:
        """Whether all that this date says is said by the other, the year at most left open."""
        if self.year is not None and other.year not in (self.year, None):
            return False
        if self.year is not None and other.year is None and self.month is None:
            return False
        for name in ("day", "weekday", "minute"):
            wanted = getattr(self, name)
            if wanted is not None and getattr(other, name) != wanted:
                return False
        if self.month is not None:
            inside = other.quarter is not None and (self.month + 2) // 3 == other.quarter
            return inside or other.month == self.month
        if self.quarter is not None:
            inside = other.month is not None and (other.month + 2) // 3 == self.quarter
            return inside or other.quarter == self.quarter
        return True


def dates(reading: Reading, language: Language) -> tuple[Date, ...]:
    """Every date, year, month, quarter, weekday and hour of a text, in order."""
    found: list[Date] = []
    for match in _PATTERN.finditer(reading.folded):
        found += _read(match, reading, language)
    # «en juillet et décembre 2014»: the year counts for both.
    for i in range(len(found) - 2, -1, -1):
        now, after = found[i], found[i + 1]
        between = reading.folded[now.end : after.start] if now.end <= after.start else ""
        if (
            now.year is None
            and after.year is not None
            and now.month is not None
            and after.month is not None
            and _JOINED.fullmatch(between)
        ):
            found[i] = replace(now, year=after.year)
    return tuple(found)


def missing(claimed: Sequence[Date], there: Sequence[Date]) -> Iterator[Date]:
    """The claimed dates that none of those there agrees with.

    A year that the agreeing date leaves open must be one that is named somewhere.
    """
    years = {date.year for date in there if date.year is not None}
    for date in claimed:
        readings = [date]
        if date.month_first and date.day and date.day <= 12:
            readings.append(replace(date, day=date.month, month=date.day))
        if not any(
            one.agrees(other) and (one.year is None or other.year or one.year in years)
            for one in readings
            for other in there
        ):
            yield date


def _read(match: re.Match[str], reading: Reading, language: Language) -> Iterator[Date]:
    group = match.groupdict()
    kind = next(name for name in _KINDS if group[name])
    at = Date(*match.span())
    if kind == "iso":
        yield from _calendar(at, group["iy"], group["im"], group["id"])
    elif kind == "slash":
        month, day = group["sb"], group["sa"]
        if int(month) > 12:
            month, day = day, month
        for date in _calendar(at, group["sy"], month, day):
            yield replace(date, month_first=language == "en")
    elif kind == "quarter":
        number = int(group["qn"] or _rank(group["qr"], language))
        quarter = number if 1 <= number <= 4 else None
        if quarter or group["qy"]:
            yield replace(at, year=_int(group["qy"]), quarter=quarter)
    elif kind in ("dmy", "mdy"):
        first, second, name, year = (group[part] for part in _ORDER[kind])
        month = _MONTHS[name.rstrip(".")]
        for day in filter(None, (first, second)):
            yield replace(at, year=_int(year), month=month, day=_digits(day))
    elif kind == "my":
        name = group["m3"].rstrip(".")
        if group["y3"] or _is_month(name, reading, at.start, language):
            yield replace(at, year=_int(group["y3"]), month=_MONTHS[name])
    elif kind == "clock":
        half = group["ap1"] or group["ap2"]
        hour = int(group["h"]) % 12 + 12 * (half == "p") if half else int(group["h"])
        yield replace(at, minute=hour * 60 + int(group["mi1"] or group["mi2"] or 0))
    else:
        weekday = _DAYS.get(match[0], _DAYS.get(match[0].removesuffix("s")))
        yield replace(at, weekday=weekday, year=int(match[0]) if weekday is None else None)


def _calendar(at: Date, year: str, month: str, day: str) -> Iterator[Date]:
    if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
        yield replace(at, year=int(year), month=int(month), day=int(day))


def _is_month(name: str, reading: Reading, start: int, language: Language) -> bool:
    """Whether a month's name without a year is one: «may», «march» and short forms are words too,
    but for those with a capital inside a sentence."""
    capital = reading.text[reading.offsets[start]].isupper()
    if language == "fr":
        return len(name) > 4 or name in ("mai", "mars", "juin", "aout") or capital
    return capital and (name not in _ALSO_WORDS or _inside(reading, start))


def _inside(reading: Reading, start: int) -> bool:
    return any(word.start == start and not word.opens for word in reading.words)


def _rank(text: str, language: Language) -> int:
    if text[0].isdigit():
        return int(text[0])
    found = rank([text], language)
    return int(found.value) if found else {"dernier": 4, "last": 4}.get(text, 0)


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _digits(text: str) -> int:
    return int(re.sub(r"\D", "", text))
