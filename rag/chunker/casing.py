"""Titles set in capitals, in the capitals that the text itself gives their words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from rag.chunker.lines import is_capitals

_WORD = re.compile(r"[^\W\d_]+")
# A word right after one of these, or at the start of a line, says nothing of its own capitals.
_OPENERS = '.!?:;»«"–—•▶*-'


def recased(title: str, text: str) -> str:
    """The title with small letters where the text has them, if it is set in capitals.

    Each word takes the form that it has most often inside the sentences of the text («Russie»,
    «OMC»), else small letters: a name that the text never repeats loses its capital. Other titles
    stay as they are.
    """
    if not is_capitals(title):
        return title
    forms = _forms(text)

    def form(found: re.Match[str]) -> str:
        word = found.group()
        seen = forms.get(word.casefold())
        return seen.most_common(1)[0][0] if seen else word.lower()

    small = _WORD.sub(form, title)
    return small[:1].upper() + small[1:]


def _forms(text: str) -> dict[str, Counter[str]]:
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in text.split("\n"):
        if is_capitals(line):
            continue
        for found in _WORD.finditer(line):
            before = line[max(0, found.start() - 4) : found.start()].rstrip()
            if before and before[-1] not in _OPENERS:
                forms[found.group().casefold()][found.group()] += 1
    return forms
