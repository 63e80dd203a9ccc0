"""`rag doctor`: what is configured, reachable, to be downloaded, and working offline."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from harbour import indexed
from scripted_model import ScriptedModel, served
from scripted_steps import KEY, End

from rag.chat_settings import ChatSettings
from rag.cli import main
from rag.doctor import examine
from rag.settings import Settings

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAG_LLM", "RAG_LLM_URL", "RAG_LLM_KEY", "RAG_ENCODER", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "OLLAMA_HOST"):
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


@pytest.mark.parametrize("part", ["empty", "blank"])
def test_one_that_answers_nothing_is_told_so(
    part: str,
    place: Path,
    model: ScriptedModel,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    configure(monkeypatch, model, part)
    found = examined(capsys, place, 1)
    assert "answered nothing" in str(found["chat model, reached"]["text"])


def test_one_that_is_cut_before_its_first_word_is_reached_and_not_said_to_answer(
    place: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    configure(monkeypatch, model, model.say("thoughtful", End("length")))
    found = examined(capsys, place, 0)
    assert "hold no answer" in str(found["chat model, reached"]["text"])


def test_an_endpoint_of_the_environment_is_asked_and_named(
    place: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    part = model.say("from-environment", "yes", End())
    monkeypatch.setenv("RAG_LLM", f"openai:{part}")
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    found = examined(capsys, place, 0)
    text = str(found["chat model"]["text"])
    assert f"{model.url} (from OPENAI_BASE_URL), key from OPENAI_API_KEY" in text
    assert found["chat model"]["works_offline"] is True
    assert [one.authorization for one in model.attempts(part)] == [f"Bearer {KEY}"]


@pytest.mark.parametrize(
    ("host", "here"),
    [("http://192.0.2.7:11434", False), ("0.0.0.0", True), ("", True), ("[::1]:8080", True)],
)
def test_a_server_of_ollama_elsewhere_needs_the_network(
    host: str, here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    settings = Settings(chat=ChatSettings("ollama", "model", timeout=0.1))
    checks = examine(Path("none"), settings, os.environ)
    configured = next(check for check in checks if check.subject == "chat model")
    assert configured.offline is here
    assert host in configured.text


def test_an_endpoint_with_a_password_is_refused_and_not_shown(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("RAG_LLM", "ollama:model")
    monkeypatch.setenv("OLLAMA_HOST", "http://bob:hunter2@127.0.0.1:9")
    found = examined(capsys, place, 1)
    assert "OLLAMA_HOST" in str(found["chat model"]["text"])
    assert "hunter2" not in str(found)


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
