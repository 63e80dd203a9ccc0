"""Which chat model is configured, and that its key is never shown."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from conftest import ROOT, environment

from rag.chat_model import open_chat_model
from rag.chat_model.providers import Endpoint, endpoint
from rag.chat_settings import ChatSettings, Secret
from rag.errors import ChatModelUnavailable, InvalidInput
from rag.settings import Settings

KEY = "sk-0123456789-very-secret"


def read(**values: str) -> ChatSettings:
    settings = ChatSettings.from_env({"RAG_LLM": "openai:gpt-x", **values})
    assert settings is not None
    return settings


def test_without_a_name_there_is_no_chat_model() -> None:
    assert ChatSettings.from_env({"RAG_LLM_KEY": KEY}) is None
    assert Settings.from_env({}).chat is None


def test_everything_is_read_from_one_place() -> None:
    settings = read(
        RAG_LLM="mistralai:mistral:latest",
        RAG_LLM_URL="http://127.0.0.1:8000/v1",
        RAG_LLM_KEY=KEY,
        RAG_LLM_TEMPERATURE="0.3",
        RAG_LLM_TIMEOUT="12.5",
        RAG_LLM_WINDOW="4096",
        RAG_LLM_ANSWER_TOKENS="512",
        RAG_LLM_UNSUPPORTED="drop",
    )
    assert (settings.provider, settings.model) == ("mistralai", "mistral:latest")
    assert settings.read_key() == Secret(KEY)
    assert (settings.temperature, settings.timeout) == (0.3, 12.5)
    assert (settings.window, settings.answer_tokens) == (4096, 512)
    assert settings.unsupported == "drop"
    assert read(RAG_LLM_TEMPERATURE="default").temperature is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAG_LLM", "gpt-x"),
        ("RAG_LLM", "openai:"),
        ("RAG_LLM", ":gpt"),
        ("RAG_LLM_URL", "ftp://x/"),
        ("RAG_LLM_URL", "localhost:11434"),
        ("RAG_LLM_URL", "http://[::1"),
        ("RAG_LLM_URL", "http://host:99999/"),
        ("RAG_LLM_TIMEOUT", "0"),
        ("RAG_LLM_TIMEOUT", "soon"),
        ("RAG_LLM_TIMEOUT", "nan"),
        ("RAG_LLM_TEMPERATURE", "-1"),
        ("RAG_LLM_WINDOW", "12"),
        ("RAG_LLM_ANSWER_TOKENS", "inf"),
        ("RAG_LLM_ANSWER_TOKENS", "9000"),
        ("RAG_LLM_UNSUPPORTED", "hide"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        read(**{name: value})


def test_a_bad_address_is_not_repeated_for_it_may_hold_a_password() -> None:
    with pytest.raises(InvalidInput) as refused:
        read(RAG_LLM_URL="https//user:hunter2@host/")
    assert "hunter2" not in str(refused.value)


def test_the_key_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    assert read(RAG_LLM_KEY_FILE=str(file)).read_key() == Secret(KEY)


@pytest.mark.parametrize("content", [None, "", "two words", b"\xff\xfe"])
def test_a_file_without_a_key_is_named_and_its_content_is_not(
    content: str | bytes | None, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInput, match="RAG_LLM_KEY_FILE") as refused:
        read(RAG_LLM_KEY_FILE=str(file)).read_key()
    assert "two words" not in str(refused.value)


def test_a_key_and_a_file_are_one_too_many() -> None:
    with pytest.raises(InvalidInput, match="both set"):
        read(RAG_LLM_KEY=KEY, RAG_LLM_KEY_FILE="file")


def test_no_way_of_printing_the_settings_shows_the_key(caplog: pytest.LogCaptureFixture) -> None:
    settings = read(RAG_LLM_KEY=KEY, RAG_LLM_URL="https://proxy.example:8443/v1")
    key = settings.read_key()
    assert key is not None
    logging.getLogger("test").warning("%s %r %s", settings, settings, key)
    shown = [repr(settings), str(settings), f"{settings}", f"{key} {key!r}", caplog.text]
    shown += [repr(asdict(settings)), repr(copy.deepcopy(settings)), repr([key])]
    assert not any(KEY in text for text in shown)
    with pytest.raises(TypeError, match="key"):
        pickle.dumps(settings)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@proxy.example:8443/v1",
        "https://hunter2@proxy.example/v1",
        "https://proxy.example/v1?token=hunter2",
        "https://proxy.example/v1#hunter2",
    ],
)
def test_an_address_that_holds_a_secret_is_refused_and_not_repeated(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match="RAG_LLM_KEY") as refused:
        read(RAG_LLM_URL=url)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(InvalidInput):
        ChatSettings("openai", "gpt-x", url)
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(InvalidInput, match="OPENAI_BASE_URL") as refused:
        open_chat_model(read(RAG_LLM_KEY=KEY))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("provider", "environ", "url", "source"),
    [
        ("openai", {}, "https://api.openai.com/v1", ""),
        ("openai", {"OPENAI_BASE_URL": "http://a/v1"}, "http://a/v1", "OPENAI_BASE_URL"),
        (
            "openai",
            {"OPENAI_API_BASE": "http://b/v1", "OPENAI_BASE_URL": "http://a/v1"},
            "http://b/v1",
            "OPENAI_API_BASE",
        ),
        ("mistralai", {"MISTRAL_BASE_URL": "http://a"}, "http://a", "MISTRAL_BASE_URL"),
        ("anthropic", {"ANTHROPIC_API_URL": "http://a"}, "http://a", "ANTHROPIC_API_URL"),
        ("ollama", {}, "http://127.0.0.1:11434", ""),
        ("ollama", {"OLLAMA_HOST": ""}, "http://127.0.0.1:11434", ""),
        ("ollama", {"OLLAMA_HOST": "192.0.2.7"}, "http://192.0.2.7:11434", "OLLAMA_HOST"),
        ("ollama", {"OLLAMA_HOST": ":8080"}, "http://127.0.0.1:8080", "OLLAMA_HOST"),
        ("ollama", {"OLLAMA_HOST": "[::1]/x"}, "http://[::1]:11434/x", "OLLAMA_HOST"),
        ("ollama", {"OLLAMA_HOST": "[::1]:80"}, "http://[::1]:80", "OLLAMA_HOST"),
        ("ollama", {"OLLAMA_HOST": "https://a"}, "https://a", "OLLAMA_HOST"),
        ("acme", {"OPENAI_BASE_URL": "http://a"}, "", ""),
    ],
)
def test_the_endpoint_is_read_as_the_package_of_the_provider_reads_it(
    provider: str, environ: dict[str, str], url: str, source: str
) -> None:
    settings = ChatSettings(provider, "model")
    assert endpoint(settings, environ) == Endpoint(url, source)
    given = ChatSettings(provider, "model", "http://given/v1")
    assert endpoint(given, environ) == Endpoint("http://given/v1", "RAG_LLM_URL")


def test_no_gateway_of_the_environment_comes_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_GATEWAY", "http://gateway.example")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    model = open_chat_model(read(RAG_LLM_KEY=KEY))
    base = getattr(model, "openai_api_base")  # noqa: B009  LangChain's own field
    assert base == "https://api.openai.com/v1"


@pytest.mark.parametrize("provider", ["openai", "anthropic", "mistralai", "ollama"])
def test_every_provider_opens_with_the_same_settings_and_hides_the_key(provider: str) -> None:
    pytest.importorskip(f"langchain_{provider}")
    settings = read(
        RAG_LLM=f"{provider}:some-model",
        RAG_LLM_KEY=KEY,
        RAG_LLM_URL="http://127.0.0.1:9/v1",
        RAG_LLM_TIMEOUT="12.5",
    )
    model = open_chat_model(settings)
    assert KEY not in f"{model!r} {model}"


def test_the_key_of_openai_is_not_sent_to_another_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = open_chat_model(read(RAG_LLM_URL="http://127.0.0.1:9/v1"))
    held = getattr(model, "openai_api_key").get_secret_value()  # noqa: B009  LangChain's own field
    assert held != KEY


def test_a_provider_without_a_key_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ChatModelUnavailable, match="rag doctor"):
        open_chat_model(read())


def test_an_unknown_provider_is_named() -> None:
    with pytest.raises(ChatModelUnavailable, match="acme:gpt"):
        open_chat_model(read(RAG_LLM="acme:gpt"))


def test_a_missing_package_is_named_with_the_extra_that_brings_it(tmp_path: Path) -> None:
    (tmp_path / "langchain_anthropic.py").write_text(
        "raise ModuleNotFoundError('No module named langchain_anthropic')", encoding="utf-8"
    )
    script = (
        "from rag.chat_settings import ChatSettings\n"
        "from rag.chat_model import open_chat_model\n"
        "open_chat_model(ChatSettings('anthropic', 'claude'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**environment(tmp_path), "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "pip install 'alinea[anthropic]'" in done.stderr
