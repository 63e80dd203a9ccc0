"""What holds for every text: the partition, the offsets, identity, wrapping."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunker import blocks, chunk, find_title, flow, passages
from rag.tokens import count
from rag.types import Document

MODEST = settings(deadline=None, max_examples=120)


def document(text: str, identity: str = "d") -> Document:
    return Document(identity, find_title(text), "fr", text, "d.txt")


PIECES = st.sampled_from(
    [
        *("Le Conseil se réunit", "The Parties", "de la", "adopté le", "MOT EN CAPITALES", "fin."),
        *("1.", "1.1.", "(a)", "a)", "ii)", "A.", "Article 3", "Question n° 2 –", "1 ", "§ 4"),
        *("3°", "- ", "▶ ", "\uf0b7", "• ", "* ", "o  ", "# ", "## ", "**", "*", "_", "> "),
        *("[^1]: ", "mot1", "\n", "\n\n", "\n\n\n\n\n", " \n", "\r\n", "\f", "\u2028", "\x85"),
        *("\t", "\u00a0", "\u00ad", "___", "---", "====", "| a | b |", "| --- |", "```", ";", ":"),
        *(",", "3 mai 2019", "- 2 -", "\ufeff", "\u200b", "\U0001f600", "\ud800", "[x](y)", "<b>"),
        *("etc.", "WTO OMC", " " * 47),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(PIECES, max_size=40).map(" ".join),
)


@MODEST
@given(TEXTS)
def test_every_character_is_in_exactly_one_block(text: str) -> None:
    end = 0
    for block in blocks(text):
        assert not text[end : block.start].strip()
        assert end <= block.start < block.end <= len(text)
        assert not text[block.start].isspace()
        assert not text[block.end - 1].isspace()
        end = block.end
    assert not text[end:].strip()


@MODEST
@given(TEXTS)
def test_paragraphs_are_verbatim_and_are_the_paragraph_blocks(text: str) -> None:
    paragraphs = chunk(document(text))
    assert all(p.text == text[p.start : p.end] for p in paragraphs)
    assert [(p.start, p.end) for p in paragraphs] == [
        (b.start, b.end) for b in blocks(text) if b.kind == "paragraph"
    ]
    assert len({p.id for p in paragraphs}) == len(paragraphs)
    assert paragraphs == chunk(document(text))


@MODEST
@given(TEXTS, st.integers(8, 40))
def test_passages_cover_their_paragraph_within_the_budget(text: str, budget: int) -> None:
    for paragraph in chunk(document(text)):
        parts = passages(paragraph, budget)
        end = paragraph.start
        for part in parts:
            assert part.text == text[part.start : part.end]
            assert not text[end : part.start].strip()
            assert count(flow(part.text)) <= budget
            end = part.end
        assert end == paragraph.end


VOCABULARY = """le conseil examine chaque rapport avant la prochaine réunion des membres et publie
une décision sur les droits de douane que contestent certains pays en développement"""
WORDS = st.sampled_from(VOCABULARY.split())
SENTENCES = st.lists(WORDS, min_size=4, max_size=30).map(lambda w: " ".join(w).capitalize() + ".")
PROSE = st.lists(SENTENCES, min_size=1, max_size=5).map(" ".join)
BLOCKS = st.one_of(PROSE, PROSE.map(lambda p: f"## {p.split()[0]}"), PROSE.map("NUMBER".__add__))


def labelled(parts: list[str]) -> list[str]:
    """Number the paragraphs that ask for it, and give each heading something below it."""
    numbered, number = [], 0
    for part in [*parts, "Le conseil publie sa décision."]:
        if part.startswith("NUMBER"):
            number += 1
            numbered.append(f"{number}. {part.removeprefix('NUMBER')}")
        else:
            numbered.append(part)
    return numbered


def wrapped(parts: list[str], width: int) -> str:
    return "\n\n".join(
        part if part.startswith("#") else textwrap.fill(part, width, break_on_hyphens=False)
        for part in parts
    )


@MODEST
@given(st.lists(BLOCKS, min_size=1, max_size=6).map(labelled), st.integers(45, 110))
def test_another_wrapping_gives_the_same_paragraphs(parts: list[str], width: int) -> None:
    """Of prose, numbered paragraphs and Markdown headings; plain headings stay on their line."""
    whole = chunk(document("\n\n".join(parts)))
    other = chunk(document(wrapped(parts, width)))
    assert [flow(p.text) for p in other] == [flow(p.text) for p in whole]
    assert [(p.id, p.label, p.heading, p.context) for p in other] == [
        (p.id, p.label, p.heading, p.context) for p in whole
    ]


@MODEST
@given(st.lists(PROSE, min_size=2, max_size=5, unique=True), PROSE)
def test_identity_survives_changes_elsewhere(parts: list[str], new: str) -> None:
    before = {flow(p.text): p.id for p in chunk(document("\n\n".join(parts)))}
    after = {
        flow(p.text): p.id for p in chunk(document("\n\n".join([*parts[:-1], new, parts[-1]])))
    }
    for words in before.keys() & after.keys():
        assert before[words] == after[words]
    assert not set(before.values()) & {p.id for p in chunk(document("\n\n".join(parts), "other"))}


def test_equal_paragraphs_have_their_own_identity() -> None:
    first, second = chunk(document("Le conseil décide.\n\nLe conseil décide."))
    assert first.id != second.id


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("mot " * 250_000, id="one long line"),
        pytest.param("Le Conseil se réunit. " * 10_000, id="one long line of sentences"),
        pytest.param("x" * 1_000_000, id="one long word"),
        pytest.param("*_" * 500_000, id="emphasis that never closes"),
        pytest.param("\n" * 300_000, id="blank lines"),
        pytest.param("Titre court\n\n" * 15_000, id="headings without content"),
    ],
)
def test_long_texts_are_read_to_their_end(text: str) -> None:
    paragraphs = chunk(document(text))
    covered = sum(block.end - block.start for block in blocks(text))
    assert covered + sum(map(str.isspace, text)) >= len(text)
    for paragraph in paragraphs[:3]:
        assert passages(paragraph)[-1].end == paragraph.end
