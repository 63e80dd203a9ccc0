"""Which documents have suspect paragraphs, for the manifest and the summary of a build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rag.index.manifest import SuspectSource
from rag.types import Document, Paragraph, Suspicion

# Places named of one document, documents named in a summary.
_PLACES = 5
_NAMED = 20
_REASONS: dict[Suspicion, str] = {
    "orders": "gives an assistant orders",
    "hidden": "hides text",
    "marks": "imitates citation marks or a chat's turns",
    "calls": "would call another machine",
    "active": "holds active HTML or links",
}


def count_suspects(
    documents: Sequence[Document], paragraphs: Sequence[Paragraph]
) -> tuple[SuspectSource, ...]:
    """One record for each document with suspect paragraphs, in order; `paragraphs` stand together
    by document."""
    by_id = {document.id: document for document in documents}
    found = []
    suspect = (paragraph for paragraph in paragraphs if paragraph.suspicions)
    for id, group in groupby(suspect, lambda paragraph: paragraph.document_id):
        document, members = by_id[id], list(group)
        kinds = {kind for paragraph in members for kind in paragraph.suspicions}
        found.append(
            SuspectSource(
                document.source,
                len(members),
                tuple(kind for kind in _REASONS if kind in kinds),
                tuple(_place(document, paragraph) for paragraph in members[:_PLACES]),
            )
        )
    return tuple(found)


def report_suspects(suspects: Sequence[SuspectSource]) -> Iterator[str]:
    """Lines for people: nothing where nothing is suspect."""
    total = sum(suspect.paragraphs for suspect in suspects)
    if not total:
        return
    noun = "paragraph tries" if total == 1 else "paragraphs try"
    yield f"suspect: {total} {noun} to do more than inform; citable, shown with a warning"
    for suspect in suspects[:_NAMED]:
        more = ", …" if suspect.paragraphs > len(suspect.places) else ""
        reasons = "; ".join(_REASONS[kind] for kind in suspect.suspicions)
        yield f"suspect: {suspect.path}, {', '.join(suspect.places)}{more}: {reasons}"
    if len(suspects) > _NAMED:
        yield f"suspect: and {len(suspects) - _NAMED} more documents (all of them: --json)"


def _place(document: Document, paragraph: Paragraph) -> str:
    if paragraph.page is not None:
        return f"p. {paragraph.page}"
    return f"line {document.text.count(chr(10), 0, paragraph.start) + 1}"
