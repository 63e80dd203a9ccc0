"""Which chat model writes the answers, and within what limits: read from the environment, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from rag.errors import InvalidInput

# What becomes of a sentence that its paragraphs do not bear out.
UnsupportedPolicy = Literal["flag", "drop"]
_POLICIES: tuple[UnsupportedPolicy, ...] = ("flag", "drop")
_HIDDEN = "********"


class Secret:
    """A key that no print, log, traceback or record shows; `reveal` is the only way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def hide_in(self, text: str) -> str:
        """The text without the key, for messages of others that may repeat it."""
        return text.replace(self._value, _HIDDEN) if self._value else text

    def __repr__(self) -> str:
        return f"Secret({_HIDDEN})"

    def __str__(self) -> str:
        return _HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> str:
        raise TypeError("a key is not written to disk or sent to another process")


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """`provider` and `model` as LangChain's `init_chat_model` takes them («openai», «gpt-…»).

    `url` is the endpoint ("" for the provider's own); InvalidInput if it holds a user, a password
    or a query, since HTTP clients log addresses. The key is `key`, or the content of `key_file`, or
    what the provider's own package finds in the environment. `temperature` None leaves it to the
    model. `timeout` (seconds) bounds a whole answer, retries included. `window` and `answer_tokens`
    count tokens: what prompt and answer may take together, and the answer.
    """

    provider: str
    model: str
    url: str = ""
    key: Secret | None = None
    key_file: Path | None = None
    temperature: float | None = 0.0
    timeout: float = 60.0
    window: int = 8192
    answer_tokens: int = 800
    unsupported: UnsupportedPolicy = "flag"

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"

    def __post_init__(self) -> None:
        if self.url:
            check_url(self.url, "RAG_LLM_URL")

    def read_key(self) -> Secret | None:
        """The key that was given, if any. Raises InvalidInput if its file cannot be read."""
        if self.key_file is None:
            return self.key
        try:
            text = self.key_file.expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise InvalidInput(
                f"RAG_LLM_KEY_FILE={self.key_file}: cannot be read ({reason})."
            ) from error
        if not text or len(text.split()) > 1:
            raise InvalidInput(f"RAG_LLM_KEY_FILE={self.key_file}: expected one key, on one line.")
        return Secret(text)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> ChatSettings | None:
        """Read RAG_LLM (`provider:model`), RAG_LLM_URL, RAG_LLM_KEY or RAG_LLM_KEY_FILE,
        RAG_LLM_TEMPERATURE (a number, or «default»), RAG_LLM_TIMEOUT (seconds), RAG_LLM_WINDOW and
        RAG_LLM_ANSWER_TOKENS (tokens), RAG_LLM_UNSUPPORTED («flag» or «drop»).

        None without RAG_LLM. Raises InvalidInput, naming the variable.
        """
        named = environ.get("RAG_LLM", "").strip()
        if not named:
            return None
        provider, colon, model = named.partition(":")
        if not (colon and provider.strip() and model.strip()):
            raise InvalidInput(
                f"RAG_LLM={named!r}: expected provider:model, such as openai:gpt-4o-mini, "
                "anthropic:claude-haiku-4-5, mistralai:mistral-small-latest or ollama:llama3.1."
            )
        key, file = environ.get("RAG_LLM_KEY", "").strip(), environ.get("RAG_LLM_KEY_FILE", "")
        if key and file:
            raise InvalidInput("RAG_LLM_KEY and RAG_LLM_KEY_FILE are both set; keep one.")
        timeout = _number(environ, "RAG_LLM_TIMEOUT", 60.0, least=0.1)
        warmth = environ.get("RAG_LLM_TEMPERATURE", "")
        settings = cls(
            provider=provider.strip(),
            model=model.strip(),
            url=environ.get("RAG_LLM_URL", "").strip(),
            key=Secret(key) if key else None,
            key_file=Path(file) if file else None,
            temperature=None
            if warmth == "default"
            else _number(environ, "RAG_LLM_TEMPERATURE", 0.0, least=0.0),
            timeout=timeout,
            window=int(_number(environ, "RAG_LLM_WINDOW", 8192, least=256)),
            answer_tokens=int(_number(environ, "RAG_LLM_ANSWER_TOKENS", 800, least=16)),
            unsupported=_policy(environ.get("RAG_LLM_UNSUPPORTED", "flag")),
        )
        if settings.answer_tokens >= settings.window:
            raise InvalidInput(
                f"RAG_LLM_ANSWER_TOKENS={settings.answer_tokens} leaves nothing of "
                f"RAG_LLM_WINDOW={settings.window} for the question; lower one or raise the other."
            )
        return settings


def check_url(text: str, name: str) -> None:
    """Raises InvalidInput, which says `name` and never the text, if it is no address of an endpoint
    or holds what may be a secret."""
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        valid = None
    if not valid:
        raise InvalidInput(f"{name} is not an address such as http://127.0.0.1:11434/v1.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidInput(
            f"{name} holds a user, a password, a query or a fragment, and HTTP clients log "
            "addresses. Leave it out, and give a key in RAG_LLM_KEY or RAG_LLM_KEY_FILE."
        )


def _policy(text: str) -> UnsupportedPolicy:
    for policy in _POLICIES:
        if text == policy:
            return policy
    raise InvalidInput(f"RAG_LLM_UNSUPPORTED={text!r}: expected one of {', '.join(_POLICIES)}.")


def _number(environ: Mapping[str, str], name: str, default: float, *, least: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    # Also refuses «nan» and «inf».
    if not least <= value <= 1e7:
        raise InvalidInput(f"{name}={text!r}: expected a number from {least:g} up.")
    return value
