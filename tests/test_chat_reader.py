"""What a model writes is read as text and citations, however it comes and whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.chat_model.live import Live
from rag.chat_model.reader import Marks, Piece, Reader

KNOWN = ("k3f9x2", "m4p7q8")
ALLOWED = "Voir https://www.wto.org/fr/texte.htm et www.wto.org."


def read(text: str, cuts: Sequence[int] = (), known: Sequence[str] = KNOWN) -> str:
    """The text with its citations in braces; fed in pieces that end at the cuts."""
    reader = Reader(known, ALLOWED)
    pieces: list[Piece] = []
    position = 0
    for cut in [*sorted(cuts), len(text)]:
        pieces += reader.feed(text[position:cut])
        position = max(position, cut)
    pieces += reader.close()
    return "".join(f"{{{','.join(p.markers)}}}" if isinstance(p, Marks) else p for p in pieces)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Vrai [k3f9x2].", "Vrai {k3f9x2}."),
        ("Vrai [k3f9x2][m4p7q8].", "Vrai {k3f9x2}{m4p7q8}."),
        ("Vrai [k3f9x2, m4p7q8].", "Vrai {k3f9x2,m4p7q8}."),
        ("Vrai [k3f9x2 et m4p7q8].", "Vrai {k3f9x2,m4p7q8}."),
        ("Vrai [K3F9X2].", "Vrai {k3f9x2}."),
        ("Vrai [[k3f9x2]].", "Vrai {k3f9x2}."),
        ("Vrai 【k3f9x2】.", "Vrai {k3f9x2}."),
        ("Vrai (k3f9x2).", "Vrai {k3f9x2}."),
        ("Vrai k3f9x2.", "Vrai {k3f9x2}."),
        ("Vrai [k3f9x2](http://evil.example/).", "Vrai {k3f9x2}."),
        ("Vrai [k3f9x2, zz9zz9].", "Vrai {k3f9x2}."),
        ("Vrai (k3f9x2 et m4p7q8).", "Vrai {k3f9x2,m4p7q8}."),
        ("Vrai {k3f9x2}.", "Vrai {k3f9x2}."),
        ("Vrai (k3f9x2, zzzz9q).", "Vrai {k3f9x2}."),
    ],
)
def test_markers_are_read_in_the_ways_that_models_write_them(written: str, kept: str) -> None:
    assert read(written) == kept


@pytest.mark.parametrize(
    "marker",
    [
        *(
            "[1]",
            "[1, 2]",
            "[1-3]",
            "[^1]",
            "[3][4]",
            "[[1]]",
            "[[1:0-5]]",
            "【4】",
            "［5］",
            "⟦6⟧",
        ),
        *("[zz9zz9]", "[source 3]", "[Source: 2]", "[doc_4]", "[p. 12]", "[§ 3]", "[†]", "[*]"),
        *("[k3f9x3]", "[ref1]", "¹²", "[réf. 7]", "[note 2]", "[1a]", "[1; 2; 3]"),
        *("(zzzz9q)", "{zzzz9q}", "｛zzzz9q｝", "(zz9zz9, m4p7q9)", "{zz9zz9 et m4p7q9}"),
    ],
)
def test_what_looks_like_a_citation_and_is_none_of_those_shown_is_removed(marker: str) -> None:
    kept = read(f"Une phrase fausse{marker}. Suite {marker}")
    assert re.fullmatch(r"Une phrase fausse\. Suite ?", kept), kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a ![x](http://evil.example/a.png?q=1) b", "a  b"),
        ("a ![](//evil.example/a.png) b", "a  b"),
        ("a [lien](http://evil.example) b", "a lien b"),
        ("a [lien](javascript:alert(1)) b", "a lien b"),
        ("a <img src=x onerror=alert(1)> b", "a  b"),
        ("a <script>alert(1)</script> b", "a  b"),
        ("a <b>gras</b> **fort** __fort__ `code` b", "a gras fort fort code b"),
        ("a <!-- caché --> b", "a  b"),
        ("a http://evil.example/c b", "a … b"),
        ("a www.evil.example. b", "a …. b"),
        ("a //evil.example/x b", "a … b"),
        ("a data:text/html;base64,PHA+ b", "a … b"),
        ("a https://www.wto.org/fr/texte.htm b", "a https://www.wto.org/fr/texte.htm b"),
        ("a \x1b\u202e\u200bb\x00", "a b"),
        ("# Titre\n## Sous\n> cité\n---\nFin", "Titre\nSous\ncité\n\nFin"),
        ("- un\n* deux\n• trois\n– quatre", "• un\n• deux\n• trois\n• quatre"),
        ("<think>secret [k3f9x2]</think>\n\nVrai.", "Vrai."),
        ("<think>secret sans fin", ""),
        ("[un aparté] et […]", "(un aparté) et (…)"),
        ("Boats [never] pay [*ever*]", "Boats (never) pay (ever)"),
        ("The [harbour](http://evil.example/) opens", "The harbour opens"),
        ("**Data:** names and *metadata:* dates", "Data: names and metadata: dates"),
        ("java<b></b>script:alert(1)", "javascript: alert(1)"),
    ],
)
def test_only_text_is_left(written: str, kept: str) -> None:
    assert read(written) == kept


@pytest.mark.parametrize(
    "text",
    [
        "L'article 3, 2,5 % (soit 1/2) : « oui » ; a < b et 2 * 3 = 6 !",
        "12 km² et 3 m³ à 20 °C, le 1er mars 2020 – 50 € l’unité…",
        "Que faire ? Rien. Voir p. ex. l’art. L. 123-4, al. 2.",
        "Two kinds of data: names and dates (see the file: p. 2). A word, “data:”, and data:",
        "(COVID19) (Selmouth) (harbor) (fees, boats) (234567) (3456km) (WT3K45) (v2.3.4) {a, b}",
    ],
)
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert read(text) == text


syntax = st.sampled_from(
    [
        *(
            "[",
            "]",
            "(",
            ")",
            "!",
            "<",
            ">",
            "*",
            "_",
            "`",
            "~",
            "#",
            "- ",
            "\n",
            " ",
            ".",
            "/",
            ":",
        ),
        *("k3f9x2", "m4p7q8", "[k3f9x2]", "[1]", "http://", "www.", "evil.example", "javascript:"),
        *("![x](", "<img src=", "<script>", "</script>", "<think>", "</think>", "<!--", "-->"),
        *(
            "data:",
            "mot",
            "é",
            "²",
            "【",
            "】",
            "[[",
            "]]",
            "1",
            "\u202e",
            "\x1b",
            "|",
            '"',
            "«",
            "»",
            "{",
            "}",
            ", ",
            " et ",
            "zzzz9q",
            "file:",
        ),
    ]
)
hostile = st.lists(syntax, max_size=40).map("".join) | st.text(max_size=60)


@given(hostile, st.lists(st.integers(0, 200), max_size=30))
@example("<script>a</script>b", [1, 9, 12])
@example("éjavascript:", [1])
@example("- - ", [3])
@example("<!-->-->", [5])
@example("k3f9x2k3f9x2k3f9x2", [12])
@example("(k3f9x2, m4p7q8 et zzzz9q)", [8, 9, 17, 19])
@example("**data:** data:» data:»x file: x", [5, 7, 14, 16, 23, 31])
@example("![x](http://evil.example/a(1).png)", [1, 2, 3, 30])
@settings(deadline=None, max_examples=400)
def test_it_does_not_matter_in_which_pieces_it_comes(text: str, cuts: list[int]) -> None:
    assert read(text, [min(cut, len(text)) for cut in cuts]) == read(text)


@given(hostile)
@example("java<b></b>script:alert(1) ht**tp**://evil.example //<b>evil.example ww`w.evil")
@example("![x](<[evil.example")
@settings(deadline=None, max_examples=400)
def test_nothing_that_calls_out_acts_or_cites_is_left(text: str) -> None:
    reader = Reader(KNOWN, "")
    pieces = [*reader.feed(text), *reader.close()]
    for piece in pieces:
        if isinstance(piece, Marks):
            assert set(piece.markers) <= set(KNOWN)
            continue
        assert "[" not in piece
        assert "]" not in piece
        assert not re.search(r"<[a-zA-Z/!]", piece)
        assert not re.search(r"https?://\w|\bwww\.\w|javascript:\w", piece)
        assert not re.search("[\x00-\x08\x0b-\x1f\u200b-\u200f\u202a-\u202e]", piece)


def test_a_lone_sign_does_not_hold_back_a_long_answer() -> None:
    reader = Reader(KNOWN)
    shown = "".join(str(piece) for piece in reader.feed("[" + "mot " * 500))
    assert shown.count("mot") > 400
    reader = Reader(KNOWN)
    shown = "".join(str(piece) for piece in reader.feed("x <b " + "mot " * 500))
    assert shown.count("mot") > 400


def test_the_first_word_is_shown_as_it_comes() -> None:
    assert Reader(KNOWN).feed("Les") == ["Les"]


def test_the_live_text_numbers_markers_in_order_of_appearance() -> None:
    reader, live = Reader(("none22", *KNOWN)), Live("none22")
    written = ["Un [m4", "p7q8]. De", "ux [k3f9x2][m4p7q8]. Trois [none22] [9].", "\n- Quatre", " "]
    shown = [live.show(reader.feed(piece)) for piece in written]
    shown.append(live.show(reader.close()))
    assert "".join(shown) == "Un [1]. Deux [2] [1]. Trois.\n• Quatre"
