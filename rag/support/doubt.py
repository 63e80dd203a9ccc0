"""How far a reader of sentence and passage doubts what is claimed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.reranker import Reranker, bears_out

Pair = tuple[str, str]


class Doubt:
    """What the reader makes of some claims, each with a passage; all are read in one call."""

    def __init__(self, reader: Reranker, pairs: Iterable[Pair]) -> None:
        unique = list(dict.fromkeys(pairs))
        self._borne: dict[Pair, float] = dict(
            zip(unique, bears_out(reader, unique).tolist(), strict=True)
        )

    def of(self, pairs: Sequence[Pair]) -> float:
        """1 less how far a passage bears the claim out, of the one that does best; 0 to 1."""
        return 1.0 - max(self._borne[pair] for pair in pairs)
