"""Text that was written by others, made harmless, and its highlighted spans."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.suspicion.unseen import unseen

# A word with the French punctuation that a space sets apart from it: «« mot »», «mot ?».
_SET_APART = re.compile(
    r"(?:« \S{1,24}(?: [»?!;:][.,]?)*|\S{1,24}(?: [»?!;:][.,]?)+)(?=\s|$)",
)

# The asterisks around **words** in a text that is not rendered as Markdown.
_EMPHASIS = re.compile(r"(?<!\w)(\*\*)(?=\w)[^*]+?(?<=[\w.:;!?)»])(\*\*)(?!\w)")

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
    glued = [found.span() for found in _SET_APART.finditer(text)]
    return _wrapped(text, glued, '<span class="nb">', "</span>")


def highlighted(text: str, spans: Iterable[Span]) -> str:
    """The text, inert, with its spans in `<mark>`; spans may overlap or pass the end."""
    return _wrapped(text, _merged(spans, len(text)), "<mark>", "</mark>")


def _wrapped(text: str, spans: Iterable[Span], opening: str, closing: str) -> str:
    stars = {found.start(side) for found in _EMPHASIS.finditer(text) for side in (1, 2)}

    def written(start: int, end: int) -> str:
        pieces: list[str] = []
        for star in sorted(star for star in stars if start <= star and star + 2 <= end):
            pieces += (_bared(text[start:star]), f'<span class="stars">{inert("**")}</span>')
            start = star + 2
        return "".join((*pieces, _bared(text[start:end])))

    pieces: list[str] = []
    position = 0
    for start, end in spans:
        pieces += (written(position, start), opening, written(start, end), closing)
        position = end
    return "".join((*pieces, written(position, len(text))))


def _bared(text: str) -> str:
    """The text, inert; characters that are not seen stand in elements that name them, which also
    keeps their effect on the direction of the text inside."""
    pieces: list[str] = []
    position = 0
    for start, end in unseen(text):
        more = f" × {end - start}" if end - start > 1 else ""
        pieces += (
            inert(text[position:start]),
            f'<span class="unseen" data-code="U+{ord(text[start]):04X}{more}">',
            inert(text[start:end]),
            "</span>",
        )
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
