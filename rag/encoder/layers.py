"""The forward pass of a BERT (Devlin et al. 2019) for encoding, and nothing else of it.

A question is a dozen tokens: most of its time goes into calling operations, not into computing.
Query, key and value are one product here, masks are built only where there is padding, and no
framework stands between: about half the time of transformers' `BertModel` for a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from transformers import BertConfig

from rag.encoder.products import Product, product

_PARTS = ("query", "key", "value")


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Tensor
    bias: Tensor

    def __call__(self, states: Tensor, epsilon: float) -> Tensor:
        return functional.layer_norm(states, self.weight.shape, self.weight, self.bias, epsilon)


@dataclass(frozen=True, slots=True)
class _Layer:
    attended: Product
    joined: Product
    first: _Norm
    wide: Product
    narrow: Product
    second: _Norm


class BertLayers:
    """Token ids to token vectors, in the number format of the weights."""

    def __init__(self, config: BertConfig, weights: Mapping[str, Tensor]) -> None:
        """`weights` under the names of transformers' `BertModel`, without its pooler.

        Raises ValueError if `config` asks for another activation than GELU, KeyError if a weight
        is missing.
        """
        if config.hidden_act != "gelu":
            raise ValueError(f"the activation {config.hidden_act!r} is not known")
        self._heads = config.num_attention_heads
        self._epsilon = config.layer_norm_eps
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"]
        self._kinds = weights["embeddings.token_type_embeddings.weight"]
        self._norm = _Norm(*_both(weights, "embeddings.LayerNorm"))
        self._layers = [
            _layer(weights, f"encoder.layer.{number}") for number in range(config.num_hidden_layers)
        ]

    def __call__(self, ids: Tensor, mask: Tensor, kinds: Tensor | None = None) -> Tensor:
        """The states (texts, tokens, d) of token ids (texts, tokens), of which `mask` says which
        are tokens and `kinds` to which of two texts they belong (all to the first without)."""
        texts, tokens = ids.shape
        of_kinds = self._kinds[0] if kinds is None else functional.embedding(kinds, self._kinds)
        states = functional.embedding(ids, self._words) + of_kinds + self._places[:tokens]
        states = self._norm(states, self._epsilon)
        padding = None
        if not bool(mask.all()):
            padding = mask.bool()[:, None, None, :]
        for layer in self._layers:
            parts = layer.attended(states).view(texts, tokens, 3, self._heads, -1)
            query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=padding)
            seen = seen.transpose(1, 2).reshape(texts, tokens, -1)
            states = layer.first(layer.joined.added(seen, states), self._epsilon)
            wide = layer.wide.activated(states)
            states = layer.second(layer.narrow.added(wide, states), self._epsilon)
        return states


def _layer(weights: Mapping[str, Tensor], name: str) -> _Layer:
    parts = [_both(weights, f"{name}.attention.self.{part}") for part in _PARTS]
    together = [torch.cat(few).contiguous() for few in zip(*parts, strict=True)]
    return _Layer(
        attended=product(*together),
        joined=product(*_both(weights, f"{name}.attention.output.dense")),
        first=_Norm(*_both(weights, f"{name}.attention.output.LayerNorm")),
        wide=product(*_both(weights, f"{name}.intermediate.dense")),
        narrow=product(*_both(weights, f"{name}.output.dense")),
        second=_Norm(*_both(weights, f"{name}.output.LayerNorm")),
    )


def _both(weights: Mapping[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]
