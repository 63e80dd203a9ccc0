"""Sentences with the markers that stand after them, from the pieces that a model's text was read
as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag import language as languages
from rag.chat_model.reader import Marks, Piece
from rag.types import Language

_BULLET = "• "
# «Oui.», «Yes, indeed.»: too short to be judged alone, they go with what follows them.
_SHORT = 3
_STOPS = (".", "!", "?", "…")
# What is left where a marker of nothing stood before a full stop.
_STRAY = re.compile(r" +([.,])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the markers it bears; `continues` if it stands on the line of the one before.

    A list item begins with «• ».
    """

    text: str
    markers: tuple[str, ...]
    continues: bool

    @property
    def bullet(self) -> str:
        """«• » or nothing."""
        return _BULLET if self.text.startswith(_BULLET) else ""

    @property
    def said(self) -> str:
        """Without the bullet."""
        return self.text.removeprefix(_BULLET)


def sentences(pieces: Sequence[Piece], language: Language) -> list[Sentence]:
    """In the order of the text. A marker belongs to the sentence that begins before it."""
    found: list[Sentence] = []
    for text, placed in _lines(pieces):
        found += _of_line(text, placed, language)
    return found


def _lines(pieces: Iterable[Piece]) -> Iterable[tuple[str, list[tuple[int, str]]]]:
    """Lines without their markers, and each marker with the offset at which it stood."""
    text, placed = "", list[tuple[int, str]]()
    for piece in pieces:
        if isinstance(piece, Marks):
            text = text.rstrip(" ")
            placed += [(len(text), marker) for marker in piece.markers]
            continue
        first, *rest = piece.split("\n")
        text = _joined(text, first)
        for line in rest:
            yield text, placed
            text, placed = _joined("", line), []
    yield text, placed


def _joined(text: str, more: str) -> str:
    """White space made single, so that offsets of markers hold."""
    flat = " ".join(more.split())
    if not flat:
        return text + " " if more and text and not text.endswith(" ") else text
    before = " " if more[0].isspace() and text and not text.endswith(" ") else ""
    return text + before + flat + (" " if more[-1].isspace() else "")


def _of_line(text: str, placed: Sequence[tuple[int, str]], language: Language) -> list[Sentence]:
    bullet = _BULLET if text.startswith(_BULLET.strip()) else ""
    cut = len(text) - len(text.removeprefix(_BULLET.strip()).lstrip()) if bullet else 0
    body = text[cut:]
    # A marker may stand before the bullet.
    marked = [max(0, offset - cut) for offset, _ in placed]
    spans = _merged(body, _spans(body, marked, language))
    if not spans:
        return []
    owned: list[list[str]] = [[] for _ in spans]
    for offset, (_, marker) in zip(marked, placed, strict=True):
        before = [n for n, (start, _) in enumerate(spans) if start < offset]
        owner = owned[before[-1] if before else 0]
        if marker not in owner:
            owner.append(marker)
    return [
        Sentence(
            text=("" if n else bullet) + _STRAY.sub(r"\1", body[start:end].strip()),
            markers=tuple(markers),
            continues=n > 0,
        )
        for n, ((start, end), markers) in enumerate(zip(spans, owned, strict=True))
    ]


def _spans(text: str, marked: Sequence[int], language: Language) -> list[tuple[int, int]]:
    """Sentences as the splitter sees them, and besides: one ends where a marker stands beside its
    full stop, whatever follows."""
    ends = set[int]()
    for offset in marked:
        after = offset + 1 if text[offset : offset + 1] in _STOPS else offset
        if text[after - 1 : after] in _STOPS:
            ends.add(after)
    spans: list[tuple[int, int]] = []
    begin = 0
    for end in sorted({*ends, len(text)}):
        part = text[begin:end]
        if part.strip():
            found = languages.sentences(part, language)
            spans += [(begin + start, begin + stop) for start, stop in found]
        begin = end
    return spans


def _merged(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that say something: what has no letter goes with the sentence before it, what is
    very short with the one after it."""
    merged: list[tuple[int, int]] = []
    pending: int | None = None
    for start, end in spans:
        piece = text[start:end]
        if merged and pending is None and not any(map(str.isalnum, piece)):
            merged[-1] = (merged[-1][0], end)
            continue
        begin = start if pending is None else pending
        pending = None
        if len(text[begin:end].split()) < _SHORT and (start, end) != spans[-1]:
            pending = begin
            continue
        merged.append((begin, end))
    return [(start, end) for start, end in merged if any(map(str.isalnum, text[start:end]))]
