"""What retrieval says of a question, and the answers that are made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.phrases import phrases
from rag.types import Answer, Citation, Hit, Language, Notice, Statement, Writer


@dataclass(frozen=True, slots=True)
class Found:
    """The hits for a question; `hopeless` if it is not worth asking a generator.

    `asked` is what the reader typed, `question` stands alone. `sides` holds the hits for each side
    of a question that has two. `k` of the hits are shown.
    """

    asked: str
    question: str
    language: Language
    hits: tuple[Hit, ...]
    sides: tuple[tuple[Hit, ...], ...]
    k: int
    confidence: float
    hopeless: bool

    def answered(
        self,
        statements: tuple[Statement, ...],
        citations: tuple[Citation, ...],
        *,
        writer: Writer = "extractive",
        notices: tuple[Notice, ...] = (),
    ) -> Answer:
        """The answer that a generator gave."""
        return Answer(
            question=self.asked,
            language=self.language,
            statements=statements,
            citations=citations,
            hits=self.hits[: self.k],
            abstained=False,
            confidence=self.confidence,
            writer=writer,
            notices=notices,
            interpreted=None if self.question == self.asked else self.question,
        )

    def refused(self) -> Answer:
        """Says that nothing supports an answer, and points to the hits if there are any."""
        says = phrases(self.language)
        lines = [says.abstention, *([says.nearest] if self.hits else [])]
        statements = tuple(Statement(line, ()) for line in lines)
        return replace(self.answered(statements, ()), abstained=True)
