"""What stands beside the conversation: cited paragraphs, near ones, or the list of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.types import Answer, Citation, Document, Paragraph
from rag.ui.conversation import marker, warning
from rag.ui.markup import Span, highlighted, inert
from rag.ui.references import Reference
from rag.ui.texts import both

_NEAR = 3
_LISTED = 50


def contents(documents: Mapping[str, Document]) -> str:
    """The collection's documents, each a link to its text."""
    listed = list(documents.values())[:_LISTED]
    items = "".join(map(_entry, listed))
    more = len(documents) - len(listed)
    rest = f'<p class="rest">+ {more} {both("more-documents")}</p>' if more else ""
    return _section("collection", len(documents), f'<ul class="contents">{items}</ul>{rest}')


def _entry(document: Document) -> str:
    return (
        f'<li><a href="{Reference(document.id).href}">'
        f'<span class="title" lang="{document.language}">{inert(document.title)}</span>'
        f'<span class="source">{inert(document.source)}</span></a></li>'
    )


def paragraphs(answer: Answer) -> str:
    """The paragraphs that the answer cites or, if it abstains, the nearest ones, marked as such."""
    if answer.abstained:
        near = [_Entry(hit.paragraph, "", Reference.to(hit.paragraph)) for hit in answer.hits]
        return _cards("near", near[:_NEAR])
    quoted: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        quoted.setdefault(citation.paragraph.id, []).append(citation)
    return _cards("cited", [_cited(citations) for citations in quoted.values()])


@dataclass(frozen=True, slots=True)
class _Entry:
    """A paragraph to show, the links of its markers (HTML) and the link to its place."""

    paragraph: Paragraph
    markers: str
    reference: Reference

    @property
    def section(self) -> tuple[str, str]:
        return self.paragraph.document_id, self.paragraph.heading


def _cited(citations: Sequence[Citation]) -> _Entry:
    markers = " ".join(map(marker, citations))
    return _Entry(citations[0].paragraph, markers, Reference.cited(*citations))


def _cards(kind: str, entries: Sequence[_Entry]) -> str:
    """A card for each section that paragraphs in succession come from: a list is one card."""
    cards = "".join(_card(list(group)) for _, group in groupby(entries, lambda one: one.section))
    none = f'<p class="rest">{both("nothing-near")}</p>'
    return _section(kind, len(entries), f'<ol class="cards">{cards}</ol>' if entries else none)


def _section(kind: str, count: int, body: str) -> str:
    return (
        f'<section class="{kind}" data-count="{count}"><h2>{both(kind)}'
        f' <span class="count">{count}</span></h2>{body}</section>'
    )


def _card(entries: Sequence[_Entry]) -> str:
    first = entries[0].paragraph
    heading = f'<p class="place">{inert(first.heading)}</p>' if first.heading else ""
    above = ""
    excerpts: list[str] = []
    for entry in entries:
        lead = entry.paragraph.lead_in
        if lead and not " ".join(above.split()).endswith(lead):
            excerpts.append(f'<p class="lead">{inert(lead)}</p>')
        excerpts.append(_excerpt(entry))
        # The items of a list share what leads in to them: it is said once.
        above = lead or entry.paragraph.text
    return (
        f'<li class="card"><header><h3 lang="{first.language}">{inert(first.title)}</h3>{heading}'
        f"</header>{''.join(excerpts)}"
        f'<a class="open" href="{entries[0].reference.href}">{both("open")}</a></li>'
    )


def _excerpt(entry: _Entry) -> str:
    paragraph = entry.paragraph
    numbered = paragraph.label[:1].isdigit()
    where = [inert(f"§ {paragraph.label}" if numbered else paragraph.label)]
    if paragraph.page is not None:
        where.append(f"{both('page')} {paragraph.page}")
    label = " · ".join(part for part in where if part)
    return (
        f'<div class="excerpt" data-href="{entry.reference.href}">'
        f'<div class="marks">{entry.markers}<span class="label">{label}</span></div>'
        f'<blockquote lang="{paragraph.language}">'
        f"{_shortened(paragraph.text, entry.reference.spans)}</blockquote></div>"
        f"{warning(paragraph)}"
    )


_SHOWN = 1200
_AROUND = 400


def _shortened(text: str, spans: tuple[Span, ...]) -> str:
    """The paragraph with its quotes; a very long one only around them, cut between words."""
    start, end = 0, len(text)
    if len(text) > _SHOWN:
        first = min((start for start, _ in spans), default=0) - _AROUND
        last = max((end for _, end in spans), default=0) + _AROUND
        start = text.rfind(" ", 0, first) + 1 if first > 0 else 0
        end = text.find(" ", last) if " " in text[last:] else len(text)
    quotes = [(a - start, b - start) for a, b in spans]
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return f"{before}{highlighted(text[start:end], quotes)}{after}"
