"""Who can be evaluated: the assistant, and trivial answerers that no metric should crown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from rag.assistant import Assistant
from rag.chat_settings import ChatSettings
from rag.evaluation.model_judge import ModelJudge
from rag.evaluation.testset import Case
from rag.support import Claim, Support
from rag.types import Answer, Citation, Document, Paragraph, Statement

Settings = Mapping[str, str | int | float]
# The settings that name the chat model which wrote the answers, what became of sentences that their
# paragraphs do not bear out, and the chat model that judged support: where there was one.
CHAT_MODEL, CHAT_UNSUPPORTED, JUDGE = "chat_model", "chat_unsupported", "judge"


class Answerer(Protocol):
    """What the runner needs."""

    @property
    def documents(self) -> Mapping[str, Document]: ...

    @property
    def paragraphs(self) -> Collection[Paragraph]: ...

    @property
    def manifest_checksum(self) -> str: ...

    @property
    def settings(self) -> Settings:
        """What decides the answers besides the index: numbers and names, no secret."""
        ...

    def ask(self, case: Case, k: int) -> Answer:
        """The answer to a case's question, after its earlier turns, with k hits."""
        ...

    def insist(self, case: Case, k: int) -> Answer:
        """The answer that a refusal withheld; a refusal where there is none."""
        ...

    def check(self, claims: Sequence[Claim]) -> Sequence[Support]:
        """Whether each claim's cited paragraphs support it."""
        ...


class Product:
    """The assistant, told the earlier turns of a follow-up."""

    def __init__(
        self,
        assistant: Assistant,
        chat: ChatSettings | None = None,
        judge: ModelJudge | None = None,
    ) -> None:
        """`chat` is what the assistant was opened with, to be named in the results; `judge` says
        what is supported in the place of the checker."""
        self._assistant = assistant
        self._chat = chat
        self._judge = judge

    @property
    def documents(self) -> Mapping[str, Document]:
        return self._assistant.documents

    @property
    def paragraphs(self) -> Collection[Paragraph]:
        return self._assistant.paragraphs

    @property
    def manifest_checksum(self) -> str:
        return self._assistant.manifest_checksum

    @property
    def settings(self) -> Settings:
        manifest = self._assistant.manifest
        return {
            "encoder": manifest.encoder.name,
            "encoder_fingerprint": manifest.encoder.fingerprint,
            "chunker": manifest.chunker,
            "documents": manifest.documents,
            "paragraphs": manifest.paragraphs,
            **(_of_chat(self._chat) if self._chat else {}),
            **({JUDGE: self._judge.name} if self._judge else {}),
        }

    def ask(self, case: Case, k: int) -> Answer:
        return self._assistant.ask(case.question, k, case.turns)

    def insist(self, case: Case, k: int) -> Answer:
        return self._insistent.ask(case.question, k, case.turns)

    def check(self, claims: Sequence[Claim]) -> Sequence[Support]:
        if self._judge is not None:
            return self._judge.check(claims, self._assistant.checker)
        return self._assistant.checker.check(claims)

    @cached_property
    def _insistent(self) -> Assistant:
        return self._assistant.insistent()


def _of_chat(chat: ChatSettings) -> Settings:
    """What decides a chat model's answers: neither its key nor its address. The time-out is among
    them, since who is too late is replaced."""
    return {
        CHAT_MODEL: chat.name,
        "chat_temperature": "default" if chat.temperature is None else chat.temperature,
        "chat_window": chat.window,
        "chat_answer_tokens": chat.answer_tokens,
        "chat_timeout_s": chat.timeout,
        CHAT_UNSUPPORTED: chat.unsupported,
    }


def copy_top(answer: Answer) -> Answer:
    """Copies the top paragraph and cites it, whatever the question."""
    if not answer.hits:
        return refuse(answer)
    paragraph = answer.hits[0].paragraph
    return replace(
        answer,
        language=paragraph.language,
        statements=(Statement(paragraph.text, (1,)),),
        citations=(Citation(1, paragraph, 0, len(paragraph.text)),),
        abstained=False,
        confidence=1.0,
        writer="extractive",
    )


def refuse(answer: Answer) -> Answer:
    """Refuses every question."""
    return replace(
        answer,
        language="en",
        statements=(Statement("No answer.", ()),),
        citations=(),
        abstained=True,
        confidence=0.0,
    )


def inject_markers(answer: Answer) -> Answer:
    """Says what the real answer says, each line with one more marker that leads nowhere."""
    if answer.abstained:
        return answer
    unknown = 1 + max((citation.marker for citation in answer.citations), default=0)
    return replace(
        answer,
        statements=tuple(
            Statement(statement.text, (*statement.markers, unknown))
            for statement in answer.statements
        ),
    )


# Each makes of a real answer, with its hits, what it would have answered.
TRIVIAL: Mapping[str, Callable[[Answer], Answer]] = {
    "copy-top": copy_top,
    "refuse": refuse,
    "inject-markers": inject_markers,
}


class Trivial:
    """A trivial answerer in the place of the one whose hits and answers it is made of."""

    def __init__(self, real: Answerer, name: str) -> None:
        self._real = real
        self._derive = TRIVIAL[name]

    @property
    def documents(self) -> Mapping[str, Document]:
        return self._real.documents

    @property
    def paragraphs(self) -> Collection[Paragraph]:
        return self._real.paragraphs

    @property
    def manifest_checksum(self) -> str:
        return self._real.manifest_checksum

    @property
    def settings(self) -> Settings:
        return self._real.settings

    def ask(self, case: Case, k: int) -> Answer:
        return self._derive(self._real.ask(case, k))

    def insist(self, case: Case, k: int) -> Answer:
        return self._derive(self._real.insist(case, k))

    def check(self, claims: Sequence[Claim]) -> Sequence[Support]:
        return self._real.check(claims)
