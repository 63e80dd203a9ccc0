"""Numbers in words, French and English: «soixante-douze», «two hundred and five», «douzième»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Language

# Beyond 2^53 neighbouring whole numbers are one float; so much is kept of longer ones.
_MODULUS = 9_007_199_254_740_881


def _counted(words: str, first: int, by: int = 1) -> dict[str, int]:
    return {word: first + i * by for i, word in enumerate(words.split())}


_FRENCH = _counted(
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    0,
) | _counted("vingt trente quarante cinquante soixante", 20, 10)
_FRENCH |= {"une": 1, "vingts": 20}
_FRENCH |= {"septante": 70, "huitante": 80, "octante": 80, "nonante": 90}
_ENGLISH = _counted(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
    0,
) | _counted("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
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


def digits(text: str, language: Language) -> tuple[float, ...]:
    """The readings of digits with separators in a language's own way of writing them.

    Several where one mark may part thousands or decimals. Versions («1.2.3») and addresses are
    one number each, other than all others.
    """
    groups, marks = re.split(r"[ ,.']", text), set(re.findall(r"[ ,.']", text))
    thousands = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3
    plain = float(int("".join(groups)) % _MODULUS)
    if len(groups) == 1 or marks <= {" ", "'"}:
        return (plain,)
    decimal = float("".join(groups[:-1]) + "." + groups[-1])
    if len(marks) > 1:
        return (decimal,)
    if len(groups) > 2:
        version = "".join(group.zfill(4) for group in groups)
        return (plain,) if thousands else (float(int(version) % _MODULUS),)
    if not thousands:
        return (decimal,)
    if language == "en":
        return (plain,) if marks == {","} else (decimal,)
    return (decimal, plain)


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
    return _french_rank(words) if language == "fr" else _english_rank(words)


def _english_rank(words: Sequence[str]) -> Numeral | None:
    first, second = [*words[:2], "", ""][:2]
    if first in _ENGLISH_RANKS:
        return Numeral(float(_ENGLISH_RANKS[first]), 1)
    tens, unit = _ENGLISH.get(first, 0), _ENGLISH_RANKS.get(second, 0)
    return Numeral(float(tens + unit), 2) if tens >= 20 and 0 < unit < 10 else None


def _french_rank(words: Sequence[str]) -> Numeral | None:
    for length, word in enumerate(words[:4], 1):
        stem = word.removesuffix("s")
        plain = length == 1 and not stem.endswith("ieme")
        if not plain and not stem.endswith("ieme"):
            continue
        value = 1 if stem == "unieme" else _FRENCH_RANKS.get(stem.removesuffix("ieme"), 0)
        if plain:
            # «premier», «seconde»: the other numbers are ranks by their ending.
            if stem in ("premier", "premiere", "second", "seconde"):
                return Numeral(float(value), 1)
            continue
        before = numeral(words[: length - 1], "fr") if length > 1 else Numeral(0.0, 0)
        joined = length > 1 and words[length - 2] in _AND
        if not value or before is None or before.length != length - 1 - joined:
            return None
        fourscore = before.value % 100 == 4 and value == 20
        return Numeral(before.value + (76 if fourscore else value), length)
    return None
