"""What a line begins with: a bullet, a number, a footnote's mark; and lines that are no text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.chunker.lines import is_word_of_date

_BULLET = re.compile(r"(?:[-*+•‣▪▫■□●○◦▶►▸➢➤❖✓✔✗⁃∙·–—](?:\s+|$)|[\ue000-\uf8ff]\s*|o(?:\s{2,}|\t))")
_RULE = re.compile(r"(?:([-_=*~.─━═–—])(?:\s*\1){2,})")
_PAGE = re.compile(
    r"(?:page|p\.)\s*\d{1,4}(?:\s*(?:/|of|sur|de)\s*\d{1,4})?"
    r"|[-–—]\s*\d{1,4}\s*[-–—]|\d{1,4}\s*/\s*\d{1,4}",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\[\^([^\]\s]{1,20})\]:\s*|([¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3})\s*|(\d{1,3}|\*{1,3})\s+")
_GLUED = re.compile(
    r"(?<=[^\W\d_]{2})(\d{1,3})(?![\w.,]\w|\w)|(?<=[a-zà-ÿ][.,;:!?)»”\"])(\d{1,3})(?!\S)"
)
_REFERENCE = re.compile(r"\[\^([^\]\s]{1,20})\](?!:)|(?<=\S)[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3}")
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_DECIMAL = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,5})(?:([.)/])(?:\s+|$)|\s{2,}|\t)")
_BARE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s(?=\W?[A-ZÀ-Þ]|\(\d)")
_MANY = re.compile(r"(\d{1,3}(?:\.\d{1,3}){1,5})\s(?=\W?[A-ZÀ-Þ])")
_BRACKETED = re.compile(r"\((\d{1,3}|[a-z]{1,5}|[A-Z]{1,5})\)(?:\s+|$)")
_LETTER = re.compile(r"([a-z]{1,5}|[A-Z]{1,5})([.)])(?:\s+|$)")
_SIGN = re.compile(r"(§+\s?\d{1,4}|[nN]°\s?\d{1,4}|\d{1,3}°)[.)]?\s*(?:[-–—:]\s+)?")
_WORD = re.compile(
    r"([A-ZÀ-Þ][\w’'-]{2,24})\s+((?:[nN][°o]\.?\s*)?(?:\d{1,3}(?:\.\d{1,3}){0,3}|[IVXLC]{1,7}|[A-Z])"
    r"(?:er|re|ère|bis|ter)?)(?:\s*[.:–—-]\s+|\s*[.:)]?$|\s{2,}|\t)"
)
_CAPTIONS = frozenset(
    ("table", "tableau", "figure", "fig", "graphique", "chart", "box", "encadré", "map", "carte")
)
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


@dataclass(frozen=True, slots=True)
class Label:
    """The document's own number at the beginning of a line.

    `styles` holds the readings («i)» is a letter or a Roman number), each a style and its ordinal;
    `width` is how many characters it takes with the space after it. `firm` says that it cannot be
    a number or letter of the running text; `inner` is the second reading in «3 (1)».
    """

    text: str
    styles: tuple[tuple[str, int], ...]
    width: int
    firm: bool = False
    inner: tuple[str, int] | None = None


def bullet_width(text: str) -> int:
    """How many characters the bullets at the beginning take, space included; 0 if none."""
    width = 0
    while found := _BULLET.match(text, width):
        width = found.end()
    return width


def is_rule(text: str) -> bool:
    return _RULE.fullmatch(text) is not None


def is_caption(style: str) -> bool:
    """Is it the style of what numbers tables and figures, not parts of the text?"""
    return style.startswith("word ") and style[5:] in _CAPTIONS


def is_page_number(text: str) -> bool:
    """«- 2 -», «Page 3 of 7», «p. 4», «3/7»: the whole line."""
    return len(text) < 40 and _PAGE.fullmatch(text) is not None


def is_furniture(text: str) -> bool:
    """Is the line a page number, or without a single letter or digit?"""
    return is_page_number(text) or not any(map(str.isalnum, text))


def label_at(text: str) -> Label | None:
    """The label at the beginning of the line, with a number in brackets after it («3 (1)»)."""
    label = _simple_label_at(text)
    if label is None or label.text.startswith("("):
        return label
    found = _BRACKETED.match(text, label.width)
    if not found or found.end() == len(text):
        return label
    inner = found.group(1)
    readings = _readings(inner, "()")
    name = f"{label.text} ({inner})"
    return Label(name, label.styles, found.end(), label.firm, readings[0] if readings else None)


def _simple_label_at(text: str) -> Label | None:
    if found := _WORD.match(text):
        word, number = found.groups()
        if not is_word_of_date(word):
            style = f"word {word.casefold()}"
            return Label(f"{word} {number}", ((style, 0),), found.end(), firm=True)
    if text[:1].isdecimal():
        return _number_at(text)
    if found := _BRACKETED.match(text):
        inner = found.group(1)
        return Label(f"({inner})", _readings(inner, "()"), found.end())
    if found := _LETTER.match(text):
        inner, closing = found.groups()
        name = f"{inner})" if closing == ")" else inner
        return Label(name, _readings(inner, closing), found.end())
    return _sign_at(text)


def _number_at(text: str) -> Label | None:
    """«1.», «1.2», «3)», «4/», «5°», or a number alone before a capital."""
    if found := _DECIMAL.match(text) or _MANY.match(text):
        number = found.group(1)
        parts = number.split(".")
        closing = found.group().rstrip()[-1]
        style = f"decimal {len(parts)}{closing if closing in ')/' else '.'}"
        return Label(number, ((style, int(parts[-1])),), found.end(), firm=len(parts) > 1)
    if found := _BARE.match(text):
        number = found.group(1)
        return Label(number, (("bare", int(number.split(".")[-1])),), found.end())
    return _sign_at(text)


def _sign_at(text: str) -> Label | None:
    """«§ 4», «n° 4», «4°»."""
    found = _SIGN.match(text)
    if not found:
        return None
    sign = found.group(1)
    style = "sign " + re.sub(r"\d+", "", sign).strip()
    return Label(sign, ((style, int(re.sub(r"\D", "", sign))),), found.end())


def note_at(text: str) -> tuple[str, int]:
    """The footnote's own mark at the beginning of the line and its width; ("", 0) if none."""
    found = _NOTE.match(text)
    if not found or found.end() == len(text):
        return "", 0
    name, raised, plain = found.groups()
    return (name or plain or raised.translate(SUPERSCRIPT)), found.end()


def is_certain_note(text: str) -> bool:
    """Does the line begin as only footnotes do («[^1]: …»)?"""
    return text.startswith("[^") and note_at(text)[1] > 0


def glued_marks(text: str) -> dict[str, list[int]]:
    """Footnote marks glued to a word («Révision1») with the offsets at which they stand, in order.

    Numbers that only look so (a code such as «G20» stays one word) do no harm: a mark counts where
    a line beginning with the same number is found as well.
    """
    marks: dict[str, list[int]] = {}
    for pattern in (_GLUED, _REFERENCE):
        for found in pattern.finditer(text):
            name = found.group(1) or found.group(found.lastindex or 0)
            marks.setdefault(name.translate(SUPERSCRIPT), []).append(found.start())
    for offsets in marks.values():
        offsets.sort()
    return marks


def _readings(inner: str, closing: str) -> tuple[tuple[str, int], ...]:
    if inner.isdecimal():
        return ((f"decimal 1{closing}", int(inner)),)
    case = "small" if inner.islower() else "capital"
    readings = []
    if len(set(inner)) == 1 and len(inner) <= 2:
        ordinal = ord(inner[0].lower()) - ord("a") + 1 + 26 * (len(inner) - 1)
        readings.append((f"letter {case} {closing}", ordinal))
    if _ROMAN.fullmatch(inner.lower()):
        values = [_ROMAN_VALUES[letter] for letter in inner.lower()]
        following = [*values[1:], 0]
        total = sum(-v if v < f else v for v, f in zip(values, following, strict=True))
        readings.append((f"roman {case} {closing}", total))
    return tuple(readings)
