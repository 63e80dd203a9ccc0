"""Encodes texts with a loaded sentence-transformers model."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from rag.encoder.bundled import Loaded

_BATCH = 24
_OF_TOKENS = ("attention_mask", "token_embeddings")
_FEW = 4


@contextmanager
def _threads_for(texts: int) -> Iterator[None]:
    # A question is milliseconds of work: threads that wait for each other on a busy machine make
    # it ten times slower.
    threads = torch.get_num_threads()
    if texts > _FEW or threads == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class SentenceTransformersEncoder:
    """An Encoder over a SentenceTransformer that threads may share: one encodes at a time."""

    def __init__(
        self,
        name: str,
        loaded: Loaded,
        *,
        query_prefix: str = "",
        passage_prefix: str = "",
        threads: int = 0,
    ) -> None:
        """`threads` > 0 limits PyTorch in the whole process: it has no narrower setting."""
        if threads > 0:
            torch.set_num_threads(threads)
        # Fast tokenizers refuse to be used by two threads at once.
        self._turn = threading.Lock()
        self._model = loaded.model
        prompts = {k: v for k, v in loaded.model.prompts.items() if v}
        self._query_prefix = query_prefix or prompts.get("query", "")
        self._passage_prefix = (
            passage_prefix or prompts.get("document", "") or prompts.get("passage", "")
        )
        self._name = name
        sources = f"{loaded.digest}\n{self._query_prefix}\n{self._passage_prefix}"
        self._fingerprint = hashlib.sha256(sources.encode()).hexdigest()
        self._dimension = int(loaded.model.get_embedding_dimension() or 0)

    @property
    def name(self) -> str:
        return self._name

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode_passages(
        self, texts: Sequence[str], *, progress: bool = False
    ) -> NDArray[np.float32]:
        """Unit rows, (len(texts), dimension), in the order of the texts."""
        return self._encode(texts, self._passage_prefix, progress)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, (len(texts), dimension), in the order of the texts."""
        return self._encode(texts, self._query_prefix, progress=False)

    def _encode(self, texts: Sequence[str], prefix: str, progress: bool) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        # `encode` sorts by length, so that a batch carries little padding.
        with self._turn, _threads_for(len(texts)):
            vectors = self._model.encode(
                list(texts),
                prompt=prefix or None,
                batch_size=_BATCH,
                show_progress_bar=progress,
                convert_to_tensor=True,
                normalize_embeddings=True,
            )
        return np.ascontiguousarray(vectors.float().numpy())

    def encode_tokens(
        self, texts: Sequence[str], *, progress: bool = False
    ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """As `encode_passages`, and with it the vectors of each text's tokens, (tokens, d)."""
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32), []
        read = self._read(texts, self._passage_prefix, progress)
        vectors = torch.stack([one["sentence_embedding"] for one in read]).float().numpy()
        return np.ascontiguousarray(vectors), [_tokens(one) for one in read]

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """One question's vector (d,) and those of its own tokens (tokens, d), in one pass."""
        with self._turn, _threads_for(1), torch.inference_mode():
            # `encode` takes a millisecond to arrange even one text.
            read = self._model(self._model.preprocess([text], prompt=self._query_prefix or None))
        vector = functional.normalize(read["sentence_embedding"].float(), dim=1)[0].numpy()
        # Without the marks that stand first and last in every text.
        return vector, _tokens({name: read[name][0] for name in _OF_TOKENS})[1:-1]

    def _read(
        self, texts: Sequence[str], prefix: str, progress: bool
    ) -> list[dict[str, torch.Tensor]]:
        with self._turn, _threads_for(len(texts)):
            read = self._model.encode(
                list(texts),
                prompt=prefix or None,
                batch_size=_BATCH,
                show_progress_bar=progress,
                output_value=None,
                normalize_embeddings=True,
            )
        return cast(list[dict[str, torch.Tensor]], read)


def _tokens(read: dict[str, torch.Tensor]) -> NDArray[np.float32]:
    own = read["attention_mask"].bool()
    tokens: NDArray[np.float32] = read["token_embeddings"][own].float().numpy()
    return tokens
