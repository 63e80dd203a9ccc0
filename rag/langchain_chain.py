"""The chain as a LangChain `Runnable`, for chains built by others."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import aclosing, closing
from typing import Any, Protocol

from langchain_core.runnables import Runnable, RunnableConfig

from rag.types import Answer, Delta


class Answers(Protocol):
    """What the chain is made of: `rag.assistant.Assistant`."""

    def ask(self, question: str) -> Answer: ...

    async def aask(self, question: str) -> Answer: ...

    def stream(self, question: str) -> Generator[Delta | Answer]: ...

    def astream(self, question: str) -> AsyncGenerator[Delta | Answer]: ...


def as_langchain_runnable(assistant: Answers) -> Runnable[str, Answer]:
    """Question in, `Answer` out. Streaming gives a `Delta` for each piece of text that a chat model
    writes and the `Answer` last, which is what a step after it in a chain receives."""
    return _Chain(assistant)


class _Chain(Runnable[str, Answer]):
    def __init__(self, assistant: Answers) -> None:
        self.name = "alinea"
        self._assistant = assistant

    # Any: the signatures are LangChain's.
    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        return self._call_with_config(self._assistant.ask, input, config)

    async def ainvoke(
        self, input: str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        return await self._acall_with_config(self._assistant.aask, input, config)

    def stream(
        self, input: str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Answer]:
        yield from self.transform(iter([input]), config)

    async def astream(
        self, input: str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Answer]:
        async def given() -> AsyncIterator[str]:
            yield input

        async for item in self.atransform(given(), config):
            yield item

    def transform(
        self, input: Iterator[str], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Answer]:
        yield from self._transform_stream_with_config(input, self._streamed, config)

    async def atransform(
        self, input: AsyncIterator[str], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Answer]:
        async for item in self._atransform_stream_with_config(input, self._astreamed, config):
            yield item

    def _streamed(self, input: Iterator[str]) -> Iterator[Answer]:
        with closing(self._assistant.stream("".join(input))) as items:
            yield from items  # type: ignore[misc]

    async def _astreamed(self, input: AsyncIterator[str]) -> AsyncIterator[Answer]:
        question = "".join([piece async for piece in input])
        async with aclosing(self._assistant.astream(question)) as items:
            async for item in items:
                yield item  # type: ignore[misc]
