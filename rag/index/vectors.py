"""The vectors side of the index: FAISS over unit vectors, so that inner products are cosines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

# Up to here every vector is compared, about 5 ms a question; above, an inverted file with 8-bit
# codes takes no longer. It finds nearly the same neighbours and needs half of the memory.
EXACT_UP_TO = 100_000
_PROBED_SHARE = 32  # one list in so many is searched


def write(path: Path, matrix: NDArray[np.float32]) -> None:
    """Write the index of unit rows (n, dimension); row numbers are kept."""
    faiss.write_index(_fitting(matrix), str(path))


class Vectors:
    """Searches the passages by their vectors."""

    def __init__(self, path: Path) -> None:
        """Raises RuntimeError if FAISS cannot read the file."""
        self._index = faiss.read_index(str(path))
        if isinstance(self._index, faiss.IndexIVF):
            self._index.nprobe = max(1, self._index.nlist // _PROBED_SHARE)
            self._index.make_direct_map()

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    @property
    def reusable(self) -> bool:
        """Whether `rows` may be written again and lose nothing more, as 8-bit codes would."""
        return isinstance(self._index, faiss.IndexFlat | faiss.IndexScalarQuantizer)

    def search(
        self, query: NDArray[np.float32], limit: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The nearest rows to one query (dimension,) and their cosines, best first."""
        with _one_thread():
            cosines, rows = self._index.search(query[np.newaxis], max(1, min(limit, len(self))))
        # FAISS pads with row −1 when it finds fewer than asked.
        found = rows[0] >= 0
        return rows[0][found], cosines[0][found]

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors (n, dimension) of these rows."""
        if len(numbers) == 0:
            return np.empty((0, self.dimension), np.float32)
        vectors: NDArray[np.float32] = self._index.reconstruct_batch(numbers)
        return vectors


def _fitting(matrix: NDArray[np.float32]) -> faiss.Index:
    count, dimension = matrix.shape
    if count <= EXACT_UP_TO:
        # A scan takes as long as reading the memory does: bfloat16 halves it, and moves a
        # cosine by less than a thousandth.
        index: faiss.Index = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_bf16, faiss.METRIC_INNER_PRODUCT
        )
    else:
        lists = int(4 * math.sqrt(count))
        index = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.train(matrix)
    index.add(matrix)
    return index


@contextmanager
def _one_thread() -> Iterator[None]:
    """Two OpenMP threads on a busy machine make a single question several times slower."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
