"""What is indexed with a paragraph and never quoted: the words by which people name its place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.chunker.flow import flow, shorten
from rag.chunker.lines import date_end
from rag.chunker.roles import Part

JOINT = " › "
_PIECE, _ALL, _LEAD = 130, 200, 110
_SHORT_LINE = 50
_SAME = 0.75
_WORD = re.compile(r"\w+")


def join_context(pieces: Iterable[str], leads: Iterable[str], label: str = "") -> str:
    """The pieces, the lead-ins of lists and the label, general to specific: no piece that an
    earlier one holds, nor a lead-in nearly all of whose words have been said."""
    kept: list[str] = []
    for piece in pieces:
        if piece and not any(piece.casefold() in earlier.casefold() for earlier in kept):
            kept.append(piece)
    for lead in (shorten(lead, _LEAD) for lead in leads):
        words, known = _long_words(lead), _long_words(" ".join(kept))
        if lead not in kept and (not words or len(words & known) < _SAME * len(words)):
            kept.append(lead)
    return JOINT.join([*kept, label] if label else kept)


def _long_words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if len(word) > 3}


def front_pieces(text: str, parts: Iterable[Part]) -> dict[Part, str]:
    """Date, place and author as the document's front gives them, verbatim but shortened, about
    200 characters in all; by the part that each comes from."""
    fronts = [part for part in parts if part.is_front]
    pieces: dict[Part, str] = {}
    for part in fronts:
        piece = _piece(text, part, is_alone=len(fronts) == 1)
        if sum(map(len, pieces.values())) + len(piece) > _ALL:
            break
        pieces[part] = piece
    return pieces


def _piece(text: str, part: Part, *, is_alone: bool) -> str:
    """Short lines with commas between them; a sentence up to its date, or whole if it is alone
    and short."""
    lines = [flow(line.text).strip("*_ ") for line in part.element.lines]
    are_short = len(lines) > 1 and max(map(len, lines)) < _SHORT_LINE
    if are_short and not any(line.endswith((";", ",")) for line in lines):
        return shorten(", ".join(lines), _PIECE)
    words = flow(part.content(text))
    dated = date_end(words)
    if 0 < dated <= _PIECE and (len(words) > _PIECE or not is_alone):
        words = words[:dated]
    return shorten(words, _PIECE).rstrip(".")
