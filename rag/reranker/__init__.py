"""The reranker: reads a question and a passage together and says whether one answers the other.

A cross-encoder (Nogueira and Cho 2019) of the encoder's own size and vocabulary, in either
language. It is slower than comparing vectors, so it reads only the first few passages. The
assistant asks it whether to answer at all, and what to cite (`rag/reading.py`); a search does
without. It has also learnt to read a sentence and a passage and to say whether the
passage bears the sentence out, which is one of the signals of the support checker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# The log-odds are divided by this: as they are, nearly all would be 0 or 1.
TEMPERATURE = 4.0


class Reranker(Protocol):
    """Scores passages for a question."""

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """The log-odds that each passage answers the question, (len(passages),) float32."""
        ...

    def borne_out(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """The log-odds that, of each pair, the passage bears the sentence before it out,
        (len(pairs),) float32."""
        ...


def answers(reranker: Reranker, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
    """How far each passage answers the question, from 0 to 1, (len(passages),)."""
    return _tempered(reranker.scores(question, passages))


def bears_out(reranker: Reranker, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    """How far, of each pair, the passage bears the sentence out, from 0 to 1, (len(pairs),)."""
    return _tempered(reranker.borne_out(pairs))


def _tempered(odds: NDArray[np.float32]) -> NDArray[np.float32]:
    judged: NDArray[np.float32] = 1 / (1 + np.exp(-odds / TEMPERATURE))
    return judged


def open_reranker() -> Reranker:
    """The bundled reranker. Raises EncoderUnavailable if its files are missing or damaged."""
    # PyTorch takes a second to import, which commands without a reranker must not pay.
    from rag.reranker.bundled import load_bundled

    return load_bundled()


__all__ = ["Reranker", "answers", "bears_out", "open_reranker"]
