"""The JSON records that the command line prints, one field list for every face."""

from __future__ import annotations

from typing import TypedDict

from rag.types import Answer, Citation, Hit, Paragraph


class ParagraphRecord(TypedDict):
    paragraph_id: str
    document_id: str
    source: str
    title: str
    label: str
    heading: str
    page: int | None
    start: int
    end: int
    text: str
    suspicions: list[str]


class CitationRecord(ParagraphRecord):
    marker: int
    quote: str


class HitRecord(ParagraphRecord):
    score: float


class StatementRecord(TypedDict):
    text: str
    markers: list[int]
    flag: str | None


class AnswerRecord(TypedDict):
    id: str
    question: str
    interpreted: str | None
    language: str
    text: str
    abstained: bool
    confidence: float
    writer: str
    notices: list[str]
    statements: list[StatementRecord]
    citations: list[CitationRecord]
    hits: list[HitRecord]


class SearchRecord(TypedDict):
    id: str
    question: str
    hits: list[HitRecord]


def paragraph_record(paragraph: Paragraph) -> ParagraphRecord:
    """`start` and `end` are offsets of the paragraph in its document's text; `suspicions` name why
    it is suspect, if it is."""
    return {
        "paragraph_id": paragraph.id,
        "document_id": paragraph.document_id,
        "source": paragraph.source,
        "title": paragraph.title,
        "label": paragraph.label,
        "heading": paragraph.heading,
        "page": paragraph.page,
        "start": paragraph.start,
        "end": paragraph.end,
        "text": paragraph.text,
        "suspicions": list(paragraph.suspicions),
    }


def citation_record(citation: Citation) -> CitationRecord:
    fields = paragraph_record(citation.paragraph)
    return {"marker": citation.marker, "quote": citation.quote, **fields}


def hit_record(hit: Hit) -> HitRecord:
    return {"score": round(hit.score, 4), **paragraph_record(hit.paragraph)}


def answer_record(id: str, answer: Answer) -> AnswerRecord:
    return {
        "id": id,
        "question": answer.question,
        "interpreted": answer.interpreted,
        "language": answer.language,
        "text": answer.text,
        "abstained": answer.abstained,
        "confidence": round(answer.confidence, 4),
        "writer": answer.writer,
        "notices": [notice.text for notice in answer.notices],
        "statements": [
            {"text": one.text, "markers": list(one.markers), "flag": one.flag}
            for one in answer.statements
        ],
        "citations": [citation_record(citation) for citation in answer.citations],
        "hits": [hit_record(hit) for hit in answer.hits],
    }


def search_record(id: str, question: str, hits: tuple[Hit, ...]) -> SearchRecord:
    return {"id": id, "question": question, "hits": [hit_record(hit) for hit in hits]}
