"""The cited paragraphs of one claim, read once for all checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag import analyser
from rag.language import sentences
from rag.support.dates import Date, dates
from rag.support.polarity import Cue, cues, denied
from rag.support.quantities import Quantity, quantities
from rag.support.reading import Reading, read
from rag.types import Language


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence: of the claim, or of a cited paragraph."""

    text: str
    language: Language
    words: tuple[str, ...]
    stems: tuple[str, ...]
    denied: frozenset[int]
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text says that can be counted: its quantities and its dates."""

    reading: Reading
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]


def facts(text: str, language: Language) -> Facts:
    return _facts(text, language)


@lru_cache(maxsize=512)
def _facts(text: str, language: Language) -> Facts:
    reading = read(text)
    moments = dates(reading, language)
    return Facts(reading, quantities(reading, language, moments), moments)


@lru_cache(maxsize=512)
def segments(text: str, language: Language) -> tuple[Segment, ...]:
    """A text's sentences; one that is a list or a chain is parted at semicolons too."""
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text, language):
        at = start
        for i in range(start, end):
            if text[i] == ";":
                spans.append((at, i + 1))
                at = i + 1
        spans.append((at, end))
    return tuple(
        segment(piece, language) for start, end in spans if (piece := text[start:end].strip())
    )


@lru_cache(maxsize=1024)
def segment(text: str, language: Language) -> Segment:
    words = read(text).words
    texts = tuple(word.text.removesuffix("'") for word in words)
    reached = denied(words, language)
    return Segment(
        text=text,
        language=language,
        words=texts,
        stems=tuple(analyser.stems(texts, language)),
        denied=reached,
        cues=cues(words, language, reached),
    )


def clauses(text: str, language: Language) -> tuple[str, ...]:
    """The parts of a sentence that say something each: cut at punctuation and «and», «et»."""
    reading = read(text)
    starts = [0]
    for before, word in zip(reading.words, reading.words[1:], strict=False):
        if word.clause != before.clause or word.text in _JOINTS:
            starts.append(reading.offsets[word.start])
    pieces = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    joined: list[str] = []
    for piece in pieces:
        if joined and (_content(piece, language) < 2 or _content(joined[-1], language) < 2):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(piece.strip() for piece in joined)


_JOINTS = frozenset({"et", "and", "but", "mais", "which", "who", "qui", "because", "car"})


def _content(text: str, language: Language) -> int:
    return sum(analyser.is_content(word, language) for word in analyser.words(text))


def known_years(found: Sequence[Date]) -> list[int]:
    return [date.year for date in found if date.year is not None]
