"""Sentences with their own markers, and quotations that come from the store."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.chat_model.quotations import from_store
from rag.chat_model.reader import Marks, Piece, Reader
from rag.chat_model.sentences import sentences
from rag.chat_model.shown import Shown
from rag.types import Paragraph

KNOWN = {"k3f9x2": "a", "m4p7q8": "b"}


def read(text: str) -> list[Piece]:
    reader = Reader(KNOWN)
    return [*reader.feed(text), *reader.close()]


def found(text: str) -> list[tuple[str, str]]:
    """Each sentence with its markers' letters."""
    return [
        (one.text, "".join(KNOWN[marker] for marker in one.markers))
        for one in sentences(read(text), "fr")
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Un texte dit cela [k3f9x2].", [("Un texte dit cela.", "a")]),
        ("Un texte dit cela. [k3f9x2]", [("Un texte dit cela.", "a")]),
        (
            "Le port est fermé [k3f9x2]. Il ouvre le lundi. [m4p7q8] Il pleut souvent.",
            [("Le port est fermé.", "a"), ("Il ouvre le lundi.", "b"), ("Il pleut souvent.", "")],
        ),
        (
            "Le port est fermé [k3f9x2]. il ouvre le lundi [m4p7q8].",
            [("Le port est fermé.", "a"), ("il ouvre le lundi.", "b")],
        ),
        (
            "Selon l'art. 3 [k3f9x2], le port est fermé [m4p7q8].",
            [("Selon l'art. 3, le port est fermé.", "ab")],
        ),
        ("Oui. Le port est fermé [k3f9x2].", [("Oui. Le port est fermé.", "a")]),
        ("- un port [k3f9x2]\n- une halle [m4p7q8]", [("• un port", "a"), ("• une halle", "b")]),
        ("[k3f9x2] Le port est fermé.", [("Le port est fermé.", "a")]),
        ("[k3f9x2]", []),
        ("…\n\n.", []),
        ("Une phrase fausse [3].", [("Une phrase fausse.", "")]),
    ],
)
def test_each_sentence_keeps_the_markers_that_follow_it(
    written: str, expected: list[tuple[str, str]]
) -> None:
    assert found(written) == expected


def test_sentences_of_one_line_continue_it() -> None:
    read_back = sentences(read("Un port ferme [k3f9x2]. Il ouvre lundi.\nUne halle ouvre."), "fr")
    assert [one.continues for one in read_back] == [False, True, False]


pieces = st.lists(
    st.text("abé A.!? \n•-«»", max_size=30)
    | st.lists(st.sampled_from(list(KNOWN)), min_size=1, max_size=2).map(lambda m: Marks(tuple(m))),
    max_size=12,
)


@given(pieces)
@example([Marks(("k3f9x2",)), "•A", "??"])
@settings(deadline=None)
def test_no_word_is_lost_and_no_marker_invented(given_pieces: list[Piece]) -> None:
    read_back = sentences(given_pieces, "fr")
    text = "".join(piece for piece in given_pieces if isinstance(piece, str))
    letters = [c for c in text if c.isalnum()]
    assert [c for one in read_back for c in one.text if c.isalnum()] == letters
    given_markers = {m for piece in given_pieces if isinstance(piece, Marks) for m in piece.markers}
    assert {m for one in read_back for m in one.markers} <= given_markers
    assert all(any(map(str.isalnum, one.text)) for one in read_back)


# --- quotations -----------------------------------------------------------------------------

TEXT = "Les bateaux étrangers paient\n500 euros par an. L’accès est libre aux pêcheurs."


def shown(text: str = TEXT, context: str = "Le port de Corval") -> Shown:
    one = Paragraph("p", "d", "d.txt", "T", "fr", "", "", None, 0, len(text), text, context)
    return Shown("k3f9x2", 1, one, 0, len(text))


@pytest.mark.parametrize(
    "quoted",
    [
        "« Les bateaux étrangers paient 500 euros par an »",
        "“les bateaux étrangers paient 500 euros par an.”",
        '"LES BATEAUX ÉTRANGERS PAIENT  500 EUROS par an"',
        "‘Les bateaux étrangers paient 500 euros par an’",
        "'Les bateaux étrangers paient 500 euros par an'",
        "„Les bateaux étrangers paient 500 euros par an“",
        "''Les bateaux étrangers paient 500 euros par an''",
    ],
)
def test_a_passage_is_replaced_by_the_words_of_the_store(quoted: str) -> None:
    found = from_store(f"Il est dit : {quoted}.", [shown()])
    assert "Les bateaux étrangers paient 500 euros par an" in found.text
    assert "[[1:0-" in found.draft
    assert found.passages == {1}
    assert not found.false


def test_typographic_variants_are_the_same_character() -> None:
    assert from_store("« l'accès est libre aux pêcheurs »", [shown()]).passages == {1}
    assert from_store("‘l’accès est libre aux pêcheurs’", [shown()]).passages == {1}
    text = "The Harbour Oﬃce, Weißer Weg 3, opens at seven in the morning."
    for said in (
        "The Harbour Oﬃce, Weißer Weg 3, opens",
        "the harbour office, WEISSER weg 3, opens",
    ):
        found = from_store(f"Look: “{said}”.", [shown(text)])
        assert found.text == "Look: “The Harbour Oﬃce, Weißer Weg 3, opens”."
        assert found.draft == "Look: “[[1:0-37]]”."


def test_a_passage_with_a_gap_is_two_spans() -> None:
    found = from_store("« Les bateaux étrangers […] L'accès est libre »", [shown()])
    assert found.draft.count("[[1:") == 2
    assert " […] " in found.draft


def test_the_parts_of_a_passage_with_gaps_stand_in_order_in_one_paragraph() -> None:
    text = "The harbour opens at seven on Mondays. On Sundays the harbour opens at nine."
    one, other = shown(text), replace(shown("The market opens at eight every day."), number=2)
    held = from_store("“On Sundays … the harbour … opens at nine”", [other, one])
    assert held.draft == "“[[1:39-49]] […] [[1:50-61]] […] [[1:62-75]]”"
    for quoted in ("On Sundays … the harbour … opens at seven", "The harbour … eight every day"):
        found = from_store(f"“{quoted}”", [one, other])
        assert found.false
        assert found.text == quoted


@pytest.mark.parametrize(
    "quoted",
    [
        "« Les bateaux étrangers paient 600 euros par an »",
        "« Les bateaux paient 500 euros par an »",
        "« eaux étrangers paient 500 euros »",
        "« Les bateaux étrangers […] sont interdits de pêche »",
        "‘Les bateaux étrangers paient 600 euros par an’",
        "‘L’accès n’est pas libre aux pêcheurs’",
        "'Les bateaux étrangers paient 600 euros par an'",
        "„Les bateaux étrangers paient 600 euros par an“",
        "„Les bateaux étrangers paient 600 euros par an”",
        "''Les bateaux étrangers paient 600 euros par an''",
        "« Les bateaux étrangers paient 600 euros par an”",
        "« Les bateaux étrangers paient 600 euros par an",
        "“Les bateaux étrangers paient 600 euros par an",
        "‘Les bateaux étrangers paient 600 euros par an",
        '"Les bateaux étrangers paient 600 euros par an',
        "Les bateaux étrangers paient 600 euros par an »",
        'Les bateaux étrangers paient 600 euros par an"',
    ],
)
def test_what_no_cited_paragraph_holds_is_no_quotation(quoted: str) -> None:
    found = from_store(f"Il est dit : {quoted}.", [shown()])
    assert found.false
    assert not re.search(r"[«»“”„‘\"]|''|['’](?!\w)|(?<!\w)'", found.text), found.text
    assert found.passages == frozenset()
    assert from_store(quoted, []).false


def test_a_term_a_title_and_an_empty_text_are_no_false_quotations() -> None:
    for quoted in ("« libre »", "« Le port de Corval »", "«  »", "« inconnu »"):
        assert not from_store(f"Le mot {quoted}.", [shown()]).false
    assert "« Le port de Corval »" in from_store("Voir « Le port de Corval ».", [shown()]).text
    assert "«" not in from_store("Le mot « inconnu ».", [shown()]).text


def test_an_unpaired_mark_goes_and_what_it_opens_is_false_only_where_the_store_lacks_it() -> None:
    found = from_store("Il est dit : « les bateaux étrangers paient 500 euros.", [shown()])
    assert found.text == "Il est dit : les bateaux étrangers paient 500 euros."
    assert not found.false
    assert not from_store("Le mot “libre.", [shown()]).false


@pytest.mark.parametrize(
    "text",
    [
        "L’accès est libre, et l'on n'y paie rien aujourd’hui.",
        "The boats' owners don't pay, and the fishermen’s families don’t either.",
        'Un tuyau de 5" relie la halle au quai des pêcheurs.',
    ],
)
def test_apostrophes_and_inches_are_no_quotation_marks(text: str) -> None:
    found = from_store(text, [shown()])
    assert found.text == text
    assert not found.false


@example("[“[”")
@given(st.text("abé «»“”„‘’'\"[]1:-0 .", max_size=40))
@settings(deadline=None)
def test_a_draft_holds_no_markers_but_ours(text: str) -> None:
    assert "[[" not in from_store(text, [shown("autre chose")]).draft
