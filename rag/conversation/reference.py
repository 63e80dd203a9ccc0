"""Words of a question that refer to what it does not name: «Qui l'a proposée ?», "its tasks".

A pronoun or possessive counts only where the question itself names nothing before it that it could
mean; «il» of «il faut» and "it" of "is it possible" never do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag import analyser
from rag.conversation.nouns import NounPhrase, noun_phrases, tokens
from rag.conversation.words import words
from rag.translation import LANGUAGES
from rag.types import Language

Role = Literal["subject", "inverted", "object", "clitic", "possessive", "demonstrative", "other"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A word that refers back, at `start` to `end`; `plural` and `feminine` where it tells them,
    `noun` the noun that it stands beside («cette décision»)."""

    role: Role
    start: int
    end: int
    plural: bool | None = None
    feminine: bool | None = None
    noun: NounPhrase | None = None


_UNREAL = r"(?:possible|prévu|prevu|nécessaire|necessaire|interdit|permis|question|vrai|temps)\b"
_FRENCH: tuple[tuple[Role, str], ...] = (
    # «doit-il», «existe-t-il» but not «existe-t-il des…», «y a-t-il», «faut-il», «s'agit-il».
    (
        "inverted",
        r"(?<![\w-])(?<!y )(?!faut-|agit-|y-|arriv\w+-|pass\w+-)"
        r"(?!(?:existe|reste|suffit|manque)-t-il (?:un|d))"
        rf"[^\W_]+-(?:t-)?(?P<who>ils?|elles?)\b(?! {_UNREAL})(?! [^\W_]+ (?:de|d['’]|que|qu['’]))",
    ),
    (
        "subject",
        r"(?<![\w-])(?P<who>ils?|elles?)\b(?!-)(?<! t il)(?<! t elle)(?! (?:faut|fallait|faudra"
        r"|y a|y avait|s['’]agi"
        rf"|existe|suffit|reste|convient|semble|paraît|arrive|est {_UNREAL}))",
    ),
    ("object", r"\b(?:l['’]|les )(?=(?:a|ont|avait|avaient|aura)\b(?!-))"),
    # «Qui le surveille ?», «Peut-on les modifier ?»
    (
        "clitic",
        r"(?:(?<=^qui )(?:le|la|les) (?=[a-zéèêîôû]+)"
        r"|(?:(?<=^comment )|(?<=^pourquoi )|(?<=-on )|(?<=-il )|(?<=^qui peut )|(?<=^qui doit ))"
        r"(?:le|la|les) (?=[a-zéèêîôû]+(?:er|ir|re)\b))"
        r"(?=\S+(?: ?[?.!]*$| (?:en|dans|à|pour|chez|sous|avec|avant|après|depuis)\b))",
    ),
    ("possessive", r"\b(?:son|sa|ses|leur|leurs) (?=\w)(?!majesté|excellence)"),
    ("demonstrative", r"\b(?:ce|cet|cette|ces) (?=\w)"),
    (
        "other",
        r"\b(?:(?:celui|celle|ceux|celles)-(?:ci|là)|(?:ce|cette|ces) derni(?:er|ère|ere)s?|dedans"
        r"|là-dessus|là-dedans|d'entre (?:eux|elles)|à ce (?:sujet|propos)|cela|ça|ceci"
        r"|(?:sur|de|pour|avec|selon|par) (?:lui|eux|elles?))\b(?! va\b)",
    ),
    (
        "other",
        r"\b\w+ t (?:ils?|elles?)\b|\b(?:qui|pays|membres|comment|pourquoi|quand|peut|peuvent"
        r"|peut-on) y (?!a\b|avait\b)\w+"
        r"|\ben (?:font|fait) partie\b|\ben (?:parle|dit|pense)\w*\b|\bqui en est\b"
        r"|^(?:lequel|laquelle|lesquels|lesquelles)\b|\b(?:d['’]|l['’]|les )autres? ?[?.!]*$"
        r"|^c['’](?:est|était|etait) (?:quoi|quand|où|ou|qui|pour|par|obligatoire|vrai)\b",
    ),
)
_NAMED = (
    "decision|declaration|document|statement|text|proposal|group|country|meeting|conference|report"
    "|programme|program|agreement|moratorium|communication|draft|year|organi[sz]ation|initiative"
    "|session|rule|date|point|paragraph|list|topic|member|practice|work|paper|summary|definition"
)
_ENGLISH: tuple[tuple[Role, str], ...] = (
    (
        "subject",
        r"\b(?P<who>it|they|he|she)\b(?!(?: (?:is|was|seems?|appears?))?(?: not)? (?:possible|true"
        r"|necessary|clear|to|that)\b)(?! (?:\w+ )?(?:important|allowed|recommended|premature"
        r"|useful|ok|okay|safe|better|worth|difficult|hard|easy|enough|normal|common|legal|preferable"
        r"|advisable|mandatory|required) (?:not )?(?:to|that|for)\b)(?! takes? (?:to|for|a|so)\b)"
        r"(?! mean (?:for|to|that|when|if)\b)"
        r"(?! called (?:when|if)\b)",
    ),
    ("object", r"\b(?:them|him)\b|(?<=\w )it(?= ?[?.!]*$)"),
    ("possessive", r"\b(?:its|their|his|her) (?=\w)(?!majesty|excellency)"),
    ("demonstrative", rf"\b(?:this|these|those) (?=\w)|\bthat (?=(?:{_NAMED})\b)"),
    (
        "other",
        r"(?<!are )(?<!is )(?<!were )(?<!was )\bthere ?[?.!]*$|\b(?:about|for|of|on|in|with|by"
        r"|from) (?:that|this|these|those) ?[?.!]*$"
        r"|^(?:(?:what|why|when|how|where) )?(?:is|was|does|did) (?:that|this)(?: \w+)? ?[?.!]*$"
        r"|\bthe other(?: ones?)? ?[?.!]*$|\bany others? ?[?.!]*$|^which of (?:them|these|those)\b"
        r"|^(?:who|what) else\b|\bthe (?:latter|former)\b",
    ),
)
_RULES = {
    language: tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in rules)
    for language, rules in (("fr", _FRENCH), ("en", _ENGLISH))
}
# «cette année», «this time» refer to nothing that was said.
_TIME_WORDS: dict[Language, str] = {
    "fr": "annee jour mois semaine saison siecle moment fois cas genre type sens point egard",
    "en": "year day month week season century moment time case kind type sort way",
}
_TIMES = frozenset(
    stem
    for language, listed in _TIME_WORDS.items()
    for stem in analyser.stems(listed.split(), language)
)
_MODIFIED = re.compile(
    r"^\s*(?:de|du|des|d['’]|qui|que|qu['’]|dont|où|of|that|which|who)\b", re.IGNORECASE
)
# «Outre ses romans, qu'a écrit Hugo ?» names afterwards what it refers to.
_AHEAD = re.compile(
    r"\s*(?:outre|malgré|hormis|en plus d|other than|outside|besides|despite|in addition|after"
    r"|before"
    r"|avant|après)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r".+?(?:[.!?…](?=\s+\w)|$)", re.DOTALL)
_SHORT = 7
_COUNTED = re.compile(r"(?:and |but )?how many \w+s\b", re.IGNORECASE)
_HOW = frozenset(("long", "often", "much", "many", "far", "soon", "est-ce"))
_PLURAL = frozenset(("ils", "elles", "they", "les", "them"))
_FEMININE = {"elle": True, "elles": True, "il": False, "ils": False, "la": True, "le": False}
_OWN = frozenset(("son", "sa", "ses", "leur", "leurs", "its", "their", "his", "her"))


def reference(question: str, language: Language) -> Reference | None:
    """The first word of the question that refers to what it does not name; None if none does."""
    first = _SENTENCE.match(question)
    if _AHEAD.match(question) or first is None:
        return None
    phrases = noun_phrases(question, language)
    found = [
        one
        for role, pattern in _RULES[language]
        for match in pattern.finditer(question)
        # What follows a first sentence refers to that.
        if match.start() < first.end()
        and (one := _read(role, match, phrases, language)) is not None
    ]
    return min(found, key=lambda one: (one.start, -one.end), default=None)


def nameless(question: str, language: Language) -> Reference | None:
    """«Et combien ont voté contre ?»: a clause that «et» joins to what it does not name. French
    only, whose nouns come with an article."""
    opening = words(language).opening.match(analyser.fold(question))
    if language != "fr" or opening is None or len(question.split()) > _SHORT:
        return None
    if any(not p.asked for p in noun_phrases(question, language)):
        return None
    return Reference("other", 0, 0)


def _read(
    role: Role, match: re.Match[str], phrases: Sequence[NounPhrase], language: Language
) -> Reference | None:
    if role == "demonstrative":
        return _demonstrative(match, phrases)
    noun = None
    who = analyser.fold(match.groupdict().get("who") or match[0].strip())
    # «How many members does it have?» asks for members, which «it» is not.
    counted = _COUNTED.match(match.string) is not None
    before = [p for p in phrases if p.end <= match.start() and p.determiner not in _OWN]
    if role == "other":
        # «Ça consiste en quoi, le moratoire ?» names it afterwards.
        outside = [p for p in phrases if p.end <= match.start() or p.start >= match.end()]
        named = any(not p.asked for p in outside)
    elif role == "possessive":
        # «Quels pays ont présenté leur projet ?»: what is asked for is the owner.
        noun = next((p for p in phrases if p.start == match.start()), None)
        named = bool(before) or _named(match, phrases, language) > 1
    elif role == "inverted":
        named = _doubled(match, before, phrases, plural=who in _PLURAL)
    else:
        plural = who in _PLURAL
        named = any(not p.asked or p.plural == plural for p in before) or (
            role == "subject" and _named(match, phrases, language) - (not plural) * counted > 0
        )
    if named:
        return None
    if role in ("other", "possessive"):
        return Reference(role, match.start(), match.end(), noun=noun)
    return Reference(role, match.start(), match.end(), who in _PLURAL, _FEMININE.get(who))


def _doubled(
    match: re.Match[str],
    before: Sequence[NounPhrase],
    phrases: Sequence[NounPhrase],
    *,
    plural: bool,
) -> bool:
    """Whether the pronoun repeats a subject («Quand le groupe se réunit-il ?»). After «quel rôle»
    it does where its number agrees and the question has another noun for its object."""
    if any(not p.asked for p in before) or _opens_with_name(match):
        return True
    after = [p for p in phrases if p.start >= match.end()]
    return bool(before) and before[-1].plural == plural and bool(after)


def _named(match: re.Match[str], phrases: Sequence[NounPhrase], language: Language) -> int:
    """How many words before the reference say something, and are not asked for."""
    asked = [p for p in phrases if p.asked]
    return sum(
        analyser.is_content(token.folded, language)
        and token.folded not in words(language).verbs
        and token.folded not in _HOW
        and not any(p.start <= token.start < p.end for p in asked)
        for token in tokens(match.string[: match.start()])
        if token.text[0].isalnum() and not token.folded.endswith("'")
    )


def _opens_with_name(match: re.Match[str]) -> bool:
    """«Bitcoin est-il légal ?»: the first word is no noun phrase only for want of an article."""
    first = next(iter(tokens(match.string)), None)
    return (
        first is not None
        and first.end <= match.start()
        and all(analyser.is_content(first.folded, language) for language in LANGUAGES)
        and not any(first.folded in words(language).verbs for language in LANGUAGES)
    )


def _demonstrative(match: re.Match[str], phrases: Sequence[NounPhrase]) -> Reference | None:
    noun = next((p for p in phrases if p.start == match.start()), None)
    if noun is None or noun.head in _TIMES or noun.text.endswith(("-ci", "-là")):
        return None
    if _MODIFIED.search(match.string[noun.end :]) or len(noun.text.split()) > 3:
        # «ces pays qui ont signé», «cette décision de 2013» say themselves what they mean.
        return None
    return Reference("demonstrative", noun.start, noun.end, noun.plural, noun.feminine, noun)
