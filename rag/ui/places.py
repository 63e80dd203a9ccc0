"""How a paragraph says where it is: «1.1 · INTRODUCTION · p. 3»."""

from __future__ import annotations

from rag.types import Paragraph
from rag.ui.markup import inert
from rag.ui.texts import both


def place(paragraph: Paragraph) -> str:
    """HTML: label, heading and page, as far as there are any."""
    parts = [inert(part) for part in (paragraph.label, paragraph.heading) if part]
    if paragraph.page is not None:
        parts.append(f"{both('page')} {paragraph.page}")
    return '<span class="dot"> · </span>'.join(parts)


def described(paragraph: Paragraph) -> str:
    """Plain text for tooltips and copied references: title, label, heading, file."""
    parts = (paragraph.title, paragraph.label, paragraph.heading, paragraph.source)
    return " · ".join(part for part in parts if part)
