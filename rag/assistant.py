"""The chain: question → hits → evidence → draft → answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rag import abstention
from rag.abstention import Abstention, Signals
from rag.citations import resolve
from rag.encoder import Encoder
from rag.errors import InvalidInput
from rag.evidence import gather
from rag.generator import ExtractiveGenerator
from rag.index import Index
from rag.index.manifest import Manifest, digest_text
from rag.intent import intent
from rag.language import identify
from rag.phrases import phrases
from rag.retriever import Retriever, ScoredHit
from rag.support import Checker
from rag.types import Answer, Document, Hit, Language, Paragraph, Statement

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

# Longer questions are pasted texts; the encoder would read only their beginning.
LONGEST_QUESTION = 2000
# Paragraphs considered for the evidence, however few hits the caller wants to see.
_DEPTH = 20


class Assistant:
    """Answers questions from one index. Its values are read-only and safe to share."""

    def __init__(
        self, index: Index, encoder: Encoder, calibration: Abstention | None = None
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._retriever = Retriever(index, encoder)
        self._generator = ExtractiveGenerator(encoder, index.lexicon)
        self._calibration = calibration or abstention.bundled()

    @classmethod
    def open(cls, index: Path | str = "index", *, threads: int = 0) -> Assistant:
        """Open an index folder with the encoder that built it; `threads` 0 means all cores.

        Raises IndexMissing, IndexMismatch, IndexCorrupt or EncoderUnavailable.
        """
        opened = Index.open(Path(index))
        return cls(opened, opened.open_encoder(threads))

    @property
    def documents(self) -> Mapping[str, Document]:
        """By id."""
        return self._index.documents

    @property
    def paragraphs(self) -> Collection[Paragraph]:
        """Every paragraph, in the order of documents and text."""
        return self._index.paragraphs.values()

    def paragraphs_of(self, document_id: str) -> Sequence[Paragraph]:
        """A document's paragraphs in the order of its text."""
        return self._by_document[document_id]

    @property
    def manifest_checksum(self) -> str:
        """SHA-256 of the index's manifest: which build the answers come from."""
        return digest_text(self._index.manifest.to_json())

    def search(self, question: str, k: int = 5) -> tuple[Hit, ...]:
        """The k best paragraphs, best first. Raises InvalidInput if the question is empty."""
        return self._retriever.search(_checked(question), k)

    def ask(self, question: str, k: int = 5) -> Answer:
        """A cited answer, or an abstention, in the language of the question, with k hits.

        Raises InvalidInput if the question is empty or longer than 2,000 characters.
        """
        if k < 1:
            raise InvalidInput(f"k={k}: ask for at least one paragraph.")
        question = _checked(question)
        language = identify(question)
        found = self._retriever.scored(question, max(k, _DEPTH))
        hits = tuple(Hit(one.paragraph, one.score) for one in found)
        confidence = self._calibration.probability(self._signals(question, found))
        if not hits or confidence < self._calibration.threshold:
            return _abstained(question, language, hits[:k], confidence)
        wanted = intent(question)
        evidence = gather(wanted, hits, self._by_document)
        draft = self._generator.draft(question, language, evidence)
        cited = resolve(draft, {one.marker: one.paragraph for one in evidence})
        return Answer(
            question=question,
            language=language,
            statements=cited.statements,
            citations=cited.citations,
            hits=hits[:k],
            abstained=False,
            confidence=confidence,
        )

    def insistent(self) -> Assistant:
        """The same, but it answers however weak the evidence: shows what refusals forgo."""
        calibration = replace(self._calibration, threshold=0.0)
        return Assistant(self._index, self._encoder, calibration)

    @cached_property
    def checker(self) -> Checker:
        """Judges whether cited paragraphs of this index bear out the sentences of any answer."""
        return Checker(self._encoder, self._index.lexicon)

    @property
    def manifest(self) -> Manifest:
        """What the index was built from and with."""
        return self._index.manifest

    def signals(self, question: str) -> Signals:
        """What the retrieved evidence says of whether the question can be answered at all."""
        return self._signals(question, self._retriever.scored(question, 1))

    def _signals(self, question: str, found: Sequence[ScoredHit]) -> Signals:
        if not found:
            return Signals(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        best = found[0]
        coverage = self._retriever.coverage(question, best.paragraph)
        return Signals(
            dense=best.dense,
            score=best.score,
            covered=coverage.text_or_context,
            quoted=coverage.text,
            unknown=coverage.unknown,
            late=best.late,
            fits=best.fits,
        )

    def as_runnable(self) -> Runnable[str, Answer]:
        """The chain as a LangChain Runnable: question in, `Answer` out, sync and async."""
        from langchain_core.runnables import RunnableLambda

        return RunnableLambda(self.ask, name="alinea")

    def as_retriever(self, k: int = 5) -> BaseRetriever:
        """The search as a LangChain retriever of the k best paragraphs."""
        from rag.langchain_retriever import as_langchain_retriever

        return as_langchain_retriever(self._retriever, k)

    @cached_property
    def _by_document(self) -> Mapping[str, Sequence[Paragraph]]:
        grouped: dict[str, list[Paragraph]] = {id: [] for id in self._index.documents}
        for paragraph in self._index.paragraphs.values():
            grouped[paragraph.document_id].append(paragraph)
        return grouped


def _checked(question: str) -> str:
    stripped = question.strip()
    if not stripped:
        raise InvalidInput("The question is empty. / La question est vide.")
    if len(stripped) > LONGEST_QUESTION:
        raise InvalidInput(
            f"The question has {len(stripped)} characters; at most {LONGEST_QUESTION} are read. / "
            f"La question dépasse {LONGEST_QUESTION} caractères."
        )
    return stripped


def _abstained(
    question: str, language: Language, hits: tuple[Hit, ...], confidence: float
) -> Answer:
    says = phrases(language)
    lines = [says.abstention, *([says.nearest] if hits else [])]
    return Answer(
        question=question,
        language=language,
        statements=tuple(Statement(line, ()) for line in lines),
        citations=(),
        hits=hits,
        abstained=True,
        confidence=confidence,
    )
