"""Which sentence of a paragraph is nearest to a question, or to another sentence."""

from __future__ import annotations

from collections.abc import Sequence

from rag.encoder import Encoder
from rag.translation import Lexicon
from rag.types import Language


class Nearness:
    """Compares sentences across both languages. Safe to share."""

    def __init__(self, encoder: Encoder, lexicon: Lexicon) -> None:
        self._encoder = encoder
        self._lexicon = lexicon

    def to_question(
        self, question: str, language: Language, texts: Sequence[str], written: Language
    ) -> list[float]:
        """The share of the question's terms that each text, `written` in one language, has: from
        0 to 1. By words alone, because a paragraph to be trimmed has many sentences."""
        terms = self._lexicon.question_terms(question, language)
        return [self._lexicon.share(terms, text, written) for text in texts]

    def nearest(self, sentence: str, texts: Sequence[str]) -> int:
        """The index of the text that is nearest in meaning; `texts` is not empty."""
        if len(texts) == 1:
            return 0
        flat = [" ".join(text.split()) for text in (sentence, *texts)]
        vectors = self._encoder.encode_passages(flat)
        return int((vectors[1:] @ vectors[0]).argmax())
