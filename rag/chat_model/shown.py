"""Paragraphs as a model is shown them: data under markers that nobody could have guessed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from rag.types import Paragraph

# No letter or digit that is taken for another; at least one of each, so that no word is a marker.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"
_LENGTH = 6

# What chat templates read as the end of a turn or as another speaker («<|im_end|>», «[INST]»,
# «</s>») is broken by characters that look alike, one for one, so that offsets stay. A paragraph
# thus never holds square brackets either: those in an answer are the model's.
_INERT = str.maketrans("<>[]", "‹›()")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """`paragraph.text[start:end]` under a marker; `number` is how drafts name it (see citations).

    The whole paragraph, unless it had to be trimmed.
    """

    marker: str
    number: int
    paragraph: Paragraph
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.paragraph.text[self.start : self.end]

    @property
    def whole(self) -> bool:
        return self.end - self.start == len(self.paragraph.text)


def inert(text: str) -> str:
    """Text for a prompt: as long as the original, with nothing that is invisible or that a chat
    template could take for its own."""
    return _INVISIBLE.sub(" ", text).translate(_INERT)


def new_markers(count: int, unlike: Iterable[str] = ()) -> list[str]:
    """Fresh markers for one prompt (30 bits each), none of which stands in a text of `unlike`."""
    texts = [text.casefold() for text in unlike]
    markers: list[str] = []
    while len(markers) < count:
        marker = "".join(secrets.choice(_LETTERS + _DIGITS) for _ in range(_LENGTH))
        mixed = any(c in _DIGITS for c in marker) and any(c in _LETTERS for c in marker)
        if mixed and marker not in markers and not any(marker in text for text in texts):
            markers.append(marker)
    return markers
