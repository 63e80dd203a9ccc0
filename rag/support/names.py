"""Names in a sentence, and whether a text has them: as they are, translated, or respelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib import resources

from rag import analyser
from rag.support.reading import Word
from rag.support.segments import segment
from rag.support.values import Cited, Claim
from rag.translation import Glossary, Lexicon, bundled_table
from rag.types import Language

# «Marrakech» and «Marrakesh», «Petrov» and «Petrow».
_ALIKE = 0.85
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Name:
    """One word of a name, or a whole place; `key` is the place's concept, else empty."""

    text: str
    start: int
    end: int
    key: str = ""


def names(
    words: Sequence[Word], language: Language, taken: Sequence[tuple[int, int]]
) -> tuple[Name, ...]:
    """The names of a sentence: places, and words with a capital that do not merely open it.

    What lies in the spans taken (dates and amounts) is no name.
    """
    texts = [word.text.removesuffix("'") for word in words]
    found: list[Name] = []
    covered: set[int] = set()
    for concept in places().concepts(texts, language):
        here = range(concept.start, concept.end)
        # «turkey», «chad» and «polish» are words too.
        if language == "en" and not any(words[i].capital for i in here):
            continue
        covered |= set(here)
        name = " ".join(texts[concept.start : concept.end])
        start, end = words[concept.start].start, words[concept.end - 1].end
        found.append(Name(name, start, end, concept.key))
    for i, word in enumerate(words):
        if i in covered or not word.capital or not analyser.is_content(texts[i], language):
            continue
        if len(texts[i]) < 2 or texts[i].isdigit():
            continue
        if word.opens and not _only_a_name(texts[i], i, words, language):
            continue
        found.append(Name(texts[i], word.start, word.end))
    free = [name for name in found if not any(a <= name.start < b for a, b in taken)]
    return tuple(sorted(free, key=lambda name: (name.start, -name.end)))


def unfound(claimed: Sequence[Name], claim: Claim, lexicon: Lexicon) -> list[Name]:
    """The names that no cited paragraph, nor its context, has."""
    return [
        name
        for name in claimed
        if not any(_stands(name, claim.language, cited, lexicon) for cited in claim.cited)
    ]


def _stands(name: Name, language: Language, cited: Cited, lexicon: Lexicon) -> bool:
    words = segment(cited.with_context, cited.language).words
    concepts = places().concepts(list(words), cited.language) if name.key else []
    if any(concept.key == name.key for concept in concepts):
        return True
    if name.text in words or _initials(name.text, words, cited.language):
        return True
    terms = lexicon.question_terms(name.text, language)
    if any(lexicon.found(terms, cited.with_context, cited.language)):
        return True
    return cited.language != language and _respelled(name.text, words)


def _respelled(name: str, texts: Sequence[str]) -> bool:
    """Whether a text has a word that differs from an unknown name by a letter or two."""
    if len(name) < _SHORTEST:
        return False
    return any(
        text[0] == name[0] and SequenceMatcher(None, name, text).ratio() >= _ALIKE
        for text in texts
        if text and abs(len(text) - len(name)) <= 2
    )


def _initials(name: str, texts: Sequence[str], language: Language) -> bool:
    """Whether an acronym's letters begin successive content words: «CNIL», «UNCTAD»."""
    if not 2 < len(name) <= 6:
        return False
    letters = "".join(text[0] for text in texts if analyser.is_content(text, language))
    return name in letters


@cache
def places() -> Glossary:
    """Countries, peoples and cities whose names differ between the languages."""
    return Glossary((resources.files("rag.support") / "places.tsv").read_text(encoding="utf-8"))


def _only_a_name(text: str, i: int, words: Sequence[Word], language: Language) -> bool:
    """Whether a sentence's first word is a name: before another, and no word of its language."""
    following = words[i + 1] if i + 1 < len(words) else None
    if following is None or not following.capital or following.clause != words[i].clause:
        return False
    return not bundled_table().knows(text, language)
