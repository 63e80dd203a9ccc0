"""A BERT sentence encoder in its bare form: token ids in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertConfig, BertModel

from rag.encoder.homographs import Homographs
from rag.encoder.precision import native_bfloat16
from rag.encoder.recipe.files import write_atomically


@dataclass(frozen=True, slots=True)
class Read:
    """Texts as the encoder reads them: unit `vectors` (texts, d), `states` of the tokens (texts,
    longest, d), and which of these are tokens (texts, longest), padding being none."""

    vectors: Tensor
    states: Tensor
    mask: Tensor


class SentenceEncoder(torch.nn.Module):
    """BERT, the mean of its token vectors, length 1. Runs in bfloat16 where the CPU has it."""

    def __init__(
        self,
        folder: Path,
        *,
        longest: int,
        weights: Path | None = None,
        low_precision: bool | None = None,
    ) -> None:
        """`folder` holds config.json, tokenizer.json and model.safetensors (unless `weights` names
        another file); texts are cut to `longest` tokens. bfloat16 is used where the CPU has it,
        unless `low_precision` says."""
        super().__init__()
        config = BertConfig.from_json_file(folder / "config.json")
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        # The fused kernel's backward pass is the slower one on short texts.
        config._attn_implementation = "eager"
        self.bert = BertModel(config, add_pooling_layer=False)
        state = load_file(weights or folder / "model.safetensors")
        wanted = self.bert.state_dict()
        self.bert.load_state_dict({k: v.float() for k, v in state.items() if k in wanted})
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(longest)
        self._tokenizer.enable_padding()
        self._homographs = Homographs(self._tokenizer.get_vocab())
        self._low_precision = native_bfloat16() if low_precision is None else low_precision

    def forward(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors, (len(texts), d) float32."""
        return self.read(texts).vectors

    def read(self, texts: Sequence[str]) -> Read:
        """The texts' vectors, and those of their tokens."""
        encoded = self._tokenizer.encode_batch_fast(list(texts))
        ids = self._homographs.resolve(torch.tensor([e.ids for e in encoded]), texts)
        mask = torch.tensor([e.attention_mask for e in encoded])
        with torch.autocast("cpu", torch.bfloat16, enabled=self._low_precision):
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(2).float()
        mean = (states.float() * weight).sum(1) / weight.sum(1)
        return Read(torch.nn.functional.normalize(mean, dim=1), states, mask.bool())

    def save(self, path: Path) -> None:
        """Write the weights as safetensors."""
        with write_atomically(path) as part:
            save_file({k: v.contiguous() for k, v in self.bert.state_dict().items()}, part)
