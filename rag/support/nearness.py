"""How near a claim's parts lie to what is cited, by the encoder's vectors of texts and tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.encoder import Encoder


class Nearness:
    """The vectors of some texts, all encoded in one call."""

    def __init__(self, encoder: Encoder, texts: Iterable[str]) -> None:
        unique = list(dict.fromkeys(texts))
        self._rows = {text: row for row, text in enumerate(unique)}
        self._vectors, tokens = encoder.encode_tokens(unique)
        # Without the marks that stand first and last in every text.
        self._tokens = [_unit(one[1:-1] if len(one) > 2 else one) for one in tokens]

    def to(self, text: str, others: Sequence[str]) -> NDArray[np.float64]:
        """The cosine of a text with each of the others, (others,)."""
        rows = [self._rows[other] for other in others]
        near = self._vectors[rows] @ self._vectors[self._rows[text]]
        return np.asarray(near, dtype=np.float64)

    def met(self, text: str, others: Sequence[str]) -> NDArray[np.float64]:
        """For each token of a text, its best cosine with a token of the others, (tokens,)."""
        there = np.concatenate([self._tokens[self._rows[other]] for other in others])
        best = (self._tokens[self._rows[text]] @ there.T).max(axis=1)
        return np.asarray(best, dtype=np.float64)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
