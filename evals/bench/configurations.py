"""The configurations by name, and what each needs to be there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evals.bench.reference import NAME as REFERENCE
from evals.bench.reference import open_reference
from evals.bench.systems import Bm25, Dense, Hybrid, Lexical, System
from rag.encoder import Encoder, open_encoder
from rag.errors import EncoderUnavailable, InvalidInput
from rag.index.builder import Collection, write
from rag.index.reader import Index
from rag.reranker import Reranker, open_reranker
from rag.settings import Settings

# In the order of the table: what follows is compared with the first.
KNOWN: Mapping[str, str] = {
    "bm25": "the question's words in its own language, one index of all passages",
    REFERENCE: "cosine, with all-MiniLM-L6-v2 in float32",
    "lexical": "the product's words side: translated terms, an index for each language",
    "dense": "cosine, with the bundled encoder",
    "hybrid": "the product's retrieval",
    "hybrid+rerank": "the same, its first passages put in a new order by the bundled reranker",
}

# Not the error's own words: they name a folder of this machine, and the table is published.
RERANKER_MISSING = "The bundled reranker's files are missing or damaged."


@dataclass(frozen=True, slots=True)
class Built:
    """A system over a collection, and the seconds that its index took."""

    system: System
    index_seconds: float


@dataclass(frozen=True, slots=True)
class Configuration:
    """A way to search. `build` indexes a collection in an empty folder, which must stay."""

    name: str
    describes: str
    build: Callable[[Collection, Path], Built]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A configuration that is not there, and why."""

    name: str
    reason: str


class _Products:
    """The product's index of the last collection: with and without a reranker it is the same."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._last: tuple[Collection, Index, float] | None = None

    def build(self, reranker: Reranker | None, collection: Collection, folder: Path) -> Built:
        if self._last is None or self._last[0] is not collection:
            started = time.perf_counter()
            write(collection, folder, self._encoder)
            index = Index.open(folder)
            self._last = collection, index, time.perf_counter() - started
        _, index, seconds = self._last
        return Built(Hybrid(index, self._encoder, reranker), seconds)


def open_configurations(
    named: Sequence[str], only: Sequence[str], settings: Settings
) -> tuple[Sequence[Configuration], Sequence[Skipped]]:
    """Those of KNOWN, then one for each model `named`, of which `only` some if any are given.

    Everything is opened here, so that a mistake shows before the first measurement. What does not
    come with the product is skipped where it is missing. Raises InvalidInput for an unknown name in
    `only`, EncoderUnavailable if the bundled encoder or one of `named` cannot be opened.
    """
    wanted = only or [*KNOWN, *named]
    for name in wanted:
        if name not in {*KNOWN, *named}:
            raise InvalidInput(f"There is no configuration {name!r}; known: {', '.join(KNOWN)}.")
    builders: dict[str, Callable[[Collection, Path], Built]] = {
        "bm25": partial(_timed, Bm25),
        "lexical": partial(_timed, Lexical),
    }
    skipped = []
    if {"dense", "hybrid", "hybrid+rerank"} & set(wanted):
        bundled = open_encoder(threads=settings.threads)
        products = _Products(bundled)
        builders["dense"] = partial(_timed, partial(Dense, bundled))
        builders["hybrid"] = partial(products.build, None)
        try:
            builders["hybrid+rerank"] = partial(products.build, open_reranker())
        except EncoderUnavailable:
            skipped.append(Skipped("hybrid+rerank", RERANKER_MISSING))
    if REFERENCE in wanted:
        try:
            reference = open_reference(settings.threads)
            builders[REFERENCE] = partial(_timed, partial(Dense, reference))
        except EncoderUnavailable as error:
            skipped.append(Skipped(REFERENCE, str(error)))
    for name in named:
        encoder = open_encoder(
            name,
            query_prefix=settings.query_prefix,
            passage_prefix=settings.passage_prefix,
            threads=settings.threads,
        )
        builders[name] = partial(_timed, partial(Dense, encoder))
    configurations = [
        Configuration(name, KNOWN.get(name, f"cosine, with {name}"), builders[name])
        for name in dict.fromkeys(wanted)
        if name in builders
    ]
    if not configurations:
        raise InvalidInput(" ".join(one.reason for one in skipped))
    return configurations, [one for one in skipped if one.name in wanted]


def _timed(
    system: Callable[[Collection, Path], System], collection: Collection, folder: Path
) -> Built:
    started = time.perf_counter()
    built = system(collection, folder)
    return Built(built, time.perf_counter() - started)
