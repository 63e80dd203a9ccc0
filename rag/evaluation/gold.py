"""Where a test set's spans lie in an index: quotes → offsets → paragraph ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from rag.errors import InvalidInput
from rag.evaluation.testset import Case, Span
from rag.types import Document, Paragraph


@dataclass(frozen=True, slots=True)
class Gold:
    """Paragraph ids: one set a group (any of which satisfies it), and those accepted beside."""

    groups: tuple[frozenset[str], ...]
    also: frozenset[str]

    @property
    def accepted(self) -> frozenset[str]:
        """Every paragraph that may rightly be cited."""
        return self.also.union(*self.groups)


def locate(
    cases: Iterable[Case], documents: Collection[Document], paragraphs: Iterable[Paragraph]
) -> Mapping[str, Gold]:
    """The gold of every case, by case id.

    A span is found exactly, once, in the text of the document with that `source`, and stands for
    the paragraphs that it overlaps. Raises InvalidInput listing every span that is not there; an
    `also` span may lie in a heading, which is no paragraph.
    """
    by_source = {document.source: document for document in documents}
    by_document: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        by_document.setdefault(paragraph.document_id, []).append(paragraph)

    problems: list[str] = []

    def ids(case: Case, span: Span, *, required: bool) -> frozenset[str]:
        document = by_source.get(span.document)
        if document is None:
            problems.append(f"{case.id}: no document {span.document!r} in the index")
            return frozenset()
        start = document.text.find(span.quote)
        if start < 0:
            problems.append(f"{case.id}: {span.document} does not hold {span.quote!r}")
            return frozenset()
        if document.text.find(span.quote, start + 1) >= 0:
            problems.append(f"{case.id}: {span.document} holds {span.quote!r} more than once")
            return frozenset()
        end = start + len(span.quote)
        found = frozenset(
            paragraph.id
            for paragraph in by_document.get(document.id, [])
            if paragraph.start < end and start < paragraph.end
        )
        if required and not found:
            problems.append(f"{case.id}: no paragraph of {span.document} holds {span.quote!r}")
        return found

    located = {
        case.id: Gold(
            groups=tuple(
                frozenset().union(*(ids(case, span, required=True) for span in group))
                for group in case.gold
            ),
            also=frozenset().union(*(ids(case, span, required=False) for span in case.also)),
        )
        for case in cases
    }
    if problems:
        listed = "\n  ".join(dict.fromkeys(problems))
        raise InvalidInput(f"the test set does not fit this index:\n  {listed}")
    return located
