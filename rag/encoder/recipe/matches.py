"""Questions and the passages that answer them, for training by contrast.

A batch is made of groups of passages that are alike, so that the wrong passages of a batch are
hard to tell from the right one: sections of one act; paragraphs of documents that resemble each
other; passages whose words are near (Hofstätter et al. 2021 compose batches so, from clusters of
queries).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.encoder.recipe.corpus import Note, Pair, read_notes, read_pairs
from rag.encoder.recipe.rows import read_rows

NOTES = "laws-notes"
_ALIKE = 4  # passages of a group
_CUT = 900  # characters of a passage; the student's token limit cuts it anyway
_TITLED = 0.5  # of the sections are read with the title of their act before them


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, and its English wording where it has one for the teacher to read."""

    text: str
    english: str | None


@dataclass(frozen=True, slots=True)
class Claims:
    """Sentences of one language on a passage: one that it bears out, one that it contradicts, and
    one of which it bears out a part."""

    borne: str
    contradicted: str
    partly: str


@dataclass(frozen=True, slots=True)
class Match:
    """A passage in both languages, queries in either that it answers, a question near to them
    that it leaves `unanswered`, and claims on it.

    A passage of a single language stands in the other's place, too; `english` tells whether `en`
    is."""

    queries: tuple[Query, ...]
    en: str
    fr: str
    en_title: str = ""
    fr_title: str = ""
    unanswered: str = ""
    claims: Claims | None = None
    english: bool = True


@dataclass(frozen=True, slots=True)
class Drawn:
    """One query and its passage, as they are read, and the passage in English if it has one."""

    query: Query
    passage: str
    english_passage: str | None


Group = tuple[Match, ...]


def read_questions(corpus: Path, file: Path) -> list[Match]:
    """The questions of `file` (gzipped JSON lines: `passage`, `fr`, `en`, and `near`, a question
    that the passage leaves unanswered; with claims or not: `yes`, `no`, `part`) with their
    passages.

    `passage` is «name:first+count», consecutive pairs of `corpus/name.jsonl.zst`, or
    «laws-notes:number». Raises InvalidInput, naming the line, if it is malformed.
    """
    notes: list[Note] = []
    pairs: dict[str, list[Pair]] = {}

    def match(row: dict[str, Any]) -> Match:
        queries = (Query(row["fr"], None), Query(row["en"], row["en"]))
        claims = Claims(row["yes"], row["no"], row["part"]) if "yes" in row else None
        name, _, place = row["passage"].partition(":")
        if name == NOTES:
            notes.extend(() if notes else read_notes(corpus, NOTES))
            note = notes[int(place)]
            en = f"{note.en_query}. {note.en_passage}"
            fr = f"{note.fr_query}. {note.fr_passage}"
            return Match(queries, en, fr, note.en_title, note.fr_title, row["near"], claims)
        if name not in pairs:
            pairs[name] = list(read_pairs(corpus, name))
        first, _, count = place.partition("+")
        few = pairs[name][int(first) : int(first) + int(count)]
        en, fr = " ".join(p.en for p in few), " ".join(p.fr for p in few)
        return Match(queries, en, fr, unanswered=row["near"], claims=claims)

    return read_rows(file, match)


def alike(matches: Sequence[Match]) -> list[Group]:
    """The matches in groups of passages whose English words are near (TF-IDF)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(
        [match.en for match in matches]
    )
    free = np.ones(len(matches), bool)
    groups = []
    for at in range(len(matches)):
        if not free[at]:
            continue
        near = np.asarray((rows @ rows[at].T).todense()).ravel()
        near[~free] = -1.0
        near[at] = 2.0
        chosen = [i for i in np.argsort(-near)[:_ALIKE].tolist() if near[i] >= 0]
        free[chosen] = False
        groups.append(tuple(matches[i] for i in chosen))
    return groups


def of_acts(notes: Sequence[Note]) -> list[Group]:
    """Marginal notes and their sections, grouped by act."""
    acts: dict[str, list[Match]] = {}
    for note in notes:
        queries = (Query(note.fr_query, note.en_query), Query(note.en_query, note.en_query))
        acts.setdefault(note.en_title, []).append(
            Match(queries, note.en_passage, note.fr_passage, note.en_title, note.fr_title)
        )
    return [
        group
        for sections in acts.values()
        for group in in_groups(sections, f"{len(sections)} {sections[0].en_title}")
    ]


def in_groups(matches: Sequence[Match], seed: str) -> list[Group]:
    """Like passages in groups, of those of one act or of one family of documents."""
    mixed = random.Random(seed).sample(matches, len(matches))
    return [tuple(mixed[at : at + 2 * _ALIKE]) for at in range(0, len(mixed), 2 * _ALIKE)]


class Matches:
    """Endless batches of drawn queries and passages: a function of the seed and the pool alone."""

    def __init__(self, groups: Sequence[Group], *, seed: int, size: int, budget: int) -> None:
        """A batch has at most `size` passages, of at most `budget` characters together."""
        self._groups = list(groups)
        random.Random(f"{seed} groups").shuffle(self._groups)
        self._seed = seed
        self._size = size
        self._budget = budget

    def batches(self, pool: int, count: int) -> Iterator[list[Drawn]]:
        """About `count` queries and passages of one pool, in batches."""
        draw = random.Random(f"{self._seed} matches {pool}")
        average = sum(map(len, self._groups)) / len(self._groups)
        take = max(1, round(count / average))
        batch: list[Drawn] = []
        for at in range(pool * take, (pool + 1) * take):
            group = self._groups[at % len(self._groups)]
            drawn = [_drawn(match, draw) for match in group]
            length = max(len(one.passage) for one in [*batch, *drawn])
            if batch and (
                len(batch) + len(drawn) > self._size
                or length * (len(batch) + len(drawn)) > self._budget
            ):
                yield batch
                batch = []
            batch += drawn
        if len(batch) > 1:
            yield batch


def _drawn(match: Match, draw: random.Random) -> Drawn:
    query = draw.choice(match.queries)
    french = draw.random() < 0.5
    title = match.fr_title if french else match.en_title
    titled = bool(title) and draw.random() < _TITLED
    passage = (match.fr if french else match.en)[:_CUT]
    english = match.en[:_CUT]
    if titled:
        passage, english = f"{title}. {passage}", f"{match.en_title}. {english}"
    return Drawn(query, passage, english if match.english else None)
