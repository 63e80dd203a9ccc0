"""The token vectors of the passages, for late interaction (ColBERT, Khattab and Zaharia 2020).

Vectors are projected on the collection's main directions and kept in 8 bits, one byte a number,
in a file that is mapped and not read: a question touches the few passages that it compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# Of the bundled encoder's 384 numbers; the ranking of the best passages does not change with it.
DIRECTIONS = 128
ROWS_FILE, STARTS_FILE, PROJECTION_FILE = "tokens.i8", "tokens.starts.npy", "projection.npy"
_SCALE = 127.0

Rows = NDArray[np.int8]


def projection(sample: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The main directions (d, up to 128) of token vectors (tokens, d): uncentred PCA."""
    stacked = np.concatenate(list(sample))
    _, directions = np.linalg.eigh(stacked.T @ stacked)
    return np.ascontiguousarray(directions[:, ::-1][:, :DIRECTIONS], np.float32)


def packed(tokens: NDArray[np.float32], along: NDArray[np.float32]) -> Rows:
    """Token vectors (tokens, d) as unit rows on the directions, in 8 bits."""
    rows: Rows = np.rint(_unit(tokens @ along) * _SCALE).astype(np.int8)
    return rows


class Writer:
    """Writes the passages' rows one after the other."""

    def __init__(self, folder: Path, along: NDArray[np.float32]) -> None:
        self._folder = folder
        self._file = (folder / ROWS_FILE).open("wb")
        self._starts = [0]
        np.save(folder / PROJECTION_FILE, along, allow_pickle=False)

    def add(self, rows: Rows) -> None:
        self._file.write(np.ascontiguousarray(rows).tobytes())
        self._starts.append(self._starts[-1] + len(rows))

    def close(self) -> None:
        self._file.close()
        starts = np.array(self._starts, np.int64)
        np.save(self._folder / STARTS_FILE, starts, allow_pickle=False)


class Tokens:
    """Compares a question with passages, token by token."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError or ValueError if the folder holds no such files."""
        self.projection: NDArray[np.float32] = np.load(folder / PROJECTION_FILE, allow_pickle=False)
        self._starts: NDArray[np.int64] = np.load(folder / STARTS_FILE, allow_pickle=False)
        shape = (int(self._starts[-1]), self.projection.shape[1])
        # An empty file cannot be mapped.
        self._rows: Rows = (
            np.memmap(folder / ROWS_FILE, np.int8, "r", shape=shape)
            if shape[0]
            else np.empty(shape, np.int8)
        )

    def rows(self, passage: int) -> Rows:
        """A passage's token vectors (tokens, directions) in 8 bits."""
        return self._rows[self._starts[passage] : self._starts[passage + 1]]

    def scores(self, question: NDArray[np.float32], passages: Sequence[int]) -> NDArray[np.float32]:
        """How well each of the question's tokens (tokens, d) is met in each passage, about 0 to 1.

        The mean over the question's tokens of the best cosine in the passage (MaxSim), where a
        token weighs as much as it tells these passages apart: those met everywhere say little.
        """
        if not len(passages) or not len(question):
            return np.zeros(len(passages), np.float32)
        asked = _unit(question @ self.projection)
        met = np.zeros((len(passages), len(asked)), np.float32)
        for i, passage in enumerate(passages):
            rows = self.rows(passage).astype(np.float32) / _SCALE
            if len(rows):
                met[i] = (rows @ asked.T).max(axis=0)
        telling = met.max(axis=0) - np.median(met, axis=0)
        weights = telling + telling.mean() / 2 + 1e-6
        scores: NDArray[np.float32] = np.clip(met @ (weights / weights.sum()), 0.0, 1.0)
        return scores


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = rows / np.maximum(norms, 1e-9)
    return unit
