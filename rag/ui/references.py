"""Links to a paragraph in its document, as fragments of the page's own address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from rag.types import Citation, Paragraph
from rag.ui.markup import Span

_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Reference:
    """A document, one of its paragraphs («» for none) and spans relative to that paragraph."""

    document_id: str
    paragraph_id: str = ""
    spans: tuple[Span, ...] = ()

    @classmethod
    def to(cls, paragraph: Paragraph, spans: Iterable[Span] = ()) -> Reference:
        return cls(paragraph.document_id, paragraph.id, tuple(spans))

    @classmethod
    def cited(cls, *citations: Citation) -> Reference:
        """To the one paragraph that all the citations quote."""
        spans = ((citation.start, citation.end) for citation in citations)
        return cls.to(citations[0].paragraph, spans)

    @classmethod
    def parse(cls, path: str) -> Reference:
        """Read `path` back; what makes no sense in it is left out, for it comes from outside."""
        document_id, _, rest = path.partition("/")
        paragraph_id, _, spans = rest.partition("/")
        return cls(
            unquote(document_id),
            unquote(paragraph_id),
            tuple((int(start), int(end)) for start, end in _SPAN.findall(spans)),
        )

    @property
    def path(self) -> str:
        spans = ".".join(f"{start}-{end}" for start, end in self.spans)
        ids = (quote(id, safe="") for id in (self.document_id, self.paragraph_id))
        return "/".join((*ids, spans))

    @property
    def href(self) -> str:
        return f"#read/{self.path}"
