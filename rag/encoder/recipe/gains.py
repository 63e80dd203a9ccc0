"""Which words' new rows bring texts nearer to their translations.

A word alignment takes «world» and «act» for French words, too, from the English names that French
texts quote; these are read better with the row that they have.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from rag.encoder.recipe.examples import Example
from rag.encoder.recipe.student import SentenceEncoder
from rag.types import Language

_TEXTS = 30  # for each word
_PART = 48  # texts read at once, of about one length


def gains(
    before: SentenceEncoder, after: SentenceEncoder, examples: Sequence[Example]
) -> dict[tuple[str, Language], float]:
    """For each word held, how much the cosine of a text read by `after` to its translation read by
    `before` is above that of the text read by `before`, in the mean."""
    few = sorted(_some(examples), key=lambda one: len(one.text))
    goal = _read(before, [one.translation for one in few])
    texts = [one.text for one in few]
    nearer = (_read(after, texts) * goal).sum(1) - (_read(before, texts) * goal).sum(1)
    by_word = defaultdict(list)
    for one, gain in zip(few, nearer.tolist(), strict=True):
        for word in one.held:
            by_word[word].append(gain)
    return {word: float(np.mean(found)) for word, found in by_word.items()}


def _some(examples: Sequence[Example]) -> Iterator[Example]:
    taken: Counter[tuple[str, Language]] = Counter()
    for one in examples:
        if any(taken[word] < _TEXTS for word in one.held):
            taken.update(one.held)
            yield one


def _read(encoder: SentenceEncoder, texts: Sequence[str]) -> Tensor:
    with torch.no_grad():
        return torch.cat([encoder(texts[at : at + _PART]) for at in range(0, len(texts), _PART)])
