"""Questions cut short: «Et pour la Russie ?», «Depuis quand ?», "What about 2015?".

What is left of such a question either takes the place of its like in the earlier one (a country for
a country, a year for a year, a document for a document, what stands after the same preposition), or
is put at its end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag import analyser
from rag.conversation.nouns import NounPhrase, noun_phrases, tokens, words_as_phrase
from rag.conversation.words import words
from rag.translation import LANGUAGES
from rag.types import Language

# Words of a fragment, at most: after «et», "what about" or nothing, «et si».
_LONG = 12
_SHORT = 6
_CONDITION = 5
_END = re.compile(r"[\s?.!…]+$")
_ABOUT = ("-il", "quid", "of", "about")
_ASKING_WORDS = """
qui que qu' quoi quand ou comment combien pourquoi quel quelle quels quelles lequel laquelle
lesquels lesquelles est-ce what which who whom whose when where why how
"""
_ASKING = frozenset(_ASKING_WORDS.split())
YEAR = re.compile(r"(?<![\d/])(?:1[89]|20)\d\d(?![\d/])")


def strip_end(text: str) -> str:
    """Without the question mark and what stands beside it."""
    return _END.sub("", text)


def is_more(question: str, language: Language) -> bool:
    """Whether nothing is asked but more of the same («tu peux préciser ?»)."""
    return bool(words(language).more.search(analyser.fold(question).strip()))


def bare(question: str, language: Language) -> str:
    """The words of a question that are all of it and only ask («depuis quand»); "" else."""
    found = words(language).bare.search(analyser.fold(question).strip())
    if not found:
        return ""
    return question.strip()[found.start("asks") : found.end("asks")]


@dataclass(frozen=True, slots=True)
class Fragment:
    """What is left of a question: its words as written, its noun phrases, the preposition that it
    begins with ("" if none), and whether it is a condition («si …»)."""

    text: str
    phrases: tuple[NounPhrase, ...]
    preposition: str
    condition: bool


def fragment(question: str, language: Language, earlier: str) -> Fragment | None:
    """The fragment that a question is, or None if it is a whole one."""
    says = words(language)
    text = strip_end(question.strip())
    folded = analyser.fold(text)
    # A ligature or the like: offsets in one would not hold in the other.
    opening = says.opening.search(folded) if len(folded) == len(text) else None
    part = _part(text[opening.end() :].strip() if opening else text, language)
    if not part.text or says.clause.search(analyser.fold(part.text)):
        return None
    length = len(part.text.split())
    if opening is None:
        stands = length <= _SHORT and not part.condition and _stands_in(part, question, earlier)
        return part if stands else None
    about = opening[0].strip(" ,:").endswith(_ABOUT)
    if length > (_CONDITION if part.condition else _SHORT if about else _LONG):
        return None
    if about and part.preposition in ("de", "of"):
        # «Qu'en est-il du moratoire ?»
        return _part(_without_of(part.text), language)
    return part


def _part(text: str, language: Language) -> Fragment:
    says = words(language)
    phrases = tuple(noun_phrases(text, language))
    first = next(iter(tokens(text)), None)
    preposition = first.folded if first and first.folded in says.prepositions else ""
    if phrases and phrases[0].preposition and phrases[0].before == 0:
        preposition = phrases[0].preposition
    if not phrases and first and preposition and text[first.end :].strip():
        start = len(text) - len(text[first.end :].lstrip())
        phrases = (words_as_phrase(text, start, preposition, language),)
    return Fragment(text, phrases, preposition, bool(says.condition.search(analyser.fold(text))))


def _stands_in(part: Fragment, question: str, earlier: str) -> bool:
    """Whether a fragment without «et» or "what about" before it is one, and no search of its own:
    it asks, with a preposition, or it is a name or year alone where there was one before."""
    if not part.phrases or any(token.folded in _ASKING for token in tokens(part.text)):
        return False
    if part.preposition:
        return question.rstrip().endswith("?")
    only = part.phrases[0]
    if len(part.phrases) > 1 or len(only.text) < len(part.text.strip(" ,")) - 1:
        return False
    there = {p.kind for language in LANGUAGES for p in noun_phrases(earlier, language)}
    if only.kind == "year":
        return YEAR.search(earlier) is not None
    return only.kind == "place" and "place" in there


def _without_of(text: str) -> str:
    folded = analyser.fold(text)
    for contraction, article in (("du ", "le "), ("des ", "les ")):
        if folded.startswith(contraction):
            return article + text[len(contraction) :]
    return re.sub(r"^(?:de |d['’]|of )", "", text, flags=re.IGNORECASE)
