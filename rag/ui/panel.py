"""What stands beside the conversation: cited paragraphs, near ones, or the list of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.types import Answer, Citation, Document, Paragraph
from rag.ui.conversation import marker
from rag.ui.markup import Span, highlighted, inert
from rag.ui.places import place
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
        near = [hit.paragraph for hit in answer.hits[:_NEAR]]
        cards = "".join(_card(paragraph, "", Reference.to(paragraph)) for paragraph in near)
        none = f'<p class="rest">{both("nothing-near")}</p>'
        return _section("near", len(near), f'<ol class="cards">{cards}</ol>' if near else none)
    quoted: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        quoted.setdefault(citation.paragraph.id, []).append(citation)
    cards = "".join(_cited(citations) for citations in quoted.values())
    return _section("cited", len(quoted), f'<ol class="cards">{cards}</ol>')


def _section(kind: str, count: int, body: str) -> str:
    return (
        f'<section class="{kind}" data-count="{count}"><h2>{both(kind)}'
        f' <span class="count">{count}</span></h2>{body}</section>'
    )


def _cited(citations: Sequence[Citation]) -> str:
    markers = " ".join(map(marker, citations))
    return _card(citations[0].paragraph, f"{markers} ", Reference.cited(*citations))


def _card(paragraph: Paragraph, markers: str, reference: Reference) -> str:
    lead = f'<p class="place">{inert(paragraph.lead_in)}</p>' if paragraph.lead_in else ""
    return (
        f'<li class="card" data-href="{reference.href}">'
        f'<header>{markers}<h3 lang="{paragraph.language}">{inert(paragraph.title)}</h3>'
        f'<p class="place">{place(paragraph)}</p>{lead}</header>'
        f'<blockquote lang="{paragraph.language}">'
        f"{_excerpt(paragraph.text, reference.spans)}</blockquote>"
        f'<a class="open" href="{reference.href}">{both("open")}</a></li>'
    )


_SHOWN = 1200
_AROUND = 400


def _excerpt(text: str, spans: tuple[Span, ...]) -> str:
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
