"""`rag doctor`: what is configured, reachable, to be downloaded, and working offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from harbour import indexed
from scripted_model import ScriptedModel, served
from scripted_steps import KEY, End

from rag.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAG_LLM", "RAG_LLM_URL", "RAG_LLM_KEY", "RAG_ENCODER", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return indexed(tmp_path_factory.mktemp("harbour")).path


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with served() as scripted:
        yield scripted


def configure(monkeypatch: pytest.MonkeyPatch, model: ScriptedModel, part: str) -> None:
    monkeypatch.setenv("RAG_LLM", f"openai:{part}")
    monkeypatch.setenv("RAG_LLM_URL", model.url)
    monkeypatch.setenv("RAG_LLM_KEY", KEY)
    monkeypatch.setenv("RAG_LLM_TIMEOUT", "1")


def examined(capsys: Capture, index: Path, status: int) -> dict[str, dict[str, object]]:
    assert main(["doctor", "--index", str(index), "--json"]) == status
    printed = capsys.readouterr()
    assert KEY not in printed.out + printed.err
    record = json.loads(printed.out)
    assert record["healthy"] is (status == 0)
    return {check["subject"]: check for check in record["checks"]} | {"all": record}


def test_without_a_chat_model_everything_works_offline(place: Path, capsys: Capture) -> None:
    found = examined(capsys, place, 0)
    assert found["index"]["state"] == "ok"
    assert "3 documents" in str(found["index"]["text"])
    assert found["chat model"]["state"] == "off"
    assert found["all"]["downloads"] == []
    assert found["all"]["needs_network"] == []


def test_a_missing_index_is_told_with_the_command_that_makes_it(
    tmp_path: Path, capsys: Capture
) -> None:
    found = examined(capsys, tmp_path / "none", 0)
    assert found["index"]["state"] == "missing"
    assert "rag index" in str(found["index"]["text"])


def test_a_chat_model_that_answers_is_reached(
    place: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    configure(monkeypatch, model, model.say("polite", "yes", End()))
    found = examined(capsys, place, 0)
    assert found["chat model, reached"]["state"] == "ok"
    assert "RAG_LLM_KEY" in str(found["chat model"]["text"])
    assert found["chat model"]["works_offline"] is True, "it is on this machine"


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("unauthorized", "401"),
        ("hanging", "timeout"),
        ("unknown-model", "404"),
        ("crashing", "unreachable"),
    ],
)
def test_one_that_fails_is_told_with_its_kind(
    part: str,
    told: str,
    *,
    place: Path,
    model: ScriptedModel,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    configure(monkeypatch, model, part)
    found = examined(capsys, place, 1)
    assert found["chat model, reached"]["state"] == "failed"
    assert told in str(found["chat model, reached"]["text"])


def test_a_provider_elsewhere_needs_the_network(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("RAG_LLM", "acme:model")
    found = examined(capsys, place, 1)
    assert found["all"]["needs_network"] == ["chat model", "chat model, reached"]
    assert "acme" in str(found["chat model, reached"]["text"])


def test_an_encoder_of_a_hub_would_be_downloaded(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAG_ENCODER", "someone/some-encoder")
    found = examined(capsys, place, 0)
    assert found["encoder"]["state"] == "missing"
    [download] = found["all"]["downloads"]
    assert "someone/some-encoder" in download
    monkeypatch.setenv("RAG_ENCODER", str(tmp_path))
    assert examined(capsys, place, 0)["encoder"]["state"] == "ok"


def test_people_get_a_line_a_check(place: Path, capsys: Capture) -> None:
    assert main(["doctor", "--index", str(place)]) == 0
    printed = capsys.readouterr().out
    assert "✓ index: " in printed
    assert "– chat model: RAG_LLM is not set" in printed
    assert "would be downloaded: nothing" in printed
