"""A real model server (`transformers serve`) with a tiny random model: the protocol, streaming and
cancellation. Random text obeys no format, so that every answer ends as a malformed one does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import tiny_chat_model
from harbour import QUESTIONS, indexed

from rag.abstention import SIGNALS, Abstention
from rag.assistant import Assistant
from rag.chat_model import BackgroundLoop, Fault, open_chat_model
from rag.chat_model.call import Ended, call
from rag.chat_model.prompt import Prompt
from rag.chat_settings import ChatSettings
from rag.types import Answer, Delta

pytest.importorskip("langchain_openai", reason="the extra «openai» is not installed")
pytest.importorskip("uvicorn", reason="transformers[serving] is not installed")
pytest.importorskip("accelerate", reason="transformers[serving] is not installed")

NEVER = Abstention(0.0, (0.0,) * len(SIGNALS), 0.0)
PROMPT = Prompt("Answer.", "Say something.")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatSettings]:
    folder = tmp_path_factory.mktemp("model")
    model = tiny_chat_model.make(folder)
    with tiny_chat_model.served(model, folder / "home") as url:
        yield ChatSettings("openai", str(model), url, timeout=60.0, answer_tokens=60, window=8000)


def pieces(settings: ChatSettings) -> list[str | Ended]:
    model = open_chat_model(settings)
    return list(BackgroundLoop().iterate(lambda: call(model, settings, PROMPT)))


def test_text_streams_in_pieces_and_its_end_is_told(settings: ChatSettings) -> None:
    *said, last = pieces(settings)
    assert len(said) > 5
    assert last == Ended(cut=True)


def test_a_model_that_is_not_there_is_rejected(settings: ChatSettings) -> None:
    with pytest.raises(Fault) as fault:
        pieces(replace(settings, model="/nowhere/no-model"))
    assert fault.value.kind in ("rejected", "busy", "malformed")


def test_random_text_ends_in_the_quoted_answer(
    settings: ChatSettings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    index = indexed(tmp_path_factory.mktemp("harbour"))
    assistant = Assistant(index, index.open_encoder(), NEVER, settings)
    for question in QUESTIONS.values():
        items = list(assistant.stream(question))
        answer = items[-1]
        assert isinstance(answer, Answer)
        assert answer.writer == "extractive"
        assert answer.citations
        assert [notice.kind for notice in answer.notices] == ["fell-back"]
        assert all(isinstance(item, Delta) for item in items[:-1])


def test_a_stopped_answer_is_followed_by_the_next(settings: ChatSettings) -> None:
    """The server generates for one at a time, and may or may not notice at once that nobody reads
    the long answer any more: that it is we who close is tested on the scripted server."""
    long = replace(settings, answer_tokens=2_000)
    model = open_chat_model(long)
    begun = BackgroundLoop().iterate(lambda: call(model, long, PROMPT))
    assert isinstance(next(begun), str)
    begun.close()
    *said, last = pieces(settings)
    assert said
    assert isinstance(last, Ended)
