"""Sentences and clauses, with what each denies and which ends of axes it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag import analyser
from rag.language import sentences
from rag.support.polarity import Cue, base, cues, denied
from rag.support.reading import read
from rag.types import Language

_JOINTS = frozenset({"et", "and", "but", "mais", "which", "who", "qui", "because", "car"})
_SPELLING = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[%€$£°<>=±×+]|-(?=\d)")


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, or a part of one: its folded words, their stems, the places that a negation
    reaches, and its words at the ends of axes. `roots` are the stems of what a word denies by its
    prefix, empty for other words."""

    text: str
    language: Language
    words: tuple[str, ...]
    stems: tuple[str, ...]
    roots: tuple[str, ...]
    denied: frozenset[int]
    cues: tuple[Cue, ...]


@lru_cache(maxsize=1024)
def segment(text: str, language: Language) -> Segment:
    """Read one sentence."""
    words = read(text).words
    texts = tuple(word.text.removesuffix("'") for word in words)
    reached = denied(words, language)
    return Segment(
        text=text,
        language=language,
        words=texts,
        stems=tuple(analyser.stems(texts, language)),
        roots=tuple(analyser.stems([base(one, language) for one in texts], language)),
        denied=reached,
        cues=cues(words, language, reached),
    )


@lru_cache(maxsize=512)
def whole(text: str, language: Language) -> tuple[str, ...]:
    """A text's sentences."""
    return tuple(text[start:end] for start, end in sentences(text, language))


@lru_cache(maxsize=512)
def segments(text: str, language: Language) -> tuple[Segment, ...]:
    """A text's sentences, parted at semicolons too; at least one."""
    pieces = [piece for one in whole(text, language) for piece in re.split(r"(?<=;)", one)]
    return tuple(segment(piece.strip(), language) for piece in pieces if piece.strip()) or (
        segment(text, language),
    )


@lru_cache(maxsize=1024)
def clauses(text: str, language: Language) -> tuple[str, ...]:
    """The parts of a sentence that say something each: cut at punctuation and «and», «et»."""
    reading = read(text)
    starts = [0]
    for before, word in zip(reading.words, reading.words[1:], strict=False):
        if word.clause != before.clause or word.text in _JOINTS:
            starts.append(reading.offsets[word.start])
    joined: list[str] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start:end]
        if joined and not (_says(piece, language) and _says(joined[-1], language)):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(piece.strip() for piece in joined)


@lru_cache(maxsize=1024)
def spelling(text: str) -> tuple[str, ...]:
    """The words, numbers and signs of a text: what two verbatim texts share."""
    return tuple(_SPELLING.findall(analyser.fold(text)))


def _says(text: str, language: Language) -> bool:
    return any(analyser.is_content(word, language) for word in analyser.words(text))
