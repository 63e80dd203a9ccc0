"""French or English, and where sentences end."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from rag.types import Language

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE = 4_000
_MARGIN = 0.5
_WINDOW = 1_200
# Words of grammar that only one of the two languages writes so. «on», «or», «son», «car», «main»,
# «as», «me», «plus», «dire», «pour» as a verb… belong to both and are left out.
_FRENCH = """
le la les un une des du au aux et ou où est sont était étaient sera seront être à ont avait il
elle ils elles je tu nous vous se ce cet cette ces ça qui que qu quoi quel quelle quels quelles
quand comment pourquoi combien dans sur sous avec sans par vers chez entre depuis jusque jusqu
ne pas lui leur leurs sa ses mon ma mes votre vos notre nos y dont donc mais si aussi très peut
peuvent doit doivent fait font faut été ayant afin lors lorsque selon ainsi alors chaque tout
tous toute toutes aucun aucune
"""
_ENGLISH = """
the of and is are was were be been being it its he she they them their his you we our your my
this that these those who whom whose which what when where why how in into at by for from with
without about between to not does do did has have had will would shall should can could may
might there here any some all each every than then if because while until since under over after
during against also only very many much more most other such same both few several let
"""
_GRAMMAR: dict[Language, frozenset[str]] = {
    "fr": frozenset(_FRENCH.split()),
    "en": frozenset(_ENGLISH.split()),
}
_TOKEN = re.compile(r"[^\W\d_]+", re.UNICODE)
_ELISION = re.compile(r"\b(?:[ldcjnmts]|qu|jusqu|lorsqu|puisqu)['’](?=[^\W\d_]{2})", re.IGNORECASE)
_CONTRACTION = re.compile(r"[a-z](?:n['’]t|['’](?:s|re|ve|ll|d))\b", re.IGNORECASE)

_BEFORE_NUMBER_WORDS = """
al art arts ch chap cf fig n no nos nr par para paras p pp pt r réf ref s sec sect t tab vol v
annex app jan janv feb févr fév apr avr jul juil aug sept oct nov dec déc
"""
_NEVER_LAST_WORDS = """
M MM Mme Mmes Mlle Me Dr Drs Mr Mrs Ms Prof St Ste Hon Gen Col Lt Sgt
cf e.g i.e p.ex c.-à-d approx env resp vs v éd éds cie trav civ pén proc trib jurisp
"""
_BEFORE_NUMBER = frozenset(_BEFORE_NUMBER_WORDS.split())
_NEVER_LAST = frozenset(_NEVER_LAST_WORDS.split())
_LAST_TOKEN = re.compile(r"([^\s(«“\"'’\[]+)\.$")
_BARE_NUMBER = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,4})[.)]{1,2}")
_CLOSING = '»”’")]'


def identify(text: str) -> Language:
    """The language of a text or a short question.

    Words of grammar decide where they speak clearly; else py3langid's model, restricted to the two
    languages. Where neither knows (a number, a name alone), "fr".
    """
    sample = text[:_SAMPLE]
    french, english = _evidence(sample)
    if max(french, english) > 2 * min(french, english):
        return "fr" if french > english else "en"
    ranking = dict(_identifier().rank(sample))
    return "en" if ranking["en"] > ranking["fr"] + _MARGIN else "fr"


def grammar_language(text: str) -> Language | None:
    """The language that words of grammar tell; None where they do not («2015 ?», a name)."""
    french, english = _evidence(text[:_SAMPLE])
    if french == english:
        return None
    return "fr" if french > english else "en"


def paragraph_language(text: str, default: Language) -> Language:
    """The paragraph's own language if many words of grammar say so, else its document's."""
    french, english = _evidence(text[:_SAMPLE])
    if max(french, english) < 5 or max(french, english) < 4 * min(french, english):
        return default
    return "fr" if french > english else "en"


def _evidence(text: str) -> tuple[int, int]:
    words = _TOKEN.findall(text.casefold())
    french = sum(word in _GRAMMAR["fr"] for word in words) + len(_ELISION.findall(text))
    english = sum(word in _GRAMMAR["en"] for word in words) + len(_CONTRACTION.findall(text))
    return french, english


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(["fr", "en"])
    return identifier


def sentences(text: str, language: Language) -> list[tuple[int, int]]:
    """The sentences' spans, in order; together they hold every non-space character.

    pysbd proposes the ends; those after an abbreviation («art. 3», «p. ex.», «No. 5»), before a
    small letter, after a bare number and after anything but a full stop, a question
    mark, an exclamation mark or dots are withdrawn. Line breaks end no sentence: paragraphs are
    wrapped. Lists after a colon are not split.
    """
    flat = re.sub(r"\s", " ", text)
    ends: list[int] = []
    for start, stop in _windows(flat):
        ends += _proposed_ends(flat, start, stop, language)
    spans: list[tuple[int, int]] = []
    begin = 0
    for end in [*ends, len(flat)]:
        piece = flat[begin:end].strip()
        if not piece or (end < len(flat) and not _may_end(piece, flat[end : end + 60])):
            continue
        start = begin + len(flat[begin:end]) - len(flat[begin:end].lstrip())
        spans.append((start, start + len(piece)))
        begin = end
    return spans


def _windows(flat: str) -> list[tuple[int, int]]:
    """Stretches of some thousand characters that end between sentences where there is one: the
    splitter takes more than linear time."""
    windows, start = [], 0
    while len(flat) - start > _WINDOW:
        middle = start + _WINDOW // 2
        found = max(flat.rfind(mark, middle, start + _WINDOW) for mark in (". ", "! ", "? "))
        cut = found if found > 0 else flat.rfind(" ", middle, start + _WINDOW)
        stop = cut + 2 if found > 0 else cut + 1 if cut > 0 else start + _WINDOW
        windows.append((start, stop))
        start = stop
    return [*windows, (start, len(flat))]


def _proposed_ends(flat: str, start: int, stop: int, language: Language) -> list[int]:
    """Offsets after each sentence of `flat[start:stop]`, as pysbd sees them.

    pysbd rewrites some characters, so sentences are laid along the text by their number of
    non-space characters; where the numbers differ, the window stays whole.
    """
    positions = [i for i in range(start, stop) if flat[i] != " "]
    lengths = [
        len(sentence.replace(" ", "")) for sentence in _segmenter(language)(flat[start:stop])
    ]
    if sum(lengths) != len(positions) or not positions:
        return [stop]
    ends, reached = [], 0
    for length in lengths:
        reached += length
        ends.append(positions[reached - 1] + 1 if reached else start)
    return ends


@cache
def _segmenter(language: Language) -> Callable[[str], list[str]]:
    import pysbd

    segment: Callable[[str], list[str]] = pysbd.Segmenter(language=language, clean=False).segment
    return segment


def _may_end(piece: str, following: str) -> bool:
    """May a sentence end after `piece`, with `following` below it?"""
    rest = following.lstrip()
    if not rest:
        return True
    if piece.rstrip(_CLOSING + " ")[-1:] not in {".", "!", "?", "…"}:
        return False
    if rest[0].islower() or rest[0] in _CLOSING + ",;:.!?" or _BARE_NUMBER.fullmatch(piece):
        return False
    found = _LAST_TOKEN.search(piece[-40:])
    if not found:
        return True
    token = found.group(1)
    if rest[0].isdigit() and token.casefold() in _BEFORE_NUMBER:
        return False
    return token not in _NEVER_LAST
