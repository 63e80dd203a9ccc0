"""Lines of a text and what their typography says: where they end, how full they are.

Every test here looks at punctuation, capitals, lengths and spaces, never at a subject's words; the
only words are grammatical ones (a line that ends in «de» or «the» is not finished) and months.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

PAGE_GAP = 3  # so many blank lines part pages or slides
_SEPARATOR = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_WORD = re.compile(r"\S{1,64}")
_CODE = re.compile(r"[^\W\d_]\d{2,}")
_STOPS = frozenset(".!?…")
_AFTERWORD = re.compile(r"[.!?…]\s*\([^()]{1,100}\)$")
_CLOSING = "»”’\"')]*_ \u00a0"
_OPENING = "«“‘\"'([*_ \u00a0"
_UNFINISHED_WORDS = """
à au aux avec ce ces cette dans de des dont du en entre et la le les leur leurs ou où par pour
qu que qui sa sans ses son sous sur un une vers a an and as at between by for from in into its
nor of on or our that the their these this to which who whose with
"""
_UNFINISHED = frozenset(_UNFINISHED_WORDS.split())
_MONTH = (
    r"(?:janv(?:ier)?|f[eé]vr(?:ier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept(?:embre)?|"
    r"oct(?:obre)?|nov(?:embre)?|d[eé]c(?:embre)?|january|february|march|april|may|june|july|"
    r"august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|dec)"
)
_DATE = re.compile(
    rf"\b{_MONTH}\.?,?\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?(?:1[5-9]|20)\d\d\b"
    r"|\b(?:1[5-9]|20)\d\d-\d\d-\d\d\b"
    r"|\b\d{1,2}[./]\d{1,2}[./](?:1[5-9]|20)\d\d\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line without the white space around it: `text[start:end]`; `indent` in columns.

    `blanks` counts the blank lines just above; `ruled` says that one of them was a long run of
    spaces, as word processors leave above footnotes.
    """

    text: str
    start: int
    end: int
    indent: int
    blanks: int
    ruled: bool

    @property
    def first_word(self) -> str:
        found = _WORD.match(self.text)
        return found.group() if found else ""


def read_lines(text: str) -> list[Line]:
    """The lines that are not blank, in order. A form feed counts as three blank lines."""
    lines: list[Line] = []
    position, blanks, ruled = 0, 0, False
    bounds = [(found.start(), found.end()) for found in _SEPARATOR.finditer(text)]
    for stop, following in [*bounds, (len(text), len(text))]:
        raw = text[position:stop]
        content = raw.strip()
        if content:
            lead = len(raw) - len(raw.lstrip())
            indent = len(raw[:lead].expandtabs(4))
            start = position + lead
            lines.append(Line(content, start, start + len(content), indent, blanks, ruled))
            blanks, ruled = 0, False
        else:
            blanks += 1
            ruled = ruled or len(raw) >= 20
        if text[stop:following] == "\f":
            blanks = max(blanks, PAGE_GAP)
        position = following
    return lines


def wrap_width(lines: list[Line]) -> int:
    """The width at which the text was wrapped, in characters; 0 if its lines are not wrapped.

    A line followed by one that begins with a small letter was surely wrapped; where most of these
    are nearly as long as the longest ones, that length is the width.
    """
    pairs = [(a, b) for a, b in pairwise(lines) if not b.blanks]
    reaches = sorted(
        (len(a.text), len(a.text) + 1 + len(b.first_word)) for a, b in pairs if starts_small(b.text)
    )
    if len(reaches) < 2:
        return 0
    width = reaches[(len(reaches) - 1) * 19 // 20][0]
    near = sum(reach >= 0.8 * width for _, reach in reaches)
    return width if 30 <= width <= 180 and near >= 0.6 * len(reaches) else 0


def starts_small(text: str) -> bool:
    """Does the text begin, after opening quotes or brackets, with a small letter?"""
    return text.lstrip(_OPENING)[:1].islower()


def starts_capital(text: str) -> bool:
    """Does the text begin, after opening quotes or brackets, with a capital?"""
    return text.lstrip(_OPENING)[:1].isupper()


def last_mark(text: str) -> str:
    """The last character inside closing quotes, brackets and emphasis; "" if there is none."""
    return text.rstrip(_CLOSING)[-1:]


def ends_sentence(text: str) -> bool:
    """Does the text end in a full stop or its like, maybe with a word in brackets after it?"""
    if last_mark(text) in _STOPS:
        return True
    return text.endswith(")") and _AFTERWORD.search(text[-120:]) is not None


def is_unfinished(text: str) -> bool:
    """Does the text end in a word that cannot end a sentence, or in an elision or a hyphen?"""
    if text.endswith(("-", "'", "’", "\u00ad")):
        return True
    return re.split(r"[\s'’]", text[-24:])[-1].casefold() in _UNFINISHED


def is_capitals(text: str) -> bool:
    """Are all letters capitals, at least four of them, and no code («NOR: SARN1520») among them?"""
    letters = [letter for letter in text if letter.isalpha()]
    is_upper = len(letters) >= 4 and all(letter == letter.upper() for letter in letters)
    return is_upper and _CODE.search(text) is None


def is_dated(text: str) -> bool:
    """Does the text hold a date, at least a month with its year?"""
    return _DATE.search(text) is not None


def date_end(text: str) -> int:
    """The offset at which the first date ends; 0 if there is none."""
    found = _DATE.search(text)
    return found.end() if found else 0


def is_word_of_date(word: str) -> bool:
    return re.fullmatch(_MONTH, word, re.IGNORECASE) is not None
