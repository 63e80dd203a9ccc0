"""What a model puts between quotation marks: taken from the store, or no quotation at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.chat_model.shown import Shown
from rag.citations import plain, quote_marker

# Single marks stand between a space and a word; an apostrophe («l’accès», “don't”) does not.
_QUOTED = re.compile(
    r"«\s*([^«»]+?)\s*»|“\s*([^“”]+?)\s*”|„\s*([^„“”]+?)\s*[“”]|\"\s*([^\"]+?)\s*\""
    r"|''\s*((?:[^']|'(?!'))+?)\s*''"
    r"|(?<!\w)‘\s*((?:[^‘’]|’(?=\w))+?)\s*’(?!\w)"
    r"|(?<![\w'])'(?![\s'])((?:[^']|'(?=\w))+?)(?<!\s)'(?![\w'])"
)
# A mark without its fellow: what it opens or closes is given as a quotation too. «5"» is a measure.
_UNPAIRED = re.compile(r"[«“„]\s*|\s*[»”]|(?<!\d)(?:\"|'')|(?<!\w)‘(?=[^\W\d])")
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
        group = found.lastindex or 0
        inner = found[group]
        between, unheld = _unmarked(text[position : found.start()], cited)
        opening = text[found.start() : found.start(group)].strip()
        closing = text[found.end(group) : found.end()].strip()
        if opening == "«":
            opening, closing = "« ", " »"
        located = _located(inner, cited)
        position = found.end()
        false = false or unheld
        draft.append(plain(between))
        read.append(between)
        if located is not None:
            one, spans = located
            words = " […] ".join(_flat(one.paragraph.text[a:b]) for a, b in spans)
            if len(words.split()) >= _PASSAGE:
                passages.add(one.number)
                markers = " […] ".join(quote_marker(one.number, a, b) for a, b in spans)
                draft.append(opening + markers + closing)
            else:
                draft.append(plain(opening + words + closing))
            read.append(opening + words + closing)
            continue
        # A title or heading may be named in quotation marks, too.
        named = _named(inner, cited)
        kept = f"{opening}{inner}{closing}" if named else inner
        draft.append(plain(kept))
        read.append(kept)
        false = false or (not named and len(inner.split()) >= _PASSAGE)
    rest, unheld = _unmarked(text[position:], cited)
    draft.append(plain(rest))
    read.append(rest)
    return Quoted("".join(draft), "".join(read), frozenset(passages), false or unheld)


def unquoted(text: str) -> str:
    """What is left without what stands between quotation marks: the writer's own words."""
    return _UNPAIRED.sub(" ", _QUOTED.sub(" ", text))


def _unmarked(text: str, cited: Sequence[Shown]) -> tuple[str, bool]:
    """Text between quotations without the marks that have no fellow, and whether what such a mark
    opens or closes is a passage that no cited paragraph holds."""
    pieces = _UNPAIRED.split(text)
    marks = [mark.strip() for mark in _UNPAIRED.findall(text)]
    unheld = False
    for mark, (before, after) in zip(marks, pairwise(pieces), strict=True):
        either = mark in ('"', "''")
        words = before if mark in "»”" or (either and not after[:1].isalnum()) else after
        held = _located(words, cited) is not None or _named(words, cited)
        unheld = unheld or (not held and len(words.split()) >= _PASSAGE)
    return "".join(pieces), unheld


def _named(words: str, cited: Sequence[Shown]) -> bool:
    return any(_find(words, one.paragraph.context) for one in cited)


def _located(inner: str, cited: Sequence[Shown]) -> tuple[Shown, list[tuple[int, int]]] | None:
    """The paragraph that holds every part of the quotation, in the order given, and where each
    stands in it; None if there is none."""
    parts = [part for part in _GAP.split(inner) if part]
    for one in cited:
        spans = _in_order(parts, one.text)
        if spans:
            return one, [(one.start + a, one.start + b) for a, b in spans]
    return None


def _in_order(parts: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Each part's span, after that of the part before it; empty if one of them is not there."""
    spans: list[tuple[int, int]] = []
    for part in parts:
        begin = spans[-1][1] if spans else 0
        span = _find(part, text, begin) or _find(part.rstrip(".,;:!?"), text, begin)
        if span is None:
            return []
        spans.append(span)
    return spans


def _find(words: str, text: str, begin: int = 0) -> tuple[int, int] | None:
    """The first span of `words` in `text` from `begin`, between word boundaries."""
    pieces = words.translate(_FOLD).casefold().split()
    if not pieces:
        return None
    pattern = r"\s+".join(map(re.escape, pieces))
    folded = [character.casefold() for character in text.translate(_FOLD)]
    # Folding case makes «ß» and «ﬃ» longer: for each folded character, that of the text.
    origin = [offset for offset, one in enumerate(folded) for _ in one]
    search = re.compile(rf"(?<!\w){pattern}(?!\w)").search
    found = search("".join(folded), sum(map(len, folded[:begin])))
    return (origin[found.start()], origin[found.end() - 1] + 1) if found else None


def _flat(text: str) -> str:
    return " ".join(text.split())
