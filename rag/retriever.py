"""Question → paragraphs: meaning and words, fused on one scale for both languages.

A passage's score is a convex combination (Bruch, Gai and Ingber 2023) of the cosine of question
and passage, and of its BM25 score over the highest that any text could reach for the question.
Both are absolute: neither depends on what else was retrieved, and the words' ceiling is that of
the passage's own language, so that a mixed collection favours neither language. The best passages
are then compared with the question token by token (late interaction, Khattab and Zaharia 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag import language as languages
from rag.chunker import flow
from rag.encoder import Encoder
from rag.errors import InvalidInput
from rag.expectation import Expectation
from rag.index import Index
from rag.translation import Term
from rag.types import Hit, Language, Paragraph, Passage

# The cosine's share of the first score, which chooses the passages to compare token by token.
DENSE_SHARE = 0.5
# Shares of the final score: cosine, words, late interaction, having what is asked for. From the
# development sets and the second collection of `evals/`, around which nDCG@10 moves little.
SHARES = (0.22, 0.22, 0.5, 0.06)
# Where the collection has a glossary, words that cross the languages can be trusted more: from the
# project's own questions.
GLOSSARY_SHARES = (0.1, 0.4, 0.4, 0.1)
_COMPARED = 48
# Passages that each side proposes; both score all that either proposed.
_PROPOSED = 200


@dataclass(frozen=True, slots=True)
class ScoredHit:
    """A paragraph, the passage of it that is best, and what speaks for that, each from 0 to 1:
    `dense` is the cosine of question and passage, `lexical` the share of the highest BM25 score
    that a text could reach, `late` how well the passage's tokens meet the question's, `fits`
    whether the passage has what is asked for. Passages that were not compared have the least of
    those that were."""

    paragraph: Paragraph
    passage: Passage
    score: float
    dense: float
    lexical: float
    late: float
    fits: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a question stands in a paragraph, directly or by translation.

    Shares of the question's content terms, weighed by their rarity: in the paragraph's `text`, in
    its `text_or_context`, and nowhere in the collection (`unknown`). `missing` are the words that
    stand in neither text nor context.
    """

    text: float
    text_or_context: float
    unknown: float
    missing: tuple[str, ...]


class Retriever:
    """Searches an index with the encoder that built it."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder
        self._shares = np.array(GLOSSARY_SHARES if index.lexicon.has_glossary else SHARES)

    def search(self, question: str, k: int = 5) -> tuple[Hit, ...]:
        """The k nearest paragraphs, best first, in either language.

        Raises InvalidInput if the question is blank.
        """
        return tuple(
            Hit(hit.paragraph, hit.score, hit.passage, hit.dense)
            for hit in self.scored(question, k)
        )

    def scored(self, question: str, k: int = 5) -> tuple[ScoredHit, ...]:
        """As `search`, with what speaks for each hit.

        Raises InvalidInput if the question is blank or k is below 1.
        """
        if k < 1:
            raise InvalidInput(f"k={k}: ask for at least one paragraph.")
        if not question.strip():
            raise InvalidInput("The question is empty; ask something in French or English.")
        return self._scored(question, k)

    def coverage(self, question: str, paragraph: Paragraph) -> Coverage:
        """How much of the question stands in this paragraph of the index."""
        terms = self._terms(question)
        words, lexicon, language = self._index.words, self._index.lexicon, paragraph.language
        rarity = np.array([term.weight * words.rarity(term, language) for term in terms])
        total = float(rarity.sum())
        if total == 0.0:
            return Coverage(0.0, 0.0, 0.0, ())
        text = np.array(lexicon.found(terms, paragraph.text, language))
        both = np.maximum(text, lexicon.found(terms, paragraph.context, language))
        unknown = np.array([not words.knows(term) for term in terms])
        return Coverage(
            text=float(text @ rarity) / total,
            text_or_context=float(both @ rarity) / total,
            unknown=float(unknown @ rarity) / total,
            missing=tuple(term.word for term, here in zip(terms, both, strict=True) if not here),
        )

    def _terms(self, question: str) -> tuple[Term, ...]:
        return self._index.lexicon.question_terms(question, languages.identify(question))

    def _scored(self, question: str, k: int) -> tuple[ScoredHit, ...]:
        vector, tokens = self._encoder.encode_query_tokens(question)
        proposed = max(_PROPOSED, 2 * k)
        terms = self._terms(question)
        near, _ = self._index.vectors.search(vector, proposed)
        lexical: dict[int, float] = {}
        for language in self._index.words.languages:
            lexical |= self._lexical(terms, language, proposed, near)
        rows = np.array(sorted({*near.tolist(), *lexical}), np.int64)
        dense = np.clip(self._index.vectors.rows(rows) @ vector, 0.0, 1.0)
        shares = np.array([lexical.get(row, 0.0) for row in rows.tolist()])
        first = DENSE_SHARE * dense + (1 - DENSE_SHARE) * shares
        compared = np.argsort(-first, kind="stable")[:_COMPARED]
        late = _of_compared(
            self._index.tokens.scores(tokens, rows[compared].tolist()), compared, len(rows)
        )
        fits = _of_compared(self._fits(question, rows[compared]), compared, len(rows))
        scores = np.stack((dense, shares, late, fits), axis=1) @ self._shares
        best: dict[str, ScoredHit] = {}
        # A stable sort: of equal passages the first in the collection comes first.
        for i in np.argsort(-scores, kind="stable").tolist():
            passage = self._index.passages[rows[i]]
            paragraph = self._index.paragraphs[passage.paragraph_id]
            if paragraph.id not in best:
                best[paragraph.id] = ScoredHit(
                    paragraph,
                    passage,
                    float(scores[i]),
                    float(dense[i]),
                    float(shares[i]),
                    float(late[i]),
                    float(fits[i]),
                )
                if len(best) == k:
                    break
        return tuple(best.values())

    def _fits(self, question: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        wanted = Expectation(question, languages.identify(question), self._index.lexicon)
        passages = [self._index.passages[row] for row in rows]
        paragraphs = [self._index.paragraphs[passage.paragraph_id] for passage in passages]
        return np.array(
            [
                wanted.met(flow(passage.text), paragraph.language, listed=bool(paragraph.lead_in))
                for passage, paragraph in zip(passages, paragraphs, strict=True)
            ],
            np.float32,
        )

    def _lexical(
        self, terms: Sequence[Term], language: Language, limit: int, near: NDArray[np.int64]
    ) -> dict[int, float]:
        """Share of the ceiling, by row: the best rows by words, and those near in meaning."""
        words = self._index.words
        ceiling = words.ceiling(terms, language)
        found = words.search(terms, language, limit)
        if len(found) == limit:
            # Those near in meaning may lie below the best ones; where all were found, none does.
            found |= words.search(terms, language, len(near), within=near)
        return {row: min(1.0, score / ceiling) for row, score in found.items()}


def _of_compared(
    values: NDArray[np.float32], compared: NDArray[np.int64], count: int
) -> NDArray[np.float32]:
    """Values of all rows; those that were not compared get the least one."""
    spread = np.full(count, values.min(initial=1.0), np.float32)
    spread[compared] = values
    return spread
