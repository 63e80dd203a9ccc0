"""The chat in a real browser, at the width of a desk and of a phone.

The browser refuses every host but 127.0.0.1, and no test passes if one was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from conftest import HOSTILE, ROOT, Chat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}
FRENCH = "Quand aura lieu la première réunion prévue par la déclaration conjointe ?"
ENGLISH = "At whose request was the communication dated 14 July 2016 distributed?"


@contextmanager
def opened(
    browser: Browser, chat: Chat, size: str = "desk", locale: str = "fr-FR"
) -> Iterator[Page]:
    """The chat's page, ready for a question."""
    width, height = WIDTHS[size]
    outside: list[str] = []
    faults: list[str] = []

    def refuse_outside(route: Route) -> None:
        if route.request.url.startswith((chat.url, "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
    # A busy machine may take long to open the page; what is quick does not wait for it.
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.route("**/*", refuse_outside)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(chat.url)
    page.locator("#question textarea").wait_for()
    page.locator("html[data-view]").wait_for()
    yield page
    context.close()
    assert outside == []
    assert faults == []
    assert chat.attempts.read_text(encoding="utf-8") == ""


def ask(page: Page, question: str) -> Locator:
    """The answer's place in the conversation, once it is there."""
    answered = page.locator(".answer").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    answer = page.locator(".answer").nth(answered)
    answer.wait_for()
    return answer


def in_view(page: Page, element: Locator) -> bool:
    """Whether a reader sees the element: inside the window, under no other."""
    box = element.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    inside = box["y"] >= 0 and box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
    return inside and element.evaluate(
        """element => {
            const box = element.getClientRects()[0];
            const x = box.x + box.width / 2, y = box.y + box.height / 2;
            return element.contains(document.elementFromPoint(x, y));
        }"""
    )


def plain(text: str) -> str:
    return " ".join(text.split())


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("size", WIDTHS)
def test_a_marker_shows_its_paragraph_highlighted_in_its_document(
    browser: Browser, chat: Chat, size: str
) -> None:
    with opened(browser, chat, size) as page:
        assert fits(page)
        for question, fact, source in (
            (FRENCH, "premier trimestre de 2018", "000_dc57ce952d50d149.txt"),
            (ENGLISH, "Japon", "002_f1286081fca64da7.txt"),
        ):
            answer = ask(page, question)
            said = plain(answer.locator(".said").inner_text())
            assert fact in said
            assert fits(page)
            marker = answer.locator("a.marker", has_text="[1]").first
            marker.click()
            reading = page.locator("#reading")
            cited = reading.locator(".cited")
            cited.wait_for()
            assert source in reading.inner_text()
            highlighted = plain(cited.locator("mark").first.inner_text())
            assert highlighted in said, "what is highlighted is what the answer quotes"
            document = (ROOT / "seeds" / source).read_text(encoding="utf-8")
            assert plain(cited.inner_text()) in plain(document)
            assert reading.locator(".paragraph").count() > 3, "it stands among the others"
            page.wait_for_function("document.activeElement.matches('#reading .cited')")
            assert in_view(page, cited.locator("mark").first)
            assert fits(page)
            page.locator("#reading .back").click()
            cited.wait_for(state="detached")
            page.wait_for_function("document.activeElement.matches('a.marker')")
            assert in_view(page, marker)


@pytest.mark.parametrize("size", WIDTHS)
def test_cited_paragraphs_are_shown_beside_the_answer_or_one_touch_away(
    browser: Browser, chat: Chat, size: str
) -> None:
    with opened(browser, chat, size) as page:
        answer = ask(page, FRENCH)
        card = page.locator("#shown .card").first
        if size == "phone":
            assert not card.is_visible()
            answer.locator(".see").click()
        card.wait_for()
        box = card.bounding_box()
        assert box is not None
        assert box["width"] > 330
        assert in_view(page, card.locator("mark").first)
        assert card.locator(".marker").inner_text() == "[1]"
        assert "Déclaration conjointe" in card.locator("h3").inner_text()
        card.locator("blockquote").click()
        page.locator("#reading .cited").wait_for()
        page.go_back()
        card.wait_for()


def test_the_page_speaks_the_readers_language_and_switches_without_losing_the_answer(
    browser: Browser, chat: Chat
) -> None:
    with opened(browser, chat, locale="en-GB") as page:
        box = page.locator("#question textarea")
        assert box.get_attribute("placeholder") == "Question in French or English"
        examples = page.locator("#messages .example").all_inner_texts()
        assert any(re.search("[éàô]", text) for text in examples)
        assert any(text.startswith(("Who", "What", "When")) for text in examples)
        answer = ask(page, FRENCH)
        assert page.locator("#shown h2").inner_text().startswith("Cited paragraphs")
        assert answer.locator(".said").get_attribute("lang") == "fr", "the question's language"
        page.locator("#top [data-language=fr]").click()
        assert page.locator("#shown h2").inner_text().startswith("Paragraphes cités")
        assert box.get_attribute("placeholder") == "Question en français ou en anglais"
        assert box.get_attribute("aria-label") == "Votre question"
        assert answer.is_visible()


def test_an_answer_is_copied_with_its_sources(browser: Browser, chat: Chat) -> None:
    with opened(browser, chat) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        answer = ask(page, FRENCH)
        answer.locator("button.copy").click()
        answer.locator("button.copy.done").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "premier trimestre de 2018" in copied
        assert re.search(r"^\[1\] Déclaration conjointe .*000_dc57ce952d50d149\.txt$", copied, re.M)


def test_keyboard_alone_reaches_a_paragraph_and_returns(browser: Browser, chat: Chat) -> None:
    with opened(browser, chat) as page:
        answer = ask(page, FRENCH)
        answer.locator("a.marker").first.focus()
        page.keyboard.press("Enter")
        page.locator("#reading .cited").wait_for()
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.matches('a.marker')")


def test_an_abstention_offers_near_paragraphs_as_such(browser: Browser, chat: Chat) -> None:
    with opened(browser, chat) as page:
        answer = ask(page, "Quelle est la recette de la tarte aux pommes de ma grand-mère ?")
        assert answer.locator("a.marker").count() == 0
        assert page.locator("#shown h2").inner_text().startswith("Proches, mais ne répondant pas")
        assert page.locator("#shown mark").count() == 0


def test_hostile_documents_and_questions_are_text(browser: Browser, chat: Chat) -> None:
    with opened(browser, chat) as page:
        picture = '<img src="http://evil.example/q.png" onerror="window.hacked = 1">'
        question = (
            f"Combien coûte l'abonnement au parking à vélos ? {picture} ![x](http://evil.example)"
        )
        ask(page, question)
        assert picture in page.locator("#messages .asked").inner_text()
        card = page.locator("#shown .card", has_text="douze euros").first
        assert "![image](http://evil.example/b.png)" in card.inner_text()
        warned = card.locator(".suspect").all_inner_texts()
        assert any("appellerait une autre machine" in text for text in warned)
        card.locator(".open").click()
        page.locator("#reading .cited").wait_for()
        shown = plain(page.locator("#reading").inner_text())
        for line in HOSTILE.read_text(encoding="utf-8").splitlines()[2:]:
            assert plain(line) in shown
        assert page.locator("#workspace :is(img, iframe, script)").count() == 0
        assert page.evaluate("window.hacked") is None


def test_a_conversation_can_be_begun_again(browser: Browser, chat: Chat) -> None:
    with opened(browser, chat) as page:
        page.locator("#messages .example").first.click()
        page.locator(".answer").wait_for()
        page.locator("#top .new").click()
        page.locator("#messages .welcome").wait_for()
        assert page.locator("#shown .contents li").count() == 6
        assert page.locator("#question textarea").input_value() == ""


def test_two_readers_do_not_see_each_other(browser: Browser, chat: Chat) -> None:
    with opened(browser, chat) as one, opened(browser, chat) as other:
        ask(one, FRENCH)
        ask(other, ENGLISH)
        assert one.locator(".asked").all_inner_texts() == [FRENCH]
        assert other.locator(".asked").all_inner_texts() == [ENGLISH]
