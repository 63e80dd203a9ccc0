"""The chain: question → hits → evidence → draft → answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Mapping, Sequence
from contextlib import aclosing, closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rag import abstention
from rag.abstention import Abstention, Signals
from rag.chat_model import (
    BackgroundLoop,
    ChatGenerator,
    Fault,
    Nearness,
    Written,
    instead,
    open_chat_model,
)
from rag.chat_settings import ChatSettings
from rag.chunker import flow
from rag.citations import resolve
from rag.conversation import Condenser, RuleCondenser
from rag.conversation.model import ModelCondenser
from rag.conversation.rules import language_of
from rag.encoder import Encoder
from rag.errors import InvalidInput
from rag.evidence import Evidence, gather, to_read
from rag.expectation import Expectation
from rag.found import Found
from rag.generator import ExtractiveGenerator
from rag.index import Index
from rag.index.manifest import Manifest, digest_text
from rag.intent import Intent, intent
from rag.language import identify
from rag.questions import LONGEST_QUESTION, checked
from rag.reading import Reading, read
from rag.reranker import Reranker, open_reranker
from rag.retriever import Retriever
from rag.sides import sides_of
from rag.support import Checker
from rag.suspicion import without_orders
from rag.types import Answer, Delta, Document, Hit, Notice, Paragraph, Turn

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

# Paragraphs considered for the evidence, however few hits the caller wants to see.
_DEPTH = 20


class Assistant:
    """Answers questions from one index. Its values are read-only and safe to share."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        calibration: Abstention | None = None,
        chat: ChatSettings | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """With `chat`, a chat model writes the answers, and the extractive generator where it
        fails. Without a `reranker` the bundled one is opened: the calibration counts on it.

        Raises ChatModelUnavailable or InvalidInput if the model cannot be opened,
        EncoderUnavailable if the reranker cannot.
        """
        self._index = index
        self._encoder = encoder
        self._reranker = reranker or open_reranker()
        self._retriever = Retriever(index, encoder)
        self._generator = ExtractiveGenerator(encoder, index.lexicon)
        self._calibration = calibration or abstention.bundled()
        self._chat_settings = chat
        self._loop = BackgroundLoop()
        self._condenser: Condenser = RuleCondenser()
        self._chat = self._open_chat(chat) if chat else None

    @classmethod
    def open(
        cls, index: Path | str = "index", *, threads: int = 0, chat: ChatSettings | None = None
    ) -> Assistant:
        """Open an index folder with the encoder that built it; `threads` 0 means all cores.

        Raises IndexMissing, IndexMismatch, IndexCorrupt or EncoderUnavailable, and what opening
        the chat model raises.
        """
        opened = Index.open(Path(index))
        return cls(opened, opened.open_encoder(threads), chat=chat)

    def _open_chat(self, settings: ChatSettings) -> Callable[[float], ChatGenerator]:
        """What makes the generator of one answer, whose time-out is short of the seconds already
        spent on completing the question."""
        nearness = Nearness(self._encoder, self._index.lexicon)
        model = open_chat_model(settings)
        self._condenser = ModelCondenser(model, settings, self._loop, self._condenser)

        def writer(spent: float) -> ChatGenerator:
            left = replace(settings, timeout=max(0.0, settings.timeout - spent))
            return ChatGenerator(model, left, self.checker, nearness)

        return writer

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

    def search(
        self, question: str, k: int = 5, turns: Sequence[Turn | str] = ()
    ) -> tuple[Hit, ...]:
        """The k best paragraphs, best first; a follow-up is completed from its earlier `turns`.

        To answer, `ask` reads the first sixteen besides, and may change their order.

        Raises InvalidInput if the question is empty or longer than 2,000 characters.
        """
        asked, earlier = checked(question), _turns(turns)
        return self._retriever.search(_short(self._condenser.condense(asked, earlier), asked), k)

    def ask(self, question: str, k: int = 5, turns: Sequence[Turn | str] = ()) -> Answer:
        """A cited answer, or an abstention, in the language of the question, with k hits.

        `turns` are the earlier questions of the conversation, oldest first, with their answers
        where they are known: a follow-up («Et pour la Russie ?») is completed from them, and the
        answer says as what it was understood (`interpreted`).

        Raises InvalidInput if the question is empty or longer than 2,000 characters.
        """
        if self._chat is None:
            asked, earlier = _checked(question, k, turns)
            found = self._find(asked, self._condenser.condense(asked, earlier), earlier, k)
            return found.refused() if found.hopeless else self._quoted(found)
        with closing(self.stream(question, k, turns)) as items:
            return next(item for item in items if isinstance(item, Answer))

    async def aask(self, question: str, k: int = 5, turns: Sequence[Turn | str] = ()) -> Answer:
        """As `ask`, on any event loop, without blocking it."""
        async with aclosing(self.astream(question, k, turns)) as items:
            async for item in items:
                if isinstance(item, Answer):
                    return item
        raise asyncio.CancelledError

    def stream(
        self, question: str, k: int = 5, turns: Sequence[Turn | str] = ()
    ) -> Generator[Delta | Answer]:
        """The answer as it is written, for display, and at last the answer, which replaces it.

        Without a chat model, the answer alone. Closing the iterator stops the model at once.
        Raises as `ask`.
        """
        return self._loop.iterate(lambda: self._answering(question, k, turns))

    def astream(
        self, question: str, k: int = 5, turns: Sequence[Turn | str] = ()
    ) -> AsyncGenerator[Delta | Answer]:
        """As `stream`, on any event loop, without blocking it; cancelling it stops the model."""
        return self._loop.aiterate(lambda: self._answering(question, k, turns))

    async def _answering(
        self, question: str, k: int, turns: Sequence[Turn | str]
    ) -> AsyncGenerator[Delta | Answer]:
        asked, earlier = _checked(question, k, turns)
        clock = asyncio.get_running_loop()
        begun = clock.time()
        completed = await self._condenser.acondense(asked, earlier)
        spent = clock.time() - begun
        found = await asyncio.to_thread(self._find, asked, completed, earlier, k)
        if found.hopeless:
            yield found.refused()
            return
        if self._chat is None:
            yield await asyncio.to_thread(self._quoted, found)
            return
        paragraphs = to_read(self._evidence(found), found.hits)
        try:
            writing = self._chat(spent).stream(found.question, found.language, paragraphs)
            async with aclosing(writing) as items:
                async for item in items:
                    yield item if isinstance(item, Delta) else _written(found, item)
        except Fault as fault:
            yield await asyncio.to_thread(self._quoted, found, (instead(fault, found.language),))

    def _find(self, asked: str, completed: str, earlier: Sequence[Turn], k: int) -> Found:
        whole = _short(completed, asked)
        asks = without_orders(whole)
        question = asks or whole
        reading = self._read(question, max(k, _DEPTH))
        sides = self._read_sides(question)
        signals = self._signals(reading, sides)
        # A paragraph without a word of the question, or its translation, is near to it by chance.
        told = bool(asks) and signals.covered > 0
        confidence = self._calibration.probability(signals) if told else 0.0
        return Found(
            asked=asked,
            question=question,
            language=language_of(asked, earlier),
            hits=reading.read,
            sides=tuple(side.read for side in sides),
            k=k,
            confidence=confidence,
            hopeless=not reading.read or confidence < self._calibration.threshold,
        )

    def _evidence(self, found: Found) -> tuple[Evidence, ...]:
        def missing(paragraph: Paragraph) -> tuple[str, ...]:
            return self._retriever.coverage(found.question, paragraph).missing

        wanted = intent(found.question)
        return gather(wanted, found.hits, self._by_document, missing, found.sides)

    def _quoted(self, found: Found, notices: tuple[Notice, ...] = ()) -> Answer:
        """The answer of the extractive generator."""
        evidence = self._evidence(found)
        draft = self._generator.draft(found.question, found.language, evidence)
        cited = resolve(draft, {one.marker: one.paragraph for one in evidence})
        return found.answered(cited.statements, cited.citations, notices=notices)

    def insistent(self) -> Assistant:
        """The same, but it answers however weak the evidence: shows what refusals forgo."""
        calibration = replace(self._calibration, threshold=0.0)
        return Assistant(
            self._index, self._encoder, calibration, self._chat_settings, self._reranker
        )

    @cached_property
    def checker(self) -> Checker:
        """Judges whether cited paragraphs of this index bear out the sentences of any answer."""
        return Checker(self._encoder, self._reranker, self._index.lexicon)

    @property
    def manifest(self) -> Manifest:
        """What the index was built from and with."""
        return self._index.manifest

    def signals(self, question: str) -> Signals:
        """What the retrieved evidence says of whether the question can be answered at all."""
        return self._signals(self._read(question, _DEPTH), self._read_sides(question))

    def _read(self, question: str, k: int) -> Reading:
        return read(self._reranker, question, self._retriever.search(question, k))

    def _read_sides(self, question: str) -> tuple[Reading, ...]:
        return tuple(self._read(side, _DEPTH) for side in sides_of(question))

    def _signals(self, reading: Reading, sides: Sequence[Reading]) -> Signals:
        """Those of the question or, if it has sides, the mean of theirs."""
        if sides:
            mean = Signals.mean([self._signals_of_one(side) for side in sides])
            return replace(mean, compares=1.0)
        return self._signals_of_one(reading)

    def _signals_of_one(self, reading: Reading) -> Signals:
        if not reading.retrieved:
            return Signals(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
        question, best = reading.question, reading.retrieved[0]
        coverage = self._retriever.coverage(question, best.paragraph)
        wanted = Expectation(question, identify(question), self._index.lexicon)
        return Signals(
            score=best.score,
            similar=best.similarity,
            covered=coverage.text_or_context,
            quoted=coverage.text,
            unknown=coverage.unknown,
            answers=reading.answers[0],
            answered=max(reading.answers),
            compares=float(wanted.intent is Intent.COMPARISON),
            lacks=float(wanted.lacks(flow(best.text), best.paragraph.language)),
        )

    def as_runnable(self) -> Runnable[str, Answer]:
        """The chain as a LangChain Runnable: question in, `Answer` out, sync and async.

        Its `stream` and `astream` give `Delta`s as a chat model writes, and the `Answer` last.
        """
        from rag.langchain_chain import as_langchain_runnable

        return as_langchain_runnable(self)

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


def _checked(question: str, k: int, turns: Sequence[Turn | str]) -> tuple[str, list[Turn]]:
    """The question and its turns. Raises InvalidInput."""
    if k < 1:
        raise InvalidInput(f"k={k}: ask for at least one paragraph.")
    return checked(question), _turns(turns)


def _short(completed: str, asked: str) -> str:
    """The completed question, unless it grew longer than a question may be."""
    return completed if len(completed) <= LONGEST_QUESTION else asked


def _turns(turns: Sequence[Turn | str]) -> list[Turn]:
    return [turn if isinstance(turn, Turn) else Turn(turn) for turn in turns]


def _written(found: Found, answer: Written) -> Answer:
    """The answer of the chat model, or a refusal where nothing of it is supported."""
    if not answer.statements:
        return replace(found.refused(), writer="chat", notices=answer.notices)
    return found.answered(
        answer.statements, answer.citations, writer="chat", notices=answer.notices
    )
