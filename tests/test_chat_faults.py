"""What goes wrong with a call becomes a Fault at once, in our own words, and is told to nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import BaseChatModel
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
