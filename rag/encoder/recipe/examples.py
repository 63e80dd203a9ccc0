"""Pairs of texts with words that both languages write, for training those words' rows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.encoder.recipe.align import SOURCES
from rag.encoder.recipe.corpus import available, read_pairs, words
from rag.encoder.recipe.homographs import Homograph
from rag.encoder.recipe.mixture import Batch, by_length
from rag.language import grammar_language
from rag.types import Language

_TEXTS = 50  # of each source with each word
_LONGEST = 100  # characters: in a longer text the words around tell which is meant
_BUDGET = 18_000  # characters of a batch, both sides together


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its translation, and the homographs that it holds, each with the text's language."""

    text: str
    translation: str
    held: tuple[tuple[str, Language], ...]


class Examples:
    """Pairs with a homograph on one side, for `distil`: a function of the seed and the place."""

    parts = ("all",)

    def __init__(
        self, corpus: Path, found: Sequence[Homograph], *, seed: int, pool: int = 3072
    ) -> None:
        """At most some dozen pairs of each source for each word; `pool` is the number of texts in
        a pool."""
        self._seed = seed
        self._pool = pool
        wanted: dict[Language, set[str]] = {"fr": set(), "en": set()}
        for one in found:
            wanted[one.language].add(one.word)
        self.all = [
            one for name in available(corpus, SOURCES) for one in _with(corpus, name, wanted)
        ]
        random.Random(seed).shuffle(self.all)

    def batches(self, pool: int, start: int = 0, part: int = 0) -> Iterator[Batch]:
        """The batches of pool number `pool` from number `start` on."""
        first, end = pool * self._pool, (pool + 1) * self._pool
        drawn = [self.all[at % len(self.all)] for at in range(first, end)]
        batches = [
            # The encoder reads the translation, and the rows learn to read the text so.
            Batch("french", [one.text for one in few], [one.translation for one in few], [], [])
            for few in by_length(drawn, lambda one: len(one.text + one.translation), _BUDGET)
        ]
        random.Random(f"{self._seed} pool {pool}").shuffle(batches)
        yield from batches[start:]


def _with(corpus: Path, name: str, wanted: Mapping[Language, set[str]]) -> Iterator[Example]:
    """Texts that hold a wanted word of their language."""
    taken: Counter[tuple[str, Language]] = Counter()
    for pair in read_pairs(corpus, name):
        if pair.quality < 1 or max(len(pair.en), len(pair.fr)) > _LONGEST:
            continue
        sides: tuple[tuple[Language, str, str], ...] = (
            ("fr", pair.fr, pair.en),
            ("en", pair.en, pair.fr),
        )
        for language, text, translation in sides:
            alike = sorted(wanted[language].intersection(words(text)))
            held = tuple((word, language) for word in alike)
            if any(taken[one] < _TEXTS for one in held) and grammar_language(text) == language:
                taken.update(held)
                yield Example(text, translation, held)
