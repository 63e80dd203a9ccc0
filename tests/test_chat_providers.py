"""Every provider's own package, over real HTTP, with a scripted server that speaks its protocol.

None of the providers themselves was called: the servers are written from their documentation.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from harbour import QUESTIONS
from scripted_assistants import Open, check
from scripted_dialects import DIALECTS, Dialect
from scripted_model import ScriptedModel, served
from scripted_steps import KEY, End, Prompt, Raw, Step, Wait

from rag.assistant import Assistant
from rag.chat_model import words
from rag.chat_model.faults import FaultKind
from rag.types import Answer, Delta

CUT = [
    ("openai", "length"),
    ("anthropic", "max_tokens"),
    ("anthropic", "model_context_window_exceeded"),
    ("mistralai", "length"),
    ("mistralai", "model_length"),
    ("ollama", "length"),
]
# Reasons that leave no whole answer, and what readers are told of them.
ENDED: list[tuple[str, str, FaultKind]] = [
    ("openai", "content_filter", "declined"),
    ("anthropic", "refusal", "declined"),
    ("openai", "tool_calls", "malformed"),
    ("anthropic", "tool_use", "malformed"),
    ("anthropic", "pause_turn", "malformed"),
    ("mistralai", "tool_calls", "malformed"),
    ("mistralai", "error", "interrupted"),
]


@pytest.fixture(scope="module")
def speaking() -> Iterator[dict[str, ScriptedModel]]:
    """A server for each protocol."""
    openai, anthropic, mistral, ollama = DIALECTS
    with (
        served(openai) as first,
        served(anthropic) as second,
        served(mistral) as third,
        served(ollama) as fourth,
    ):
        yield {one.dialect.provider: one for one in (first, second, third, fourth)}


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.provider)
def provider(request: pytest.FixtureRequest) -> str:
    dialect: Dialect = request.param
    return dialect.provider


@pytest.fixture
def opened(speaking: dict[str, ScriptedModel], with_model: Open) -> Open:
    """An assistant whose chat model is one provider's."""

    def opens(provider: str, name: str, **values: object) -> Assistant:
        return with_model(name, provider=provider, url=speaking[provider].url, **values)

    return opens


def fell_back(answer: Answer, kind: FaultKind, assistant: Assistant) -> bool:
    """Whether the answer is the one without a model, and its only notice is of this fault."""
    [notice] = answer.notices
    told = notice.text.startswith(words(answer.language).faults[kind])
    same = replace(answer, notices=()) == assistant.ask(answer.question)
    return notice.kind == "fell-back" and told and same


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_good_answer_is_checked_and_cited(language: str, provider: str, opened: Open) -> None:
    assistant = opened(provider, "good")
    answer = assistant.ask(QUESTIONS[language])
    check(answer, assistant)
    assert answer.writer == "chat"
    assert not answer.abstained
    assert answer.notices == ()
    assert answer.statements[0].markers == (1,)
    assert all(statement.flag is None for statement in answer.statements)


def test_the_request_holds_the_key_and_the_limits_under_the_providers_names(
    provider: str,
    opened: Open,
    speaking: dict[str, ScriptedModel],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    spoken = speaking[provider]
    name = spoken.say("limits", "Un texte [{1}].", End())
    assistant = opened(provider, name, temperature=0.25)
    assistant.ask(QUESTIONS["fr"])
    [played] = spoken.attempts(name)
    assert played.path == spoken.dialect.path
    assert played.authorization.removeprefix("Bearer ") == KEY
    assert spoken.dialect.limits(played.body) == {"answer": 300, "temperature": 0.25}
    assert played.body["stream"] is True
    assert KEY not in caplog.text
    assert KEY not in repr(vars(assistant))


@pytest.mark.parametrize(("provider", "reason"), CUT)
def test_an_answer_cut_at_its_limit_is_shown_and_said_to_be_cut(
    provider: str, reason: str, opened: Open, speaking: dict[str, ScriptedModel]
) -> None:
    assistant = opened(provider, ending(speaking[provider], reason))
    answer = assistant.ask(QUESTIONS["fr"])
    check(answer, assistant)
    assert answer.writer == "chat"
    assert [notice.kind for notice in answer.notices] == ["cut"]


@pytest.mark.parametrize("ended", ENDED, ids="-".join)
def test_an_end_that_is_no_whole_answers_leaves_the_quoted_answer(
    ended: tuple[str, str, FaultKind],
    opened: Open,
    speaking: dict[str, ScriptedModel],
    without_model: Assistant,
) -> None:
    provider, reason, kind = ended
    answer = opened(provider, ending(speaking[provider], reason)).ask(QUESTIONS["fr"])
    assert fell_back(answer, kind, without_model)


def test_a_refusal_in_words_leaves_the_quoted_answer(
    provider: str, opened: Open, without_model: Assistant
) -> None:
    """Protocols without a refusal of their own have models that refuse in the text."""
    answer = opened(provider, "refusing").ask(QUESTIONS["fr"])
    assert fell_back(answer, "malformed", without_model)


@pytest.mark.parametrize("name", ["rate-limited-once", "overloaded-once"])
def test_a_busy_provider_is_asked_again(
    name: str, provider: str, opened: Open, speaking: dict[str, ScriptedModel]
) -> None:
    assistant = opened(provider, name)
    answer = assistant.ask(QUESTIONS["fr"])
    check(answer, assistant)
    assert answer.writer == "chat"
    assert answer.notices == ()
    assert len(speaking[provider].attempts(name)) == 2


def test_an_overload_told_before_the_first_word_is_tried_again(
    opened: Open, speaking: dict[str, ScriptedModel]
) -> None:
    """Anthropic may tell it as an event, after it has answered with status 200."""
    spoken = speaking["anthropic"]

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        if attempt == 0:
            yield Raw(spoken.dialect.fault("Overloaded"))
        else:
            yield f"{prompt.own[0].first} [{prompt.own[0].marker}]."
        yield End()

    spoken.said["overloaded-in-stream"] = part
    answer = opened("anthropic", "overloaded-in-stream").ask(QUESTIONS["fr"])
    assert answer.writer == "chat"
    assert len(spoken.attempts("overloaded-in-stream")) == 2


def test_a_wrong_key_is_rejected_at_once_and_never_shown(
    provider: str,
    opened: Open,
    speaking: dict[str, ScriptedModel],
    without_model: Assistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = opened(provider, "unauthorized").ask(QUESTIONS["fr"])
    assert fell_back(answer, "rejected", without_model)
    assert len(speaking[provider].attempts("unauthorized")) == 1
    assert KEY not in f"{answer.notices} {caplog.text}"


@pytest.mark.parametrize("name", ["half-stream", "no-end"])
def test_a_stream_that_breaks_off_leaves_the_quoted_answer(
    name: str, provider: str, opened: Open, without_model: Assistant
) -> None:
    """Within a chunk, or in good order but without the protocol's end."""
    answer = opened(provider, name).ask(QUESTIONS["fr"])
    assert fell_back(answer, "interrupted", without_model)


def test_an_error_in_the_middle_of_the_stream_leaves_the_quoted_answer(
    provider: str,
    opened: Open,
    speaking: dict[str, ScriptedModel],
    without_model: Assistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    spoken = speaking[provider]
    fault = Raw(spoken.dialect.fault(f"out of memory, {KEY}"))
    name = spoken.say("failing", "Un texte [{1}]. Un aut", fault, End(None))
    answer = opened(provider, name).ask(QUESTIONS["fr"])
    assert fell_back(answer, "interrupted", without_model)
    assert KEY not in f"{answer.notices} {caplog.text}"


def test_closing_the_stream_closes_the_connection(
    provider: str, opened: Open, speaking: dict[str, ScriptedModel]
) -> None:
    spoken = speaking[provider]
    name = spoken.say("stopped", "Un texte", Wait(60), " qui ne vient pas", End())
    items = opened(provider, name, timeout=60.0).stream(QUESTIONS["fr"])
    assert next(items) == Delta("Un texte")
    items.close()
    assert spoken.left(name)


def ending(spoken: ScriptedModel, reason: str) -> str:
    """A model whose answer, one sentence and a half, ends for this reason."""

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        one = prompt.own[0]
        yield f"{one.first} [{one.marker}]. "
        yield "Ensuite, il faut savoir que le"
        yield End(reason)

    name = f"ending-{reason}"
    spoken.said[name] = part
    return name
