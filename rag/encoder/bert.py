"""A BERT with its tokenizer as the input module of a SentenceTransformer.

sentence-transformers' own module reads its weights from a folder in full precision; this one is
given them, so that the bundled model can be packed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers.base.modality_types import PairInput, SingleInput
from sentence_transformers.base.modules import InputModule
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertConfig

from rag.encoder.homographs import Homographs
from rag.encoder.layers import BertLayers


class PackedBert(InputModule):
    """Token ids to token vectors; texts are cut to `max_seq_length` tokens."""

    def __init__(
        self,
        config: BertConfig,
        tokenizer: Tokenizer,
        weights: Mapping[str, Tensor],
        *,
        longest: int,
    ) -> None:
        """Raises ValueError or KeyError if `weights` do not fit `config`."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._config = config
        self._weights = weights
        self._layers = BertLayers(config, weights)
        self.tokenizer = self._tokenizer = tokenizer
        self._homographs = Homographs(tokenizer.get_vocab())
        self.max_seq_length = longest

    @property
    def max_seq_length(self) -> int:
        return self._longest

    @max_seq_length.setter
    def max_seq_length(self, tokens: int) -> None:
        self._longest = tokens
        self._tokenizer.enable_truncation(tokens)

    def get_embedding_dimension(self) -> int:
        return int(self._config.hidden_size)

    def preprocess(
        self,
        inputs: Sequence[SingleInput | PairInput],
        prompt: str | None = None,
        **_: object,
    ) -> dict[str, Tensor]:
        """Token ids and mask, (len(inputs), longest of them); the inputs must be strings."""
        texts = [f"{prompt or ''}{text}" for text in inputs]
        encoded = self._tokenizer.encode_batch_fast(texts)
        ids = torch.tensor([e.ids for e in encoded])
        return {
            "input_ids": self._homographs.resolve(ids, texts),
            "attention_mask": torch.tensor([e.attention_mask for e in encoded]),
        }

    def forward(self, features: dict[str, Tensor], **_: object) -> dict[str, Tensor]:
        """Adds «token_embeddings», (texts, tokens, d) float32 whatever the weights' format."""
        states = self._layers(features["input_ids"], features["attention_mask"])
        return {**features, "token_embeddings": states.float()}

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Write config.json, tokenizer.json and model.safetensors, in full, to a folder."""
        folder = Path(output_path)
        (folder / "config.json").write_text(self._config.to_json_string(), encoding="utf-8")
        self._tokenizer.save(str(folder / "tokenizer.json"))
        state = {k: v.float().contiguous() for k, v in self._weights.items()}
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
