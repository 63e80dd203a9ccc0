"""Who can be evaluated: the assistant, and two trivial answerers that no metric should crown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from rag.types import Answer, Citation, Document, Hit, Paragraph, Statement


class Answerer(Protocol):
    """What the runner needs of an assistant."""

    @property
    def documents(self) -> Mapping[str, Document]: ...

    @property
    def paragraphs(self) -> Collection[Paragraph]: ...

    @property
    def manifest_checksum(self) -> str: ...

    def ask(self, question: str, k: int = 5) -> Answer: ...


class Searcher(Answerer, Protocol):
    """An answerer whose hits can be had without its answers."""

    def search(self, question: str, k: int = 5) -> tuple[Hit, ...]: ...


class _Trivial:
    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    @property
    def documents(self) -> Mapping[str, Document]:
        return self._searcher.documents

    @property
    def paragraphs(self) -> Collection[Paragraph]:
        return self._searcher.paragraphs

    @property
    def manifest_checksum(self) -> str:
        return self._searcher.manifest_checksum


class CopyTop(_Trivial):
    """Copies the top paragraph and cites it, whatever the question."""

    def ask(self, question: str, k: int = 5) -> Answer:
        hits = self._searcher.search(question, k)
        if not hits:
            return _refusal(question, hits)
        paragraph = hits[0].paragraph
        return Answer(
            question=question,
            language=paragraph.language,
            statements=(Statement(paragraph.text, (1,)),),
            citations=(Citation(1, paragraph, 0, len(paragraph.text)),),
            hits=hits,
            abstained=False,
            confidence=1.0,
        )


class Refuse(_Trivial):
    """Refuses every question."""

    def ask(self, question: str, k: int = 5) -> Answer:
        return _refusal(question, self._searcher.search(question, k))


def _refusal(question: str, hits: tuple[Hit, ...]) -> Answer:
    return Answer(
        question=question,
        language="en",
        statements=(Statement("No answer.", ()),),
        citations=(),
        hits=hits,
        abstained=True,
        confidence=0.0,
    )
