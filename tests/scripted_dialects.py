"""The protocols in which a scripted model speaks: one answer, as each provider would send it.

Written from the protocols' public descriptions, not recorded from the providers.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from scripted_steps import Prompt


class Dialect(ABC):
    """`root` ends the address that is configured, `path` is what is asked of the server."""

    provider: ClassVar[str]
    root: ClassVar[str] = ""
    path: ClassVar[str]
    content_type: ClassVar[str] = "text/event-stream"
    # How it calls the reasons of `scripted_steps.End`, where it has a name of its own.
    reasons: ClassVar[Mapping[str, str]] = {}

    def key(self, headers: Mapping[str, str]) -> str:
        """The header that holds the key."""
        return headers.get("Authorization", "")

    def prompt(self, body: Mapping[str, Any]) -> Prompt:
        said = {message["role"]: message["content"] for message in body["messages"]}
        return Prompt(said.get("system", ""), said["user"])

    def limits(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's tokens and the temperature that were asked for, by our names for them."""
        return {"answer": body.get("max_tokens"), "temperature": body.get("temperature")}

    def begin(self) -> bytes:
        return b""

    @abstractmethod
    def text(self, text: str) -> bytes:
        """A piece of the answer."""

    @abstractmethod
    def end(self, reason: str | None) -> bytes:
        """The end of the stream; None where it does not say why."""

    @abstractmethod
    def fault(self, message: str) -> bytes:
        """An error in the middle of the stream."""

    @abstractmethod
    def refusal(self, message: str) -> str:
        """The body of an HTTP error."""

    def named(self, reason: str) -> str:
        return self.reasons.get(reason, reason)


class OpenAI(Dialect):
    provider = "openai"
    root = "/v1"
    path = "/v1/chat/completions"

    def text(self, text: str) -> bytes:
        return self._event({"content": text}, None)

    def end(self, reason: str | None) -> bytes:
        said = b"" if reason is None else self._event({}, self.named(reason))
        return said + b"data: [DONE]\n\n"

    def fault(self, message: str) -> bytes:
        return _data({"error": {"message": message, "type": "server_error"}})

    def refusal(self, message: str) -> str:
        return json.dumps({"error": {"message": message, "type": "scripted"}})

    def _event(self, delta: dict[str, str], reason: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        record = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
        return _data({**record, "choices": [choice]})


class Mistral(OpenAI):
    """OpenAI's chunks; the first names the role, the last counts tokens, errors are flat."""

    provider = "mistralai"

    def begin(self) -> bytes:
        return self._event({"role": "assistant", "content": ""}, None)

    def end(self, reason: str | None) -> bytes:
        if reason is None:
            return b"data: [DONE]\n\n"
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": self.named(reason)}
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        record = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
        return _data({**record, "choices": [choice], "usage": usage}) + b"data: [DONE]\n\n"

    def fault(self, message: str) -> bytes:
        return _data({"object": "error", "message": message, "type": "internal", "code": 3000})

    def refusal(self, message: str) -> str:
        return json.dumps({"message": message, "request_id": "1"})


class Anthropic(Dialect):
    """Named events: `message_start`, one block of text, `message_delta`, `message_stop`."""

    provider = "anthropic"
    path = "/v1/messages"
    reasons: ClassVar[Mapping[str, str]] = {
        "stop": "end_turn",
        "length": "max_tokens",
        "content_filter": "refusal",
    }

    def key(self, headers: Mapping[str, str]) -> str:
        """The one or the other, as its package's version does it."""
        return headers.get("X-Api-Key") or headers.get("Authorization", "")

    def prompt(self, body: Mapping[str, Any]) -> Prompt:
        [message] = body["messages"]
        return Prompt(_flat(body["system"]), _flat(message["content"]))

    def begin(self) -> bytes:
        usage = {"input_tokens": 9, "output_tokens": 1}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "scripted"}
        message |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
        block = {"type": "text", "text": ""}
        return b"".join(
            (
                _named("message_start", message=message),
                _named("content_block_start", index=0, content_block=block),
                _named("ping"),
            )
        )

    def text(self, text: str) -> bytes:
        return _named("content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    def end(self, reason: str | None) -> bytes:
        stopped = _named("content_block_stop", index=0)
        if reason is None:
            return stopped
        delta = {"stop_reason": self.named(reason), "stop_sequence": None}
        usage = {"output_tokens": 9}
        return stopped + _named("message_delta", delta=delta, usage=usage) + _named("message_stop")

    def fault(self, message: str) -> bytes:
        return _named("error", error={"type": "overloaded_error", "message": message})

    def refusal(self, message: str) -> str:
        error = {"type": "scripted_error", "message": message}
        return json.dumps({"type": "error", "error": error})


class Ollama(Dialect):
    """A JSON object a line; the last one is `done` and counts."""

    provider = "ollama"
    path = "/api/chat"
    content_type = "application/x-ndjson"

    def limits(self, body: Mapping[str, Any]) -> dict[str, Any]:
        options = body["options"]
        return {"answer": options.get("num_predict"), "temperature": options.get("temperature")}

    def text(self, text: str) -> bytes:
        return self._line(text, done=False)

    def end(self, reason: str | None) -> bytes:
        if reason is None:
            return b""
        counts = {"total_duration": 9, "prompt_eval_count": 9, "eval_count": 9}
        return self._line("", done=True, done_reason=self.named(reason), **counts)

    def fault(self, message: str) -> bytes:
        return json.dumps({"error": message}).encode() + b"\n"

    def refusal(self, message: str) -> str:
        return json.dumps({"error": message})

    def _line(self, text: str, **values: object) -> bytes:
        record = {"model": "scripted", "created_at": "2026-01-01T00:00:00Z"}
        message = {"role": "assistant", "content": text}
        return json.dumps({**record, "message": message, **values}).encode() + b"\n"


DIALECTS: tuple[Dialect, ...] = (OpenAI(), Anthropic(), Mistral(), Ollama())


def _data(record: Mapping[str, object]) -> bytes:
    return f"data: {json.dumps(record)}\n\n".encode()


def _named(event: str, **values: object) -> bytes:
    return f"event: {event}\n".encode() + _data({"type": event, **values})


def _flat(content: str | list[dict[str, str]]) -> str:
    """Text, which Anthropic also takes in blocks."""
    return content if isinstance(content, str) else "".join(block["text"] for block in content)
