"""Answers that a chat model writes, over real HTTP: the whole repertoire of `scripted_model`.

No invented citation is shown, no unsupported sentence unflagged, and every fault ends in a cited
extractive answer or a refusal.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import pytest
from harbour import ACROSS, QUESTIONS, indexed
from scripted_model import (
    ATTACK,
    FAULTY,
    GOOD,
    KEY,
    PARTS,
    REFUSED,
    End,
    Prompt,
    ScriptedModel,
    Status,
    Step,
    Wait,
    served,
)

from rag.abstention import SIGNALS, Abstention
from rag.assistant import Assistant
from rag.chat_model import words
from rag.chat_model.frames import unframed
from rag.chat_settings import ChatSettings, Secret
from rag.encoder import Encoder
from rag.errors import InvalidInput
from rag.index import Index
from rag.support import Checker, Claim
from rag.types import Answer, Delta, Language

NEVER = Abstention(0.0, (0.0,) * len(SIGNALS), 0.0)
ALWAYS = Abstention(0.0, (0.0,) * len(SIGNALS), 1.0)
# What only a reader who was fooled would see.
FORBIDDEN = ("evil.example", "<", "](", "![", "javascript:", "\x1b", "\u202e", "zzz999", "[[")
TIMEOUT = 3.0

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return indexed(tmp_path_factory.mktemp("harbour"))


@pytest.fixture(scope="module")
def encoder(opened: Index) -> Encoder:
    return opened.open_encoder()


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with served() as scripted:
        yield scripted


Open = Callable[..., Assistant]


@pytest.fixture(scope="module")
def with_model(opened: Index, encoder: Encoder, model: ScriptedModel) -> Open:
    """An assistant whose chat model plays a part; it always answers, unless told otherwise."""

    def opens(name: str, calibration: Abstention = NEVER, **values: object) -> Assistant:
        settings = ChatSettings(
            "openai", name, model.url, Secret(KEY), timeout=TIMEOUT, answer_tokens=300
        )
        return Assistant(opened, encoder, calibration, replace(settings, **values))

    return opens


@pytest.fixture(scope="module")
def without_model(opened: Index, encoder: Encoder) -> Assistant:
    return Assistant(opened, encoder, NEVER)


def check(answer: Answer, assistant: Assistant) -> None:
    """What holds for every answer, whatever the model wrote."""
    markers = [citation.marker for citation in answer.citations]
    assert markers == list(range(1, len(markers) + 1)), "numbered in order"
    seen: list[int] = []
    for statement in answer.statements:
        assert set(statement.markers) <= set(markers), "no invented citation"
        seen += [marker for marker in statement.markers if marker not in seen]
    assert seen == markers, "in order of appearance, and each is used"
    stored = {paragraph.id: paragraph for paragraph in assistant.paragraphs}
    for citation in answer.citations:
        assert citation.paragraph == stored[citation.paragraph.id]
        document = assistant.documents[citation.paragraph.document_id]
        start = citation.paragraph.start + citation.start
        assert document.text[start : start + len(citation.quote)] == citation.quote
    if answer.writer == "chat":
        for statement in answer.statements:
            assert not any(sign in statement.text for sign in FORBIDDEN)
            cited = [c for c in answer.citations if c.marker in statement.markers]
            unsupported = not answer.abstained and not cited
            assert statement.flag or not unsupported, "no sentence without a citation unflagged"
    if answer.abstained:
        assert answer.citations == ()
    else:
        assert any(statement.flag is None for statement in answer.statements)


def test_the_repertoire_is_whole() -> None:
    assert set(PARTS) == set(GOOD) | set(FAULTY) | set(REFUSED)
    assert len(PARTS) >= 35


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", [name for name in GOOD if name != "deliberate"])
def test_a_model_that_answers_is_heard(name: str, language: Language, with_model: Open) -> None:
    assistant = with_model(name)
    answer = assistant.ask(QUESTIONS[language])
    check(answer, assistant)
    assert answer.writer == "chat"
    assert not answer.abstained
    assert answer.language == language
    assert answer.statements[0].flag is None
    assert answer.statements[0].markers == (1,)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", FAULTY)
def test_a_model_that_fails_leaves_the_quoted_answer_and_a_plain_notice(
    name: str,
    language: Language,
    with_model: Open,
    without_model: Assistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assistant = with_model(name)
    began = time.monotonic()
    answer = assistant.ask(QUESTIONS[language])
    assert time.monotonic() - began < TIMEOUT + 5, "at most a few seconds over the time-out"
    check(answer, assistant)
    assert answer.writer == "extractive"
    assert answer.citations
    [notice] = answer.notices
    kind, _ = FAULTY[name]
    assert notice.kind == "fell-back"
    assert notice.text.startswith(words(language).faults[kind])
    assert KEY not in f"{notice} {caplog.text}"
    assert replace(answer, notices=()) == without_model.ask(QUESTIONS[language])


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", REFUSED)
def test_where_nothing_is_supported_the_assistant_refuses(
    name: str, language: Language, with_model: Open
) -> None:
    assistant = with_model(name)
    answer = assistant.ask(QUESTIONS[language])
    check(answer, assistant)
    assert answer.abstained
    assert answer.hits
    [notice] = answer.notices
    assert notice.kind in ("no-answer", "nothing-supported")


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("partly-cited", "uncited"),
        ("wrong-marker", "uncited"),
        ("unsupported", "unsupported"),
        ("misquoting", "misquoted"),
        ("half-wrong-language", None),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_doubtful_sentence_is_flagged_or_if_so_set_dropped_and_counted(
    name: str, flag: str | None, language: Language, with_model: Open
) -> None:
    answer = with_model(name).ask(QUESTIONS[language])
    assert answer.statements[-1].flag is not None
    assert flag in (None, answer.statements[-1].flag)
    assert "⚠" in answer.text
    kept = with_model(name, unsupported="drop").ask(QUESTIONS[language])
    assert all(statement.flag is None for statement in kept.statements)
    assert [one.text for one in kept.statements] == [
        one.text for one in answer.statements if one.flag is None
    ]
    assert [notice.kind for notice in kept.notices] == ["dropped"]


def test_hopeless_questions_never_reach_the_model(with_model: Open, model: ScriptedModel) -> None:
    name = model.say("never-called", "Jamais [{1}].", End())
    answer = with_model(name, ALWAYS).ask(QUESTIONS["fr"])
    assert answer.abstained
    assert model.attempts(name) == []
    with pytest.raises(InvalidInput):
        with_model(name).ask("  ")


@pytest.mark.parametrize(
    ("language", "said", "original"),
    [
        ("fr", "Le phare de Selmouth a été automatisé en 1987", "The lighthouse of Selmouth was"),
        ("en", "The captain decides to close the harbour to all boats", "En cas de tempête"),
    ],
)
def test_a_foreign_passage_is_quoted_in_the_original_beside_the_models_translation(
    language: Language, said: str, original: str, with_model: Open, model: ScriptedModel
) -> None:
    """The sentence is the model's and is called so; the quotation is the store's."""
    name = f"translating-{language}"

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        [one] = [p for p in prompt.paragraphs if original in p.text]
        yield f"{said} [{one.marker}]."
        yield End()

    model.said[name] = part
    assistant = with_model(name)
    answer = assistant.ask(ACROSS[language])
    check(answer, assistant)
    assert answer.language == language
    [statement] = answer.statements
    [citation] = answer.citations
    assert citation.paragraph.language != language
    assert citation.quote.startswith(original)
    assert citation.quote in statement.text
    mark = {
        "fr": "traduction du modèle ; texte d’origine",
        "en": "the model’s translation; original",
    }
    assert mark[language] in statement.text
    assert statement.flag is None


# --- what is sent ---------------------------------------------------------------------------


def test_the_request_holds_the_limits_and_the_key_and_nothing_else_holds_the_key(
    with_model: Open, model: ScriptedModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    name = model.say("limits", "Un texte [{1}].", End())
    assistant = with_model(name, temperature=0.25)
    assistant.ask(QUESTIONS["fr"])
    [played] = model.attempts(name)
    assert played.authorization == f"Bearer {KEY}"
    assert played.body["max_tokens"] == 300
    assert played.body["temperature"] == 0.25
    assert played.body["stream"] is True
    assert KEY not in caplog.text
    assert KEY not in repr(vars(assistant))


def test_markers_differ_from_question_to_question(with_model: Open, model: ScriptedModel) -> None:
    name = model.say("twice", "Un texte [{1}].", End())
    assistant = with_model(name)
    for _ in range(2):
        assistant.ask(QUESTIONS["fr"])
    first, second = model.attempts(name)
    assert not {p.marker for p in first.prompt.paragraphs} & {
        p.marker for p in second.prompt.paragraphs
    }


def test_a_poisoned_paragraph_goes_in_as_data_and_comes_out_as_nothing(
    with_model: Open, model: ScriptedModel
) -> None:
    question = "Combien coûte l'abonnement au parking à vélos du port de Corval ?"
    name = model.say("repeating", f"L'abonnement coûte douze euros par an [{{1}}]. {ATTACK}", End())
    assistant = with_model(name)
    answer = assistant.ask(question)
    [played] = model.attempts(name)
    assert not any(sign in played.prompt.human for sign in ("![", "<script", "<img", "](", "[1]"))
    check(answer, assistant)


def test_retries_heed_what_the_endpoint_asks_and_end_with_the_time_out(
    with_model: Open, model: ScriptedModel
) -> None:
    limited = model.say("always-limited", Status(429, {"Retry-After": "0"}))
    with_model(limited).ask(QUESTIONS["fr"])
    assert len(model.attempts(limited)) == 4
    later = model.say("limited-for-an-hour", Status(429, {"Retry-After": "3600"}))
    with_model(later).ask(QUESTIONS["fr"])
    assert len(model.attempts(later)) == 1
    wrong = model.say("rejected-at-once", Status(400))
    with_model(wrong).ask(QUESTIONS["fr"])
    assert len(model.attempts(wrong)) == 1


def test_an_endpoint_that_is_not_there_leaves_the_quoted_answer(with_model: Open) -> None:
    answer = with_model("good", url="http://127.0.0.1:9/v1").ask(QUESTIONS["fr"])
    assert answer.citations
    assert answer.notices[0].text.startswith(words("fr").faults["unreachable"])


def test_a_window_too_small_for_any_evidence_leaves_the_quoted_answer(with_model: Open) -> None:
    answer = with_model("good", window=700).ask(QUESTIONS["fr"])
    assert answer.citations
    assert answer.notices[0].text.startswith(words("fr").faults["window"])


def test_what_did_not_fit_is_reported(with_model: Open) -> None:
    answer = with_model("good", window=850).ask(QUESTIONS["fr"])
    assert answer.writer == "chat"
    assert "left-out" in [notice.kind for notice in answer.notices]


# --- streaming and stopping -----------------------------------------------------------------


def test_the_answer_is_shown_as_it_is_written_and_then_replaced(
    with_model: Open, model: ScriptedModel
) -> None:
    """The model waits, in the middle of its answer, for its first words to be seen."""
    seen = threading.Event()

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        one = prompt.own[0]
        yield f"{one.first} [{one.marker}]."
        assert seen.wait(10)
        yield End()

    model.said["waits-to-be-seen"] = part
    items = with_model("waits-to-be-seen", timeout=20.0).stream(QUESTIONS["fr"])
    first = next(items)
    assert isinstance(first, Delta)
    seen.set()
    *deltas, last = items
    text = "".join(one.text for one in [first, *deltas] if isinstance(one, Delta))
    assert text.endswith(" [1].")
    assert isinstance(last, Answer)
    assert last.writer == "chat"


def gone(model: ScriptedModel, name: str) -> bool:
    """Whether the model noticed, within some seconds, that nobody listens any more."""
    for _ in range(500):
        if all(one.gone for one in model.attempts(name)):
            return True
        time.sleep(0.01)
    return False


def test_closing_the_stream_stops_the_model_at_once(with_model: Open, model: ScriptedModel) -> None:
    name = model.say("stopped", "Un texte", Wait(60), " qui ne vient pas", End())
    items = with_model(name, timeout=60.0).stream(QUESTIONS["fr"])
    assert next(items) == Delta("Un texte")
    items.close()
    assert gone(model, name)
    assert list(items) == [], "and nothing is kept"


@pytest.mark.parametrize("steps", [("Un texte", Wait(60)), (Wait(60),)])
def test_cancelling_a_task_stops_the_model_at_once(
    steps: tuple[object, ...], with_model: Open, model: ScriptedModel
) -> None:
    name = model.say(f"cancelled-{len(steps)}", *steps)
    assistant = with_model(name, timeout=60.0)

    async def cancelled() -> None:
        task = asyncio.create_task(assistant.aask(QUESTIONS["fr"]))
        while not model.attempts(name):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert gone(model, name)


def test_eight_conversations_stream_side_by_side(with_model: Open, model: ScriptedModel) -> None:
    """Each model says its next word only when all eight have said the one before and been heard:
    if one conversation blocked another, none would end."""
    together = threading.Barrier(8, timeout=60)

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        one = prompt.own[0]
        for word in one.first.split():
            together.wait()
            yield f" {word}"
        together.wait()
        yield f" [{one.marker}]."
        yield End()

    model.said["together"] = part
    assistant = with_model("together", timeout=60.0)

    async def all_of_them() -> list[Answer]:
        return await asyncio.gather(*(assistant.aask(QUESTIONS["fr"]) for _ in range(8)))

    answers = asyncio.run(all_of_them())
    assert [answer.writer for answer in answers] == ["chat"] * 8
    for answer in answers:
        check(answer, assistant)


# --- async and LangChain --------------------------------------------------------------------


def test_async_and_sync_give_the_same_answer(with_model: Open) -> None:
    assistant = with_model("good")
    asked = assistant.ask(QUESTIONS["fr"])
    # A loop of its own each time: connections of an earlier one must not be in the way.
    for _ in range(2):
        assert asyncio.run(assistant.aask(QUESTIONS["fr"])) == asked


def test_without_a_model_streams_hold_the_answer_alone(without_model: Assistant) -> None:
    assistant = without_model
    asked = assistant.ask(QUESTIONS["en"])
    assert list(assistant.stream(QUESTIONS["en"])) == [asked]
    assert asyncio.run(assistant.aask(QUESTIONS["en"])) == asked
    with pytest.raises(InvalidInput):
        list(assistant.stream(" "))
    with pytest.raises(InvalidInput):
        asyncio.run(assistant.aask(" "))


def test_tokens_stream_through_the_runnable(with_model: Open) -> None:
    assistant = with_model("good")
    runnable = assistant.as_runnable()
    asked = assistant.ask(QUESTIONS["fr"])

    async def streamed(steps: AsyncIterator[object]) -> list[object]:
        return [item async for item in steps]

    *deltas, last = asyncio.run(streamed(runnable.astream(QUESTIONS["fr"])))
    assert len(deltas) > 10
    assert all(isinstance(one, Delta) for one in deltas)
    assert last == asked
    assert list(runnable.stream(QUESTIONS["fr"]))[-1] == asked
    assert runnable.invoke(QUESTIONS["fr"]) == asked
    chained = runnable | (lambda answer: answer.text.upper())
    assert asyncio.run(streamed(chained.astream(QUESTIONS["fr"]))) == [asked.text.upper()]
    assert chained.invoke(QUESTIONS["fr"]) == asked.text.upper()


def test_the_runnable_reports_its_steps_to_langchain(with_model: Open) -> None:
    runnable = with_model("good").as_runnable()

    async def events() -> list[str]:
        steps = runnable.astream_events(QUESTIONS["fr"], version="v2")
        return [event["event"] async for event in steps if event["name"] == "alinea"]

    seen = asyncio.run(events())
    assert seen[0] == "on_chain_start"
    assert seen[-1] == "on_chain_end"
    assert seen.count("on_chain_stream") > 10


# --- the checker has the last word ----------------------------------------------------------


def test_no_sentence_is_shown_unflagged_that_the_checker_does_not_support(
    with_model: Open, opened: Index, encoder: Encoder
) -> None:
    checker = Checker(encoder, opened.lexicon)
    for name in GOOD:
        if name == "deliberate":
            continue
        answer = with_model(name).ask(QUESTIONS["fr"])
        for statement in answer.statements:
            if statement.flag is None:
                cited = [c.paragraph for c in answer.citations if c.marker in statement.markers]
                text = unframed(statement.text.removeprefix("• "))
                [support] = checker.check([Claim.citing(text, answer.language, cited)])
                assert support.supported, (name, statement)
