"""What the chat writes into the page, without a browser: hostile text stays text."""

from __future__ import annotations

import asyncio
import html
import re
import socket
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from gradio import Blocks
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import EncoderUnavailable, RagError
from rag.questions import LONGEST_QUESTION
from rag.types import Answer, Citation, Delta, Document, Hit, Notice, Paragraph, Statement
from rag.ui.conversation import Turn, messages
from rag.ui.markup import highlighted, inert, prose
from rag.ui.page import answer_turns, failed_turns, stopped_turns
from rag.ui.panel import contents, paragraphs
from rag.ui.reading import reading
from rag.ui.references import Reference
from rag.ui.server import serve

HOSTILE = (
    "<script>alert(1)</script> ![x](http://evil.example/a.png) <img src=//evil.example/b.png> "
    "[lien](javascript:alert(1)) http://evil.example www.evil.example **gras** `code` $$x$$ [1] "
    '{{this}} ${value} <a href="#read/x">faux</a>\n\n# Titre\n\n<iframe src="//evil.example">'
)
# Everything that the chat is meant to write; anything else in its output came from outside.
TAGS = {
    *("div", "section", "article", "header", "nav", "h2", "h3", "p", "ul", "ol", "li", "a"),
    *("blockquote", "button", "span", "mark", "br", "hr", "code"),
}


class Page(HTMLParser):
    """The tags, links and text of a piece of HTML."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "data-href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def paragraph(text: str, *, start: int = 0, id: str = "p", **fields: str) -> Paragraph:
    values = {"title": "Titre", "heading": "1 INTRODUCTION", "label": "1.1"} | fields
    return Paragraph(
        id=id,
        document_id="d",
        source="d.txt",
        language="fr",
        page=None,
        start=start,
        end=start + len(text),
        text=text,
        context="",
        **values,
    )


def answer(statements: Sequence[Statement], citations: Sequence[Citation] = ()) -> Answer:
    return Answer("Q ?", "fr", tuple(statements), tuple(citations), (), False, 0.9)


def replies(turn: Turn) -> tuple[str, str]:
    question, reply = messages([turn])
    return question["content"], reply["content"]


def only_ours(source: str) -> Page:
    page = Page(source)
    assert page.tags <= TAGS
    assert not any(name.startswith("on") for name in page.attributes)
    assert all(link.startswith("#") for link in page.links)
    return page


# --- text -----------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t<>&«»?[]*"))


@given(texts)
@settings(deadline=None)
def test_inert_text_has_no_syntax_and_reads_back_unchanged(text: str) -> None:
    written = inert(text)
    assert html.unescape(written) == text
    assert re.fullmatch(r"(?:&#\d+;|[A-Za-z0-9 ]|[^\x00-\x7f])*", written)


@given(texts)
@settings(deadline=None)
def test_prose_changes_no_character(text: str) -> None:
    assert Page(prose(text)).text == text


@pytest.mark.parametrize("sentence", ["Que faire ?", "dit « oui » ici", "« Un mot »."])
def test_french_punctuation_never_stands_alone(sentence: str) -> None:
    assert not re.search(
        r" (?:&#63;|»)|« ", re.sub(r"<span class=.nb.>.*?</span>", "", prose(sentence))
    )


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4)


@given(st.text("ab <&\n", max_size=30), spans)
@settings(deadline=None)
def test_highlighting_marks_exactly_the_spans(text: str, spans: list[tuple[int, int]]) -> None:
    written = highlighted(text, spans)
    wanted = {i for start, end in spans for i in range(start, min(end, len(text)))}
    marked: set[int] = set()
    position = 0
    for number, piece in enumerate(re.split(r"</?mark>", written)):
        length = len(Page(piece).text)
        if number % 2:
            marked |= set(range(position, position + length))
        position += length
    assert marked == wanted
    assert Page(written).text == text


def test_the_asterisks_of_emphasis_are_kept_out_of_sight() -> None:
    for written in (
        prose("un **mot clé**, 2**3 et **"),
        highlighted("un **mot clé**, 2**3 et **", []),
    ):
        assert written.count('class="stars"') == 2
        assert Page(written).text == "un **mot clé**, 2**3 et **"


def test_characters_without_a_reference_do_not_turn_into_others() -> None:
    assert inert("\0\x80\ud800") == "\N{REPLACEMENT CHARACTER}" * 3


# --- links ----------------------------------------------------------------------------------


@given(st.text(max_size=8), st.text(max_size=8), spans)
@settings(deadline=None)
def test_a_reference_survives_the_address_bar(
    document: str, paragraph: str, spans: list[tuple[int, int]]
) -> None:
    reference = Reference(document.replace("\ud800", ""), paragraph, tuple(spans))
    assert Reference.parse(reference.path) == reference
    assert re.fullmatch(r"#read/[\w.~%/-]*", reference.href, re.ASCII)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_address_is_read_without_an_error(path: str) -> None:
    Reference.parse(path)


# --- conversation ---------------------------------------------------------------------------


def test_hostile_questions_and_documents_are_shown_as_text() -> None:
    cited = paragraph(HOSTILE, title=HOSTILE, heading=HOSTILE, label=HOSTILE)
    quote = Citation(1, cited, 0, len(HOSTILE))
    question, reply = replies(Turn(HOSTILE, answer([Statement(f"« {HOSTILE} »", (1,))], [quote])))
    for source in (question, reply):
        page = only_ours(source)
        assert "![x](http://evil.example/a.png)" in page.text
        assert "\n" not in source, "a blank line would end the HTML block and begin Markdown"
        assert "http:" not in source
        assert "www." not in source


def test_a_marker_links_to_its_quote_and_a_bracketed_number_in_a_quote_does_not() -> None:
    cited = paragraph("Voir la note [1]. Suite.")
    said = Statement("« Voir la note [1]. »", (1, 7))
    _, reply = replies(Turn("Q ?", answer([said], [Citation(1, cited, 0, 17)])))
    assert Page(reply).links.count("#read/d/p/0-17") == 1
    assert len(re.findall('class="marker"', reply)) == 1, "marker 7 has no citation"
    assert Page(reply).text.count("[1]") == 2


def test_bullets_become_a_list_and_the_answer_bears_its_language() -> None:
    lines = [Statement("D’après :", ()), Statement("• « un »", ()), Statement("• « deux »", ())]
    _, reply = replies(Turn("Q ?", answer(lines)))
    assert 'class="said" lang="fr"' in reply
    assert len(re.findall("<li>", reply)) == 2
    assert "•" not in reply


def test_a_question_waits_visibly_and_an_unforeseen_error_ends_the_wait() -> None:
    waiting = (Turn("Un ?", answer([])), Turn("Deux ?"))
    assert 'class="thinking"' in messages(waiting)[-1]["content"]
    _, turns, shown = failed_turns(waiting)
    assert [turn.question for turn in turns] == ["Un ?", "Deux ?"]
    assert 'class="notice"' in shown[-1]["content"]
    assert 'class="thinking"' not in shown[-1]["content"]


class Failing:
    """An assistant that has lost its encoder."""

    async def astream(
        self, question: str, *, turns: Sequence[object]
    ) -> AsyncGenerator[Delta | Answer]:
        raise EncoderUnavailable("the encoder <b>x</b> has gone; install it")
        yield Delta("")


class Writing:
    """An assistant whose answer comes in pieces."""

    def __init__(self, *items: Delta | Answer) -> None:
        self._items = items

    async def astream(
        self, question: str, *, turns: Sequence[object]
    ) -> AsyncGenerator[Delta | Answer]:
        for item in self._items:
            yield item


def updates(assistant: object, question: str) -> list[tuple[object, ...]]:
    async def collected() -> list[tuple[object, ...]]:
        return [update async for update in answer_turns(assistant, question, ())]

    return asyncio.run(collected())


def test_an_error_is_told_in_the_conversation() -> None:
    *_, (_, turns, shown, _) = updates(Failing(), " Pourquoi ? ")
    page = only_ours(shown[-1]["content"])
    assert "the encoder <b>x</b> has gone; install it" in page.text
    assert turns[-1].question == "Pourquoi ?"


def test_a_draft_is_shown_as_such_and_the_checked_answer_takes_its_place() -> None:
    pieces = Delta("Un texte [1]\n"), Delta(HOSTILE), answer([Statement("Vérifié.", ())])
    shown = [update[2][-1]["content"] for update in updates(Writing(*pieces), "Q ?")]
    assert 'class="thinking"' in shown[0]
    assert 'class="draft"' in shown[1]
    assert "pas encore vérifiée" in Page(shown[1]).text
    assert 'class="marker"' not in shown[1]
    assert 'class="draft"' not in shown[-1]
    assert "Un texte" not in shown[-1]
    for source in shown:
        only_ours(source)


def test_a_hostile_draft_is_text() -> None:
    _, reply = replies(Turn("Q ?", draft=HOSTILE))
    assert "![x](http://evil.example/a.png)" in only_ours(reply).text


def test_a_stopped_answer_leaves_nothing_but_a_notice() -> None:
    waiting = (Turn("Un ?", answer([])), Turn("Deux ?", draft="Une moitié de"))
    _, turns, shown = stopped_turns(waiting)
    assert turns[-1] == Turn("Deux ?", notice=turns[-1].notice)
    assert "interrompue" in Page(shown[-1]["content"]).text
    assert "moitié" not in shown[-1]["content"]


def test_sentences_that_nothing_supports_are_marked_in_words() -> None:
    said = [
        Statement("Vrai.", ()),
        Statement("Douteux.", (), flag="unsupported", continues=True),
        Statement("Nu.", (), flag="uncited"),
    ]
    told = replace(answer(said), notices=(Notice("fell-back", "Le modèle <b> se tait."),))
    _, reply = replies(Turn("Q ?", told))
    page = only_ours(reply)
    assert reply.count("<p>") == 3, "two lines and a notice"
    assert reply.count('class="doubtful"') == 2
    assert "non confirmé par le paragraphe cité" in page.text
    assert "sans citation" in page.text
    assert "Le modèle <b> se tait." in page.text


def test_an_overlong_question_is_refused_with_its_length_and_stays_in_the_box() -> None:
    [(box, _, shown, _)] = updates(Failing(), "a" * (LONGEST_QUESTION + 1))
    assert str(LONGEST_QUESTION + 1) in Page(shown[-1]["content"]).text
    assert box != ""


def test_an_empty_question_changes_nothing() -> None:
    [(_, turns, shown, _)] = updates(Failing(), " \n ")
    assert turns == ()
    assert shown == []


# --- panel ----------------------------------------------------------------------------------


def test_a_card_a_paragraph_with_all_its_quotes_and_where_it_stands() -> None:
    first = paragraph("Un. Deux. Trois.", id="p1")
    second = paragraph("Quatre.", id="p2", label="", heading="", lead_in="Sont visés:")
    citations = (Citation(1, first, 0, 3), Citation(2, second, 0, 7), Citation(3, first, 10, 16))
    source = paragraphs(answer([], citations))
    page = only_ours(source)
    assert re.findall("<mark>(.*?)</mark>", source) == ["Un&#46;", "Trois&#46;", "Quatre&#46;"]
    assert page.links.count("#read/d/p1/0-3.10-16") == 2
    assert page.text.count("1 INTRODUCTION") == 1
    assert "Sont visés:" in page.text
    assert 'data-count="2"' in source


def test_the_items_of_a_list_share_a_card_and_what_leads_in_to_them() -> None:
    lead = paragraph("Sont visés:", id="l", label="")
    items = [paragraph(f"point {n};", id=f"i{n}", label="", lead_in="Sont visés:") for n in (1, 2)]
    citations = [Citation(n, one, 0, 3) for n, one in enumerate([lead, *items], 1)]
    with_lead, alone = paragraphs(answer([], citations)), paragraphs(answer([], citations[1:]))
    for source in (with_lead, alone):
        assert source.count('class="card"') == 1
        assert Page(source).text.count("Sont visés:") == 1


def test_an_abstention_shows_near_paragraphs_as_such_and_highlights_nothing() -> None:
    near = tuple(Hit(paragraph(f"Texte {n}.", id=f"p{n}"), 0.2) for n in range(5))
    refused = Answer("Q ?", "en", (Statement("No.", ()),), (), near, True, 0.1)
    source = paragraphs(refused)
    page = only_ours(source)
    assert "Proches, mais ne répondant pas" in page.text
    assert "Nearby, but not an answer" in page.text
    assert "Texte 0." in page.text
    assert page.tags.isdisjoint({"mark"})
    assert 'class="marker"' not in source


def test_a_very_long_paragraph_is_cut_between_words_around_its_quote() -> None:
    text = "mot " * 1000 + "ICI " + "mot " * 1000
    start = text.index("ICI")
    source = paragraphs(answer([], [Citation(1, paragraph(text), start, start + 3)]))
    page = Page(source)
    assert "<mark>ICI</mark>" in source
    assert len(page.text) < 1500
    assert re.search(r"… mot .* mot …", page.text)


def test_the_collection_is_listed_and_its_titles_are_text() -> None:
    documents = {str(n): Document(str(n), HOSTILE, "fr", "", "a.txt") for n in range(60)}
    page = only_ours(contents(documents))
    assert page.text.count("<script>") == 50
    assert "+ 10" in page.text


# --- document -------------------------------------------------------------------------------


def test_a_document_is_shown_whole_with_one_paragraph_pointed_out() -> None:
    text = f"Titre\n\n____\n\n1 INTRODUCTION\n\n1.1.  Premier alinéa.\n\n- Un point.\n\n{HOSTILE}"
    document = Document("d", "Titre", "fr", text, "d.txt")
    found = [
        paragraph(words, start=text.index(words), id=words[:2])
        for words in ("Premier alinéa.", "Un point.", HOSTILE)
    ]
    source = reading(document, found, Reference("d", "Pr", ((0, 7),)))
    page = only_ours(source)
    assert page.text.count("1 INTRODUCTION") == 1
    assert source.count('id="cited"') == 1
    assert "<mark>Premier</mark>" in source
    assert '<span class="label">1&#46;1&#46;</span> <mark>' in source
    assert "<hr>" in source
    assert HOSTILE in page.text
    assert "item" in source[source.index("Un point") - 60 : source.index("Un point")]


# --- server ---------------------------------------------------------------------------------


def test_a_busy_port_is_told_with_the_command_that_chooses_another() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(RagError, match=rf"port {port} .*rag chat --port {port + 1}"):
            serve(Blocks(), "127.0.0.1", port)


def test_an_address_of_another_machine_cannot_be_served() -> None:
    with pytest.raises(RagError, match=r"--host 127\.0\.0\.1"):
        serve(Blocks(), "192.0.2.1", 7860)
