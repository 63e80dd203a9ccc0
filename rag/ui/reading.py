"""A whole document as HTML, with one paragraph of it pointed out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.types import Document, Paragraph
from rag.ui.conversation import warning
from rag.ui.markup import highlighted, inert
from rag.ui.references import Reference
from rag.ui.texts import both

# Typographic marks of headings and list items, which say nothing to a reader.
_BULLETS = "-–▶•\uf0b7\uf0a7"
_MARKS = _BULLETS + "#*_ \t"


def reading(document: Document, paragraphs: Sequence[Paragraph], reference: Reference) -> str:
    """The document's paragraphs in order, and between them its headings and separators."""
    blocks: list[str] = []
    position = 0
    for paragraph in sorted(paragraphs, key=lambda paragraph: paragraph.start):
        between = document.text[position : paragraph.start]
        above, _, beside = between.rpartition("\n")
        blocks += _headings(above, document.title)
        blocks.append(_paragraph(paragraph, beside, reference))
        position = paragraph.end
    blocks += _headings(document.text[position:], document.title)
    return (
        f'<article class="reading" lang="{document.language}">{_bar(document.title)}'
        f"<header><h2>{inert(document.title)}</h2>"
        f'<p class="source">{inert(document.source)}</p></header>'
        f'<div class="text">{"".join(blocks)}</div></article>'
    )


def missing() -> str:
    """What is shown for a reference into a document that the index does not hold (any more)."""
    return f'<article class="reading">{_bar()}<p class="rest">{both("gone")}</p></article>'


def _bar(title: str = "") -> str:
    return (
        f'<nav class="bar"><button type="button" class="back">{both("back")}</button>'
        f'<span class="title" aria-hidden="true">{inert(title)}</span></nav>'
    )


def _paragraph(paragraph: Paragraph, beside: str, reference: Reference) -> str:
    """`beside` stands before the paragraph on its first line: its number, or a list's bullet."""
    label = inert(beside.strip(_MARKS))
    shown = f'<span class="label">{label}</span> ' if label else ""
    listed = " item" if beside.strip(" *_") and not label else ""
    if paragraph.id != reference.paragraph_id:
        body = highlighted(paragraph.text, ())
        return f'<p class="paragraph{listed}">{shown}{body}</p>{warning(paragraph)}'
    body = highlighted(paragraph.text, reference.spans)
    cited = f'<p class="paragraph{listed} cited" id="cited" tabindex="-1">{shown}{body}</p>'
    return cited + warning(paragraph)


def _headings(text: str, title: str) -> Iterator[str]:
    """A line each, but for those of the title, which stands above; lines of rules are rules."""
    for line in text.splitlines():
        shown = line.strip(_MARKS)
        if any(c.isalnum() for c in shown):
            listed = line.strip()[0] in _BULLETS and "**" not in line
            if shown not in title:
                yield f'<p class="{"item" if listed else "heading"}">{inert(shown)}</p>'
        elif len(line.strip()) > 2:
            yield "<hr>"
