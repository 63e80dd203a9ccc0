"""Answers as they stream from a chat model over real HTTP: stopped, cancelled, several at once,
async, and through LangChain."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from itertools import repeat

import pytest
from harbour import QUESTIONS
from scripted_assistants import Open, check
from scripted_model import ScriptedModel
from scripted_steps import End, Prompt, Step, Wait

from rag.assistant import Assistant
from rag.chat_model import BackgroundLoop, open_chat_model
from rag.chat_model.call import call
from rag.chat_model.prompt import Prompt as PromptText
from rag.chat_settings import ChatSettings
from rag.errors import InvalidInput
from rag.types import Answer, Delta


def test_the_answer_is_shown_as_it_is_written_and_then_replaced(
    with_model: Open, scripted: ScriptedModel
) -> None:
    """The model waits, in the middle of its answer, for its first words to be seen."""
    seen = threading.Event()

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        one = prompt.own[0]
        yield f"{one.first} [{one.marker}]."
        assert seen.wait(10)
        yield End()

    scripted.said["waits-to-be-seen"] = part
    items = with_model("waits-to-be-seen", timeout=20.0).stream(QUESTIONS["fr"])
    first = next(items)
    assert isinstance(first, Delta)
    seen.set()
    *deltas, last = items
    text = "".join(one.text for one in [first, *deltas] if isinstance(one, Delta))
    assert text.endswith(" [1].")
    assert isinstance(last, Answer)
    assert last.writer == "chat"


def test_closing_the_stream_stops_the_model_at_once(
    with_model: Open, scripted: ScriptedModel
) -> None:
    name = scripted.say("stopped", "Un texte", Wait(60), " qui ne vient pas", End())
    items = with_model(name, timeout=60.0).stream(QUESTIONS["fr"])
    assert next(items) == Delta("Un texte")
    items.close()
    assert scripted.left(name)
    assert list(items) == [], "and nothing is kept"


def test_stopping_a_flood_of_tokens_closes_the_connection_each_time(
    scripted: ScriptedModel,
) -> None:
    """A token is then always on its way: Python 3.11 loses one cancellation in two that comes with
    one, and the model would write on, for nobody, to its limit of 120,000 characters."""

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        yield from repeat("a", 120_000)

    scripted.said["flooding"] = part
    settings = ChatSettings(
        "openai", "flooding", scripted.url, timeout=60.0, answer_tokens=15_000, window=16_000
    )
    model = open_chat_model(settings)
    for _ in range(12):
        pieces = BackgroundLoop().iterate(lambda: call(model, settings, PromptText("S", "Q")))
        assert isinstance(next(pieces), str)
        pieces.close()
        assert scripted.left("flooding")


async def cancelled(
    answer: Coroutine[None, None, Answer], scripted: ScriptedModel, name: str
) -> None:
    """Cancel the answer once its model is asked."""
    task = asyncio.create_task(answer)
    while not scripted.attempts(name):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("steps", [("Un texte", Wait(60)), (Wait(60),)])
def test_cancelling_a_task_stops_the_model_at_once(
    steps: tuple[object, ...], with_model: Open, scripted: ScriptedModel
) -> None:
    name = scripted.say(f"cancelled-{len(steps)}", *steps)
    assistant = with_model(name, timeout=60.0)

    asyncio.run(cancelled(assistant.aask(QUESTIONS["fr"]), scripted, name))
    assert scripted.left(name)


def test_cancelling_a_follow_up_stops_the_model_that_completes_it(
    with_model: Open, scripted: ScriptedModel
) -> None:
    name = scripted.say("cancelled-completing", Wait(60))
    assistant = with_model(name, timeout=60.0)

    asyncio.run(
        cancelled(assistant.aask("And in Corval?", turns=[QUESTIONS["en"]]), scripted, name)
    )
    assert scripted.left(name)


def test_completing_and_answering_share_one_time_out(
    with_model: Open, scripted: ScriptedModel
) -> None:
    """The answer would come within the time-out if half of it were not spent already."""

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        if "Rewrite this" in prompt.system:
            yield Wait(60)
        yield Wait(1.5)
        one = prompt.own[0]
        yield f"{one.first} [{one.marker}]."
        yield End()

    scripted.said["slow-twice"] = part
    assistant = with_model("slow-twice", timeout=2.0)
    answer = assistant.ask("And in Corval?", turns=[QUESTIONS["en"]])
    assert answer.interpreted == "What mooring fee do visiting boats pay in the harbour of Corval?"
    assert [notice.kind for notice in answer.notices] == ["fell-back"]
    assert len(scripted.attempts("slow-twice")) == 2


def test_more_follow_ups_than_threads_wait_for_their_model_side_by_side(
    with_model: Open, scripted: ScriptedModel
) -> None:
    """The model completes none before it has been asked to complete all: were one to hold a
    thread that another needs, all would give way to the rules."""
    many = 72
    together = threading.Barrier(many, timeout=60)
    whole = "What mooring fee do boats pay in the harbour of Corval?"

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        if "Rewrite this" in prompt.system:
            together.wait()
            yield whole
        yield End()

    scripted.said["many"] = part
    assistant = with_model("many", timeout=120.0)

    async def all_of_them() -> list[Answer]:
        turns = [QUESTIONS["en"]]
        return await asyncio.gather(*(assistant.aask("Corval?", 1, turns) for _ in range(many)))

    completed = {answer.interpreted for answer in asyncio.run(all_of_them())}
    assert completed == {whole}


def test_eight_conversations_stream_side_by_side(with_model: Open, scripted: ScriptedModel) -> None:
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

    scripted.said["together"] = part
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
