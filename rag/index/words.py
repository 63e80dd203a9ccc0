"""The words side of the index: one tantivy index for each language of passages.

Two indexes rather than one, so that a word is as rare as it is among the passages of its own
language, and a small number of passages in one language is not judged by the statistics of many
in the other. Terms come analysed; tantivy only splits them at spaces. A passage's text and its
context (title, date, headings) are one field: questions name the document in the same breath as
what they want from it, and a word of the title in the text is then not counted twice.
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from rag.translation import LANGUAGES, Term
from rag.types import Language

_TERMS, _ROW = "terms", "row"
# tantivy's BM25 has k1 = 1.2, so one term never scores above k1 + 1 times its rarity.
_SATURATION = 2.2
_HEAP = 128 * 2**20


@dataclass(frozen=True, slots=True)
class WordsRow:
    """One passage: its row in the vectors, its language, its terms and its context's."""

    row: int
    language: Language
    terms: Sequence[str]


def write(folder: Path, rows: Iterable[WordsRow]) -> None:
    """Write `folder/fr` and `folder/en`, each only if it has passages."""
    writers: dict[Language, tantivy.IndexWriter] = {}
    for row in rows:
        if row.language not in writers:
            place = folder / row.language
            place.mkdir(parents=True)
            # One thread, so that the same passages always get the same segments.
            writers[row.language] = tantivy.Index(_schema(), str(place)).writer(_HEAP, 1)
        document = tantivy.Document()
        document.add_integer(_ROW, row.row)
        document.add_text(_TERMS, " ".join(row.terms))
        writers[row.language].add_document(document)
    for writer in writers.values():
        writer.commit()
        writer.wait_merging_threads()


class Words:
    """Searches the passages by their terms."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError or ValueError if the folder holds no such index."""
        self._copies: list[tempfile.TemporaryDirectory[str]] = []
        self._searchers: dict[Language, tantivy.Searcher] = {
            language: self._open(folder / language)
            for language in LANGUAGES
            if (folder / language).is_dir()
        }
        self._schema = _schema()

    def rarity(self, term: Term, language: Language) -> float:
        """Inverse document frequency of a term among the passages of one language.

        The frequencies of its forms add up by weight (Darwish and Oard 2003), so that a rare
        mistranslation does not make a common word precious.
        """
        searcher = self._searchers[language]
        frequency = sum(
            weight * searcher.doc_freq(_TERMS, form)
            for form, weight in term.forms[language].items()
        )
        return _idf(min(frequency, searcher.num_docs), searcher.num_docs)

    def ceiling(self, terms: Sequence[Term], language: Language) -> float:
        """The score that no text can pass."""
        return _SATURATION * sum(term.weight * self.rarity(term, language) for term in terms)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that passages are in."""
        return tuple(self._searchers)

    def knows(self, term: Term) -> bool:
        """Whether any form of the term stands in any passage or its context."""
        return any(
            searcher.doc_freq(_TERMS, form) > 0
            for language, searcher in self._searchers.items()
            for form in term.forms[language]
        )

    def search(
        self,
        terms: Sequence[Term],
        language: Language,
        limit: int,
        *,
        within: NDArray[np.int64] | None = None,
    ) -> dict[int, float]:
        """BM25 scores of the best passages in this language by row, best first; of those rows
        only that are in `within` if it is given."""
        searcher = self._searchers.get(language)
        if searcher is None or not terms or limit < 1:
            return {}
        should, must = tantivy.Occur.Should, tantivy.Occur.Must
        query = tantivy.Query.boolean_query(
            [(should, self._term_query(term, language)) for term in terms]
        )
        if within is not None:
            among = tantivy.Query.term_set_query(self._schema, _ROW, within.tolist())
            query = tantivy.Query.boolean_query(
                [(must, query), (must, tantivy.Query.const_score_query(among, 0.0))]
            )
        hits = searcher.search(query, limit, count=False).hits
        rows = searcher.fast_field_values(_ROW, [address for _, address in hits])
        scores = [score for score, _ in hits]
        return dict(zip(np.array(rows, np.int64).tolist(), scores, strict=True))

    def _open(self, folder: Path) -> tantivy.Searcher:
        try:
            return tantivy.Index.open(str(folder)).searcher()
        except ValueError:
            if os.access(folder, os.W_OK):
                raise
            # tantivy takes a lock even to read: what lies on a read-only disk is read from a copy.
            self._copies.append(tempfile.TemporaryDirectory())
            copied = shutil.copytree(
                folder,
                Path(self._copies[-1].name, "words"),
                copy_function=shutil.copyfile,
                ignore=shutil.ignore_patterns("*.lock"),
            )
            # copytree gives the copy the folder's own read-only mode.
            copied.chmod(0o700)
            return tantivy.Index.open(str(copied)).searcher()

    def _term_query(self, term: Term, language: Language) -> tantivy.Query:
        """The best of a term's forms, each as precious as the term itself."""
        searcher = self._searchers[language]
        rarity = self.rarity(term, language)
        forms = []
        for form, weight in term.forms[language].items():
            own = _idf(searcher.doc_freq(_TERMS, form), searcher.num_docs)
            query = tantivy.Query.term_query(self._schema, _TERMS, form, "freq")
            forms.append(tantivy.Query.boost_query(query, term.weight * weight * rarity / own))
        return tantivy.Query.disjunction_max_query(forms)


def _idf(frequency: float, documents: int) -> float:
    """tantivy's own: never below zero."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field(_ROW, stored=False, indexed=True, fast=True)
    builder.add_text_field(_TERMS, stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
