"""A text as the checks read it: folded, and every folded character's place in the original."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag import analyser

_WORD = re.compile(r"[^\W_]+(?:'(?=\w))?")
_ENDS = re.compile(r"[.;:!?,()«»\"\u2013\u2014]")

# «M. Keller» is one clause.
_SHORTENED = frozenset(
    {"m", "mm", "mme", "mlle", "me", "mr", "mrs", "ms", "dr", "st", "art", "no", "p", "prof", "cf"}
)


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of letters and digits, folded; `start` and `end` are offsets in the folded text.

    An elided word keeps its apostrophe («l'», «n'»); hyphens part words. `capital` says that the
    original begins with a capital; `opens` that it stands first in its sentence; `clause` counts
    the punctuation before it, so that words of one clause share it.
    """

    text: str
    start: int
    end: int
    capital: bool
    opens: bool
    clause: int


@dataclass(frozen=True, slots=True)
class Reading:
    """`folded[i]` stands at `offsets[i]` of `text`; `offsets` has one more, the text's length."""

    text: str
    folded: str
    offsets: tuple[int, ...]
    words: tuple[Word, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original's span for a span of the folded text."""
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[end]


@lru_cache(maxsize=512)
def read(text: str) -> Reading:
    """Fold a text character by character. Cached: sentences cite the same paragraphs."""
    pieces: list[str] = []
    offsets: list[int] = []
    for place, character in enumerate(text):
        piece = analyser.fold(character)
        if piece.isspace():
            piece = " "
        pieces.append(piece)
        offsets += [place] * len(piece)
    folded = "".join(pieces)
    offsets.append(len(text))
    return Reading(text, folded, tuple(offsets), _words(text, folded, offsets))


def _words(text: str, folded: str, offsets: list[int]) -> tuple[Word, ...]:
    words: list[Word] = []
    clause, last = 0, 0
    opens = True
    for found in _WORD.finditer(folded):
        between = folded[last : found.start()]
        # «1.5» and «e.g.» end no clause.
        short = between.startswith(".") and bool(words) and words[-1].text in _SHORTENED
        if words and not short and " " in between and _ENDS.search(between):
            clause += 1
            opens = any(mark in between for mark in ".!?")
        elif words and not words[-1].text.endswith("'"):
            opens = False
        first = text[offsets[found.start()]]
        words.append(Word(found[0], found.start(), found.end(), first.isupper(), opens, clause))
        last = found.end()
    return tuple(words)
