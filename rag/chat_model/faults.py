"""What can go wrong with a call, whoever provides the model, and whether a retry may help."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Literal

FaultKind = Literal[
    "timeout",  # nothing, or not all, within the time-out
    "unreachable",  # no connection, or it broke before the first word
    "busy",  # rate limit or overload, also after the retries
    "rejected",  # the endpoint refuses the request: key, model name, quota
    "declined",  # the model or its provider's filter will not answer
    "interrupted",  # the answer stopped in its middle
    "malformed",  # what came is no answer: no text, no marker
    "language",  # an answer in another language than the question's
    "window",  # not even the best sentence fits the model's window
]

_BUSY = frozenset((408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529))
# Anthropic's errors within a stream, which began with status 200: the status that each has else.
_STATUS_IN_STREAM = {"rate_limit_error": 429, "api_error": 500, "overloaded_error": 529}


class Fault(Exception):
    """A call that gave no answer. It never leaves the package: the assistant answers otherwise.

    `cause` names the provider's error for the log, without its text, which may hold anything.
    """

    def __init__(self, kind: FaultKind, cause: str = "") -> None:
        super().__init__(f"{kind} ({cause})" if cause else kind)
        self.kind = kind
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call failed; `retry` whether it may succeed when tried again, after `wait` seconds if
    the endpoint says how long."""

    kind: FaultKind
    cause: str
    retry: bool
    wait: float | None = None


def failure(error: BaseException) -> Failure:
    """Classify what a provider's package raised, by its HTTP status or its kind."""
    cause = type(error).__name__
    status = _status(error)
    if status is not None:
        if status in _BUSY:
            return Failure("busy", f"{cause} {status}", retry=True, wait=_retry_after(error))
        return Failure("rejected", f"{cause} {status}", retry=False)
    names = {kind.__name__.casefold() for kind in type(error).__mro__}
    if any("timeout" in name for name in names):
        return Failure("timeout", cause, retry=False)
    connecting = ("connecterror", "connectionerror", "apiconnectionerror", "protocolerror")
    if isinstance(error, OSError) or any(name.endswith(connecting) for name in names):
        return Failure("unreachable", cause, retry=True)
    if isinstance(error, EOFError) or any(
        name.endswith(("readerror", "httperror")) for name in names
    ):
        return Failure("unreachable", cause, retry=True)
    return Failure("malformed", cause, retry=False)


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        # Ollama's package says -1 where there was none.
        if isinstance(status, int) and status >= 400:
            return status
    body = getattr(error, "body", None)
    told = body.get("error") if isinstance(body, dict) else None
    return _STATUS_IN_STREAM.get(str(told.get("type"))) if isinstance(told, dict) else None


def _retry_after(error: BaseException) -> float | None:
    """Seconds, from the header of the same name (a number or a date); None if it is neither."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if headers is not None else None
    if not isinstance(value, str):
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except (ValueError, OverflowError):
        return None
