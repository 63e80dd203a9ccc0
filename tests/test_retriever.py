"""Paragraphs found across languages, by meaning and by words, whatever is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rag.encoder import Encoder
from rag.errors import InvalidInput
from rag.index import Index, build, vectors
from rag.index.vectors import Vectors
from rag.index.words import Words, WordsRow
from rag.index.words import write as write_words
from rag.langchain_retriever import as_langchain_retriever
from rag.retriever import Retriever
from rag.settings import Settings
from rag.translation import Glossary, Lexicon, bundled_table

FRENCH = """RÈGLEMENT DU PORT DE CORVAL

1. Les bateaux étrangers paient une taxe d'amarrage de 500 euros par an.

2. Les pêcheurs déclarent leurs prises avant le 1er mars à la DGMP.

3. Le capitaine du port peut fermer le port en cas de tempête.
"""
ENGLISH = """LIBRARY OF BRENNOCK

Readers may borrow six books for three weeks.

Dogs are not allowed in the reading room\u2028unless they guide a blind reader.

A fine of ten pence is due for every day of delay.
"""
GLOSSARY = "Direction générale de la mer et des ports | DGMP\tMaritime Directorate\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    texts = tmp_path_factory.mktemp("texts")
    (texts / "corval.txt").write_text(FRENCH, encoding="utf-8")
    (texts / "brennock.txt").write_text(ENGLISH, encoding="utf-8")
    (texts / "glossary.tsv").write_text(GLOSSARY, encoding="utf-8")
    folder = tmp_path_factory.mktemp("index")
    build([texts], folder, Settings())
    return Index.open(folder)


@pytest.fixture(scope="module")
def encoder(index: Index) -> Encoder:
    return index.open_encoder()


@pytest.fixture(scope="module")
def retriever(index: Index, encoder: Encoder) -> Retriever:
    return Retriever(index, encoder)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Combien paient les bateaux étrangers ?", "500 euros"),
        ("What do foreign boats have to pay?", "500 euros"),
        ("When must fishermen report what they caught?", "1er mars"),
        ("Can the harbour be closed because of a storm?", "tempête"),
        ("How many books may a reader take home?", "six books"),
        ("Combien de livres peut-on emprunter ?", "six books"),
        ("Les chiens sont-ils admis dans la salle de lecture ?", "Dogs"),
        ("Quelle amende en cas de retard ?", "ten pence"),
    ],
)
def test_either_language_finds_the_paragraph(
    question: str, answer: str, retriever: Retriever
) -> None:
    assert answer in retriever.search(question, 1)[0].paragraph.text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("foreign boats tax", "500 euros"),
        ("fishermen", "pêcheurs"),
        ("Maritime Directorate", "DGMP"),
        ("emprunter livres", "six books"),
    ],
)
def test_words_alone_cross_the_language(question: str, answer: str, index: Index) -> None:
    asked = "fr" if question.startswith("emprunter") else "en"
    terms = index.lexicon.question_terms(question, asked)
    scores = {
        row: score / index.words.ceiling(terms, language)
        for language in index.words.languages
        for row, score in index.words.search(terms, language, 5).items()
    }
    best = max(scores, key=scores.__getitem__)
    assert answer in index.passages[best].text


def test_scores_fall_from_1_to_0_and_name_their_parts(retriever: Retriever) -> None:
    hits = retriever.scored("What do foreign boats pay?", 50)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(
        0 <= part <= 1 for hit in hits for part in (hit.score, hit.dense, hit.lexical, hit.late)
    )
    assert hits[0].lexical == max(hit.lexical for hit in hits)
    assert hits[0].dense > np.median([hit.dense for hit in hits])


def test_more_than_there_are_gives_each_paragraph_once(index: Index, retriever: Retriever) -> None:
    found = [hit.paragraph.id for hit in retriever.search("tempête", 1000)]
    assert len(found) == len(set(found))
    assert set(found) == set(index.paragraphs)


def test_a_search_is_the_scored_search_without_its_reasons(retriever: Retriever) -> None:
    for question in ("What do foreign boats pay?", "Les chiens ?", "tempête"):
        scored = retriever.scored(question, 3)
        hits = retriever.search(question, 3)
        assert [(h.paragraph.id, h.score) for h in hits] == [
            (s.paragraph.id, s.score) for s in scored
        ]


@pytest.mark.parametrize("question", ["", " ", "\n\t\u2028"])
def test_a_blank_question_is_refused(question: str, retriever: Retriever) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        retriever.search(question)


@pytest.mark.parametrize("k", [0, -1])
def test_no_paragraphs_cannot_be_asked_for(k: int, retriever: Retriever) -> None:
    with pytest.raises(InvalidInput):
        retriever.search("bateaux", k)


@pytest.mark.parametrize(
    "question",
    [
        '"unbalanced',
        "body:(AND OR NOT",
        "a AND b OR NOT (c",
        "*:* -- [1 TO 5}",
        "\\ ^ ~ ? ! / + - && ||",
        "=commerce_electronique",
        "the of and",
        "' ' '",
        "🚢 ⚓",
        "漁業の税金",
        "\x00\x1f",
        "boat " * 2000,
        "x" * 10_000,
        " ".join(f"word{i}" for i in range(1500)),
    ],
)
def test_no_question_breaks_the_search(question: str, retriever: Retriever) -> None:
    assert len(retriever.search(question, 3)) == 3


@hypothesis_settings(deadline=None, max_examples=25)
@given(question=st.text(min_size=1, max_size=60).filter(str.strip))
def test_any_question_has_its_nearest_paragraphs(question: str, retriever: Retriever) -> None:
    assert len(retriever.search(question, 2)) == 2


def test_coverage_tells_text_context_and_nowhere_apart(index: Index, retriever: Retriever) -> None:
    [paragraph] = [p for p in index.paragraphs.values() if "500 euros" in p.text]
    whole = retriever.coverage("Is there a tax on foreign boats?", paragraph)
    assert whole.text > 0.9
    assert whole.unknown == 0.0
    named = retriever.coverage("Quelle taxe à Corval pour les zeppelins ?", paragraph)
    assert named.text < named.text_or_context < 1
    assert named.unknown > 0
    assert named.missing == ("zeppelins",)
    nothing = retriever.coverage("le la les", paragraph)
    assert (nothing.text, nothing.text_or_context, nothing.unknown) == (0.0, 0.0, 0.0)


def test_langchain_gets_the_paragraphs_verbatim(retriever: Retriever) -> None:
    [document, *_] = as_langchain_retriever(retriever, k=2).invoke("What do foreign boats pay?")
    [hit] = retriever.search("What do foreign boats pay?", 1)
    assert document.page_content == hit.paragraph.text
    assert document.id == hit.paragraph.id
    assert document.metadata["source"] == "corval.txt"
    assert document.metadata["language"] == "fr"
    assert document.metadata["label"] == "1"
    assert 0 < document.metadata["score"] <= 1
    assert all(isinstance(v, str | int | float | None) for v in document.metadata.values())


def test_neighbours_are_those_of_an_exhaustive_search(tmp_path: Path) -> None:
    matrix = _unit(np.random.default_rng(0).normal(size=(500, 24)))
    vectors.write(tmp_path / "v.faiss", matrix)
    opened = Vectors(tmp_path / "v.faiss")
    query = _unit(np.random.default_rng(1).normal(size=(1, 24)))[0]
    rows, cosines = opened.search(query, 7)
    assert rows.tolist() == np.argsort(-(matrix @ query))[:7].tolist()
    # bfloat16: a rebuild may take such vectors over, since they lose nothing more.
    np.testing.assert_allclose(cosines, (matrix @ query)[rows], atol=2e-3)
    assert len(opened.search(query, 10_000)[0]) == 500
    kept = opened.rows(np.arange(500))
    np.testing.assert_allclose(kept, matrix, rtol=2**-7)
    assert opened.reusable
    vectors.write(tmp_path / "again.faiss", kept)
    np.testing.assert_array_equal(Vectors(tmp_path / "again.faiss").rows(np.arange(500)), kept)


def test_a_large_index_is_approximate_and_pads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 1000)
    matrix = _unit(np.random.default_rng(0).normal(size=(4000, 16)))
    vectors.write(tmp_path / "v.faiss", matrix)
    opened = Vectors(tmp_path / "v.faiss")
    assert not opened.reusable
    # Of the lists probed some hold fewer rows than asked for: FAISS then answers row −1.
    rows, cosines = opened.search(matrix[5], 4000)
    assert 0 < len(rows) < 4000
    assert rows.min() >= 0
    assert rows[0] == 5
    assert len(rows) == len(cosines)
    np.testing.assert_allclose(opened.rows(rows[:9]), matrix[rows[:9]], atol=0.05)


def test_words_rank_by_rarity_and_score_only_rows_asked_for(tmp_path: Path) -> None:
    texts = ["harbour rules", "harbour storm", "storm storm harbour fee", "fee", "la tempête"]
    lexicon = Lexicon(bundled_table(), Glossary())
    write_words(
        tmp_path,
        [
            WordsRow(row, "fr" if "la" in text else "en", lexicon.passage_terms(text, "en"))
            for row, text in enumerate(texts)
        ],
    )
    words = Words(tmp_path)
    terms = lexicon.question_terms("harbour rules", "en")
    found = words.search(terms, "en", 10)
    assert next(iter(found)) == 0
    assert set(found) == {0, 1, 2}
    assert all(score <= words.ceiling(terms, "en") for score in found.values())
    within = words.search(terms, "en", 10, within=np.array([2, 3]))
    assert within == {2: pytest.approx(found[2])}
    assert list(words.search(terms, "en", 1)) == [0]
    assert words.search((), "en", 5) == {}
    assert words.knows(terms[0])
    assert not words.knows(lexicon.question_terms("zeppelin", "en")[0])


def _unit(rows: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
