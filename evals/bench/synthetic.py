"""Collections of any size for measuring speed: texts recombined from real sentences, and vectors
drawn at random where encoding so many texts would take hours."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import chunker
from rag import documents as files
from rag.chunker import flow
from rag.encoder import Encoder
from rag.errors import InvalidInput
from rag.index.builder import Collection
from rag.jsonlines import read_json_lines
from rag.language import identify, sentences
from rag.tokens import count
from rag.translation import LANGUAGES
from rag.types import Document, Language

_LEAST_WORDS = 4
_LONGEST = 60  # tokens: longer ones are tables and lists
_ENOUGH = 20

Sentences = Mapping[Language, Sequence[str]]


def read_sentences(paths: Sequence[Path]) -> Sentences:
    """The distinct sentences of documents (files or folders, as `rag index` reads them) and of
    the `text` of .jsonl files, by language.

    Raises InvalidInput if a language has fewer than twenty, RagError if a file cannot be read.
    """
    found: dict[Language, dict[str, None]] = {language: {} for language in LANGUAGES}
    for text, language in _texts(paths):
        flat = flow(text)
        for start, end in sentences(flat, language):
            sentence = flat[start:end]
            if len(sentence.split()) >= _LEAST_WORDS and count(sentence) <= _LONGEST:
                found[language][sentence] = None
    for language in LANGUAGES:
        if len(found[language]) < _ENOUGH:
            raise InvalidInput(
                f"{', '.join(map(str, paths))}: only {len(found[language])} sentences in "
                f"«{language}»; name documents that hold more, in both languages."
            )
    return {language: list(found[language]) for language in LANGUAGES}


def recombined(pool: Sequence[str], tokens: int, number: int, seed: int) -> list[str]:
    """So many texts of about `tokens` tokens each (`rag.tokens`), of sentences drawn at random."""
    rng = random.Random(seed)
    lengths = [count(sentence) for sentence in pool]
    return [_one(pool, lengths, tokens, rng) for _ in range(number)]


def collection(pool: Sentences, tokens: int, number: int, seed: int) -> Collection:
    """So many paragraphs, in both languages in turn, each a document of its own."""
    texts = {
        language: recombined(pool[language], tokens, -(-number // 2), seed)
        for language in LANGUAGES
    }
    documents = [
        Document(f"p{row}", "", language, texts[language][row // 2], source=f"p{row}")
        for row, language in zip(range(number), cycle(LANGUAGES), strict=False)
    ]
    return Collection(tuple(documents), tuple(one.whole() for one in documents))


class RandomVectors:
    """An Encoder that gives passages random unit vectors, as many for their tokens as
    `rag.tokens` counts, and encodes questions with a real encoder.

    The neighbours of a question are then arbitrary, and its nearest by vectors are not those by
    words: the retriever has as much to score as it ever may.
    """

    name = "random"
    _POOL = 4096  # token vectors; a text's are drawn among them

    def __init__(self, encoder: Encoder, seed: int) -> None:
        self._encoder = encoder
        self._rng = np.random.default_rng(seed)
        self._tokens = self._unit(self._POOL)

    @property
    def fingerprint(self) -> str:
        return f"random {self._encoder.fingerprint}"

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode_passages(
        self, texts: Sequence[str], *, progress: bool = False
    ) -> NDArray[np.float32]:
        return self._unit(len(texts))

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoder.encode_queries(texts)

    def encode_tokens(
        self, texts: Sequence[str], *, progress: bool = False
    ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        drawn = [
            self._tokens[self._rng.integers(self._POOL, size=count(text) + 2)] for text in texts
        ]
        return self._unit(len(texts)), drawn

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self._encoder.encode_query_tokens(text)

    def _unit(self, rows: int) -> NDArray[np.float32]:
        drawn = self._rng.standard_normal((rows, self.dimension), np.float32)
        unit: NDArray[np.float32] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return unit


def _texts(paths: Sequence[Path]) -> Iterator[tuple[str, Language]]:
    for path in paths:
        if path.suffix == ".jsonl":
            for line in read_json_lines(path):
                text = line.text("text", blank=True)
                yield text, identify(text)
        else:
            for file in files.collect([path]):
                for paragraph in chunker.chunk(files.read(file, file.parent)):
                    yield paragraph.text, paragraph.language


def _one(pool: Sequence[str], lengths: Sequence[int], tokens: int, rng: random.Random) -> str:
    chosen: list[str] = []
    total = 0
    while total < tokens:
        row = rng.randrange(len(pool))
        # Stop at whichever is nearer: with this sentence or without.
        if chosen and total + lengths[row] - tokens > tokens - total:
            break
        chosen.append(pool[row])
        total += lengths[row]
    return " ".join(chosen)
