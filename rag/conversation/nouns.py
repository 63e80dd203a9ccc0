"""The noun phrases of a question, found by their small words: no parser, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag import analyser
from rag.conversation.words import words
from rag.support.names import places
from rag.types import Language

Kind = Literal["place", "name", "year", "date", "document", "other"]

_TOKEN = re.compile(
    r"(?:quelqu|aujourd)['’]\w+|(?:[dljcnmts]|qu|jusqu|lorsqu|puisqu)['’](?=\w)"
    r"|[^\W_]+(?:[-‐‑][^\W_]+|\.(?=\d)[^\W_]+)*"
    r"(?:['’](?:s|t|re|ve|ll|d)\b)?|[^\w\s]",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_OF = re.compile(r"(?<= )(?:de la |de l['’]|du |des |d['’]|de |of the |of )", re.IGNORECASE)
_INVERTED = re.compile(r"-(?:t-)?(?:il|elle|ils|elles|on|ce|je|tu|nous|vous|moi)$")
_MONTH_WORDS = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
)
_MONTHS = frozenset(_MONTH_WORDS.split())
# Capitals that name a time, not somebody: «on Sundays», «in March».
_CALENDAR_WORDS = """
lundi mardi mercredi jeudi vendredi samedi dimanche
monday tuesday wednesday thursday friday saturday sunday january february march april may june july
august september october november december
"""
_CALENDAR = _MONTHS | frozenset(_CALENDAR_WORDS.split())
_AUXILIARY_WORDS = "do does did can could will would should must may might have are were is was"
_AUXILIARIES = frozenset(_AUXILIARY_WORDS.split())
_NEVER_INSIDE = frozenset(("qui", "que", "qu'", "dont", "ou", "who", "that", "which", "whose"))
# Nouns that say what is asked of something: of «l'objectif du groupe», the group is the subject.
_ASPECT_WORDS: dict[Language, str] = {
    "fr": """objectif but date liste nombre role auteur contenu titre sujet theme duree origine
    resultat raison avis point membre president calendrier""",
    "en": """aim goal purpose date list number role author content title subject topic duration
    origin result reason view point member chair schedule text deadline""",
}
_ASPECTS = frozenset(
    stem
    for language, listed in _ASPECT_WORDS.items()
    for stem in analyser.stems(listed.split(), language)
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of `text[start:end]`; an elided article is a word («l'»)."""

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """`question[start:end] == text`. `head` is the stem of its noun, `determiner` and `preposition`
    (from `before` on) are folded, "" if it has none. `feminine` is None where nothing tells."""

    text: str
    start: int
    end: int
    determiner: str
    preposition: str
    before: int
    head: str
    kind: Kind
    plural: bool
    feminine: bool | None
    asked: bool


def tokens(text: str) -> list[Token]:
    return [
        Token(found[0], analyser.fold(found[0]), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    ]


def noun_phrases(question: str, language: Language) -> list[NounPhrase]:
    """In order, none inside another; one word in two languages' grammar may open one too many."""
    found = []
    all_tokens = tokens(question)
    at = 0
    while at < len(all_tokens):
        end = _end(all_tokens, at, language)
        if end is None:
            at += 1
            continue
        found.append(_phrase(question, all_tokens, at, end, language))
        at = end
    return found


def _end(all_tokens: Sequence[Token], at: int, language: Language) -> int | None:
    """Where the phrase ends that opens at a token; None if none does."""
    says = words(language)
    first = all_tokens[at]
    opens = first.folded in says.determiners or first.folded.endswith("'s")
    if not opens and (bare := _bare_plural(all_tokens, at, language)):
        return bare
    if not opens and not _is_name(all_tokens, at, language):
        return None
    end = at + 1 if opens else at
    last_content = None
    while end < len(all_tokens):
        token = all_tokens[end]
        if _inside(token, language) or _prenominal(all_tokens, end, last_content, language):
            if not opens and not token.text[0].isupper() and not token.text[0].isdigit():
                break
            if first.folded in says.interrogative and last_content and token.text[0].isupper():
                # «En quelle année Victor Hugo…»: the name is the next phrase.
                break
            last_content = end
        elif (
            token.folded not in says.connectors
            or last_content is None
            or (end + 1 < len(all_tokens) and not _leads_on(all_tokens, end, language))
        ):
            break
        end += 1
    return None if last_content is None else last_content + 1


def _bare_plural(all_tokens: Sequence[Token], at: int, language: Language) -> int | None:
    """Where a plural without an article ends that stands after an auxiliary («did business leaders
    say»)."""
    if language != "en" or at == 0 or all_tokens[at - 1].folded not in _AUXILIARIES:
        return None
    for end in range(at, min(at + 3, len(all_tokens))):
        folded = all_tokens[end].folded
        if not _inside(all_tokens[end], language):
            return None
        if folded.endswith("s") and not folded.endswith(("ss", "us", "is", "'s")):
            return end + 1
    return None


def _prenominal(
    all_tokens: Sequence[Token], at: int, last_content: int | None, language: Language
) -> bool:
    """Whether a participle stands before its noun («the proposed group»)."""
    return (
        last_content is None
        and all_tokens[at].folded.endswith("ed")
        and at + 1 < len(all_tokens)
        and _inside(all_tokens[at + 1], language)
    )


def _leads_on(all_tokens: Sequence[Token], at: int, language: Language) -> bool:
    """Whether a connector («de», «de la», «of the») goes on to a noun; «les», alone, does not."""
    says = words(language)
    starts = {"de", "du", "des", "d'", "of"}
    previous = all_tokens[at - 1].folded
    if all_tokens[at].folded == "en":
        # «l'informatique en nuage», not «en Russie» or «en décembre».
        noun = all_tokens[at + 1]
        return _inside(noun, language) and noun.text.islower() and noun.folded not in _MONTHS
    if all_tokens[at].folded not in starts and previous not in starts:
        return False
    following = all_tokens[at + 1]
    return _inside(following, language) or following.folded in says.connectors


def _inside(token: Token, language: Language) -> bool:
    return (
        (token.text[0].isalnum() and not token.folded.endswith("'"))
        and analyser.is_content(token.folded, language)
        and token.folded not in words(language).verbs
        and token.folded not in _NEVER_INSIDE
        and not _INVERTED.search(token.folded)
    )


def _is_name(all_tokens: Sequence[Token], at: int, language: Language) -> bool:
    """A word with a capital that does not merely open the question, a known place, a year."""
    token = all_tokens[at]
    if not _inside(token, language) or token.folded.endswith("'s"):
        return False
    if _YEAR.fullmatch(token.text) or (token.text.isupper() and len(token.text) > 1):
        return True
    if token.text[0].isupper() and at > 0 and all_tokens[at - 1].text not in ".?!:":
        return True
    return bool(_places([token.folded], language)) and (token.text[0].isupper() or language == "fr")


def _places(folded: list[str], language: Language) -> bool:
    return bool(places().concepts(folded, language))


def _phrase(
    question: str, all_tokens: Sequence[Token], at: int, end: int, language: Language
) -> NounPhrase:
    says = words(language)
    part = all_tokens[at:end]
    determiner = part[0].folded if part[0].folded in says.determiners else ""
    content = [token for token in part if _inside(token, language)]
    head = _head(part, content, language)
    before = all_tokens[at - 1] if at else None
    preposition, start = "", part[0].start
    if determiner in ("du", "des", "au", "aux"):
        preposition = {"du": "de", "des": "de", "au": "a", "aux": "a"}[determiner]
    elif before is not None and before.folded in says.prepositions:
        preposition, start = before.folded, before.start
        if preposition == "d'":
            preposition = "de"
    return NounPhrase(
        text=question[part[0].start : part[-1].end],
        start=part[0].start,
        end=part[-1].end,
        determiner=determiner,
        preposition=preposition,
        before=start,
        head=analyser.stems([head.folded], language)[0],
        kind=_kind(content, head, language),
        plural=_plural(determiner, head, language),
        feminine=_feminine(determiner, language),
        asked=determiner in says.interrogative,
    )


def _head(part: Sequence[Token], content: Sequence[Token], language: Language) -> Token:
    """The first noun in French; in English the last before «of»."""
    if language == "fr":
        # «la première réunion»: an ordinal or number stands before its noun.
        return next((t for t in content if not _ordinal(t.folded)), content[0])
    of = next((i for i, token in enumerate(part) if token.folded == "of"), len(part))
    return next((t for t in reversed(part[:of]) if t in content), content[-1])


def _ordinal(folded: str) -> bool:
    return (
        folded.isdigit() or folded.endswith("ieme") or folded in ("premier", "premiere", "seconde")
    )


def _kind(content: Sequence[Token], head: Token, language: Language) -> Kind:
    says = words(language)
    if all(_YEAR.fullmatch(token.text) for token in content):
        return "year"
    if _is_date(content):
        return "date"
    if head.folded.removesuffix("s") in {d.removesuffix("s") for d in says.documents}:
        return "document"
    folded = [token.folded for token in content]
    capital = all(token.text[0].isupper() for token in content)
    if _places(folded, language) and (capital or len(content) == 1):
        return "place"
    return "name" if capital else "other"


def _is_date(content: Sequence[Token]) -> bool:
    """«Sundays», «le 3 mai», «March 2017»: days and months, with or without numbers."""
    named = [token for token in content if not token.text[0].isdigit()]
    return bool(named) and all(
        token.folded in _CALENDAR or token.folded.removesuffix("s") in _CALENDAR for token in named
    )


def _plural(determiner: str, head: Token, language: Language) -> bool:
    if determiner in words(language).plural_determiners:
        return True
    if language == "fr" and determiner:
        return False
    return head.folded.endswith("s") and not head.folded.endswith(("ss", "us", "is"))


def _feminine(determiner: str, language: Language) -> bool | None:
    if language == "fr" and determiner in ("la", "une", "cette", "sa", "ma", "quelle"):
        return True
    if language == "fr" and determiner in ("le", "un", "ce", "cet", "du", "au", "quel"):
        return False
    return None


def inner(phrase: NounPhrase, language: Language) -> list[NounPhrase]:
    """The phrases after «de» or "of" inside a phrase, at their places in the question."""
    of = _OF.search(phrase.text)
    if of is None:
        return []
    offset = phrase.start + of.start()
    return [
        replace(one, start=one.start + offset, end=one.end + offset, before=one.before + offset)
        for one in noun_phrases(phrase.text[of.start() :], language)
    ]


def core(phrase: NounPhrase, language: Language) -> NounPhrase:
    """What a phrase is about: of «l'objectif du groupe», the group."""
    parts = inner(phrase, language) if phrase.head in _ASPECTS else []
    return parts[0] if parts else phrase


def words_as_phrase(text: str, start: int, preposition: str, language: Language) -> NounPhrase:
    """Words that no article opens ("customs duties") as the phrase that they are: the text from
    `start` on, after its preposition."""
    named = text[start:]
    found = tokens(named) or [Token(named, analyser.fold(named), 0, len(named))]
    last = found[-1]
    return NounPhrase(
        text=named,
        start=start,
        end=len(text),
        determiner="",
        preposition=preposition,
        before=0,
        head=analyser.stems([last.folded], language)[0],
        kind="date" if _is_date(found) else "other",
        plural=False,
        feminine=None,
        asked=False,
    )
