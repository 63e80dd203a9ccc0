"""Words with which a model introduces what a paragraph says, and which say nothing themselves."""

from __future__ import annotations

import re

_SOURCE = {
    "fr": r"(?:le|ce|l['’]|la|cette|un)\s*(?:texte|document|paragraphe|passage|extrait|source)s?"
    r"(?: cité| fourni| n° ?\d+)?",
    "en": r"(?:the|this|that|a)\s+(?:text|document|paragraph|passage|excerpt|source)s?"
    r"(?: cited| provided)?",
}
_FRAMES = (
    rf"(?:selon|d['’]après)\s+{_SOURCE['fr']}\s*[,:]\s*",
    rf"{_SOURCE['fr']}\s+(?:dit|précise|indique|énonce|mentionne|déclare|affirme)\s*"
    r"(?:que\s+|qu['’]\s*|:\s*)",
    rf"(?:according to|as per)\s+{_SOURCE['en']}\s*[,:]\s*",
    rf"{_SOURCE['en']}\s+(?:says|states|specifies|indicates|mentions|declares)\s*(?:that\s+|:\s*)",
)
_FRAME = re.compile("|".join(_FRAMES), re.IGNORECASE)


def unframed(sentence: str) -> str:
    """The sentence without «D’après le document,», “The text says:” and the like at its start.

    Only frames that name nobody and nothing: «D’après le ministre» is a claim.
    """
    found = _FRAME.match(sentence)
    return sentence[found.end() :] if found and found.end() < len(sentence) else sentence
