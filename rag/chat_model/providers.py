"""Opening a chat model through LangChain's `init_chat_model`, whoever provides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.chat_settings import ChatSettings, Secret
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
}
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


def open_chat_model(settings: ChatSettings) -> BaseChatModel:
    """The configured model; nothing is contacted.

    Raises ChatModelUnavailable if the provider is unknown, its package is not installed or it
    refuses its settings, and InvalidInput if the key's file cannot be read.
    """
    key = settings.read_key()
    try:
        from langchain.chat_models import init_chat_model

        model: BaseChatModel = init_chat_model(
            settings.model, model_provider=settings.provider, **_parameters(settings, key)
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


def _parameters(settings: ChatSettings, key: Secret | None) -> dict[str, Any]:
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
    if settings.url:
        values["base_url"] = settings.url
    if key is not None and names.key:
        values[names.key] = key.reveal()
    if settings.provider == "mistralai":
        # Its class takes whole seconds only; the call's own time-out is exact.
        values[names.timeout] = ceil(settings.timeout)
    if settings.provider == "ollama":
        values["client_kwargs"] = _ollama_client(settings, key)
    if settings.provider == "openai" and settings.url:
        values |= _compatible(settings, values)
    values.pop("", None)
    return values


def _ollama_client(settings: ChatSettings, key: Secret | None) -> Mapping[str, object]:
    """Options of its HTTP client, which ChatOllama shows in its repr: the key goes in as an object
    that does not show it."""
    from rag.chat_model.bearer import Bearer

    return {"timeout": settings.timeout, **({"auth": Bearer(key)} if key else {})}


def _compatible(settings: ChatSettings, values: dict[str, Any]) -> Mapping[str, object]:
    """What an OpenAI-compatible server (vLLM, Ollama, llama.cpp…) needs besides."""
    more: dict[str, object] = {"use_responses_api": False, "stream_usage": False}
    if "api_key" not in values:
        # Else the client would send OPENAI_API_KEY to a host that it was not made for.
        more["api_key"] = _NO_KEY
    if not (urlsplit(settings.url).hostname or "").endswith("openai.com"):
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
