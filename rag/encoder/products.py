"""Products of states with a layer's weights, and what follows them.

In bfloat16 PyTorch copies the bias into the result before each product, and GELU and sums go
through the result once more. oneDNN does all of that inside the product. PyTorch reaches it so from
its compiler, which needs a C++ compiler on the user's machine; the operations that it calls
(`torch.ops.mkldnn`) do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

import torch
from torch import Tensor
from torch.nn import functional

_TOKENS = 2048  # the weights are laid out for products of so many; others can be had, too


class Product(Protocol):
    """`states` (…, n) times the weights, plus the bias: (…, m)."""

    def __call__(self, states: Tensor) -> Tensor: ...

    def activated(self, states: Tensor) -> Tensor:
        """The GELU of the product."""
        ...

    def added(self, states: Tensor, other: Tensor) -> Tensor:
        """The product plus `other` (…, m)."""
        ...


def product(weight: Tensor, bias: Tensor) -> Product:
    """The product with `weight` (m, n) and `bias` (m,), as fast as this PyTorch has it."""
    if weight.dtype is not torch.bfloat16 or not _fuses():
        return _Plain(weight, bias)
    return _Fused(torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), _TOKENS), bias)


@dataclass(frozen=True, slots=True)
class _Plain:
    weight: Tensor
    bias: Tensor

    def __call__(self, states: Tensor) -> Tensor:
        return functional.linear(states, self.weight, self.bias)

    def activated(self, states: Tensor) -> Tensor:
        return functional.gelu(self(states))

    def added(self, states: Tensor, other: Tensor) -> Tensor:
        return self(states) + other


@dataclass(frozen=True, slots=True)
class _Fused:
    weight: Tensor  # laid out by oneDNN
    bias: Tensor

    def __call__(self, states: Tensor) -> Tensor:
        return self._followed(states, "none", "")

    def activated(self, states: Tensor) -> Tensor:
        return self._followed(states, "gelu", "none")  # «none»: not approximated

    def added(self, states: Tensor, other: Tensor) -> Tensor:
        found = torch.ops.mkldnn._linear_pointwise.binary(
            states, other, self.weight, self.bias, "add"
        )
        return cast(Tensor, found)

    def _followed(self, states: Tensor, by: str, kind: str) -> Tensor:
        found = torch.ops.mkldnn._linear_pointwise(states, self.weight, self.bias, by, [], kind)
        return cast(Tensor, found)


@cache
def _fuses() -> bool:
    """Whether this PyTorch has those operations as they are called here: they are not part of what
    it promises."""
    weight, bias = torch.ones(2, 2, dtype=torch.bfloat16), torch.ones(2, dtype=torch.bfloat16)
    try:
        laid = torch.ops.mkldnn._reorder_linear_weight(weight, _TOKENS)
        fused = _Fused(laid, bias)
        found = fused.added(fused.activated(fused(weight)), weight)
    except (AttributeError, NotImplementedError, RuntimeError, TypeError):
        return False
    plain = _Plain(weight, bias)
    return torch.allclose(found, plain.added(plain.activated(plain(weight)), weight), rtol=0.02)
