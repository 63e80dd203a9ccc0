"""How near texts lie to each other, by the encoder's vectors."""

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
        self._vectors = encoder.encode_passages(unique)

    def to(self, text: str, others: Sequence[str]) -> NDArray[np.float64]:
        """The cosine of a text with each of the others, (others,); all must have been given."""
        rows = [self._rows[other] for other in others]
        near = self._vectors[rows] @ self._vectors[self._rows[text]]
        return np.asarray(near, dtype=np.float64)
