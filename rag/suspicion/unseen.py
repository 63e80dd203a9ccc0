"""Characters that readers do not see, and what they are used for to hide text."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Controls but tab and line ends (an escape sequence moves a terminal's cursor), zero-width
# characters, directional controls, invisible operators, fillers, tags (which spell ASCII). Not:
# the soft hyphen, the joiners of emoji and of Indic or Persian words, and the direction marks,
# which honest texts have.
_UNSEEN = (
    "\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u115f\u1160\u180e\u200b\u202a-\u202e\u2060-\u2069"
    "\u206a-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e007f"
)
_RUN = re.compile(f"[{_UNSEEN}]+")
_ORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_SPELLING = re.compile("[\U000e0000-\U000e007f\U000e0100-\U000e01ef]{3}|[\ufe00-\ufe0f]{3}")
_ZERO_WIDTH = "\u200b-\u200d\u2060-\u2064\ufeff\u180e"
_RUN_OF_THREE = re.compile(f"[{_ZERO_WIDTH}]{{3}}")
# One alone is a hyphenation hint that a converter left; so is one beside a space.
_SPLIT = re.compile(f"[0-9A-Za-zÀ-ɏ][{_ZERO_WIDTH}]+(?=[0-9A-Za-zÀ-ɏ])")
_FEWEST = 2
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\x9b]")
# Small letters only: «ПMP» is an abbreviation.
_MIXED = re.compile("[a-zà-ɏ][\u0430-\u045f]|[\u0430-\u045f][a-zà-ɏ]")


def hides_text(text: str) -> bool:
    """Whether the text says other than what it shows: words split by zero-width characters, a
    reversed direction in a text without right-to-left letters, letters spelled by tags or
    variation selectors, words that mix Latin and Cyrillic letters, control characters."""
    return bool(
        len(_SPLIT.findall(text)) >= _FEWEST
        or _RUN_OF_THREE.search(text)
        or _SPELLING.search(text)
        or _CONTROL.search(text)
        or _MIXED.search(text)
        or (_ORDERING.search(text) and not _RIGHT_TO_LEFT.search(text.replace("\ufeff", "")))
    )


def unseen(text: str) -> Iterator[tuple[int, int]]:
    """The spans of `text` that readers do not see, in order."""
    return (found.span() for found in _RUN.finditer(text))


def shown(text: str) -> str:
    """The text for a terminal, its unseen characters written out («‹U+202E›»)."""
    return _RUN.sub(lambda run: "".join(f"‹U+{ord(c):04X}›" for c in run[0]), text)


def bared(text: str) -> str:
    """The text without any character that is not seen, joiners and soft hyphens included."""
    return re.sub(f"[{_UNSEEN}\u00ad\u034f\u200c-\u200f\ufe00-\ufe0f]", "", text)
