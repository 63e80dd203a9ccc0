"""A collection of one page, an answerer that recites, and lines of a test set on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.evaluation.testset import Case
from rag.support import Claim, Reason, Support
from rag.types import Answer, Citation, Document, Hit, Paragraph, Statement

TEXT = "Le moratoire court jusqu'en 2019.\n\nLe groupe a tenu 6 réunions.\n\nBali, 2013"
DOCUMENT = Document("d", "Note", "fr", TEXT, "note.txt")


def paragraph(id: str, text: str) -> Paragraph:
    start = TEXT.index(text)
    end = start + len(text)
    return Paragraph(id, "d", "note.txt", "Note", "fr", "", "", None, start, end, text, "")


P = {p.id: p for p in (paragraph(f"p{n}", text) for n, text in enumerate(TEXT.split("\n\n")))}


@dataclass(frozen=True)
class Reciter:
    """Answers from a table: question → (text, cited paragraph ids); refuses any other.

    What it refuses it would have answered with `withheld`. Finds «2019» well supported, nothing
    else.
    """

    table: Mapping[str, tuple[str, tuple[str, ...]]]
    documents: Mapping[str, Document]
    withheld: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    page: Mapping[str, Paragraph] = field(default_factory=lambda: P)
    manifest_checksum: str = "0" * 64
    settings: Mapping[str, str] = field(default_factory=lambda: {"voice": "deep"})

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(self.page.values())

    def ask(self, case: Case, k: int) -> Answer:
        return self._recited(self.table, case, k)

    def insist(self, case: Case, k: int) -> Answer:
        return self._recited(self.withheld, case, k)

    def check(self, claims: Sequence[Claim]) -> list[Support]:
        return [
            Support(claim, 1.0, "supported", ())
            if "2019" in claim.text
            else Support(claim, 0.0, "unsupported", (Reason("meaning", 0, len(claim.text)),))
            for claim in claims
        ]

    def _recited(
        self, table: Mapping[str, tuple[str, tuple[str, ...]]], case: Case, k: int
    ) -> Answer:
        hits = tuple(Hit(p, 1 / rank) for rank, p in enumerate(self.page.values(), 1))[:k]
        if case.question not in table:
            said = Statement("The documents do not say anything about this.", ())
            return Answer(case.question, "en", (said,), (), hits, True, 0.1)
        text, ids = table[case.question]
        paragraphs = [self.page[id] for id in ids]
        cited = tuple(Citation(n, p, 0, len(p.text)) for n, p in enumerate(paragraphs, 1))
        said = Statement(text, tuple(c.marker for c in cited))
        confidence = 0.9 if case.question in self.table else 0.1
        answer = Answer(case.question, "fr", (said,), cited, hits, False, confidence)
        return replace(answer, writer="chat")


def line(id: str, question: str, quotes: list[list[str]], facts: list[list[str]]) -> str:
    gold = [[{"document": "note.txt", "quote": quote} for quote in group] for group in quotes]
    kind = "fact" if gold else "near_miss"
    fields = {"id": id, "question": question, "language": "fr", "kind": kind}
    return json.dumps({**fields, "answerable": bool(gold), "gold": gold, "facts": facts})
