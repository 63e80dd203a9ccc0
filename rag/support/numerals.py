"""Numbers in words, French and English: «soixante-douze», «two hundred and five», «douzième»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Language

_FRENCH = dict(
    zip(
        "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize".split(),
        range(17),
        strict=True,
    )
) | {"une": 1, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_FRENCH |= {"septante": 70, "huitante": 80, "octante": 80, "nonante": 90, "vingts": 20}
_ENGLISH = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
) | dict(
    zip(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        range(20, 100, 10),
        strict=True,
    )
)
_UNITS: dict[Language, dict[str, int]] = {"fr": _FRENCH, "en": _ENGLISH}
_SCALES: dict[Language, dict[str, int]] = {
    "fr": {"mille": 10**3, "milliers": 10**3, "million": 10**6, "millions": 10**6}
    | {"milliard": 10**9, "milliards": 10**9, "billion": 10**12, "billions": 10**12},
    "en": {"thousand": 10**3, "thousands": 10**3, "million": 10**6, "millions": 10**6}
    | {"billion": 10**9, "billions": 10**9, "trillion": 10**12, "trillions": 10**12},
}
_HUNDREDS = frozenset({"cent", "cents", "hundred", "hundreds"})
_AND = frozenset({"et", "and"})
_FRENCH_RANKS = {
    "premier": 1, "premiere": 1, "second": 2, "seconde": 2, "deux": 2, "trois": 3, "quatr": 4,
    "cinqu": 5, "six": 6, "sept": 7, "huit": 8, "neuv": 9, "dix": 10, "onz": 11, "douz": 12,
    "treiz": 13, "quatorz": 14, "quinz": 15, "seiz": 16, "vingt": 20, "trent": 30, "quarant": 40,
    "cinquant": 50, "soixant": 60, "cent": 100,
}  # fmt: skip
_ENGLISH_RANKS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50,
    "hundredth": 100,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numeral:
    """The first `length` words say `value`."""

    value: float
    length: int


def scale(word: str, language: Language) -> int:
    """A thousand for «mille», «thousand», and so on; 0 for other words."""
    return _SCALES[language].get(word, 0)


def numeral(words: Sequence[str], language: Language) -> Numeral | None:
    """The cardinal number that these folded words begin with, if any."""
    units = _UNITS[language]
    total = current = 0
    room = 10**15  # what is added next must be less: «vingt» leaves room for a unit only
    length = 0
    for place, word in enumerate(words):
        if word in _AND:
            following = words[place + 1] if place + 1 < len(words) else ""
            value = units.get(following, -1)
            if not length or not 0 < value < room or current < 20:
                break
            continue
        if word in units:
            value = units[word]
            if value == 20 and current % 100 == 4 and language == "fr":
                current, room = current + 76, 20
            elif value >= room or (length and value == 0):
                break
            else:
                current += value
                wide = language == "fr" and value == 60
                room = (20 if wide else 10) if value >= 20 else _after_small(value, language)
        elif word in _HUNDREDS and current < 20 and (length or language == "fr"):
            current, room = max(current, 1) * 100, 100
        elif (size := _SCALES[language].get(word, 0)) and (length or word == "mille"):
            total += max(current, 1) * size
            current, room = 0, size
        else:
            break
        length = place + 1
    return Numeral(float(total + current), length) if length else None


def _after_small(value: int, language: Language) -> int:
    # «dix-sept» is ten and seven; nothing else follows a number below twenty.
    return 10 if value == 10 and language == "fr" else 1


def rank(words: Sequence[str], language: Language) -> Numeral | None:
    """The ordinal number that these folded words begin with: «douzième», «twenty-first»."""
    if not words:
        return None
    if language == "en":
        if words[0] in _ENGLISH_RANKS:
            return Numeral(float(_ENGLISH_RANKS[words[0]]), 1)
        tens = _ENGLISH.get(words[0], 0)
        if tens >= 20 and len(words) > 1 and 0 < _ENGLISH_RANKS.get(words[1], 0) < 10:
            return Numeral(float(tens + _ENGLISH_RANKS[words[1]]), 2)
        return None
    if words[0] in ("premier", "premiere", "premiers", "premieres", "second", "seconde"):
        return Numeral(float(_FRENCH_RANKS[words[0].removesuffix("s")]), 1)
    for length in (1, 2, 3, 4):
        last = words[length - 1] if length <= len(words) else ""
        stem = last.removesuffix("s").removesuffix("ieme")
        if stem == last.removesuffix("s"):
            continue
        value = 1 if stem == "un" else _FRENCH_RANKS.get(stem, 0)
        if not value:
            return None
        if length == 1:
            return Numeral(float(value), 1)
        before = numeral(words[: length - 1], language)
        if before and before.length == length - 1 - (words[length - 2] in _AND):
            fourscore = before.value % 100 == 4 and value == 20
            return Numeral(before.value + (76 if fourscore else value), length)
    return None
