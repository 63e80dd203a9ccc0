"""One call of a chat model: its text as it comes, within a time-out, with retries at its start."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
import traceback
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rag.chat_model.faults import Fault, failure
from rag.chat_model.prompt import Prompt
from rag.chat_settings import ChatSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

_log = logging.getLogger(__name__)

_RETRIES = 3
_FIRST_WAIT = 0.5
# A provider that ignores its cancellation is left to itself after this long.
_GRACE = 1.0
# No tokenizer makes tokens of more characters on average: a longer answer passed its limit.
_LONGEST_TOKEN = 8

_COMPLETE = frozenset(("stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete"))
_CUT = frozenset(
    ("length", "max_tokens", "model_length", "max_output_tokens", "model_context_window_exceeded")
)
_DECLINED = frozenset(
    ("content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii")
)
# Mistral's word for a failure of its own in the middle of an answer.
_FAILED = frozenset(("error",))
# Providers whose packages pass on why an answer ended: where they do not say, it broke off.
_SAY_WHY = frozenset(("openai", "anthropic", "mistralai", "ollama"))


@dataclass(frozen=True, slots=True)
class Ended:
    """The answer is complete, or `cut` at its token limit."""

    cut: bool


async def call(
    model: BaseChatModel, settings: ChatSettings, prompt: Prompt
) -> AsyncGenerator[str | Ended]:
    """The answer's text in pieces, then `Ended`.

    Raises Fault at the latest a second after `settings.timeout`. Closing the iterator closes the
    connection.

    The call is never traced, whatever LangChain and LangSmith find in the environment: the prompt
    goes to the model and to nobody else. Whoever traces a chain of his own with our `Runnable` in
    it sees that step's question and answer, and nothing of the call within.
    """
    pieces: asyncio.Queue[str | Ended | Fault] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + settings.timeout
    # A task of its own: what a provider leaves unfinished, or will not cancel, cannot hold us up.
    # Its context is empty, for that of the caller may hold tracers and callbacks of LangChain's.
    task = loop.create_task(
        _produce(model, settings, prompt, deadline, pieces), context=contextvars.Context()
    )
    try:
        while True:
            try:
                async with asyncio.timeout_at(deadline + _GRACE):
                    piece = await pieces.get()
            except TimeoutError:
                raise _noted(settings, Fault("timeout", "not cancelled")) from None
            if isinstance(piece, Fault):
                raise _noted(settings, piece)
            yield piece
            if isinstance(piece, Ended):
                return
    finally:
        task.cancel()


def _noted(settings: ChatSettings, fault: Fault) -> Fault:
    _log.warning("chat model %s: %s", settings.name, fault)
    return fault


async def _produce(
    model: BaseChatModel,
    settings: ChatSettings,
    prompt: Prompt,
    deadline: float,
    pieces: asyncio.Queue[str | Ended | Fault],
) -> None:
    """Put all pieces, then `Ended` or a Fault."""
    from langsmith import tracing_context

    try:
        with tracing_context(enabled=False):
            async with asyncio.timeout_at(deadline):
                pieces.put_nowait(await _tried(model, settings, prompt, deadline, pieces))
    except TimeoutError:
        pieces.put_nowait(Fault("timeout"))
    except Fault as fault:
        pieces.put_nowait(fault)
    except Exception as error:  # noqa: BLE001  whatever it is, nobody is to wait for the time-out
        # Where it was raised; not its text, which may be the endpoint's.
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("chat model %s: unexpected %s\n%s", settings.name, type(error).__name__, where)
        pieces.put_nowait(Fault("malformed", type(error).__name__))


async def _tried(
    model: BaseChatModel,
    settings: ChatSettings,
    prompt: Prompt,
    deadline: float,
    pieces: asyncio.Queue[str | Ended | Fault],
) -> Ended:
    """Retried until the first word only: after it, nothing could be taken back."""
    loop = asyncio.get_running_loop()
    attempt = 0
    while True:
        begun = False
        try:
            async with aclosing(_chunks(model, settings, prompt)) as stream:
                async for piece in stream:
                    if isinstance(piece, Ended):
                        return piece
                    begun = True
                    pieces.put_nowait(piece)
            raise Fault("interrupted" if begun else "malformed", "no end")
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001  each provider's package raises its own kinds
            failed = failure(error)
            if begun:
                raise Fault("interrupted", failed.cause) from None
            wait = failed.wait
            if wait is None:
                wait = _FIRST_WAIT * 2**attempt * random.uniform(0.8, 1.2)
            if not failed.retry or attempt == _RETRIES or loop.time() + wait >= deadline:
                raise Fault(failed.kind, failed.cause) from None
            attempt += 1
        await asyncio.sleep(wait)


async def _chunks(
    model: BaseChatModel, settings: ChatSettings, prompt: Prompt
) -> AsyncGenerator[str | Ended]:
    from langchain_core.messages import HumanMessage, SystemMessage

    messages = [SystemMessage(prompt.system), HumanMessage(prompt.human)]
    room = settings.answer_tokens * _LONGEST_TOKEN
    # An async generator by its implementation, an iterator by its type.
    stream = cast("AsyncGenerator[AIMessageChunk, None]", model.astream(messages))
    task = asyncio.current_task()
    ended: Ended | None = None
    try:
        async for chunk in stream:
            # LangChain awaits each chunk in `asyncio.wait_for`, and that of Python 3.11 forgets a
            # cancellation that comes together with the chunk (python/cpython, issue 86296).
            if task is not None and task.cancelling():
                raise asyncio.CancelledError
            text = str(chunk.text)[:room]
            if text:
                room -= len(text)
                yield text
            if chunk.additional_kwargs.get("refusal"):
                raise Fault("declined")
            ended = _ended(chunk) or ended
            if room <= 0:
                ended = Ended(cut=True)
                break
    finally:
        await stream.aclose()
    if ended is None and settings.provider not in _SAY_WHY:
        ended = Ended(cut=False)
    if ended is not None:
        yield ended


def _ended(chunk: AIMessageChunk) -> Ended | None:
    """What the chunk says of why the answer ends here, if it does. Raises Fault."""
    told = chunk.response_metadata
    for name in ("finish_reason", "stop_reason", "done_reason"):
        reason = str(told.get(name) or "").casefold()
        if reason in _DECLINED:
            raise Fault("declined", reason)
        if reason in _CUT:
            return Ended(cut=True)
        if reason in _COMPLETE:
            return Ended(cut=False)
        if reason in _FAILED:
            raise Fault("interrupted", reason)
        if reason:
            # Not the reason itself: it is the endpoint's to write.
            raise Fault("malformed", "ended for an unknown reason")
    return None
