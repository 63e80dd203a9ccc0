"""Measures the encoder's throughput and the time that a question takes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch
from tqdm import tqdm

from evals.bench.synthetic import Sentences, recombined
from rag.encoder import Encoder
from rag.evaluation.uncertainty import SEED
from rag.index.builder import Collection, write
from rag.index.reader import Index
from rag.reading import READ, read
from rag.reranker import Reranker
from rag.retriever import Retriever
from rag.translation import LANGUAGES

LENGTHS = (30, 120)
SHOWN = 5  # hits of a question, as for an answer
_WARMING = 3


@dataclass(frozen=True, slots=True)
class Seconds:
    """What one round took by the clock, and of the processor's time, which other work on the
    machine disturbs less."""

    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class Throughput:
    """Texts of one language and length (`rag.tokens`), encoded on one thread by each encoder in
    turn. `tokens` is the mean of what each reads of a text, its two marks included."""

    language: str
    length: int
    texts: int
    tokens: Mapping[str, float]
    rounds: Mapping[str, Sequence[Seconds]]

    def per_second(self, encoder: str) -> float:
        """Texts a second by the clock, the median of the rounds."""
        return self.texts / median(one.clock for one in self.rounds[encoder])

    def ratios(self, fast: str, slow: str) -> Sequence[Seconds]:
        """How many times as fast, round by round."""
        return [
            Seconds(other.clock / one.clock, other.processor / one.processor)
            for one, other in zip(self.rounds[fast], self.rounds[slow], strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of one question at a time, by the clock and of the processor's time."""

    what: str
    milliseconds: Sequence[float]
    processor: Sequence[float]

    def percentile(self, percent: float) -> float:
        return float(np.percentile(self.milliseconds, percent))


@dataclass(frozen=True, slots=True)
class Large:
    """A question over a large collection, end to end."""

    passages: int
    index_seconds: float
    latencies: Sequence[Latency]


def throughput(
    encoders: Mapping[str, Encoder], pool: Sentences, texts: int, rounds: int
) -> Sequence[Throughput]:
    """So many texts of each length and language, in interleaved rounds, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    found = [
        _throughput(
            encoders, language, length, recombined(pool[language], length, texts, SEED), rounds
        )
        for length in LENGTHS
        for language in LANGUAGES
    ]
    torch.set_num_threads(threads)
    return found


def latency(what: str, ask: Callable[[str], object], questions: Sequence[str]) -> Latency:
    """Every question once, after a few that are not counted."""
    for question in questions[:_WARMING]:
        ask(question)
    milliseconds, processor = [], []
    for question in tqdm(questions, desc=what, unit=" questions", leave=False, disable=None):
        clock, spent = time.perf_counter(), time.process_time()
        ask(question)
        milliseconds.append(1000 * (time.perf_counter() - clock))
        processor.append(1000 * (time.process_time() - spent))
    return Latency(what, milliseconds, processor)


def large(
    collection: Collection,
    encoder: Encoder,
    reranker: Reranker | None,
    questions: Sequence[str],
) -> Large:
    """Index a collection in a temporary folder and ask every question of it, without the reranker
    and then, if there is one, with it."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        write(collection, Path(folder), encoder, progress=True)
        index = Index.open(folder)
        seconds = time.perf_counter() - started
        retriever = Retriever(index, encoder)
        latencies = [latency("hybrid", partial(retriever.search, k=SHOWN), questions)]
        if reranker is not None:
            judge = reranker
            latencies.append(
                latency(
                    "hybrid+rerank",
                    lambda question: read(judge, question, retriever.search(question, k=READ)),
                    questions,
                )
            )
        return Large(len(index.passages), seconds, latencies)


def _throughput(
    encoders: Mapping[str, Encoder],
    language: str,
    length: int,
    texts: Sequence[str],
    rounds: int,
) -> Throughput:
    tokens = {
        # Reads every text once, so that no first round pays for what is loaded then.
        name: float(np.mean([len(one) for one in encoder.encode_tokens(texts)[1]]))
        for name, encoder in encoders.items()
    }
    taken: dict[str, list[Seconds]] = {name: [] for name in encoders}
    label = f"{length} tokens, {language}"
    for _ in tqdm(range(rounds), desc=label, unit=" rounds", leave=False, disable=None):
        for name, encoder in encoders.items():
            clock, processor = time.perf_counter(), time.process_time()
            encoder.encode_passages(texts)
            spent = Seconds(time.perf_counter() - clock, time.process_time() - processor)
            taken[name].append(spent)
    return Throughput(language, length, len(texts), tokens, taken)
