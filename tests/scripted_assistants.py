"""Assistants whose chat model plays a part, and what holds for every answer of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from harbour import indexed
from scripted_model import ScriptedModel, served
from scripted_steps import KEY

from rag.abstention import SIGNALS, Abstention
from rag.assistant import Assistant
from rag.chat_settings import ChatSettings, Secret
from rag.encoder import Encoder
from rag.index import Index
from rag.types import Answer

NEVER = Abstention(0.0, (0.0,) * len(SIGNALS), 0.0)
ALWAYS = Abstention(0.0, (0.0,) * len(SIGNALS), 1.0)
# What only a reader who was fooled would see.
FORBIDDEN = ("evil.example", "<", "](", "![", "javascript:", "\x1b", "\u202e", "zzz999", "[[")
# Long enough for a busy machine; parts that hang are given less.
TIMEOUT = 30.0


@pytest.fixture(scope="session")
def harbour_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return indexed(tmp_path_factory.mktemp("harbour"))


@pytest.fixture(scope="session")
def harbour_encoder(harbour_index: Index) -> Encoder:
    return harbour_index.open_encoder()


@pytest.fixture(scope="session")
def scripted() -> Iterator[ScriptedModel]:
    with served() as played:
        yield played


Open = Callable[..., Assistant]


@pytest.fixture(scope="session")
def with_model(harbour_index: Index, harbour_encoder: Encoder, scripted: ScriptedModel) -> Open:
    """An assistant whose chat model plays a part; it always answers, unless told otherwise."""

    def opens(name: str, calibration: Abstention = NEVER, **values: object) -> Assistant:
        settings = ChatSettings(
            "openai", name, scripted.url, Secret(KEY), timeout=TIMEOUT, answer_tokens=300
        )
        return Assistant(harbour_index, harbour_encoder, calibration, replace(settings, **values))

    return opens


@pytest.fixture(scope="session")
def without_model(harbour_index: Index, harbour_encoder: Encoder) -> Assistant:
    return Assistant(harbour_index, harbour_encoder, NEVER)


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
