"""The report's page: what it shows, in a real browser too, and that hostile text stays text."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_page import DOCUMENT, P, Reciter, line

from rag.evaluation import evaluate, load, run_eval
from rag.evaluation.page import render
from rag.evaluation.page.examined import pieces
from rag.evaluation.provenance import provenance

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = (
    "</script><script>window.hacked = 1</script><img src=http://evil.example/x onerror=hack()> "
    '"\' onclick="hack()" {{ 7 * 7 }} {% raw %} javascript:hack() \u202e\x1b[2J &lt;b&gt;'
)
ANSWERS = {
    "Jusqu'à quand ?": ("D'après la note, le moratoire court jusqu'en 2019.", ("p0",)),
    "Combien de fois ?": ("D'après la note, à Bali.", ("p2",)),
}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A page with a right answer, a wrong one, and a right refusal in English."""
    refused = {**json.loads(line("3", "Who chairs it?", [], [])), "language": "en"}
    lines = [
        line("1", "Jusqu'à quand ?", [["jusqu'en 2019"]], [["2019"]]),
        line("2", "Combien de fois ?", [["6 réunions"]], [["6 réunions", "six meetings"]]),
        json.dumps(refused),
    ]
    testset = tmp_path / "questions.jsonl"
    testset.write_text("\n".join(lines), encoding="utf-8")
    run_eval(Reciter(ANSWERS, {"d": DOCUMENT}), testset, out=tmp_path / "out")
    [page] = (tmp_path / "out").glob("*.html")
    return page


class Parsed(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_page(tmp_path: Path, text: str) -> str:
    """A page in which whatever comes from outside is this text."""
    paragraph = replace(P["p0"], title=text, heading=text, label=text, source=text, text=text)
    record = json.loads(line("1", f"Quand ? {text}", [["jusqu'en 2019"]], [[text or "x"]]))
    record |= {"id": f"1{text}", "kind": "injection", "turns": [{"question": f"Q {text}"}]}
    testset = tmp_path / "questions.jsonl"
    testset.write_text(json.dumps(record), encoding="utf-8")
    table = {record["question"]: (f"Dit : {text}", ("p0",))}
    reciter = Reciter(table, {"d": DOCUMENT}, page={"p0": paragraph})
    result = evaluate(reciter, load(testset))
    source = provenance(text, testset, "0" * 64, {text: text})
    return render(result, source, reciter.paragraphs)


def test_whatever_comes_from_outside_stays_text(tmp_path: Path) -> None:
    source = hostile_page(tmp_path, HOSTILE)
    parsed = Parsed(source)
    # The page has one script, its own, and loads nothing.
    assert [tag for tag, _ in parsed.tags].count("script") == 1
    assert not {"img", "iframe", "link", "object", "embed"} & {tag for tag, _ in parsed.tags}
    for _, attributes in parsed.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "#")[:1] == "#"
    assert "{{ 7 * 7 }} {% raw %}" in parsed.text
    assert "‹U+202E›‹U+001B›" in parsed.text
    assert "\u202e" not in source
    assert "\x1b" not in source


@pytest.mark.parametrize("text", ["", "\x00", "&amp;", "<!--", "]]>", "‘’«»", "𝕏\u2028x"])
def test_odd_texts_leave_a_whole_page(tmp_path: Path, text: str) -> None:
    parsed = Parsed(hostile_page(tmp_path, text))
    assert "Gold, not cited" not in parsed.text
    assert "What went wrong" in html.unescape(parsed.text)


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 35), st.integers(0, 35)).map(sorted).map(tuple), max_size=4),
)
def test_pieces_are_the_text_with_what_the_spans_cover_quoted(
    text: str, spans: list[tuple[int, int]]
) -> None:
    cut = pieces(text, spans)
    assert "".join(piece.text for piece in cut) == text
    quoted = "".join(piece.text for piece in cut if piece.quoted)
    covered = [c for i, c in enumerate(text) if any(s <= i < e for s, e in spans)]
    assert quoted == "".join(covered)


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """The page as a file, with no network and no error on it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    faults: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(report.as_uri())
    yield opened
    context.close()
    assert faults == []
    assert asked == [report.as_uri()]


def test_the_filters_leave_what_is_asked_for(page: Page) -> None:
    shown = page.locator("details.question:visible")
    assert shown.count() == 3
    page.select_option("[name=verdict]", "wrong")
    assert page.locator("#left").inner_text() == "1 of 3 questions"
    assert shown.locator(".asked").inner_text() == "Combien de fois ?"
    page.locator("button[type=reset]").click()
    page.wait_for_function("document.getElementById('left').textContent.startsWith('3 of')")
    page.select_option("[name=language]", "en")
    assert shown.locator(".asked").inner_text() == "Who chairs it?"
    page.select_option("[name=language]", "")
    page.locator("[name=text]").fill("MORATOIRE 2019")
    assert shown.locator(".asked").all_inner_texts() == ["Jusqu'à quand ?"]


def test_a_question_shows_its_answer_its_citations_and_what_went_wrong(page: Page) -> None:
    wrong = page.locator("details.question.wrong")
    wrong.locator("summary").click()
    text = wrong.inner_text()
    for said in (
        "D'après la note, à Bali.",
        "No gold paragraph is cited.",
        "missing: 6 réunions / six meetings",
        "Gold, not cited",
        "Le groupe a tenu 6 réunions.",
    ):
        assert said in text
    assert wrong.locator("mark").inner_text() == "Bali, 2013"
    wrong.locator("a.marker").click()
    assert page.locator(".paragraph:target mark").inner_text() == "Bali, 2013"


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_fits_its_window_with_all_open(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("#open").click()
    assert page.locator("details.question[open]").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg").count() == 3
    assert page.locator("svg").first.bounding_box()["width"] > 250


def test_in_print_every_answer_is_open_and_no_control_is_left(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.question[open]").count() == 3
    assert not page.locator(".filters").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.question[open]").count() == 0


def test_hostile_text_runs_nothing_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(hostile_page(tmp_path, HOSTILE), encoding="utf-8")
    opened = browser.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(file.as_uri())
    opened.locator("#open").click()
    assert opened.evaluate("window.hacked") is None
    assert asked == [file.as_uri()]
    assert re.search(r"1 of 1 questions", opened.locator("#left").inner_text())
    opened.close()
