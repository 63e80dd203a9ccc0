"""Answers of a chat model in a real browser: as they are written, flagged, stopped, replaced."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from conftest import Chat, serving
from harbour import QUESTIONS, indexed
from scripted_model import ScriptedModel, served
from scripted_parts import PARTS, malicious
from scripted_steps import End, Prompt, Step, Wait
from test_browser import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with served() as scripted:
        yield scripted


@pytest.fixture(scope="module")
def chat(model: ScriptedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    index = indexed(tmp_path_factory.mktemp("harbour"))
    with ExitStack() as stack:
        served_chat = serving(
            index.path,
            tmp_path_factory.mktemp("chat"),
            RAG_LLM="openai:page",
            RAG_LLM_URL=model.url,
            RAG_LLM_TIMEOUT="60",
        )
        yield stack.enter_context(served_chat)


def submit(page: object, question: str) -> None:
    page.locator("#question textarea").fill(question)  # type: ignore[attr-defined]
    page.keyboard.press("Enter")  # type: ignore[attr-defined]


def test_an_answer_is_shown_as_it_is_written_and_then_checked(
    browser: Browser, chat: Chat, model: ScriptedModel
) -> None:
    """The model waits, in the middle of its answer, for a reader to have seen the beginning."""
    seen = threading.Event()

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        one = prompt.own[0]
        yield f"{one.first} [{one.marker}]."
        assert seen.wait(60)
        yield " Tout le monde le sait depuis longtemps."
        yield End()

    model.said["page"] = part
    with opened(browser, chat) as page:
        submit(page, QUESTIONS["fr"])
        draft = page.locator(".draft", has_text="500 euros")
        draft.wait_for()
        assert "pas encore vérifiée" in page.locator(".thinking").inner_text()
        assert page.locator(".draft a.marker").count() == 0
        seen.set()
        answer = page.locator(".answer")
        answer.wait_for()
        assert draft.count() == 0
        assert answer.locator("a.marker").count() == 1
        assert answer.locator(".doubtful").count() == 1
        assert "sans citation" in answer.locator(".flag").inner_text()
        answer.locator("a.marker").click()
        page.locator("#reading .cited").wait_for()


def test_stop_works_at_once_and_the_next_question_is_answered(
    browser: Browser, chat: Chat, model: ScriptedModel
) -> None:
    name = model.say("page", "Un brouillon qui ne sera pas fini", Wait(60))
    before = len(model.attempts(name))
    with opened(browser, chat) as page:
        submit(page, QUESTIONS["fr"])
        page.locator(".draft", has_text="brouillon").wait_for()
        page.locator("#question .stop-button").click()
        notice = page.locator(".notice")
        notice.wait_for()
        assert "interrompue" in notice.inner_text()
        assert "brouillon" not in page.locator("#messages").inner_text()
        for _ in range(300):
            if model.attempts(name)[before].gone:
                break
            page.wait_for_timeout(50)
        assert model.attempts(name)[before].gone, "the model was told to stop"
        model.said["page"] = PARTS["good"]
        page.locator("#question .submit-button").wait_for()
        submit(page, QUESTIONS["fr"])
        page.locator(".answer", has_text="500 euros").wait_for()


def test_a_fault_and_an_attack_are_told_and_nothing_calls_out(
    browser: Browser, chat: Chat, model: ScriptedModel
) -> None:
    with opened(browser, chat) as page:
        model.said["page"] = PARTS["half-stream"]
        submit(page, QUESTIONS["fr"])
        told = page.locator(".answer .told")
        told.wait_for()
        assert "s’est interrompue" in told.inner_text()
        assert page.locator(".answer a.marker").count() >= 1
        model.said["page"] = malicious
        submit(page, QUESTIONS["en"])
        attacked = page.locator(".answer").nth(1)
        attacked.wait_for()
        assert "evil.example" not in attacked.inner_text()
        assert page.locator("#workspace :is(img, iframe, script)").count() == 0
