"""What goes wrong with a call becomes a Fault at once, in our own words, and is told to nobody."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import AsyncGenerator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import BaseChatModel
from langchain_core.tracers.context import tracing_v2_enabled
from scripted_model import ScriptedModel
from scripted_steps import KEY, End, Raw, Status, Step

from rag.chat_model import BackgroundLoop, Fault, open_chat_model
from rag.chat_model.call import Ended, call
from rag.chat_model.faults import failure
from rag.chat_model.prompt import Prompt
from rag.chat_settings import ChatSettings, Secret

NO_DATE = "Mon, 01 Jan 99999999999 00:00:00 GMT"
QUESTION = "How much is the mooring fee?"


def settings(scripted: ScriptedModel, part: str) -> ChatSettings:
    return ChatSettings("openai", part, scripted.url, Secret(KEY), timeout=30.0)


def called(model: BaseChatModel, of: ChatSettings) -> list[str | Ended]:
    return list(BackgroundLoop().iterate(lambda: call(model, of, Prompt("Answer.", QUESTION))))


def fault(model: BaseChatModel, of: ChatSettings) -> Fault:
    with pytest.raises(Fault) as raised:
        called(model, of)
    return raised.value


# --- a busy endpoint ------------------------------------------------------------------------


class _Response:
    def __init__(self, retry_after: str) -> None:
        self.status_code = 429
        self.headers = {"retry-after": retry_after}


class _Limited(Exception):
    def __init__(self, retry_after: str) -> None:
        self.response = _Response(retry_after)


@given(st.text() | st.from_regex(r"\w{3}, \d+ Jan \d+ \d+:\d+:\d+ ([A-Z]{3}|[+-]\d+)"))
def test_a_date_that_cannot_be_read_is_no_date(said: str) -> None:
    failed = failure(_Limited(said))
    assert failed.kind == "busy"
    assert failed.wait is None or failed.wait >= 0


def test_a_busy_endpoint_that_says_no_real_date_is_busy(scripted: ScriptedModel) -> None:
    name = scripted.say("until-never", Status(429, {"Retry-After": NO_DATE}))
    of = settings(scripted, name)
    assert fault(open_chat_model(of), of).kind == "busy"
    assert failure(_Limited(NO_DATE)).wait is None


class _Surprising(Exception):
    """An error whose attributes cannot be read: what classifies it fails, too."""

    @property
    def status_code(self) -> int:
        raise RuntimeError(KEY)


class _Broken:
    async def astream(self, _: object) -> AsyncGenerator[object]:
        raise _Surprising(KEY)
        yield


def test_an_error_that_nobody_expected_ends_the_call_and_is_logged_without_its_text(
    scripted: ScriptedModel, caplog: pytest.LogCaptureFixture
) -> None:
    of = settings(scripted, "unused")
    raised = fault(cast("BaseChatModel", _Broken()), of)
    assert (raised.kind, raised.cause) == ("malformed", "RuntimeError")
    assert "test_chat_faults.py" in caplog.text, "where it was raised"
    assert KEY not in caplog.text


# --- what an endpoint says ------------------------------------------------------------------


@pytest.mark.parametrize(
    "steps",
    [
        (End(KEY),),
        ("Some text.", End(KEY)),
        (Status(401, body=json.dumps({"error": {"message": KEY, "type": KEY, "code": KEY}})),),
        (Raw(f'data: {{"error": {{"message": "{KEY}"}}}}\n\n'.encode()), End(None)),
        ("Some text.", Raw(f"data: {KEY}\n\n".encode()), End(None)),
    ],
)
def test_the_words_of_an_endpoint_reach_no_log_and_no_fault(
    steps: tuple[Step, ...], scripted: ScriptedModel, caplog: pytest.LogCaptureFixture
) -> None:
    of = settings(scripted, scripted.say("talkative", *steps))
    model = open_chat_model(of)
    with caplog.at_level(logging.INFO):
        raised = fault(model, of)
    assert raised.kind in ("malformed", "rejected", "interrupted")
    assert KEY not in f"{raised} {raised.cause} {caplog.text}"


# --- tracing --------------------------------------------------------------------------------


class _Tracer(BaseHTTPRequestHandler):
    """Takes what would be sent to LangSmith."""

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._taken()

    def do_POST(self) -> None:
        self._taken()

    def _taken(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        cast("_TracerServer", self.server).paths.append(self.path)
        self.send_response(202)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


class _TracerServer(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tracer)
        self.paths: list[str] = []


@pytest.fixture
def tracer(monkeypatch: pytest.MonkeyPatch) -> Iterator[_TracerServer]:
    """A LangSmith that the environment names, and that it asks to trace to."""
    from langsmith import run_trees
    from langsmith.utils import get_env_var

    monkeypatch.setattr(run_trees, "_CLIENT", None)
    server = _TracerServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGCHAIN_TRACING_V2", "true")
    for start in ("LANGSMITH", "LANGCHAIN"):
        monkeypatch.setenv(f"{start}_API_KEY", "ls-test")
        monkeypatch.setenv(f"{start}_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
    # It remembers what it has read.
    get_env_var.cache_clear()
    yield server
    get_env_var.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_call_is_traced_to_nobody(scripted: ScriptedModel, tracer: _TracerServer) -> None:
    of = settings(scripted, scripted.say("traced", "Some text.", End()))
    model = open_chat_model(of)
    assert called(model, of)[0] == "Some text."
    with tracing_v2_enabled():
        assert called(model, of)[0] == "Some text."
    # The same model, called by LangChain itself, is traced: the tracer above does listen.
    assert _told(tracer) == []
    assert list(model.stream(QUESTION))
    assert _told(tracer) != []


def _told(tracer: _TracerServer) -> list[str]:
    """What has been sent of runs, once all that was to be sent is."""
    from langchain_core.tracers.langchain import wait_for_all_tracers

    wait_for_all_tracers()
    return [path for path in tracer.paths if "runs" in path]
