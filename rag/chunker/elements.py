"""Lines → elements: which lines belong together, and what number or bullet each group carries.

A break between two lines of one sentence comes from wrapping (the line was full) or from a page's
end (a blank line, yet the sentence goes on below); every other break is the author's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.chunker import markers
from rag.chunker.lines import (
    Line,
    ends_sentence,
    is_capitals,
    is_unfinished,
    last_mark,
    read_lines,
    starts_capital,
    starts_small,
    wrap_width,
)

TEXT, ITEM, NOTE, HEADING, ROW, CODE = "text", "item", "note", "heading", "row", "code"
RULE, FURNITURE = "rule", "furniture"
OUTLINE = "outline"
_ALONE = {HEADING, ROW, RULE, FURNITURE}


@dataclass(slots=True, eq=False)
class Element:
    """Consecutive lines that make one paragraph, heading or separator.

    `start` and `end` bound the content without label, bullet or emphasis around it, which lie in
    `marks` and `label_span`. `style` says which series the item belongs to («bullet», «decimal
    2.», «outline», «md 2»…). `blanks` is the number of blank lines above.
    """

    kind: str
    start: int
    end: int
    lines: list[Line]
    indent: int
    blanks: int
    style: str = ""
    label: str = ""
    label_span: tuple[int, int] | None = None
    marks: list[tuple[int, int]] = field(default_factory=list)
    bold: bool = False

    @property
    def first(self) -> str:
        return self.lines[0].text if self.lines else ""

    @property
    def last(self) -> str:
        return self.lines[-1].text if self.lines else ""

    @property
    def is_one_line(self) -> bool:
        return len(self.lines) == 1


def read_elements(text: str) -> list[Element]:
    """All elements of the text, in order; together they hold every non-space character."""
    reader = _Reader(text)
    for line in reader.lines:
        reader.take(line)
    for element in reader.elements:
        _trim_emphasis(text, element)
    return [*reader.elements]


class _Reader:
    """Takes one line after the other, and either lengthens the last element or begins another."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = read_lines(text)
        self.width = wrap_width(self.lines)
        self.glued = markers.glued_marks(text)
        self.elements: list[Element] = []
        self.ordinals: dict[str, int] = {}
        self.fence = ""
        # Text whose lines are long and never separated by blank lines has one paragraph a line.
        gaps = sum(line.blanks > 0 for line in self.lines[1:])
        self.line_is_paragraph = not self.width and gaps * 10 < len(self.lines)

    @property
    def current(self) -> Element | None:
        return self.elements[-1] if self.elements else None

    def take(self, line: Line) -> None:
        if self._take_code(line) or self._take_mark(line):
            return
        if self._take_note(line) or self._take_bullet(line) or self._take_label(line):
            return
        current = self.current
        if current and self._begins_outline(current, line):
            if current.kind == TEXT:
                current.kind, current.style = ITEM, OUTLINE
            self._begin(ITEM, line).style = OUTLINE
            return
        if current is None or not self._continues(current, line):
            self._begin(TEXT, line)
            return
        if not current.lines and current.start == current.end:
            current.start = line.start
        current.lines.append(line)
        current.end = line.end

    def _begin(self, kind: str, line: Line, width: int = 0) -> Element:
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

    def _take_code(self, line: Line) -> bool:
        """Fenced code is one element, its fences included."""
        opening = line.text[:3] if line.text[:3] in {"```", "~~~"} else ""
        if self.fence and self.current:
            self.current.lines.append(line)
            self.current.end = line.end
            if opening == self.fence:
                self.fence = ""
            return True
        if opening:
            self._begin(CODE, line)
            self.fence = opening
        return bool(opening)

    def _take_mark(self, line: Line) -> bool:
        """Rules, page numbers, Markdown headings (`#` and underlined) and table rows."""
        current = self.current
        if markers.is_rule(line.text):
            self._underline(line)
            self._begin(RULE, line)
        elif line.text.startswith("|") and line.text.endswith("|") and len(line.text) > 2:
            has_text = any(map(str.isalnum, line.text))
            self._begin(ROW if has_text else RULE, line)
        elif line.text.startswith("#"):
            depth = len(line.text) - len(line.text.lstrip("#"))
            if depth > 6 or not line.text[depth : depth + 1].isspace():
                return False
            heading = self._begin(HEADING, line, depth)
            heading.style = f"md {depth}"
            heading.marks.append((line.start, line.start + depth))
        elif markers.bullet_width(line.text) == len(line.text):
            item = self._begin(ITEM, line, len(line.text))
            item.style = "bullet"
            item.marks.append((line.start, line.end))
        elif markers.is_furniture(line.text) and not (
            current and not line.blanks and current.kind in {TEXT, ITEM, NOTE}
        ):
            self._begin(FURNITURE, line)
        else:
            return False
        return True

    def _underline(self, rule: Line) -> None:
        """A line of = or - right under a single line makes it a heading (Markdown's setext)."""
        current = self.current
        if current and current.kind == TEXT and current.is_one_line and not rule.blanks:
            level = {"=": "md 1", "-": "md 2"}.get(rule.text[0], "")
            if level and current.blanks + (current is self.elements[0]) > 0:
                current.kind, current.style = HEADING, level

    def _take_note(self, line: Line) -> bool:
        label, width = markers.note_at(line.text)
        if not width:
            return False
        rest = line.text[width:]
        current = self.current
        fresh = line.blanks > 0 or not current or current.kind in {NOTE, *_ALONE}
        if not markers.is_certain_note(line.text) and (
            label not in self.glued
            or self.glued[label] > line.start
            or is_capitals(rest)
            or not (fresh or (current and ends_sentence(current.last)))
            or line.text[width - 1] in "\t"
        ):
            return False
        note = self._begin(NOTE, line, width)
        note.label = label
        note.label_span = (line.start, line.start + len(line.text[:width].rstrip()))
        return True

    def _take_bullet(self, line: Line) -> bool:
        width = markers.bullet_width(line.text)
        current = self.current
        if not width:
            return False
        if line.text[0] in "–—" and current and not line.blanks and self._is_full(current, line):
            return False
        item = self._begin(ITEM, line, width)
        item.style = "bullet"
        item.marks.append((line.start, line.start + len(line.text[:width].rstrip())))
        return True

    def _take_label(self, line: Line) -> bool:
        label = markers.label_at(line.text)
        if label is None:
            return False
        style = self._series(label)
        if not style or not self._may_begin(line, label, style):
            return False
        item = self._begin(ITEM, line, label.width)
        item.style, item.label = style[0], label.text
        item.label_span = (line.start, line.start + len(line.text[: label.width].rstrip()))
        self.ordinals[style[0]] = style[1]
        return True

    def _series(self, label: markers.Label) -> tuple[str, int] | None:
        """The reading that goes on a series already begun, else one that begins a series."""
        for style, ordinal in label.styles:
            if style in self.ordinals and 0 < ordinal - self.ordinals[style] <= 2:
                return style, ordinal
        firsts = [reading for reading in label.styles if reading[1] == 1]
        if firsts:
            return firsts[-1]
        style, ordinal = label.styles[0]
        return (style, ordinal) if style.startswith(("decimal", "word", "sign")) else None

    def _may_begin(self, line: Line, label: markers.Label, style: tuple[str, int]) -> bool:
        """A number may begin a paragraph after a blank line, or where the text above has ended."""
        current = self.current
        if current is None or current.kind in _ALONE or not current.lines:
            return True
        if line.blanks:
            return not (
                self._is_full(current, line)
                and is_unfinished(current.last)
                and current.kind != CODE
            )
        if ends_sentence(current.last) or last_mark(current.last) in {":", ";"}:
            return True
        if label.firm and line.indent > current.indent:
            return True
        # Lists whose items end without any mark: the number before this one, on a short line.
        follows = current.style == style[0] or current.is_one_line
        return follows and not self._is_full(current, line)

    def _continues(self, current: Element, line: Line) -> bool:
        """Does the line go on with the element above it?"""
        if current.kind in _ALONE or current.kind == CODE:
            return False
        if not current.lines:
            return line.blanks <= 1 and not current.style.startswith("word")
        if line.blanks:
            return self._continues_below_gap(current, line)
        last = current.last
        capital = starts_capital(line.text)
        if self.line_is_paragraph and ends_sentence(last) and not starts_small(line.text):
            return False
        if capital and self.width and ends_sentence(last):
            ends_short = len(last) + 1 + len(line.first_word) < 0.75 * self.width
            return not (ends_short or (line.indent > current.lines[-1].indent))
        return True

    def _begins_outline(self, current: Element, line: Line) -> bool:
        """Is this one of several short lines set off by their indent alone?"""
        is_plain = (current.kind == TEXT and current.is_one_line) or current.style == OUTLINE
        if line.blanks or not is_plain or not starts_capital(line.text):
            return False
        if ends_sentence(current.last) or self._is_full(current, line, 0.92):
            return False
        return line.indent > current.indent or (line.indent == current.indent > 0)

    def _continues_below_gap(self, current: Element, line: Line) -> bool:
        """Does a sentence go on below blank lines, because a page ended there?"""
        last = current.last
        if line.blanks > 3 or current.kind == NOTE or ends_sentence(last):
            return False
        mark = last_mark(last)
        full = self._is_full(current, line)
        if starts_small(line.text):
            if mark == ":":
                return False
            if mark in {";", ","}:
                return full
            return (
                full
                or is_unfinished(last)
                or len(current.lines) > 1
                or len(last) >= (0.5 * self.width if self.width else 60)
            )
        if not full or is_capitals(line.text):
            return False
        if mark == ";":
            return ";" in last[:-1]
        return mark.isalnum() and len(current.lines) > 1 and not is_capitals(last)

    def _is_full(self, element: Element, following: Line, share: float = 0.87) -> bool:
        """Was there no room left on the element's last line for the first word of `following`?"""
        width = self.width
        if len(element.lines) > 2:
            longest = max(len(line.text) for line in element.lines[-8:])
            width = min(width, longest) if width else longest
        reach = len(element.last) + 1 + len(following.first_word)
        return width > 0 and reach >= share * width


def _trim_emphasis(text: str, element: Element) -> None:
    """Leave the asterisks or underscores around a whole element out of it."""
    if element.kind not in {TEXT, ITEM, HEADING, NOTE}:
        return
    for mark in ("***", "**", "__", "*", "_"):
        inner_start, inner_end = element.start + len(mark), element.end - len(mark)
        if (
            inner_start < inner_end
            and text.startswith(mark, element.start)
            and text.endswith(mark, 0, element.end)
            and text.find(mark[0], inner_start, inner_end) < 0
        ):
            element.marks += [(element.start, inner_start), (inner_end, element.end)]
            element.start, element.end = inner_start, inner_end
            element.bold = len(mark) > 1
            return
