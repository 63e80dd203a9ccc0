"""Loads the reranker that comes with the product, and scores with it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertConfig

from rag.encoder.bundled import CONFIG, TOKENIZER, WEIGHTS, verified
from rag.encoder.homographs import Homographs
from rag.encoder.layers import BertLayers
from rag.encoder.precision import native_bfloat16
from rag.encoder.weights import read_packed

HEAD = "head.weight"
VOCABULARY = "embeddings.word_embeddings.weight"
_LONGEST = 224  # tokens of question and passage together
# Rows of the head.
_ANSWERS, _BEARS_OUT = 0, 1
_FEW = 16  # pairs read at once: of about one length, so that little of it is padding


class PairReader:
    """A BERT that reads pairs of texts; threads may share it: one reads at a time."""

    def __init__(self, folder: Path, encoder: Path, *, low_precision: bool | None = None) -> None:
        """`folder` has the reranker's own weights, `encoder` the vocabulary that it shares.

        Raises EncoderUnavailable if a file is missing or is not the one that was packed.
        """
        verified(folder)
        verified(encoder)
        low = native_bfloat16() if low_precision is None else low_precision
        kind = torch.bfloat16 if low else torch.float32
        own = {k: torch.from_numpy(v).to(kind) for k, v in read_packed(folder / WEIGHTS).items()}
        self._head = own.pop(HEAD).float()
        vocabulary = read_packed(encoder / WEIGHTS)[VOCABULARY]
        own[VOCABULARY] = torch.from_numpy(vocabulary).to(kind)
        self._layers = BertLayers(BertConfig.from_json_file(encoder / CONFIG), own)
        self._tokenizer = Tokenizer.from_file(str(encoder / TOKENIZER))
        self._tokenizer.enable_truncation(_LONGEST, strategy="longest_first")
        self._tokenizer.enable_padding()
        self._homographs = Homographs(self._tokenizer.get_vocab())
        self._turn = threading.Lock()

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """The log-odds that each passage answers the question, (len(passages),) float32."""
        return self._scores([(question, passage) for passage in passages], _ANSWERS)

    def borne_out(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """The log-odds that, of each pair, the passage bears the sentence before it out,
        (len(pairs),) float32."""
        return self._scores(pairs, _BEARS_OUT)

    def _scores(self, pairs: Sequence[tuple[str, str]], row: int) -> NDArray[np.float32]:
        found = np.zeros(len(pairs), np.float32)
        order = sorted(range(len(pairs)), key=lambda i: sum(map(len, pairs[i])))
        with self._turn, torch.inference_mode():
            for start in range(0, len(order), _FEW):
                few = order[start : start + _FEW]
                found[few] = (self._read([pairs[i] for i in few]) @ self._head[row]).numpy()
        return found

    def _read(self, pairs: list[tuple[str, str]]) -> Tensor:
        """The mean of each pair's token vectors."""
        encoded = self._tokenizer.encode_batch_fast(pairs)
        ids, mask, kinds = (
            torch.tensor([getattr(e, name) for e in encoded])
            for name in ("ids", "attention_mask", "type_ids")
        )
        for kind, texts in enumerate(zip(*pairs, strict=True)):
            ids = self._homographs.resolve(ids, texts, kinds == kind)
        states = self._layers(ids, mask, kinds)
        weight = mask.unsqueeze(2).float()
        return (states.float() * weight).sum(1) / weight.sum(1)


def load_bundled() -> PairReader:
    """Raises EncoderUnavailable if a file is missing or is not the one that was packed."""
    package = Path(__file__).parents[1]
    return PairReader(package / "reranker" / "model", package / "encoder" / "model")
