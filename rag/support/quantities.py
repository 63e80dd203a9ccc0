"""Numbers, amounts, shares and ranks in a text, brought to one way of writing.

Units of one dimension are converted (21 days are three weeks, 2.4 billion is 2 400 millions);
a number without a unit may stand for one with any.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.support.dates import Date
from rag.support.numerals import numeral, rank, scale
from rag.support.reading import Reading, Word
from rag.types import Language

_DIGITS = re.compile(r"(?<!\d)\d{1,3}(?:[ ,.']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_SUFFIX = re.compile(r"(?:er|ere|re|eme|e|nd|nde|st|rd|th)s?\b")
_SYMBOL = re.compile(r"\s?(%|€|\$|£|°\s?c\b|pour\s?cent\b|per\s?cent\b|percent\b)")
_CURRENCY = {"€": "euro", "$": "dollar", "£": "pound"}

_UNITS: dict[str, tuple[str, float]] = {
    word: (dimension, factor)
    for dimension, factor, words in (
        ("share", 0.01, "% percent pourcent"),
        ("share", 0.01, "percentage points point points"),
        ("euro", 1, "€ euro euros eur"),
        ("euro", 0.01, "centime centimes"),
        ("dollar", 1, "$ dollar dollars usd"),
        ("pound", 1, "£ pound pounds gbp"),
        ("franc", 1, "franc francs"),
        ("time", 1, "seconde secondes"),
        ("time", 60, "minute minutes min mn"),
        ("time", 3600, "heure heures hour hours h"),
        ("time", 86400, "jour jours journee journees day days"),
        ("time", 604800, "semaine semaines week weeks"),
        ("months", 1, "mois month months"),
        ("months", 12, "an ans annee annees year years"),
        ("months", 120, "decennie decennies decade decades"),
        ("months", 1200, "siecle siecles century centuries"),
        ("length", 0.01, "centimetre centimetres centimeter centimeters cm"),
        ("length", 1, "metre metres meter meters m"),
        ("length", 1000, "kilometre kilometres kilometer kilometers km"),
        ("mass", 1e-6, "milligramme milligrammes milligram milligrams mg"),
        ("mass", 1e-3, "gramme grammes gram grams g"),
        ("mass", 1, "kilo kilos kilogramme kilogrammes kilogram kilograms kg"),
        ("mass", 1000, "tonne tonnes t"),
        ("area", 1, "hectare hectares ha"),
        ("data", 1, "octet octets byte bytes"),
        ("data", 1e6, "mo mb megaoctet megaoctets megabyte megabytes"),
        ("data", 1e9, "go gb gigaoctet gigaoctets gigabyte gigabytes"),
    )
    for word in words.split()
}
_GROUPS = {
    "dizaine": 10, "douzaine": 12, "dozen": 12, "quinzaine": 15, "vingtaine": 20,
    "trentaine": 30, "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100,
    "millier": 1000, "fortnight": 14,
}  # fmt: skip
_TIMES = {
    "double": 2, "doubles": 2, "doublee": 2, "doublees": 2, "doubled": 2, "doubler": 2,
    "twice": 2, "triple": 3, "triples": 3, "tripled": 3, "triplee": 3, "tripler": 3, "thrice": 3,
    "quadruple": 4, "quadrupled": 4,
}  # fmt: skip
_PARTS = {
    "tiers": 3, "third": 3, "thirds": 3, "quart": 4, "quarts": 4, "quarter": 4, "quarters": 4,
    "cinquieme": 5, "cinquiemes": 5, "fifth": 5, "fifths": 5, "dixieme": 10, "dixiemes": 10,
    "tenth": 10, "tenths": 10, "sixieme": 6, "sixiemes": 6, "sixth": 6, "sixths": 6,
}  # fmt: skip
_HALVES = frozenset({"half", "moitie", "demi", "demie"})
# «un», «a» and «one» are articles more often than numbers: they count where a unit follows.
_ARTICLES = frozenset({"un", "une", "one", "a", "an"})
_DEFINITE = frozenset({"les", "the", "ces", "these", "nos", "our", "leurs", "their", "both"})
_JOINED = re.compile(r"\s*(?:-|–|to|a|and|et|or|ou)\s*(?:de\s|d')?\s*")
_HEDGES = {
    "about": "environ autour quelque quelques pres presque around about some nearly almost roughly"
    " approximately circa",
    "over": "plus more over dela above",
    "under": "moins less under fewer below",
}
_HEDGE_OF = {word: kind for kind, words in _HEDGES.items() for word in words.split()}
_FEW = 3
_NEAR, _WITHIN = 0.1, 0.35
# Small numbers are differences of others by chance.
_LEAST_DIFFERENCE = 50


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
        few = quantity.bare[0] <= _FEW and not word.text[0].isdigit()
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
    values = _values(found[0], language)
    following = next((j for j in range(i, len(words)) if words[j].start >= end), len(words))
    # «4Go»: digits and unit in one word.
    glued = reading.folded[end : words[i].end] if words[i].end > end else ""
    if not suffix and following < len(words) and (by := scale(words[following].text, language)):
        values = tuple(value * by for value in values)
        end = words[following].end
        following += 1
    before = reading.folded[: found.start()].rstrip()[-1:]
    dimension, factor, end, following = _unit(reading, end, following, glued)
    if before in _CURRENCY and not dimension:
        dimension = _CURRENCY[before]
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
    if symbol := _SYMBOL.match(reading.folded, end):
        name = symbol[1].replace(" ", "")
        after = next(
            (j for j in range(following, len(words)) if words[j].start >= symbol.end()), len(words)
        )
        if name.startswith("°"):
            return "degree", 1.0, symbol.end(), after
        dimension, factor = _UNITS["%" if "cent" in name else name]
        return dimension, factor, symbol.end(), after
    if glued in _UNITS:
        return *_UNITS[glued], end + len(glued), following
    for j in (following, following + 1):
        # «de francs», «d'euros», «more months»
        if j >= len(words):
            break
        if j > following and words[following].text not in ("de", "d'", "more", "of", "full"):
            break
        if words[j].text in _UNITS and words[j].start - end <= 6:
            dimension, factor = _UNITS[words[j].text]
            return dimension, factor, words[j].end, j + 1
    return "", 1.0, end, following


def _spelled(words: Sequence[Word], i: int, language: Language) -> tuple[Quantity, int] | None:
    word = words[i]
    texts = [w.text.removesuffix("'") for w in words[i : i + 12] if w.clause == word.clause]

    def made(
        value: float, length: int, dimension: str = "", *, rank: bool = False, sure: bool = True
    ) -> tuple[Quantity, int]:
        last = words[i + length - 1]
        bare = 1.0 if dimension in ("time", "months") else value
        hedge = _hedge(words, i)
        one = Quantity(
            (bare,), (round(value, 9),), dimension, rank, sure, hedge, word.start, last.end
        )
        return one, i + length

    following = texts[1] if len(texts) > 1 else ""
    if word.text in _HALVES:
        for j in range(1, min(3, len(texts))):
            if texts[j] in ("hour", "heure"):
                return made(1800, j + 1, "time")
            if texts[j] in ("year", "annee"):
                return made(6, j + 1, "months")
        return made(0.5, 1, "share", sure=word.text in ("half", "moitie"))
    if word.text in _TIMES:
        return made(_TIMES[word.text], 1)
    if word.text.removesuffix("s") in _GROUPS:
        return made(_GROUPS[word.text.removesuffix("s")], 1)
    if word.text in ("decade", "decennie"):
        return made(120, 1, "months")
    if word.text in ("tiers", "third") and i and words[i - 1].text in ("le", "du", "au"):
        return made(1 / 3, 1, "share")
    if word.text in _ARTICLES:
        if following in _PARTS and (language == "fr" or word.text != "an"):
            # «a third hearing» is a rank; «a third of» is a share.
            if language == "fr" or texts[2:3] == ["of"] or word.text == "one":
                return made(1 / _PARTS[following], 2, "share")
        if following in _GROUPS or following in ("hundred", "thousand", "million", "billion"):
            by = 100 if following == "hundred" else scale(following, "en") or _GROUPS[following]
            return made(by, 2)
        if following in _UNITS and word.text in ("un", "une", "one", "a", "an"):
            dimension, factor = _UNITS[following]
            strong = dimension in ("time", "months") and word.text in ("one", "un", "une")
            return made(factor, 2, dimension, sure=strong)
        return made(1, 1, sure=False) if word.text in ("un", "une", "one") else None
    if found := numeral(texts, language):
        after = texts[found.length : found.length + 1]
        if after and after[0] in _PARTS and not (language == "fr" and after[0] == "seconde"):
            return made(found.value / _PARTS[after[0]], found.length + 1, "share")
        return _with_unit(words, i, found.value, found.length, texts)
    if ordinal := rank(texts, language):
        sure = ordinal.value > 1 and texts[0] not in ("seconde",)
        return made(ordinal.value, ordinal.length, rank=True, sure=sure)
    return None


def _with_unit(
    words: Sequence[Word], i: int, value: float, length: int, texts: Sequence[str]
) -> tuple[Quantity, int]:
    sure = True
    last = i + length
    dimension, factor = "", 1.0
    if texts[length : length + 2] in (["pour", "cent"], ["per", "cent"]):
        dimension, factor, last = "share", 0.01, last + 2
    else:
        skip = 1 if texts[length : length + 1] in (["de"], ["d"], ["more"], ["full"]) else 0
        unit = texts[length + skip : length + skip + 1]
        if unit and unit[0] in _UNITS:
            dimension, factor = _UNITS[unit[0]]
            last += skip + 1
        elif texts[0] == "neuf" and length == 1:
            # «un vélo neuf» is new, not nine.
            sure = len(texts) > 1 and len(texts[1]) > 3
    one = Quantity(
        (value,), (round(value * factor, 9),), dimension, False, sure, _hedge(words, i),
        words[i].start, words[last - 1].end,
    )  # fmt: skip
    return one, last


def _values(text: str, language: Language) -> tuple[float, ...]:
    """The readings of digits with separators in a language's own way of writing them."""
    groups = re.split(r"[ ,.']", text)
    marks = re.findall(r"[ ,.']", text)
    if not marks:
        return (float(text),)
    grouped = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3
    plain = float("".join(groups))
    decimal = float("".join(groups[:-1]) + "." + groups[-1])
    if len(set(marks)) == 1:
        if marks[0] in " '":
            return (plain,)
        if len(marks) > 1:
            # «1.2.3» is a version or a section.
            return (plain,) if grouped else (float(f"{groups[0]}.{groups[1]}"),)
        if not grouped:
            return (decimal,)
        own = "," if language == "en" else "."
        if marks[0] == own:
            return (plain,) if language == "en" else (plain, decimal)
        return (decimal,) if language == "en" else (decimal, plain)
    return (decimal,)


def _hedge(words: Sequence[Word], i: int) -> str:
    for j in range(i - 1, max(-1, i - 4), -1):
        if words[j].clause != words[i].clause:
            break
        if kind := _HEDGE_OF.get(words[j].text):
            return kind
        if words[j].text not in ("de", "d'", "than", "of", "a", "the", "les", "la"):
            break
    return ""


def _near_any(mine: Sequence[float], theirs: Sequence[float], hedge: str, shares: bool) -> bool:
    return any(_near(one, other, hedge, shares) for one in mine for other in theirs)


def _near(mine: float, theirs: float, hedge: str, shares: bool) -> bool:
    # A third is about 33 %.
    if math.isclose(mine, theirs, rel_tol=1e-6) or (shares and abs(mine - theirs) < 0.004):
        return True
    if hedge == "about":
        return abs(mine - theirs) <= _NEAR * abs(theirs)
    if hedge == "over":
        return mine < theirs <= mine * (1 + _WITHIN)
    if hedge == "under":
        return theirs < mine <= theirs * (1 + _WITHIN)
    return False
