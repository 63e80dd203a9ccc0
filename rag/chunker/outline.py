"""Where each paragraph stands: the headings above it, and the lead-ins of its list."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from rag.chunker.elements import BULLET, OUTLINE, Element
from rag.chunker.flow import flow
from rag.chunker.headings import CAPITALS, LIST, MARKDOWN_LOWEST, WORD
from rag.chunker.lines import PAGE_GAP, ends_sentence, last_mark
from rag.chunker.markers import glued_marks, is_caption
from rag.chunker.roles import Part, Role

_LEAD, _ROW = "lead", "row"
_SALUTATION = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A cited element with the headings above it and the lead-ins of its list, outermost first."""

    part: Part
    headings: tuple[str, ...]
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Heading:
    rank: int
    style: str
    text: str


@dataclass(frozen=True, slots=True)
class _Opening:
    """Something that may introduce what follows; `text` is empty if it only has a level."""

    style: str
    indent: int
    text: str


def places(text: str, parts: list[Part]) -> Iterator[Place]:
    """The place of every cited part, in order."""
    walk = _Walk(text, parts)
    for part in parts:
        yield from walk.take(part)


class _Walk:
    def __init__(self, text: str, parts: list[Part]) -> None:
        self.text = text
        self.headings: list[_Heading] = []
        self.openings: list[_Opening] = []
        self.previous: Part | None = None
        self.last_mark = ""
        has_notes = any(part.element.kind == "note" for part in parts)
        self.marks = glued_marks(text) if has_notes else {}
        self.parts = [part for part in parts if part.element.kind != "note"]
        self.starts = [part.element.start for part in self.parts]
        self.trails: dict[Part, tuple[str, ...]] = {}

    def take(self, part: Part) -> Iterator[Place]:
        element = part.element
        self.trails[part] = self._trail(self.headings)
        if part.role is Role.SEPARATOR:
            if element.kind == "rule":
                self.headings = [h for h in self.headings if h.rank <= MARKDOWN_LOWEST]
                self.openings.clear()
            return
        if part.rank == LIST:
            self._open_item(element)
        elif part.role is Role.HEADING:
            self._open_heading(part)
            if part.cited:
                yield self._place(part, self.headings[:-1])
        elif part.role is Role.TITLE:
            if part.cited:
                yield self._place(part, [])
        elif element.kind == "note":
            yield self._place_note(part)
            return  # a footnote interrupts nothing
        else:
            yield self._take_paragraph(part)
        self.previous = part
        self.last_mark = last_mark(self.text[max(element.start, element.end - 40) : element.end])

    def _take_paragraph(self, part: Part) -> Place:
        element = part.element
        if element.kind in {"item", "row"}:
            self._close_for(element)
            place = self._place(part, self.headings)
            self._open_item(element)
            return place
        in_scope = (
            bool(self.openings)
            and all(opening.style == _LEAD for opening in self.openings)
            and self.last_mark in {",", ";", ":"}
        )
        if not in_scope:
            self.openings.clear()
        place = self._place(part, self.headings)
        content = self._words(element)
        mark = last_mark(content)
        if mark == ":" or (
            mark == "," and not in_scope and element.is_one_line and len(content) <= _SALUTATION
        ):
            self.openings.append(_Opening(_LEAD, -1, _lead_in(content)))
        elif in_scope and mark not in {",", ";"} and element.kind in {"text", "code"}:
            self.openings.clear()
        return place

    def _close_for(self, element: Element) -> None:
        """Close the lists in which the item cannot be."""
        style, indent = element.style or element.kind, element.indent
        for i, opening in enumerate(self.openings):
            if opening.style == _LEAD:
                continue
            free = opening.style in {BULLET, OUTLINE}
            same = opening.style == style and not (
                style.startswith("decimal") and indent >= opening.indent + 2
            )
            if style == _ROW:
                closes = opening.style != _ROW and not is_caption(opening.style)
            elif style == OUTLINE:
                closes = opening.style == OUTLINE and opening.indent >= indent
            elif style == BULLET:
                closes = opening.style == OUTLINE or (same and opening.indent >= indent)
            else:
                closes = same or (free and opening.indent >= indent)
            if closes:
                del self.openings[i:]
                return

    def _open_item(self, element: Element) -> None:
        self._close_for(element)
        style = element.style or element.kind
        if style == _ROW:
            if all(opening.style != _ROW for opening in self.openings):
                self.openings.append(_Opening(_ROW, element.indent, self._words(element)))
            return
        content = self._words(element)
        leads = style in {BULLET, OUTLINE} or not ends_sentence(content)
        lead = _lead_in(content) if leads else ""
        if element.inner_style:  # «3 (1)» may be followed by «(2)»
            self.openings.append(_Opening(style, element.indent, ""))
            style = element.inner_style
        self.openings.append(_Opening(style, element.indent, lead))

    def _open_heading(self, part: Part) -> None:
        element = part.element
        style = element.style or element.kind
        self.openings.clear()
        follows_heading = (
            self.previous is not None
            and self.previous.role is Role.HEADING
            and element.blanks < PAGE_GAP
        )
        words = " ".join(filter(None, (element.label, self._words(element))))
        if follows_heading and self.previous and self.previous.element.is_empty and self.headings:
            # «Article 1» and, on the next line, what it is about.
            above = self.headings.pop()
            self.headings.append(_Heading(above.rank, above.style, f"{above.text} {words}"))
            return
        if not (follows_heading and part.rank >= CAPITALS):
            self._close_headings(part.rank, style, follows_heading=follows_heading)
        self.headings.append(_Heading(part.rank, style, words))

    def _close_headings(self, rank: int, style: str, *, follows_heading: bool) -> None:
        """Close the headings that a new one of this rank and style is not under: its own level if
        there is one, else whatever ranks no higher.

        «Title», «Chapter», «Article» are levels by their word, in the order in which they come.
        """
        for i, heading in enumerate(self.headings):
            if heading.rank == rank and heading.style == style:
                del self.headings[i:]
                return
        while self.headings and self.headings[-1].rank > rank:
            if follows_heading and self.headings[-1].rank == CAPITALS and rank >= WORD:
                return
            self.headings.pop()
        if rank != WORD and self.headings and self.headings[-1].rank == rank:
            self.headings.pop()

    def _place(self, part: Part, headings: list[_Heading]) -> Place:
        leads = tuple(opening.text for opening in self.openings if opening.text)
        return Place(part, self._trail(headings), leads)

    def _place_note(self, note: Part) -> Place:
        """A footnote stands where its mark does; the words up to the mark introduce it."""
        offsets = self.marks.get(note.element.label, [])
        before = bisect_right(offsets, note.element.start)
        offset = offsets[before - 1] if before else -1
        index = bisect_right(self.starts, offset) - 1
        if index < 0:
            return Place(note, self._trail(self.headings), ())
        owner = self.parts[index]
        end = min(offset, owner.element.end)
        words = _lead_in(flow(self.text[owner.element.start : end]))
        trail = self.trails.get(owner, self._trail(self.headings))
        return Place(note, trail, (words,) if words else ())

    @staticmethod
    def _trail(headings: list[_Heading]) -> tuple[str, ...]:
        return tuple(heading.text for heading in headings)

    def _words(self, element: Element) -> str:
        return flow(self.text[element.start : element.end])


def _lead_in(content: str) -> str:
    """The last sentence of a paragraph that introduces what follows it."""
    for end in (". ", "? ", "! "):
        cut = content.rfind(end)
        if cut >= 0 and len(content) - cut > 12:
            content = content[cut + 2 :]
    return content
