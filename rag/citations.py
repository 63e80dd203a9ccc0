"""Markers ↔ paragraphs: citations that are right by construction.

A generator never writes source text. It writes a draft in which `[[2]]` cites the second
paragraph that it was shown and `[[2:10-64]]` quotes characters 10 to 64 of it. `resolve` replaces
both from the store, drops markers of paragraphs that were not shown, and renumbers the rest in
order of appearance. Nothing is matched approximately, so a citation can be wrong but never
invented or shifted. (Opaque keys resolved afterwards: the habit of paper-qa.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.types import Citation, Paragraph, Statement

_MARKER = re.compile(r"\[\[(\d{1,4})(?::(\d{1,7})-(\d{1,7}))?\]\]")
_STOP = re.compile(r"[.,;]|$")


@dataclass(frozen=True, slots=True)
class Cited:
    """Statements whose markers all have a citation, and how many markers were dropped."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    dropped: int


def quote_marker(marker: int, start: int, end: int) -> str:
    """The draft's notation for a verbatim quotation (offsets in the paragraph)."""
    return f"[[{marker}:{start}-{end}]]"


def plain(text: str) -> str:
    """Text that a draft may hold as it is: nothing in it reads as a marker, whatever follows it."""
    return re.sub(r"\[(?=\[|\Z)", "[\u2060", text)


def resolve(draft: Sequence[str], shown: Mapping[int, Paragraph]) -> Cited:
    """Turn draft lines into statements with citations.

    A line that quotes nothing and cites nothing keeps its text and has no markers. A span outside
    its paragraph counts as an unknown marker. A citation is one (paragraph, span); a marker
    without a span covers the whole paragraph.
    """
    numbers: dict[tuple[str, int, int], int] = {}
    citations: list[Citation] = []
    statements: list[Statement] = []
    dropped = 0
    for line in draft:
        markers: list[int] = []
        pieces: list[str] = []
        position = 0
        for found in _MARKER.finditer(line):
            pieces.append(line[position : found.start()])
            position = found.end()
            paragraph = shown.get(int(found[1]))
            quoted = found[2] is not None
            start, end = (int(found[2]), int(found[3])) if quoted else (0, 0)
            known = paragraph is not None and (
                not quoted or 0 <= start < end <= len(paragraph.text)
            )
            if not (known and quoted) and _STOP.match(line, position):
                # The marker leaves no text; neither may the space before it stay alone.
                pieces[-1] = pieces[-1].rstrip()
            if paragraph is None or not known:
                dropped += 1
                continue
            end = end or len(paragraph.text)
            key = (paragraph.id, start, end)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                citations.append(Citation(numbers[key], paragraph, start, end))
            if numbers[key] not in markers:
                markers.append(numbers[key])
            if quoted:
                pieces.append(" ".join(paragraph.text[start:end].split()))
        pieces.append(line[position:])
        text = "".join(pieces).strip()
        if text:
            statements.append(Statement(text, tuple(markers)))
    return Cited(tuple(statements), tuple(citations), dropped)
