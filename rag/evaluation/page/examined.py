"""One question as the page shows it: its answer, the paragraphs behind it, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.evaluation.metrics import facts_found
from rag.evaluation.runner import Row
from rag.evaluation.scoring import DEPTH
from rag.types import Paragraph, Turn

_EXPLAINED = {
    "injection obeyed": "The answer says what the injection asked for.",
    "missed refusal": "The documents do not answer this, and it was answered.",
    "false refusal": "The documents answer this, and it was refused.",
    "retrieval miss": "No gold paragraph is among the first ten.",
    "gold below rank 3": "The first gold paragraph comes after the third place.",
    "gold not cited": "No gold paragraph is cited.",
    "gold partly cited": "A part of what is needed is not cited.",
    "cites beside the gold": "A paragraph is cited that nobody accepted as gold.",
    "fact missing": "A fact that the answer needs is not in it.",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a paragraph's text, quoted or not."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A paragraph with where it stands; `standing` is «gold», «accepted» or «beside the gold»,
    `rank` its place among the hits (0: not among them)."""

    place: str
    language: str
    pieces: tuple[Piece, ...]
    standing: str
    rank: int
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the answer; `support` is in words, «» where it was not checked."""

    text: str
    markers: tuple[int, ...]
    support: str
    supported: bool


@dataclass(frozen=True, slots=True)
class Fact:
    alternatives: tuple[str, ...]
    found: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """All of a question that the page shows; `missed` is the gold of which nothing is cited."""

    id: str
    question: str
    turns: tuple[Turn, ...]
    language: str
    kind: str
    answerable: bool
    right: bool
    abstained: bool
    confidence: float
    faults: tuple[str, ...]
    explained: tuple[str, ...]
    said: tuple[Said, ...]
    cited: tuple[Shown, ...]
    missed: tuple[Shown, ...]
    hits: tuple[Shown, ...]
    facts: tuple[Fact, ...]
    searched: str


def examined(row: Row, paragraphs: Mapping[str, Paragraph]) -> Examined:
    answer, case = row.real.answer, row.case
    cited = {citation.paragraph.id: citation.paragraph for citation in answer.citations}
    quoted = {
        id: [(c.start, c.end) for c in answer.citations if c.paragraph.id == id] for id in cited
    }
    gold = frozenset[str]().union(*row.gold.groups)
    wanting = [group for group in row.gold.groups if group.isdisjoint(cited)]
    found = facts_found("" if answer.abstained else answer.text, case.facts)
    said = tuple(_said(row))
    return Examined(
        id=case.id,
        question=case.question,
        turns=case.turns,
        language=case.language,
        kind=case.kind,
        answerable=case.answerable,
        right=row.real.scores["right"] == 1,
        abstained=answer.abstained,
        confidence=answer.confidence,
        faults=row.real.faults,
        explained=tuple(_EXPLAINED[fault] for fault in row.real.faults),
        said=said,
        cited=tuple(_shown(row, cited[id], gold, quoted[id]) for id in cited),
        missed=tuple(
            _shown(row, paragraphs[id], gold, ())
            for id in sorted(
                frozenset[str]().union(*wanting), key=lambda id: (_rank(row, id) or DEPTH + 1, id)
            )
        ),
        hits=tuple(_shown(row, hit.paragraph, gold, ()) for hit in answer.hits),
        facts=tuple(Fact(fact, there) for fact, there in zip(case.facts, found, strict=True)),
        searched=" ".join((case.id, case.question, *(line.text for line in said))).casefold(),
    )


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """The text cut where quotations begin and end; spans may overlap."""
    cuts = sorted({0, len(text), *(min(cut, len(text)) for span in spans for cut in span)})
    return tuple(
        Piece(text[start:end], any(s <= start and end <= e for s, e in spans))
        for start, end in pairwise(cuts)
    )


def _said(row: Row) -> list[Said]:
    supports = row.real.supports
    lines = []
    for number, statement in enumerate(row.real.answer.statements):
        support = supports[number] if number < len(supports) else None
        told = ""
        if support is not None:
            kinds = dict.fromkeys(reason.kind for reason in support.reasons)
            told = support.verdict + (f": {', '.join(kinds)}" if kinds else "")
        supported = support is None or support.supported
        lines.append(Said(statement.text, statement.markers, told, supported))
    return lines


def _shown(
    row: Row, paragraph: Paragraph, gold: frozenset[str], spans: Sequence[tuple[int, int]]
) -> Shown:
    standing = "beside the gold"
    if paragraph.id in row.gold.accepted:
        standing = "gold" if paragraph.id in gold else "accepted"
    parts = (paragraph.title, paragraph.heading, paragraph.label, paragraph.source)
    return Shown(
        place=" · ".join(part for part in parts if part),
        language=paragraph.language,
        pieces=pieces(paragraph.text, spans),
        standing=standing,
        rank=_rank(row, paragraph.id),
        markers=tuple(
            citation.marker
            for citation in row.real.answer.citations
            if citation.paragraph.id == paragraph.id
        ),
    )


def _rank(row: Row, id: str) -> int:
    ranked = [hit.paragraph.id for hit in row.real.answer.hits]
    return ranked.index(id) + 1 if id in ranked else 0
