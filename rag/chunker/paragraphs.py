"""A document's paragraphs, and the partition of its text that they come from."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from rag.chunker.casing import recased
from rag.chunker.context import JOINT, front_pieces, join_context
from rag.chunker.elements import Element
from rag.chunker.flow import flow
from rag.chunker.outline import Place, places
from rag.chunker.reader import read_elements
from rag.chunker.roles import Part, Role, read_roles
from rag.language import paragraph_language
from rag.types import Document, Paragraph


@dataclass(frozen=True, slots=True)
class Block:
    """`text[start:end]`; separators are labels, bullets, emphasis, rules and page furniture."""

    kind: Literal["paragraph", "heading", "separator"]
    start: int
    end: int


def blocks(text: str) -> list[Block]:
    """The partition of the text: every non-space character is in exactly one block, in order."""
    found: list[Block] = []
    for part in _read(text):
        element = part.element
        cited = part.role is Role.PARAGRAPH or part.cited
        is_heading = part.role in {Role.HEADING, Role.TITLE} and not part.cited
        kind: Literal["paragraph", "heading", "separator"] = (
            "paragraph" if cited else "heading" if is_heading else "separator"
        )
        spans = list(element.marks)
        if element.label_span:
            spans.append(element.label_span)
        found += [Block("separator", start, end) for start, end in spans if start < end]
        if element.start < element.end:
            found.append(Block(kind, element.start, element.end))
    return sorted(found, key=lambda block: (block.start, block.end))


def find_title(text: str) -> str:
    """The title that the text itself carries; "" if it has none."""
    return _title(text, _read(text))


def chunk(document: Document) -> list[Paragraph]:
    """The document's paragraphs in order. Deterministic; never raises, whatever the text."""
    text = document.text
    parts = _read(text)
    front = front_pieces(text, parts)
    seen: Counter[str] = Counter()
    paragraphs = []
    for place in places(text, parts):
        element = place.part.element
        if element.start < element.end:
            others = [piece for part, piece in front.items() if part is not place.part]
            paragraphs.append(_paragraph(document, place, "; ".join(others), seen))
    return paragraphs


def _read(text: str) -> list[Part]:
    return read_roles(text, read_elements(text))


def _paragraph(document: Document, place: Place, front: str, seen: Counter[str]) -> Paragraph:
    element = place.part.element
    text = document.text[element.start : element.end]
    words = flow(text)
    seen[words] += 1
    label = _label(element)
    named = label if element.style.startswith("word") else ""
    context = join_context([document.title, front, *place.headings], place.leads, named)
    return Paragraph(
        id=_identity(document.id, words, seen[words]),
        document_id=document.id,
        source=document.source,
        title=document.title,
        language=paragraph_language(words, document.language),
        heading=JOINT.join(place.headings),
        label=label,
        page=bisect_right(document.pages, element.start) or None if document.pages else None,
        start=element.start,
        end=element.end,
        text=text,
        context=context,
        lead_in=place.leads[-1] if place.leads else "",
    )


def _identity(document_id: str, words: str, occurrence: int) -> str:
    """From the document, the words and how many equal paragraphs stand above: it survives another
    wrapping of the lines and any change elsewhere in the document."""
    name = f"{document_id}\0{words}\0{occurrence}".encode("utf-8", "surrogatepass")
    return f"{document_id}.{hashlib.blake2b(name, digest_size=6).hexdigest()}"


def _label(element: Element) -> str:
    return f"note {element.label}" if element.kind == "note" else element.label


def _title(text: str, parts: list[Part]) -> str:
    titles = (part.element for part in parts if part.role is Role.TITLE)
    return " — ".join(recased(flow(text[title.start : title.end]), text) for title in titles)
