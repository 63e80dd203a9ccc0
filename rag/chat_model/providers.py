"""Opening a chat model through LangChain's `init_chat_model`, whoever provides it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.chat_settings import ChatSettings, Secret, check_url
from rag.errors import ChatModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# The extras of the project that bring a provider's package.
EXTRAS = ("openai", "anthropic", "mistralai", "ollama")
# Where a provider's package looks for a key by itself.
_OWN_KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "ollama": "OLLAMA_API_KEY",
}
# Where it looks for an endpoint by itself, in its order, and which it takes otherwise.
_OWN_ENDPOINTS = {
    "openai": (("OPENAI_API_BASE", "OPENAI_BASE_URL"), "https://api.openai.com/v1"),
    "anthropic": (("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"), "https://api.anthropic.com"),
    "mistralai": (("MISTRAL_BASE_URL",), "https://api.mistral.ai/v1"),
    "ollama": (("OLLAMA_HOST",), "http://127.0.0.1:11434"),
}
_OLLAMA_PORT = 11434
# What an endpoint of one's own is given where no key was set: its client insists on one.
_NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class _Names:
    """How a provider's class calls what we set; "" where it has no such parameter."""

    key: str = "api_key"
    answer: str = "max_tokens"
    timeout: str = "timeout"
    retries: str = "max_retries"
    window: str = ""


_NAMES = {
    # Ollama cuts a prompt that is longer than its own small default window, without a word.
    "ollama": _Names(key="", answer="num_predict", timeout="", retries="", window="num_ctx"),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address, and the variable of the environment that names it ("" for the provider's own).

    Both are "" for a provider whose package alone knows where it sends what it is given.
    """

    url: str
    source: str


def endpoint(settings: ChatSettings, environ: Mapping[str, str]) -> Endpoint:
    """Where questions are sent: `settings.url`, else what the variables of the provider's package
    say, as it would read them (OPENAI_API_BASE or OPENAI_BASE_URL, ANTHROPIC_API_URL or
    ANTHROPIC_BASE_URL, MISTRAL_BASE_URL, OLLAMA_HOST), else the provider's own endpoint.

    The package is always told, so that no other variable (a gateway's) sends them elsewhere.
    Raises InvalidInput, naming the variable.
    """
    if settings.url:
        return Endpoint(settings.url, "RAG_LLM_URL")
    names, default = _OWN_ENDPOINTS.get(settings.provider, ((), ""))
    for name in names:
        if text := environ.get(name, "").strip():
            url = _ollama_url(text) if settings.provider == "ollama" else text
            check_url(url, name)
            return Endpoint(url, name)
    return Endpoint(default, "")


def _ollama_url(host: str) -> str:
    """OLLAMA_HOST may lack scheme, port and even host («:8080»)."""
    if "://" in host:
        return host
    authority, slash, path = host.partition("/")
    if authority.startswith(":"):
        authority = f"127.0.0.1{authority}"
    # The last colon outside the brackets of IPv6 is the port's.
    if ":" not in authority.rpartition("]")[2]:
        authority = f"{authority}:{_OLLAMA_PORT}"
    return f"http://{authority}{slash}{path}"


def open_chat_model(settings: ChatSettings) -> BaseChatModel:
    """The configured model, at its `endpoint` in this process's environment; nothing is contacted.

    Raises ChatModelUnavailable if the provider is unknown, its package is not installed or it
    refuses its settings, and InvalidInput if the key's file cannot be read or the endpoint's
    variable makes no sense.
    """
    key = settings.read_key()
    where = endpoint(settings, os.environ)
    try:
        from langchain.chat_models import init_chat_model

        model: BaseChatModel = init_chat_model(
            settings.model, model_provider=settings.provider, **_parameters(settings, key, where)
        )
    except ImportError as error:
        raise ChatModelUnavailable(_missing(settings, error)) from error
    except Exception as error:  # noqa: BLE001  each provider refuses settings in its own way
        # The cause is left out: it may hold the key.
        raise ChatModelUnavailable(
            f"RAG_LLM={settings.name}: the model cannot be opened ({_reason(error, key)}); "
            "check RAG_LLM, RAG_LLM_URL and the key, then run: rag doctor"
        ) from None
    return model


def _parameters(settings: ChatSettings, key: Secret | None, where: Endpoint) -> dict[str, Any]:
    """What `init_chat_model` is given besides the name; its own type is Any."""
    names = _NAMES.get(settings.provider, _Names())
    values: dict[str, Any] = {
        names.answer: settings.answer_tokens,
        names.timeout: settings.timeout,
        # Retries are ours: they end with the time-out and heed what the endpoint asks for.
        names.retries: 0,
        names.window: settings.window,
    }
    if settings.temperature is not None:
        values["temperature"] = settings.temperature
    if where.url:
        values["base_url"] = where.url
    if key is not None and names.key:
        values[names.key] = key.reveal()
    if settings.provider == "mistralai":
        # Its class takes whole seconds only; the call's own time-out is exact.
        values[names.timeout] = ceil(settings.timeout)
    if settings.provider == "ollama":
        values["client_kwargs"] = _ollama_client(settings, key)
    if settings.provider == "openai" and where.source:
        values |= _compatible(settings, values, where)
    values.pop("", None)
    return values


def _ollama_client(settings: ChatSettings, key: Secret | None) -> Mapping[str, object]:
    """Options of its HTTP client, which ChatOllama shows in its repr: the key goes in as an object
    that does not show it."""
    from rag.chat_model.bearer import Bearer

    return {"timeout": settings.timeout, **({"auth": Bearer(key)} if key else {})}


def _compatible(
    settings: ChatSettings, values: dict[str, Any], where: Endpoint
) -> Mapping[str, object]:
    """What an OpenAI-compatible server (vLLM, Ollama, llama.cpp…) needs besides."""
    more: dict[str, object] = {"use_responses_api": False, "stream_usage": False}
    if settings.url and "api_key" not in values:
        # Else the client would send OPENAI_API_KEY to a host that it was not made for.
        more["api_key"] = _NO_KEY
    if not (urlsplit(where.url).hostname or "").endswith("openai.com"):
        # Not all of them know the newer name that LangChain gives to the limit.
        del values["max_tokens"]
        more["extra_body"] = {"max_tokens": settings.answer_tokens}
    return more


def key_source(settings: ChatSettings, environ: Mapping[str, str]) -> str:
    """Where the key comes from, never the key itself; "" if there is none."""
    if settings.key_file is not None:
        return f"RAG_LLM_KEY_FILE ({settings.key_file})"
    if settings.key is not None:
        return "RAG_LLM_KEY"
    own = _OWN_KEYS.get(settings.provider, "")
    unused = settings.provider == "openai" and settings.url
    return own if environ.get(own) and not unused else ""


def _missing(settings: ChatSettings, error: ImportError) -> str:
    if settings.provider in EXTRAS:
        return (
            f"RAG_LLM={settings.name} needs the extra «{settings.provider}», which is not "
            f"installed; run: pip install 'alinea[{settings.provider}]'"
        )
    said = str(error).partition("\n")[0]
    return f"RAG_LLM={settings.name} needs a package that is not installed: {said}"


def _reason(error: Exception, key: Secret | None) -> str:
    """The error in one short line. Pydantic's own text repeats what it was given, the key too."""
    details = getattr(error, "errors", None)
    said = "; ".join(str(one["msg"]) for one in details()) if callable(details) else str(error)
    line = " ".join((key.hide_in(said) if key else said).split())
    return line if len(line) <= 300 else f"{line[:300]}…"
