"""Writes the word translation table that lets lexical search cross the language."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.encoder.recipe.align import Alignment
from rag.encoder.recipe.files import write_atomically
from rag.encoder.recipe.stopwords import ENGLISH, FRENCH
from rag.types import Language

HEADER = "source_lang\tsource_word\ttarget_word\tprobability"


@dataclass(frozen=True, slots=True)
class Limits:
    """Which translations are kept: the `most` likely of each word, each at least `least` likely,
    between words seen `seen` times and linked about `linked` times; a translation under `sure`
    must also be likely backwards (the product of both at least `mutual`)."""

    most: int = 6
    least: float = 0.05
    seen: int = 3
    linked: float = 2.0
    sure: float = 0.3
    mutual: float = 0.006


def write_table(alignment: Alignment, path: Path, limits: Limits | None = None) -> int:
    """Write gzipped TSV rows, both directions, words folded; returns their number."""
    limits = limits or Limits()
    lines = [
        *_rows(alignment, "en", limits),
        *_rows(alignment, "fr", limits),
    ]
    text = "\n".join([HEADER, *lines]) + "\n"
    with write_atomically(path) as part:
        part.write_bytes(gzip.compress(text.encode(), mtime=0))
    return len(lines)


def _rows(alignment: Alignment, source: Language, limits: Limits) -> Iterator[str]:
    own, other = alignment.sides(source)
    ids, others, p, back = own.ids, other.ids, own.p, other.p
    topical = _topical(own.words, FRENCH if source == "fr" else ENGLISH)
    topical_other = _topical(other.words, ENGLISH if source == "fr" else FRENCH)
    keep = (
        topical[ids]
        & topical_other[others]
        & (p >= limits.least)
        & (own.counts[ids] >= limits.seen)
        # Seen together too rarely, or one of many things a rare word happened to stand beside.
        & (np.maximum(p * own.counts[ids], back * other.counts[others]) >= limits.linked)
        & ((p >= limits.sure) | (p * back >= limits.mutual))
    )
    ids, others, p = ids[keep], others[keep], p[keep]
    order = np.lexsort((-p, ids))
    last, used = -1, 0
    for at in order.tolist():
        used = used + 1 if ids[at] == last else 1
        last = int(ids[at])
        if used <= limits.most:
            yield f"{source}\t{own.words[last]}\t{other.words[int(others[at])]}\t{p[at]:.3f}"


def _topical(words: list[str], function_words: frozenset[str]) -> NDArray[np.bool_]:
    return np.array([len(w) > 1 and w.isalpha() and w not in function_words for w in words])
