"""The ways to search that are compared: each indexes a collection, and is then asked.

The parts are the product's own (analyser, words, vectors, encoder); what is switched off is left
out here, and not by a switch in the product. Long paragraphs are cut as the product cuts them, and
a paragraph ranks where its best passage does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag import analyser, chunker
from rag.encoder import Encoder
from rag.index import vectors, words
from rag.index.builder import Collection, embedded_text
from rag.index.reader import Index
from rag.language import identify
from rag.reading import read
from rag.reranker import Reranker
from rag.retriever import Retriever
from rag.translation import Glossary, Lexicon, Table, Term, bundled_table
from rag.types import Language

DEPTH = 100
# Passages looked at, of which some may be of one paragraph.
_PASSAGES = 2 * DEPTH


class System(Protocol):
    """A collection that can be searched in one way."""

    def search(self, question: str) -> Sequence[str]:
        """Ids of the paragraphs found, best first, at most DEPTH."""
        ...


@dataclass(frozen=True, slots=True)
class _Row:
    """A passage as it is indexed."""

    paragraph_id: str
    language: Language
    text: str


class Bm25:
    """Plain BM25 (k1 = 1.2, b = 0.75): one index of all passages, a question's words as its own
    language stems them, nothing translated."""

    # The words side keeps one index for each language; here all passages are in one of them.
    _ALL: Language = "fr"

    def __init__(self, collection: Collection, folder: Path) -> None:
        self._rows = _rows(collection)
        terms = (analyser.terms(row.text, row.language) for row in self._rows)
        words.write(folder, (words.WordsRow(i, self._ALL, found) for i, found in enumerate(terms)))
        self._words = words.Words(folder)
        self._lexicon = Lexicon(Table({"fr": {}, "en": {}}), Glossary())

    def search(self, question: str) -> Sequence[str]:
        language = identify(question)
        terms = [
            Term(term.word, term.weight, {self._ALL: term.forms[language]})
            for term in self._lexicon.question_terms(question, language)
        ]
        return _paragraphs(self._rows, self._words.search(terms, self._ALL, _PASSAGES))


class Lexical:
    """The product's words side alone: an index for each language, translated terms, and scores as
    shares of the highest that a text could reach."""

    def __init__(self, collection: Collection, folder: Path) -> None:
        self._rows = _rows(collection)
        self._lexicon = Lexicon(bundled_table(), Glossary(collection.glossary))
        words.write(
            folder,
            (
                words.WordsRow(i, row.language, self._lexicon.passage_terms(row.text, row.language))
                for i, row in enumerate(self._rows)
            ),
        )
        self._words = words.Words(folder)

    def search(self, question: str) -> Sequence[str]:
        terms = self._lexicon.question_terms(question, identify(question))
        shares: dict[int, float] = {}
        for language in self._words.languages:
            ceiling = self._words.ceiling(terms, language)
            found = self._words.search(terms, language, _PASSAGES)
            shares |= {row: score / ceiling for row, score in found.items()}
        best = sorted(shares, key=lambda row: (-shares[row], row))
        return _paragraphs(self._rows, best)


class Dense:
    """Cosine of question and passage alone."""

    def __init__(self, encoder: Encoder, collection: Collection, folder: Path) -> None:
        self._encoder = encoder
        self._rows = _rows(collection)
        matrix = encoder.encode_passages([row.text for row in self._rows])
        vectors.write(folder / "vectors.faiss", matrix)
        self._vectors = vectors.Vectors(folder / "vectors.faiss")

    def search(self, question: str) -> Sequence[str]:
        [vector] = self._encoder.encode_queries([question])
        best, _ = self._vectors.search(vector, _PASSAGES)
        return _paragraphs(self._rows, best.tolist())


class Hybrid:
    """The product's retriever over an index of its own."""

    def __init__(self, index: Index, encoder: Encoder, reranker: Reranker | None = None) -> None:
        self._retriever = Retriever(index, encoder)
        self._reranker = reranker

    def search(self, question: str) -> Sequence[str]:
        hits = self._retriever.search(question, DEPTH)
        if self._reranker is not None:
            hits = read(self._reranker, question, hits).read
        return [hit.paragraph.id for hit in hits]


def _rows(collection: Collection) -> Sequence[_Row]:
    return [
        _Row(paragraph.id, paragraph.language, embedded_text(paragraph, passage))
        for paragraph in collection.paragraphs
        for passage in chunker.passages(paragraph)
    ]


def _paragraphs(rows: Sequence[_Row], best: Iterable[int]) -> Sequence[str]:
    """The paragraphs of these rows, best first, each once."""
    return list(dict.fromkeys(rows[row].paragraph_id for row in best))[:DEPTH]
