"""Elements: consecutive lines that make one paragraph, heading or separator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rag.chunker.lines import Line

Kind = Literal["text", "item", "note", "heading", "row", "code", "rule", "furniture"]

# Styles of items whose level is told by their indent; any other style is a label's.
BULLET, OUTLINE = "bullet", "outline"
ALONE: frozenset[Kind] = frozenset({"heading", "row", "rule", "furniture"})


@dataclass(slots=True, eq=False)
class Element:
    """`text[start:end]` is the content without label, bullet and emphasis around it; these lie in
    `label_span` and `marks`.

    `style` says which series an item or heading belongs to («bullet», «decimal 2.», «md 2»…),
    `inner_style` that of the second number in «3 (1)», and `blanks` how many blank lines stand
    above.
    """

    kind: Kind
    start: int
    end: int
    lines: list[Line]
    indent: int
    blanks: int
    style: str = ""
    label: str = ""
    inner_style: str = ""
    label_span: tuple[int, int] | None = None
    marks: list[tuple[int, int]] = field(default_factory=list)
    bold: bool = False

    @property
    def last(self) -> str:
        return self.lines[-1].text if self.lines else ""

    @property
    def is_one_line(self) -> bool:
        return len(self.lines) == 1

    @property
    def is_empty(self) -> bool:
        """Is there only a label or a bullet?"""
        return self.start == self.end

    def trim_emphasis(self, text: str) -> None:
        """Leave the asterisks or underscores around the whole content out of it."""
        for mark in ("***", "**", "__", "*", "_"):
            inner_start, inner_end = self.start + len(mark), self.end - len(mark)
            if (
                inner_start < inner_end
                and text.startswith(mark, self.start)
                and text.endswith(mark, 0, self.end)
                and text.find(mark[0], inner_start, inner_end) < 0
            ):
                inner = text[inner_start:inner_end]
                if not inner.strip():
                    return
                self.marks += [(self.start, inner_start), (inner_end, self.end)]
                self.start = inner_end - len(inner.lstrip())
                self.end = inner_start + len(inner.rstrip())
                self.bold = len(mark) > 1
                return
