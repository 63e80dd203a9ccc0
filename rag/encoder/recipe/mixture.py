"""What the student reads, in which order: a function of the seed and the position alone.

Texts come in pools: each pool takes its share of every source, sorts by length so that batches
carry little padding, and shuffles the batches. A run that is cut finds its place again by the
number of the pool and of the batch.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from rag.encoder.recipe.corpus import Note, Pair, available, read_notes, read_pairs
from rag.encoder.recipe.matches import Drawn, Matches
from rag.errors import InvalidInput

T = TypeVar("T")
Kind = Literal["french", "english", "retrieval", "contrast"]

_ENGLISH = 0.25  # of the pairs: the student reads the English side, as the teacher does
_CUT = 640  # characters of a passage beyond which the student's token limit cuts it anyway


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the training: the share of each source among a pool's texts, and the longest text
    in characters. «stitched» is neighbouring sentences of one sitting, joined to a paragraph."""

    shares: Mapping[str, float]
    longest: int
    matched: float = 0.0  # of a pool's texts are queries with their passages, beside the shares


# First everything up to the length of a section; then mostly single sentences, which teach more
# words for the same work, and the sources nearest to what people ask.
PARTS = (
    Part(
        {
            "europarl-general": 0.20,
            "europarl-trade": 0.11,
            "europarl-questions": 0.10,
            "laws-leaf": 0.09,
            "laws-short": 0.05,
            "docs-free": 0.15,
            "terms": 0.02,
            "tatoeba": 0.08,
            "stitched": 0.06,
            "laws-notes": 0.14,
        },
        longest=900,
    ),
    Part(
        {
            "europarl-general": 0.22,
            "europarl-trade": 0.10,
            "europarl-questions": 0.16,
            "laws-leaf": 0.07,
            "laws-short": 0.06,
            "docs-free": 0.20,
            "terms": 0.02,
            "tatoeba": 0.10,
            "stitched": 0.02,
            "laws-notes": 0.05,
        },
        longest=400,
    ),
)


# After that, to tell the passage that answers from those like it; the pairs keep what was learnt.
CONTRAST_PARTS = (
    Part(
        {
            "europarl-general": 0.20,
            "europarl-trade": 0.12,
            "europarl-questions": 0.14,
            "laws-leaf": 0.08,
            "laws-short": 0.06,
            "docs-free": 0.20,
            "terms": 0.02,
            "tatoeba": 0.10,
            "stitched": 0.08,
        },
        longest=500,
        matched=1.5,
    ),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts for one step.

    In «french» and «english» batches the student reads `texts` and must give what the teacher
    gives for `english`; in «retrieval» and «contrast» ones `texts` are queries, `passages` what
    answers them, and `english`, `english_passages` what the teacher reads for each, where there
    is an English wording.
    """

    kind: Kind
    texts: list[str]
    english: list[str | None]
    passages: list[str]
    english_passages: list[str | None]


class Texts(Protocol):
    """What a training reads: in each of its `parts`, pools of batches, the same each time."""

    @property
    def parts(self) -> Sequence[object]: ...

    def batches(self, pool: int, start: int = 0, part: int = 0) -> Iterator[Batch]:
        """The batches of pool number `pool` from number `start` on, in one part."""
        ...


class Mixture:
    """The training texts of a corpus folder, in memory."""

    def __init__(
        self,
        corpus: Path,
        *,
        seed: int,
        pool: int = 3072,
        budget: int = 9000,
        parts: Sequence[Part] = PARTS,
        matches: Matches | None = None,
    ) -> None:
        """`pool` is the number of texts in a pool, `budget` the most characters in a batch;
        `matches` are what the parts' `matched` draw from."""
        self._seed = seed
        self._pool = pool
        self._matches = matches
        self.parts = tuple(parts)
        self._budget = budget
        pairs: dict[str, list[tuple[str, str]]] = {}
        notes: list[Note] = []
        for name in available(corpus, tuple(self.parts[0].shares)):
            draw = random.Random(f"{seed} {name}")
            if name == "laws-notes":
                notes = [n for n in read_notes(corpus, name) if distinct(n)]
                draw.shuffle(notes)
                continue
            usable = [p for p in read_pairs(corpus, name) if _usable(p)]
            pairs[name] = [(p.en, p.fr) for p in usable]
            if name == "europarl-trade":  # in the order of the debates; -general is not
                pairs["stitched"] = _stitched(usable, draw)
            draw.shuffle(pairs[name])
        if not any(pairs.values()):
            raise InvalidInput(f"{corpus} has no pair with an alignment score of 1 or more.")
        self._selections = [_Selection.of(part, pairs, notes, pool) for part in self.parts]

    def batches(self, pool: int, start: int = 0, part: int = 0) -> Iterator[Batch]:
        """The batches of pool number `pool` from number `start` on, in one part of the training."""
        draw = random.Random(f"{self._seed} pool {pool}")
        chosen = self._selections[part]
        sides: dict[Kind, list[tuple[str, str]]] = {"french": [], "english": []}
        for name, quota in chosen.quotas.items():
            for pair in _turn(chosen.pairs[name], pool, quota):
                sides["english" if draw.random() < _ENGLISH else "french"].append(pair)
        batches: list[Batch] = []
        for kind, pairs in sides.items():
            for group in by_length(pairs, lambda p: len(p[0]) + len(p[1]), 2 * self._budget):
                texts = [en if kind == "english" else fr for en, fr in group]
                batches.append(Batch(kind, texts, [en for en, _ in group], [], []))
        notes = _turn(chosen.notes, pool, chosen.note_quota)
        for few in by_length(notes, lambda n: min(len(n.en_passage), _CUT), 2 * self._budget):
            batches.append(_retrieval(few, draw))
        if self._matches and self.parts[part].matched:
            for drawn in self._matches.batches(pool, round(self.parts[part].matched * self._pool)):
                batches.append(_contrast(drawn))
        draw.shuffle(batches)
        yield from batches[start:]


@dataclass(frozen=True, slots=True)
class _Selection:
    """What one part reads, and how many texts of each source a pool takes."""

    pairs: dict[str, list[tuple[str, str]]]
    quotas: dict[str, int]
    notes: list[Note]
    note_quota: int

    @classmethod
    def of(
        cls, part: Part, pairs: dict[str, list[tuple[str, str]]], notes: list[Note], pool: int
    ) -> _Selection:
        longest = part.longest
        fitting = {
            # Stitched sentences and sections are longer by nature; the token limit cuts them.
            name: few if name == "stitched" else [p for p in few if _longer(p) < longest]
            for name, few in pairs.items()
        }
        fitting = {name: few for name, few in fitting.items() if few}
        total = sum(part.shares[name] for name in fitting)
        note_share = part.shares.get("laws-notes", 0.0) if notes else 0.0
        total += note_share
        quotas = {name: round(pool * part.shares[name] / total) for name in fitting}
        return cls(fitting, quotas, notes, round(pool * note_share / total))


def _turn(items: list[T], pool: int, quota: int) -> list[T]:
    return [items[at % len(items)] for at in range(pool * quota, (pool + 1) * quota)]


def _longer(pair: tuple[str, str]) -> int:
    return max(len(pair[0]), len(pair[1]))


def _usable(pair: Pair) -> bool:
    shortest = min(len(pair.en), len(pair.fr))
    return pair.quality >= 1 and shortest > 2 and _longer((pair.en, pair.fr)) < PARTS[0].longest


def distinct(note: Note) -> bool:
    """Whether the heading says enough to be looked for."""
    # «Definitions», «Purpose», «Regulations» name nothing without their act's title.
    return len(note.en_query.split()) > 1 or len(note.fr_query.split()) > 1


def _stitched(pairs: list[Pair], draw: random.Random) -> list[tuple[str, str]]:
    joined = []
    at = 0
    while at < len(pairs):
        count = draw.randint(2, 5)
        few = pairs[at : at + count]
        joined.append((" ".join(p.en for p in few), " ".join(p.fr for p in few)))
        at += count
    draw.shuffle(joined)
    return joined


def by_length(items: Sequence[T], length: Callable[[T], int], budget: int) -> Iterator[list[T]]:
    """Groups of about one length, each with at most `budget` in all when padded."""
    group: list[T] = []
    longest = 0
    for item in sorted(items, key=length):
        longest = max(longest, length(item), 80)
        if group and longest * (len(group) + 1) > budget:
            yield group
            group, longest = [], length(item)
        group.append(item)
    if group:
        yield group


def _contrast(drawn: Sequence[Drawn]) -> Batch:
    return Batch(
        "contrast",
        [one.query.text for one in drawn],
        [one.query.english for one in drawn],
        [one.passage for one in drawn],
        [one.english_passage for one in drawn],
    )


def _retrieval(notes: list[Note], draw: random.Random) -> Batch:
    asked, answered = draw.choice("ef"), draw.choice("ef")
    texts: list[str] = []
    english: list[str | None] = []
    passages: list[str] = []
    for note in notes:
        titled = draw.random() < 0.3
        en = f"{note.en_query} {note.en_title}" if titled else note.en_query
        fr = f"{note.fr_query} {note.fr_title}" if titled else note.fr_query
        texts.append(en if asked == "e" else fr)
        english.append(en)
        passages.append(note.en_passage if answered == "e" else note.fr_passage)
    return Batch("retrieval", texts, english, passages, [n.en_passage for n in notes])
