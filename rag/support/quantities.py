"""Numbers, amounts, shares and ranks in a text, brought to one way of writing.

Units of one dimension are converted (21 days are three weeks, 2.4 billion is 2 400 millions);
a number without a unit may stand for one with any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.support.dates import Date
from rag.support.numerals import digits, numeral, rank, scale
from rag.support.quantity import Quantity
from rag.support.reading import Reading, Word
from rag.support.units import (
    ARTICLES,
    CURRENCY,
    GROUPS,
    HALVES,
    HEDGES,
    PARTS,
    SYMBOL,
    TIMES,
    UNITS,
)
from rag.types import Language

_DIGITS = re.compile(r"(?<!\d)\d{1,3}(?:[ ,.']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_SUFFIX = re.compile(r"(?:er|ere|re|eme|e|nd|nde|st|rd|th)s?\b")
_MANY = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_DEFINITE = frozenset({"les", "the", "ces", "these", "nos", "our", "leurs", "their", "both"})
_JOINED = re.compile(r"\s*(?:-|–|to|a|and|et|or|ou)\s*(?:de\s|d')?\s*")
_FEW = 3
# Small numbers are differences of others by chance.
_LEAST_DIFFERENCE = 50


def quantities(reading: Reading, language: Language, taken: Sequence[Date]) -> tuple[Quantity, ...]:
    """Every quantity of a text that is no part of its dates, in order."""
    spans = [(date.start, date.end) for date in taken]
    words = reading.words
    found: list[Quantity] = []
    i = 0
    while i < len(words):
        word = words[i]
        if any(start <= word.start < end for start, end in spans):
            i += 1
            continue
        read = _digits(reading, i, language) if word.text[0].isdigit() else None
        read = read or _spelled(words, i, language)
        if read is None:
            i += 1
            continue
        quantity, following = read
        few = quantity.bare[0] <= _FEW and not (quantity.rank or word.text[0].isdigit())
        if i and few and words[i - 1].text in _DEFINITE and not quantity.dimension:
            # «les deux sexes» counts what is known; it asserts nothing.
            quantity = replace(quantity, sure=False)
        found.append(quantity)
        i = max(i + 1, following)
    # «from 6 to 12.5 percent»: the unit counts for both.
    for j in range(len(found) - 2, -1, -1):
        now, after = found[j], found[j + 1]
        if (
            after.dimension
            and not now.dimension
            and not now.rank
            and _JOINED.fullmatch(reading.folded, now.end, after.start)
        ):
            factor = after.values[0] / after.bare[0] if after.bare[0] else 1.0
            values = tuple(round(value * factor, 9) for value in now.bare)
            found[j] = replace(now, values=values, dimension=after.dimension)
    return tuple(found)


def missing(
    claimed: Sequence[Quantity], there: Sequence[Quantity], years: Sequence[int]
) -> Iterator[Quantity]:
    """The claimed quantities that none of those there says.

    The years named there count as bare numbers, and so does what a reader would take away: the
    difference of two amounts of one kind, or of two years.
    """
    for quantity in claimed:
        if not quantity.sure or any(quantity.found_in(other) for other in there):
            continue
        if not quantity.dimension and set(quantity.values) & set(years):
            continue
        if not _is_difference(quantity, there, years):
            yield quantity


def _is_difference(quantity: Quantity, there: Sequence[Quantity], years: Sequence[int]) -> bool:
    if quantity.rank:
        return False
    if quantity.dimension == "months":
        spans = {12.0 * abs(a - b) for a in years for b in years if a != b}
        return any(value in spans for value in quantity.values)
    if max(quantity.values) < _LEAST_DIFFERENCE and not quantity.dimension:
        return False
    alike = [
        one
        for one in there
        if not one.rank and one.sure and one.dimension in (quantity.dimension, "")
    ]
    return any(
        abs(value - abs(a - b)) <= 1e-6 * max(1.0, abs(a))
        for one in alike
        for other in alike
        if one.dimension == other.dimension and one is not other
        for a in one.values
        for b in other.values
        for value in quantity.values
    )


def _digits(reading: Reading, i: int, language: Language) -> tuple[Quantity, int] | None:
    words = reading.words
    found = _DIGITS.match(reading.folded, words[i].start)
    if found is None:
        return None
    end = found.end()
    is_rank = bool(suffix := _SUFFIX.match(reading.folded, end))
    if suffix:
        end = suffix.end()
    values = digits(found[0], language)
    following = next((j for j in range(i, len(words)) if words[j].start >= end), len(words))
    # «4Go»: digits and unit in one word.
    glued = reading.folded[end : words[i].end] if words[i].end > end else ""
    if not suffix and following < len(words) and (by := scale(words[following].text, language)):
        values = tuple(value * by for value in values)
        end = words[following].end
        following += 1
    before = reading.folded[: found.start()].rstrip()[-1:]
    dimension, factor, end, following = _unit(reading, end, following, glued)
    if before in CURRENCY and not dimension:
        dimension = CURRENCY[before]
    quantity = Quantity(
        bare=values,
        values=tuple(round(value * factor, 9) for value in values),
        dimension=dimension,
        rank=is_rank,
        sure=True,
        hedge=_hedge(words, i),
        start=found.start(),
        end=end,
    )
    return quantity, following


def _unit(
    reading: Reading, end: int, following: int, glued: str = ""
) -> tuple[str, float, int, int]:
    """Dimension, factor, and the end in characters and words of the unit after a number."""
    words = reading.words
    if symbol := SYMBOL.match(reading.folded, end):
        name = symbol[1].replace(" ", "")
        after = next(
            (j for j in range(following, len(words)) if words[j].start >= symbol.end()), len(words)
        )
        if name.startswith("°"):
            return "degree", 1.0, symbol.end(), after
        dimension, factor = UNITS["%" if "cent" in name else name]
        return dimension, factor, symbol.end(), after
    if glued in UNITS:
        return *UNITS[glued], end + len(glued), following
    for j in (following, following + 1):
        # «de francs», «d'euros», «more months»
        if j >= len(words):
            break
        if j > following and words[following].text not in ("de", "d'", "more", "of", "full"):
            break
        if words[j].text in UNITS and words[j].start - end <= 6:
            dimension, factor = UNITS[words[j].text]
            return dimension, factor, words[j].end, j + 1
    return "", 1.0, end, following


def _spelled(words: Sequence[Word], i: int, language: Language) -> tuple[Quantity, int] | None:
    """The quantity that starts at the i-th word, and the word after it."""
    near = words[i : i + 12]
    texts = [word.text.removesuffix("'") for word in near if word.clause == words[i].clause]
    part = texts[0] in ("tiers", "third") and i > 0 and words[i - 1].text in ("le", "du", "au")
    read = _Spelled(1 / 3, 1, "share") if part else _by_word(texts) or _by_article(texts, language)
    if read is None and texts[0] not in ARTICLES:
        read = _by_number(texts, language)
    if read is None:
        return None
    last = words[i + read.length - 1]
    factor = read.factor
    one = Quantity(
        bare=(float(read.value),),
        values=(round(float(read.value * factor), 9),),
        dimension=read.dimension,
        rank=read.rank,
        sure=read.sure,
        hedge=_hedge(words, i),
        start=words[i].start,
        end=last.end,
    )
    return one, i + read.length


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A number in words, `length` of them; in units of `factor` times the dimension's least."""

    value: float
    length: int
    dimension: str = ""
    factor: float = 1.0
    rank: bool = False
    sure: bool = True


def _by_word(texts: Sequence[str]) -> _Spelled | None:
    """«half an hour», «la moitié», «double», «douzaine», «decade»."""
    first, singular = texts[0], texts[0].removesuffix("s")
    if first in HALVES:
        for length, word in enumerate(texts[1:3], 2):
            if word in ("hour", "heure"):
                return _Spelled(0.5, length, "time", 3600)
            if word in ("year", "annee"):
                return _Spelled(0.5, length, "months", 12)
        return _Spelled(0.5, 1, "share", sure=first in ("half", "moitie"))
    if first in TIMES or singular in GROUPS:
        return _Spelled(TIMES.get(first, GROUPS.get(singular, 0)), 1)
    if first in ("decade", "decennie"):
        return _Spelled(1, 1, "months", 120)
    return None


def _by_article(texts: Sequence[str], language: Language) -> _Spelled | None:
    """«un tiers», «a thousand», «une heure», and «un» alone, which may be a number."""
    first, following = texts[0], texts[1] if len(texts) > 1 else ""
    if first not in ARTICLES:
        return None
    # «a third hearing» is a rank; «a third of» is a share.
    shared = language == "fr" or first == "one" or texts[2:3] == ["of"]
    if following in PARTS and shared:
        return _Spelled(1 / PARTS[following], 2, "share")
    if many := _MANY.get(following) or GROUPS.get(following):
        return _Spelled(many, 2)
    if following in UNITS:
        dimension, factor = UNITS[following]
        counted = dimension in ("time", "months") and first not in ("a", "an")
        return _Spelled(1, 2, dimension, factor, sure=counted)
    return _Spelled(1, 1, sure=False) if first not in ("a", "an") else None


def _by_number(texts: Sequence[str], language: Language) -> _Spelled | None:
    """«vingt-huit ans», «two fifths», «douzième»."""
    found = numeral(texts, language)
    if found is None:
        ordinal = rank(texts, language)
        if ordinal is None:
            return None
        # «first» orders sentences, «une seconde» is a time.
        sure = ordinal.value > 1 and texts[0] != "seconde"
        return _Spelled(ordinal.value, ordinal.length, rank=True, sure=sure)
    length = found.length
    after = texts[length : length + 2]
    if after and after[0] in PARTS:
        return _Spelled(found.value / PARTS[after[0]], length + 1, "share")
    if after in (["pour", "cent"], ["per", "cent"]):
        return _Spelled(found.value, length + 2, "share", 0.01)
    skip = int(after[:1] in (["de"], ["d"], ["more"], ["full"]))
    if unit := UNITS.get("".join(after[skip : skip + 1])):
        return _Spelled(found.value, length + skip + 1, *unit)
    # «un vélo neuf» is new, not nine.
    sure = texts[0] != "neuf" or length > 1 or len("".join(after[:1])) > 3
    return _Spelled(found.value, length, sure=sure)


def _hedge(words: Sequence[Word], i: int) -> str:
    for j in range(i - 1, max(-1, i - 4), -1):
        if words[j].clause != words[i].clause:
            break
        if kind := HEDGES.get(words[j].text):
            return kind
        if words[j].text not in ("de", "d'", "than", "of", "a", "the", "les", "la"):
            break
    return ""
