"""Lines → elements."""

from __future__ import annotations

from itertools import pairwise

from rag.chunker import markers
from rag.chunker.breaks import Breaks
from rag.chunker.elements import ALONE, BULLET, OUTLINE, Element, Kind
from rag.chunker.lines import PAGE_GAP, Line, ends_sentence, is_capitals, read_lines, starts_small


def read_elements(text: str) -> list[Element]:
    """All elements of the text, in order; together they hold every non-space character."""
    reader = _Reader(text)
    for line, below in pairwise([*reader.lines, None]):
        if line is not None:
            reader.blanks_below = below.blanks if below else 0
            reader.take(line)
    for element in reader.elements:
        if element.kind in {"text", "item", "heading", "note"}:
            element.trim_emphasis(text)
    return reader.elements


class _Reader:
    """Takes one line after the other, and either lengthens the last element or begins another."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = read_lines(text)
        self.breaks = Breaks.of(self.lines)
        self.glued = markers.glued_marks(text)
        self.elements: list[Element] = []
        self.fence = ""
        self.blanks_below = 0
        labels = [markers.label_at(line.text) for line in self.lines]
        self.readings = {reading for label in labels if label for reading in label.styles}
        self.ordinals: dict[str, int] = {}

    @property
    def current(self) -> Element | None:
        return self.elements[-1] if self.elements else None

    def take(self, line: Line) -> None:
        if self._goes_on_below_page_number(line):
            del self.elements[-1]
        if self._take_code(line) or self._take_mark(line) or self._take_table(line):
            return
        if self._take_note(line) or self._take_bullet(line) or self._take_label(line):
            return
        current = self.current
        if current and self.breaks.begins_outline(current, line):
            if current.kind == "text":
                current.kind, current.style = "item", OUTLINE
            self._begin("item", line).style = OUTLINE
        elif current and self.breaks.continues(current, line):
            if current.is_empty:
                current.start = line.start
            current.lines.append(line)
            current.end = line.end
        elif line.text[0] == ">" and any(map(str.isalnum, line.text)):
            quote = self._begin("text", line, len(line.text) - len(line.text.lstrip("> ")))
            quote.marks.append((line.start, self._trimmed(line.start, quote.start)))
        else:
            self._begin("text", line)

    def _goes_on_below_page_number(self, line: Line) -> bool:
        """Does a page's number stand inside a sentence?"""
        if len(self.elements) < 2 or not starts_small(line.text):
            return False
        above, number = self.elements[-2:]
        return (
            number.kind == "furniture"
            and (markers.is_page_number(number.last) or number.last.isdecimal())
            and above.kind in {"text", "item"}
            and markers.label_at(line.text) is None
            and self.breaks.continues(above, line)
        )

    def _begin(self, kind: Kind, line: Line, width: int = 0) -> Element:
        """Begin an element whose content starts `width` characters into the line."""
        start = min(line.start + width, line.end)
        while start < line.end and self.text[start].isspace():
            start += 1
        content = self.text[start : line.end]
        body = Line(content, start, line.end, line.indent, line.blanks, line.ruled)
        lines = [body] if content else []
        element = Element(kind, start, line.end, lines, line.indent, line.blanks)
        self.elements.append(element)
        return element

    def _trimmed(self, start: int, end: int) -> int:
        """The end of `text[start:end]` without the white space after it."""
        return start + len(self.text[start:end].rstrip())

    def _take_code(self, line: Line) -> bool:
        """Fenced code is one element, its fences included."""
        fence = line.text[:3] if line.text[:3] in {"```", "~~~"} else ""
        if self.fence and self.current:
            self.current.lines.append(line)
            self.current.end = line.end
            self.fence = "" if fence == self.fence else self.fence
            return True
        if fence:
            self._begin("code", line)
            self.fence = fence
        return bool(fence)

    def _take_mark(self, line: Line) -> bool:
        """Rules, page numbers, and Markdown headings (`#` and underlined)."""
        text = line.text
        current = self.current
        depth = len(text) - len(text.lstrip("#"))
        if markers.is_rule(text):
            self._underline(line)
            self._begin("rule", line)
        elif 0 < depth <= 6 and text[depth : depth + 1].isspace():
            heading = self._begin("heading", line, depth)
            heading.style = f"md {depth}"
            heading.marks.append((line.start, line.start + depth))
        elif markers.bullet_width(text) == len(text):
            self._begin("item", line, len(text)).style = BULLET
            self.elements[-1].marks.append((line.start, line.end))
        elif self._is_page_number(line) or (
            markers.is_furniture(text) and (line.blanks or not current or current.kind in ALONE)
        ):
            self._begin("furniture", line)
        else:
            return False
        return True

    def _is_page_number(self, line: Line) -> bool:
        """A bare number is a page's where a form feed, or as many blank lines, stand beside it."""
        gap = max(line.blanks, self.blanks_below)
        is_bare = line.text.isdecimal() and len(line.text) <= 4
        return gap >= PAGE_GAP if is_bare else gap > 0 and markers.is_page_number(line.text)

    def _underline(self, rule: Line) -> None:
        """A rule of = or - right under a single line makes it a heading (Markdown's setext)."""
        current = self.current
        if current and current.kind == "text" and current.is_one_line and not rule.blanks:
            level = {"=": "md 1", "-": "md 2"}.get(rule.text[0], "")
            if level and (current.blanks or len(self.elements) == 1):
                current.kind, current.style = "heading", level

    def _take_table(self, line: Line) -> bool:
        """A row of a Markdown table, without the bars at its ends."""
        text = line.text
        if not (text.startswith("|") and text.endswith("|") and len(text) > 2):
            return False
        if not any(map(str.isalnum, text)):
            self._begin("furniture", line)
            return True
        row = self._begin("row", line, 1)
        row.end = self._trimmed(row.start, line.end - 1)
        row.marks += [(line.start, line.start + 1), (line.end - 1, line.end)]
        return True

    def _take_note(self, line: Line) -> bool:
        label, width = markers.note_at(line.text)
        if not width:
            return False
        current = self.current
        is_free = line.blanks > 0 or not current or current.kind in {"note", *ALONE}
        is_note = markers.is_certain_note(line.text) or bool(
            self.glued.get(label, [line.end])[0] < line.start
            and not is_capitals(line.text[width:])
            and (is_free or (current is not None and ends_sentence(current.last)))
        )
        if is_note:
            note = self._begin("note", line, width)
            note.label = label
            note.label_span = (line.start, self._trimmed(line.start, note.start))
        return is_note

    def _take_bullet(self, line: Line) -> bool:
        width = markers.bullet_width(line.text)
        current = self.current
        # A dash may also come first where running text was wrapped.
        is_dash = line.text[0] in "–—" and not line.blanks
        if not width or (is_dash and current and self.breaks.is_full(current, line)):
            return False
        item = self._begin("item", line, width)
        item.style = BULLET
        item.marks.append((line.start, self._trimmed(line.start, item.start)))
        return True

    def _take_label(self, line: Line) -> bool:
        label = markers.label_at(line.text)
        reading = self._reading(label) if label else None
        if label is None or reading is None:
            return False
        style, ordinal = reading
        current = self.current
        is_next = ordinal - self.ordinals.get(style, ordinal) == 1
        if current and not self.breaks.may_begin_label(
            current, line, label, style, is_next=is_next
        ):
            return False
        item = self._begin("item", line, label.width)
        item.style, item.label = style, label.text
        item.label_span = (line.start, self._trimmed(line.start, item.start))
        self.ordinals[style] = ordinal
        if label.inner:
            item.inner_style = label.inner[0]
            self.ordinals[label.inner[0]] = label.inner[1]
        return True

    def _reading(self, label: markers.Label) -> tuple[str, int] | None:
        """The series that the label goes on, or the one that it begins.

        A letter, or a number without any mark, begins a series only where the next one begins
        another line, so that the initial in «A. Kervran» is none.
        """
        for style, ordinal in label.styles:
            if style in self.ordinals and 0 < ordinal - self.ordinals[style] <= 2:
                return style, ordinal
        for style, ordinal in label.styles:
            if not style.startswith(("letter", "roman", "bare")):
                return style, ordinal
            if ordinal == 1 and (style, 2) in self.readings:
                return style, ordinal
        return None
