"""Word translation probabilities by IBM model 1 in both directions, trained to agree.

Brown et al. 1993 for the model, Liang, Taskar and Klein 2006 for the agreement: in the last rounds
a link counts by the product of both directions' posteriors, which removes the rare words that a
single direction attaches to everything.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.encoder.recipe.corpus import available, read_notes, read_pairs, words
from rag.encoder.recipe.files import write_atomically
from rag.types import Language

SOURCES = (
    "terms",
    "docs-free",
    "tatoeba",
    "europarl-questions",
    "europarl-trade",
    "laws-short",
    "laws-leaf",
    "europarl-general",
)
_NULL = 0.02  # probability mass of «no counterpart» beside each sentence's words
_KEEP = 0.004


@dataclass(frozen=True, slots=True)
class Side:
    """One language of an alignment: its words and how often each was seen; and of every link, its
    word's id and how likely the link is, given that word."""

    words: list[str]
    counts: NDArray[np.int64]
    ids: NDArray[np.int32]
    p: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Links between word ids: `p_fr[k]` = p(fr | en), `p_en[k]` = p(en | fr) for link k."""

    en_words: list[str]
    fr_words: list[str]
    en_counts: NDArray[np.int64]
    fr_counts: NDArray[np.int64]
    en: NDArray[np.int32]
    fr: NDArray[np.int32]
    p_fr: NDArray[np.float32]
    p_en: NDArray[np.float32]

    def sides(self, language: Language) -> tuple[Side, Side]:
        """A language's side, and the other's."""
        french = Side(self.fr_words, self.fr_counts, self.fr, self.p_en)
        english = Side(self.en_words, self.en_counts, self.en, self.p_fr)
        return (french, english) if language == "fr" else (english, french)

    def save(self, path: Path) -> None:
        with write_atomically(path) as part, part.open("wb") as out:
            np.savez_compressed(
                out,
                en_words=np.array(self.en_words),
                fr_words=np.array(self.fr_words),
                en_counts=self.en_counts,
                fr_counts=self.fr_counts,
                en=self.en,
                fr=self.fr,
                p_fr=self.p_fr,
                p_en=self.p_en,
            )

    @classmethod
    def load(cls, path: Path) -> Alignment:
        with np.load(path) as f:
            return cls(
                f["en_words"].tolist(),
                f["fr_words"].tolist(),
                f["en_counts"],
                f["fr_counts"],
                f["en"],
                f["fr"],
                f["p_fr"],
                f["p_en"],
            )


def sample(corpus: Path, limit: int, longest: int, seed: int) -> list[tuple[list[str], list[str]]]:
    """At most `limit` pairs as folded words, both sides at most `longest` words, all sources mixed.

    Headings of sections count as pairs too; pairs with an alignment score under 1 do not.
    """
    draw = random.Random(seed)
    names = available(corpus, SOURCES)
    share = limit // len(names) + 1
    chosen: list[tuple[list[str], list[str]]] = []
    for at, name in enumerate(names):
        texts = [
            (p.en, p.fr)
            for p in read_pairs(corpus, name)
            if p.quality >= 1 and len(p.en) < 8 * longest and len(p.fr) < 8 * longest
        ]
        draw.shuffle(texts)
        share = max(share, (limit - len(chosen)) // (len(names) - at))
        kept = 0
        for en, fr in texts:
            if kept == share:
                break
            a, b = words(en), words(fr)
            if 0 < len(a) <= longest and 0 < len(b) <= longest:
                chosen.append((a, b))
                kept += 1
    if (corpus / "laws-notes.jsonl.zst").is_file():
        headings = {(n.en_query, n.fr_query) for n in read_notes(corpus, "laws-notes")}
        chosen += [(words(en), words(fr)) for en, fr in sorted(headings)]
    return chosen


def align(pairs: list[tuple[list[str], list[str]]], *, rare: int = 3) -> Alignment:
    """Align pairs of word lists; words seen fewer than `rare` times are left out."""
    en_words, en_counts = _vocabulary((a for a, _ in pairs), rare)
    fr_words, fr_counts = _vocabulary((b for _, b in pairs), rare)
    en_ids = {w: i for i, w in enumerate(en_words)}
    fr_ids = {w: i for i, w in enumerate(fr_words)}
    en_texts = [[en_ids[w] for w in a if w in en_ids] for a, _ in pairs]
    fr_texts = [[fr_ids[w] for w in b if w in fr_ids] for _, b in pairs]
    grid = _grid(en_texts, fr_texts, len(fr_words))
    p_fr, p_en = _estimate(grid)
    keep = np.maximum(p_fr, p_en) > _KEEP
    return Alignment(
        en_words,
        fr_words,
        en_counts,
        fr_counts,
        grid.en[keep],
        grid.fr[keep],
        p_fr[keep],
        p_en[keep],
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Every (English word, French word) cell of every sentence pair, in one flat array.

    `link[c]` is the cell's entry in `en`/`fr` (the distinct word pairs), `row[c]` the running
    number of its French token, `column[c]` that of its English token.
    """

    link: NDArray[np.int32]
    row: NDArray[np.int32]
    column: NDArray[np.int32]
    en: NDArray[np.int32]
    fr: NDArray[np.int32]


def _vocabulary(texts: Iterable[list[str]], rare: int) -> tuple[list[str], NDArray[np.int64]]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    kept = sorted((w for w, n in counts.items() if n >= rare), key=lambda w: (-counts[w], w))
    return kept, np.array([counts[w] for w in kept], dtype=np.int64)


def _grid(en_texts: list[list[int]], fr_texts: list[list[int]], fr_size: int) -> _Grid:
    m = np.array([len(a) for a in en_texts], dtype=np.int64)
    n = np.array([len(b) for b in fr_texts], dtype=np.int64)
    en_flat = np.array([w for a in en_texts for w in a], dtype=np.int64)
    fr_flat = np.array([w for b in fr_texts for w in b], dtype=np.int64)
    # One run of m cells for each French token.
    run = np.repeat(m, n)
    en_start = np.repeat(np.cumsum(m) - m, n)
    row = np.repeat(np.arange(len(fr_flat), dtype=np.int32), run)
    first = np.repeat(np.cumsum(run) - run - en_start, run)
    column = (np.arange(len(row), dtype=np.int64) - first).astype(np.int32)
    key = en_flat[column] * fr_size + fr_flat[row]
    order = np.argsort(key)
    ordered = key[order]
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    link = np.empty(len(key), dtype=np.int32)
    link[order] = np.cumsum(new) - 1
    distinct = ordered[new]
    return _Grid(
        link,
        row,
        column,
        (distinct // fr_size).astype(np.int32),
        (distinct % fr_size).astype(np.int32),
    )


def _estimate(
    grid: _Grid, rounds: int = 4, agreeing: int = 3
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    links = len(grid.en)
    p_fr = np.ones(links, dtype=np.float32)
    p_en = np.ones(links, dtype=np.float32)
    for turn in range(rounds + agreeing):
        to_fr = _posterior(p_fr[grid.link], grid.row)
        to_en = _posterior(p_en[grid.link], grid.column)
        if turn >= rounds:
            to_fr *= to_en
            to_en = to_fr
        counts_fr = _summed(to_fr, grid.link, links)
        counts_en = _summed(to_en, grid.link, links)
        p_fr = _normalised(counts_fr, grid.en)
        p_en = _normalised(counts_en, grid.fr)
    return p_fr, p_en


def _posterior(p: NDArray[np.float32], group: NDArray[np.int32]) -> NDArray[np.float32]:
    total = (np.bincount(group, weights=p) + _NULL).astype(np.float32)
    p /= total[group]
    return p


def _summed(
    values: NDArray[np.float32], group: NDArray[np.int32], groups: int
) -> NDArray[np.float64]:
    return np.bincount(group, weights=values, minlength=groups).astype(np.float64, copy=False)


def _normalised(counts: NDArray[np.float64], given: NDArray[np.int32]) -> NDArray[np.float32]:
    # Half a count for «something else» shrinks the links that were seen once.
    total = np.bincount(given, weights=counts) + 0.5
    return (counts / total[given]).astype(np.float32)
