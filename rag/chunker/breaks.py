"""Does a line go on with what stands above it?

A break inside a sentence comes from wrapping (the line was full) or from a page's end (a blank
line, yet the sentence goes on below); every other break is the author's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.chunker.elements import ALONE, BULLET, OUTLINE, Element
from rag.chunker.lines import (
    PAGE_GAP,
    Line,
    ends_sentence,
    is_capitals,
    is_unfinished,
    last_mark,
    starts_capital,
    starts_small,
    wrap_width,
)
from rag.chunker.markers import Label

_QUANTITY = re.compile(r"\d[\d\s.,]*\s[a-zà-ÿ%€$£]")
_BOLD_LINE = re.compile(r"(\*\*|__)[^*_]+\1")


@dataclass(frozen=True, slots=True)
class Breaks:
    """`width` is where the text's lines were wrapped (0 if they were not); `by_line` says that
    every line is a paragraph."""

    width: int
    by_line: bool

    @classmethod
    def of(cls, lines: list[Line]) -> Breaks:
        width = wrap_width(lines)
        gaps = sum(line.blanks > 0 for line in lines[1:])
        ended = sum(ends_sentence(line.text) for line in lines[:-1])
        by_line = not width and gaps * 10 < len(lines) and ended * 10 >= 6 * (len(lines) - 1)
        return cls(width, by_line)

    def is_full(
        self, element: Element, following: Line, share: float = 0.87, *, in_block: bool = False
    ) -> bool:
        """Was no room left on the element's last line for the first word of `following`?

        With `in_block`, the longest line of a narrow block counts as its width.
        """
        width = self.width
        if in_block and len(element.lines) > 2:
            longest = max(len(line.text) for line in element.lines[-8:])
            width = min(width, longest) if width else longest
        reach = len(element.last) + 1 + len(following.first_word)
        return width > 0 and reach >= share * width

    def continues(self, current: Element, line: Line) -> bool:
        """Is `line` part of the element above it? (Bullets and labels are told before.)"""
        if current.kind in ALONE or current.kind == "code":
            return False
        if not current.lines:  # a bullet or number alone on its line
            return line.blanks <= 1 and not current.style.startswith("word")
        if line.blanks:
            return self._continues_below_gap(current, line)
        return starts_small(line.text) or self._continues_in_block(current, line)

    def _continues_in_block(self, current: Element, line: Line) -> bool:
        if is_capitals(current.last) and starts_capital(line.text) and not is_capitals(line.text):
            # A heading right above its text.
            return not all(is_capitals(above.text) for above in current.lines)
        if current.is_one_line and current.kind == "text" and _BOLD_LINE.fullmatch(current.last):
            return False
        if self.by_line:
            return is_unfinished(current.last)
        if starts_capital(line.text) and self.width and ends_sentence(current.last):
            ends_short = len(current.last) + 1 + len(line.first_word) < 0.75 * self.width
            return not ends_short and line.indent <= current.lines[-1].indent
        return True

    def begins_outline(self, current: Element, line: Line) -> bool:
        """Is this one of several short lines set off by their indent alone?"""
        is_plain = (current.kind == "text" and current.is_one_line) or current.style == OUTLINE
        if line.blanks or not is_plain or not starts_capital(line.text):
            return False
        if ends_sentence(current.last) or self.is_full(current, line, 0.92):
            return False
        if is_capitals(current.last):
            return False
        return line.indent > current.indent or (line.indent == current.indent > 0)

    def may_begin_label(
        self, current: Element, line: Line, label: Label, style: str, *, is_next: bool
    ) -> bool:
        """Is a number at the beginning of `line` a label, and not part of the running text?

        `is_next` says that it follows the last number of its series.
        """
        if current.kind in ALONE or not current.lines:
            return True
        if line.blanks:
            return not (self.is_full(current, line) and is_unfinished(current.last))
        if ends_sentence(current.last) or last_mark(current.last) in {":", ";"}:
            return True
        if self.is_full(current, line):
            return label.firm and line.indent > current.indent
        return self._may_list(current, line, label, style, is_next=is_next)

    def _may_list(
        self, current: Element, line: Line, label: Label, style: str, *, is_next: bool
    ) -> bool:
        """Is it the next item of a list whose items end without any mark?"""
        if current.style == style or label.firm or (is_next and current.kind == "item"):
            return True
        if style == "bare" or not current.is_one_line:
            return False
        return label.text.startswith("(") or not starts_small(line.text[label.width :])

    def _continues_below_gap(self, current: Element, line: Line) -> bool:
        """Does a sentence go on below blank lines, because a page ended there?"""
        mark = last_mark(current.last)
        if line.blanks > PAGE_GAP or current.kind == "note" or ends_sentence(current.last):
            return False
        if mark == ":" or is_capitals(line.text):
            return False
        if starts_small(line.text) or _QUANTITY.match(line.text):
            return self._small_continues(current, line, mark)
        return self._capital_continues(current, line, mark)

    def _capital_continues(self, current: Element, line: Line, mark: str) -> bool:
        if line.text[0].isdigit() and mark.isalnum() and is_unfinished(current.last):
            return True
        if not self.is_full(current, line):
            return False
        if mark == ";":  # a run-in list: «Canada; Chile;» + «Colombia; Peru»
            return ";" in current.last[:-1]
        return mark.isalnum() and len(current.lines) > 1 and not is_capitals(current.last)

    def _small_continues(self, current: Element, line: Line, mark: str) -> bool:
        full = self.is_full(current, line, in_block=True)
        if full or mark in {";", ","}:
            return full
        if is_unfinished(current.last) or (len(current.lines) > 1 and current.style != BULLET):
            return True
        return len(current.last) >= (0.5 * self.width if self.width else 60)
