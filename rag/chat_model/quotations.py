"""What a model puts between quotation marks: taken from the store, or no quotation at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.chat_model.shown import Shown
from rag.citations import plain, quote_marker

_QUOTED = re.compile(r"«\s*([^«»]+?)\s*»|“\s*([^“”]+?)\s*”|\"\s*([^\"]+?)\s*\"")
_GAP = re.compile(r"\s*(?:\[…\]|\[\.\.\.\]|\(…\)|\(\.\.\.\)|…|\.\.\.)\s*")
# Shorter ones are terms or titles; they are compared and cited with their whole paragraph.
_PASSAGE = 4
# One for one, so that offsets in the folded text are offsets in the text.
_FOLD = str.maketrans("’‘ʼ“”«»„‹›[]–—‑\xa0\u202f", '\'\'\'"""""<>()---  ')


@dataclass(frozen=True, slots=True)
class Quoted:
    """`draft` in the notation of citations, passages quoted from the store; `text` as it will read.

    `passages` are the numbers of the paragraphs of which a passage is quoted; `false` whether a
    passage was given as a quotation that no cited paragraph holds. Its quotation marks are gone.
    """

    draft: str
    text: str
    passages: frozenset[int]
    false: bool


def from_store(text: str, cited: Sequence[Shown]) -> Quoted:
    """Replace each quotation by the store's own words. Nothing is matched approximately: only
    case, white space and typographic variants of a character may differ."""
    draft, read = list[str](), list[str]()
    passages: set[int] = set()
    false = False
    position = 0
    for found in _QUOTED.finditer(text):
        inner = next(group for group in found.groups() if group is not None)
        between = text[position : found.start()]
        opening, closing = text[found.start()], text[found.end() - 1]
        if opening == "«":
            opening, closing = "« ", " »"
        located = _located(inner, cited)
        position = found.end()
        draft.append(plain(between))
        read.append(between)
        if located is not None:
            words = " […] ".join(_flat(one.paragraph.text[a:b]) for one, a, b in located)
            if len(words.split()) >= _PASSAGE:
                passages |= {one.number for one, _, _ in located}
                draft.append(
                    opening
                    + " […] ".join(quote_marker(one.number, a, b) for one, a, b in located)
                    + closing
                )
            else:
                draft.append(plain(opening + words + closing))
            read.append(opening + words + closing)
            continue
        named = any(_find(inner, one.paragraph.context) for one in cited)
        kept = f"{opening}{inner}{closing}" if named else inner
        draft.append(plain(kept))
        read.append(kept)
        # A title or heading may be named in quotation marks, too.
        false = false or (not named and len(inner.split()) >= _PASSAGE)
    draft.append(plain(text[position:]))
    read.append(text[position:])
    return Quoted("".join(draft), "".join(read), frozenset(passages), false)


def unquoted(text: str) -> str:
    """What is left without what stands between quotation marks: the writer's own words."""
    return _QUOTED.sub(" ", text)


def _located(inner: str, cited: Sequence[Shown]) -> list[tuple[Shown, int, int]] | None:
    """Where each part of the quotation stands; None if one of them stands nowhere."""
    located: list[tuple[Shown, int, int]] = []
    for part in filter(None, _GAP.split(inner)):
        for one in cited:
            if span := _find(part, one.text) or _find(part.rstrip(".,;:!?"), one.text):
                located.append((one, one.start + span[0], one.start + span[1]))
                break
        else:
            return None
    return located or None


def _find(words: str, text: str) -> tuple[int, int] | None:
    """The span of `words` in `text`, between word boundaries."""
    pieces = words.translate(_FOLD).casefold().split()
    if not pieces:
        return None
    pattern = r"\s+".join(map(re.escape, pieces))
    folded = text.translate(_FOLD)
    lowered = folded.casefold()
    # Where folding case changes lengths («ß»), only the exact case is compared.
    haystack = lowered if len(lowered) == len(folded) else folded
    found = re.search(rf"(?<!\w){pattern}(?!\w)", haystack)
    return found.span() if found else None


def _flat(text: str) -> str:
    return " ".join(text.split())
