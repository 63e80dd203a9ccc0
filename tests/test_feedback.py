"""What readers think of answers: kept, read back, and proposed as lines of a test set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from one_page import DOCUMENT, P

from rag import feedback
from rag.candidates import candidates
from rag.cli import main
from rag.errors import InvalidInput, RagError
from rag.evaluation import load
from rag.evaluation.gold import locate
from rag.types import Answer, Citation, Statement
from rag.ui.conversation import Turn
from rag.ui.judgment import OPTIONS, keep

if TYPE_CHECKING:
    from conftest import Chat
    from playwright.sync_api import Browser

CITED = (Citation(1, P["p0"], 26, 30), Citation(2, P["p1"], 0, len(P["p1"].text)))


def answered(question: str = "Jusqu'à quand ?", *, abstained: bool = False) -> Answer:
    said = Statement("Jusqu'en\u20282019.", () if abstained else (1, 2))
    return Answer(question, "fr", (said,), () if abstained else CITED, (), abstained, 0.9)


def lines(*judged: feedback.Feedback) -> list[dict[str, object]]:
    return [json.loads(line) for line in candidates(judged)]


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "feedback.jsonl"
    first = feedback.judged(answered(), ["Quoi ?"], good=True)
    second = feedback.judged(answered("Où ?", abstained=True), [], good=False, reason="Incomplet")
    feedback.append(path, first)
    feedback.append(path, second)
    assert feedback.read(path) == (first, second)


def test_a_short_quotation_is_kept_with_what_surrounds_it() -> None:
    short, whole = feedback.judged(answered(), [], good=True).cited
    assert "2019" in short.quote
    assert short.quote == P["p0"].text
    assert whole.quote == P["p1"].text


def test_a_good_answer_proposes_its_citations_as_gold_that_an_index_holds(tmp_path: Path) -> None:
    [line] = lines(feedback.judged(answered(), [], good=True))
    assert line["facts"] == []
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(InvalidInput, match='line 1: field "facts"'):
        load(file)
    file.write_text(json.dumps({**line, "facts": [["2019"]]}), encoding="utf-8")
    cases = load(file)
    [gold] = locate(cases, [DOCUMENT], P.values()).values()
    assert gold.groups == (frozenset({"p0", "p1"}),)


def test_what_a_judgment_leaves_open_is_refused_until_a_person_settles_it(tmp_path: Path) -> None:
    for judged in (
        feedback.judged(answered(), [], good=False),
        feedback.judged(answered(abstained=True), [], good=False),
    ):
        [line] = lines(judged)
        assert line["answerable"] is True
        assert line["gold"] == []
        file = tmp_path / "q.jsonl"
        file.write_text(json.dumps(line), encoding="utf-8")
        with pytest.raises(InvalidInput, match='line 1: field "gold"'):
            load(file)


def test_a_refusal_thought_right_is_a_question_without_answer() -> None:
    [line] = lines(feedback.judged(answered(abstained=True), [], good=True))
    assert (line["answerable"], line["kind"]) == (False, "near_miss")


def test_the_last_judgment_of_a_question_counts() -> None:
    found = lines(
        feedback.judged(answered(), [], good=True),
        feedback.judged(answered("Où ?"), [], good=True),
        feedback.judged(answered(), [], good=False, reason="Incomplet"),
        feedback.judged(answered(), ["Quoi ?"], good=True),
    )
    assert [line["question"] for line in found] == ["Où ?", "Jusqu'à quand ?", "Jusqu'à quand ?"]
    assert "bad, Incomplet" in str(found[1]["comment"])
    assert "After: Quoi ?" in str(found[2]["comment"])
    assert len({line["id"] for line in found}) == 3


@pytest.mark.parametrize("opinion", [True, "Like"])
def test_the_answer_that_was_judged_is_the_one_kept(tmp_path: Path, opinion: object) -> None:
    path = tmp_path / "f.jsonl"
    turns = [Turn("Quoi ?", answered("Quoi ?")), Turn("Où ?", answered("Où ?"))]
    keep(path, turns, 3, opinion)
    [kept] = feedback.read(path)
    assert (kept.question, kept.earlier, kept.good) == ("Où ?", ("Quoi ?",), True)


@pytest.mark.parametrize(
    ("index", "opinion"),
    [(9, True), (-1, True), ("0", True), (None, True), (1, "<b>"), (1, None), (1, 3), (3, True)],
)
def test_what_no_button_sends_is_not_kept(tmp_path: Path, index: object, opinion: object) -> None:
    path = tmp_path / "f.jsonl"
    keep(path, [Turn("Quoi ?", answered()), Turn("Où ?", notice="!")], index, opinion)
    assert not path.exists()


def test_each_reason_is_kept_as_a_bad_opinion(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    for option in OPTIONS[1:]:
        keep(path, [Turn("Quoi ?", answered())], [1, 0], option)
    assert [one.good for one in feedback.read(path)] == [False] * (len(OPTIONS) - 1)
    assert [one.reason for one in feedback.read(path)] == ["", *OPTIONS[2:]]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RagError, match="RAG_FEEDBACK"):
        feedback.append(tmp_path / "file" / "f.jsonl", feedback.judged(answered(), [], good=True))


@pytest.mark.parametrize("change", [{"good": 1}, {"cited": [3]}, {"earlier": "x"}, {"question": 1}])
def test_a_malformed_line_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "f.jsonl"
    feedback.append(path, feedback.judged(answered(), [], good=True))
    record = json.loads(path.read_text(encoding="utf-8")) | change
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record))
    with pytest.raises(InvalidInput, match="line 2") as refused:
        feedback.read(path)
    assert next(iter(change)) in str(refused.value)


def test_a_readers_thumb_becomes_a_candidate_line(
    browser: Browser, chat: Chat, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "Combien de membres ont rejoint l'initiative conjointe ?"
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(chat.url)
    page.locator("#question textarea").wait_for()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".answer").wait_for()
    page.get_by_label("J'aime", exact=True).click()
    page.get_by_text("noté sur cette machine").wait_for()
    context.close()
    assert main(["feedback", "export", "--index", str(index)]) == 0
    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line["question"] == question
    assert line["gold"][0][0]["document"].endswith("003_5a8c004ef5bddac6.txt")
