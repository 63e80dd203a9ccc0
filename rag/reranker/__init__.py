"""The reranker: reads a question and a passage together, and says how likely one answers the other.

A cross-encoder (Nogueira and Cho 2019) of the encoder's own size and vocabulary, in either
language. It is slower than comparing vectors, so it reads only the first few passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Reranker(Protocol):
    """Scores passages for a question."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever its scores may."""
        ...

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """For each passage a number from 0 (does not answer) to 1 (answers), (len(passages),)."""
        ...


def open_reranker() -> Reranker:
    """The bundled reranker. Raises EncoderUnavailable if its files are missing or damaged."""
    # PyTorch takes a second to import, which commands without a reranker must not pay.
    from rag.reranker.bundled import load_bundled

    return load_bundled()


__all__ = ["Reranker", "open_reranker"]
