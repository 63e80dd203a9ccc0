"""A collection of one page, an answerer that recites, and lines of a test set on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

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
    """Answers from a table: question → (text, cited paragraph ids); refuses any other."""

    table: Mapping[str, tuple[str, tuple[str, ...]]]
    documents: Mapping[str, Document]
    manifest_checksum: str = "0" * 64

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(P.values())

    def search(self, question: str, k: int = 5) -> tuple[Hit, ...]:
        return tuple(Hit(p, 1 / rank) for rank, p in enumerate(P.values(), 1))[:k]

    def ask(self, question: str, k: int = 5) -> Answer:
        hits = self.search(question, k)
        if question not in self.table:
            said = Statement("The documents do not say anything about this.", ())
            return Answer(question, "en", (said,), (), hits, True, 0.1)
        text, ids = self.table[question]
        cited = tuple(Citation(n, P[id], 0, len(P[id].text)) for n, id in enumerate(ids, 1))
        said = Statement(text, tuple(c.marker for c in cited))
        return Answer(question, "fr", (said,), cited, hits, False, 0.9)


def line(id: str, question: str, quotes: list[list[str]], facts: list[list[str]]) -> str:
    gold = [[{"document": "note.txt", "quote": quote} for quote in group] for group in quotes]
    kind = "fact" if gold else "near_miss"
    fields = {"id": id, "question": question, "language": "fr", "kind": kind}
    return json.dumps({**fields, "answerable": bool(gold), "gold": gold, "facts": facts})
