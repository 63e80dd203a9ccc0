"""Finds the words that both languages write and mean differently, and gives each a row more.

In most texts the words around «main» or «or» tell which is meant; in a short one they do not, and
the trained layers hardly tell a French «main» from an English one. The text's language does. So
the word gets one row more, which texts of the other language read in its place
(`rag/encoder/homographs.py`): at first the mean of its translations' rows, as in
trans-tokenization (Remy et al. 2024).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.encoder.recipe.align import Alignment
from rag.encoder.recipe.vocabulary import Spec, mostly_french, scaled, translated
from rag.types import Language

_OFTEN = 10  # uses in each language, in the aligned sample
_AS_ITSELF = 0.3  # how likely a word is translated as itself that means the same in both


@dataclass(frozen=True, slots=True)
class Homograph:
    """A word, the language of the texts that read it otherwise, and their row for it, (d,)."""

    word: str
    language: Language
    row: NDArray[np.float32]


def homographs(
    spec: Spec, english: set[str], rows: NDArray[np.float32], alignment: Alignment
) -> list[Homograph]:
    """The words of a tokenizer, over `rows`, that texts of one language must read otherwise.

    `english` are the words whose rows were English before those of French words were added."""
    ids: dict[str, int] = spec["model"]["vocab"]
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    english = english - mostly_french(alignment).keys()
    found = []
    sides: tuple[tuple[Language, bool], ...] = (("fr", True), ("en", False))
    for language, others in sides:
        means = translated(tokenizer, rows, alignment, language)
        for word, share in _as_itself(alignment, language).items():
            if word in ids and (word in english) == others and share < _AS_ITSELF:
                row = scaled(means[word], float(np.linalg.norm(rows[ids[word]])))
                found.append(Homograph(word, language, row))
    return found


def _as_itself(alignment: Alignment, language: Language) -> Mapping[str, float]:
    """How likely each word that both languages write is translated as itself, from `language`."""
    french, english = alignment.sides("fr")
    own, _ = alignment.sides(language)
    links = zip(french.ids.tolist(), english.ids.tolist(), strict=True)
    linked = dict(zip(links, own.p.tolist(), strict=True))
    translatable = {own.words[at] for at in own.ids.tolist()}
    as_english = {word: at for at, word in enumerate(english.words)}
    shares = {}
    for at, word in enumerate(french.words):
        alike = as_english.get(word)
        if alike is None or min(french.counts[at], english.counts[alike]) < _OFTEN:
            continue
        if word in translatable and word.isalpha() and len(word) > 1:
            shares[word] = linked.get((at, alike), 0.0)
    return shares
