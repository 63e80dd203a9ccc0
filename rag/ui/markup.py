"""Text that was written by others, made harmless, and its highlighted spans."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A word with the French punctuation that a space sets apart from it: «« mot »», «mot ?».
_SET_APART = re.compile(
    r"(?:« \S{1,24}(?: [»?!;:][.,]?)*|\S{1,24}(?: [»?!;:][.,]?)+)(?=\s|$)",
)

Span = tuple[int, int]


def inert(text: str) -> str:
    """HTML in which the text is only text.

    Every ASCII character but letters, digits and the space becomes a character reference, so
    that nothing is left for HTML or Markdown (which the conversation passes through) to read:
    no tag, no image, no link, no bare address, and no line break to end an HTML block.
    """
    return "".join(map(_inert, text))


def _inert(c: str) -> str:
    if c == " " or (c.isalnum() if c.isascii() else c.isprintable()):
        return c
    # HTML has no reference for these: they would come out as other characters.
    if c == "\0" or "\x80" <= c <= "\x9f" or "\ud800" <= c <= "\udfff":
        return "\N{REPLACEMENT CHARACTER}"
    return f"&#{ord(c)};"


def prose(text: str) -> str:
    """The text, inert, with no line starting by a «?» or «»», none ending by a ««»."""
    pieces: list[str] = []
    position = 0
    for found in _SET_APART.finditer(text):
        pieces += (
            inert(text[position : found.start()]),
            f'<span class="nb">{inert(found[0])}</span>',
        )
        position = found.end()
    return "".join((*pieces, inert(text[position:])))


def highlighted(text: str, spans: Iterable[Span]) -> str:
    """The text, inert, with its spans in `<mark>`; spans may overlap or pass the end."""
    pieces: list[str] = []
    position = 0
    for start, end in _merged(spans, len(text)):
        pieces += (inert(text[position:start]), "<mark>", inert(text[start:end]), "</mark>")
        position = end
    return "".join((*pieces, inert(text[position:])))


def _merged(spans: Iterable[Span], length: int) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
