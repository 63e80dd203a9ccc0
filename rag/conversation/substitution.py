"""The earlier question with what a follow-up says in the place of its like.

A country stands in for a country, a year for a year, a document for a document, a phrase for the
one after the same preposition. What has no like is put at the end.
"""

from __future__ import annotations

import re

from rag import analyser
from rag.conversation.ellipsis import YEAR, Fragment, strip_end
from rag.conversation.nouns import NounPhrase, Token, inner, noun_phrases, tokens
from rag.conversation.words import words
from rag.support.names import places
from rag.translation import LANGUAGES
from rag.types import Language

_PAIRS = (("sur", "about"), ("sur", "on"), ("pour", "for"), ("dans", "in"), ("avec", "with"))
_TRANSLATED = {**dict(reversed(_PAIRS)), **{english: french for french, english in _PAIRS}}
_HOW_MANY = re.compile(r"^(?:combien de|combien d['’]|how many) ?(?=\w)", re.IGNORECASE)
_WHICH_ONES = re.compile(r"^(?:lesquel(?:le)?s|which(?: ones?)?)\b")
_ADVERB = re.compile(
    r"^(?:(?:depuis|jusqu['’]à|à partir de|pour) quand|quand|où|comment|pourquoi|à quelle date|en "
    r"quelle année|(?:since|until) when|when|where|why|how(?! (?:many|much|long|often))|how long)"
    r"\s+(?=\w)(?!(?:et|ou|and|or)\b)",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|must|may|might)\b"
    r"|^(?:est-ce que|est-ce qu['’])|^\S+ (?:\S+ ){0,9}?\S+-(?:t-)?(?:ils?|elles?)\b",
    re.IGNORECASE,
)
_WH = re.compile(
    r"^(?:qu|comb|quand|où|pourquoi|comment|à qu|de qu|en qu|dans qu|l[ae]quel|lesq)", re.I
)


def filled(earlier: str, part: Fragment, language: Language, spoken: Language) -> str:
    """The earlier question (in `language`) with the fragment (in `spoken`) in its place."""
    mark = words(language).mark
    if part.condition:
        return f"{strip_end(earlier)}, {part.text}{mark}"
    year = YEAR.findall(part.text)
    if year and all(phrase.kind == "year" for phrase in part.phrases):
        return _with_year(earlier, year[-1], part, mark)
    target, own = _alike(earlier, part, language)
    if target is not None and own is not None:
        rest = part.text[own.end :].rstrip() if len(part.phrases) > 1 else ""
        return _replaced(earlier, target, own, rest, language)
    adjective = _adjective(earlier, part, language, spoken)
    if adjective:
        return adjective
    dated = bool(part.phrases) and part.phrases[0].kind == "date"
    if (part.preposition or dated) and language == spoken:
        return f"{strip_end(earlier)} {part.text}{mark}"
    return f"{strip_end(earlier)} — {part.text}{mark}"


def _with_year(earlier: str, year: str, part: Fragment, mark: str) -> str:
    years = list(YEAR.finditer(earlier))
    if not years:
        return f"{strip_end(earlier)} {part.text}{mark}"
    last = years[-1]
    return earlier[: last.start()] + year + earlier[last.end() :]


def _alike(
    earlier: str, part: Fragment, language: Language
) -> tuple[NounPhrase | None, NounPhrase | None]:
    """A phrase of the earlier question and the one of the fragment that takes its place."""
    if not part.phrases:
        return None, None
    own = part.phrases[0]
    there = noun_phrases(earlier, language)
    prepositions = {own.preposition, _TRANSLATED.get(own.preposition, "")} - {""}
    same_preposition = [p for p in there if p.preposition in prepositions]
    if own.kind == "date":
        # «And on Mondays?» for «on Sundays», but not for «in March».
        kinds = ("date", "year") if YEAR.search(own.text) else ("date",)
        dates = [p for p in there if p.kind in kinds]
        like = [p for p in dates if p.preposition == own.preposition or p in same_preposition]
        return (like[-1], own) if like else (None, None)
    same_kind = [p for p in there if p.kind == own.kind == "document"]
    if own.kind in ("name", "place"):
        # «Que dit le texte du Japon ?»: also those inside other phrases.
        named = [part for p in there for part in (p, *inner(p, language))]
        same_kind = [p for p in named if p.kind == own.kind]
        same_kind = same_kind or [p for p in named if own.kind == "name" and p.kind == "place"]
    same_head = [p for p in there if p.head == own.head and not p.asked]
    choices = (
        [p for p in same_kind if p in same_preposition],
        same_kind,
        same_head,
        [p for p in same_preposition if own.kind == "other" and not p.asked and p.kind != "date"],
    )
    # The last of its kind: what was said of it is nearest.
    target = next((found[-1] for found in choices if found), None)
    return target, own if target else None


def _replaced(earlier: str, old: NounPhrase, new: NounPhrase, rest: str, language: Language) -> str:
    """`old` with its preposition kept, `new` with its article («de» and «le» become «du»)."""
    # What follows the phrase in the fragment goes with it («le texte présenté par le Japon»).
    phrase = article(new) if language == "fr" else new.text
    phrase += rest
    start, lead = old.start, ""
    if old.determiner in ("du", "des", "au", "aux"):
        lead = f"{'de' if old.preposition == 'de' else 'à'} "
    elif old.preposition == "en" and new.determiner in ("le", "les", "au", "aux"):
        # «en Russie», but «au Japon».
        start, lead = old.before, "à "
    elif old.preposition == "de" and earlier[old.before : old.before + 2] in ("d'", "d’"):
        start, lead = old.before, "de "
    elif old.preposition == "en" and new.determiner in ("la", "l'"):
        phrase = re.sub(r"^(?:la |l['’])", "", phrase, flags=re.IGNORECASE)
    return contracted(earlier[:start] + lead + phrase + earlier[old.end :])


def article(phrase: NounPhrase) -> str:
    """The phrase with its article out of the contraction: «du moratoire» → «le moratoire»."""
    plain = {"du": "le", "au": "le", "aux": "les"}
    rest = phrase.text.partition(" ")[2]
    if phrase.determiner in plain:
        return f"{plain[phrase.determiner]} {rest}"
    if phrase.determiner == "des" and phrase.preposition == "de":
        return f"les {rest}"
    return phrase.text[0].lower() + phrase.text[1:] if phrase.determiner else phrase.text


def contracted(text: str) -> str:
    for pattern, short in (
        (r"\bde le (?=\w)", "du "),
        (r"\bde les (?=\w)", "des "),
        (r"\bà le (?=\w)", "au "),
        (r"\bà les (?=\w)", "aux "),
        (r"\bque (?=[aeiouyéèêâîôhAEIOUÉÈÎÂ][a-zéè'’-]+ (?:a|est|ont|dit|doit))", "qu'"),
    ):
        text = re.sub(pattern, short, text)
    return text


def _adjective(earlier: str, part: Fragment, language: Language, spoken: Language) -> str:
    """«la proposition russe», «et le Japon» → «la proposition du Japon»; an adjective for another
    («et la japonaise»)."""
    if not part.phrases:
        return ""
    own = part.phrases[0]
    nationality = [
        place
        for token in tokens(earlier)
        if (place := _place_of(token)) and _is_place(place, language) and _lower(token, language)
    ]
    given = [t for t in tokens(own.text) if _is_place(t, spoken)]
    if not nationality or not given:
        return ""
    old = nationality[-1]
    if given[-1].text[0].islower() or language == "en":
        new = given[-1].text
    elif own.determiner or spoken == "fr":
        new = contracted(f"de {article(own)}")
    else:
        new = f"de {own.text}"
    return earlier[: old.start] + new + earlier[old.end :]


def _place_of(token: Token) -> Token:
    """ "Russian" of "Russian-led", "Russia" of "Russia's"."""
    text = re.split(r"[-'’]", token.text)[0]
    return Token(text, analyser.fold(text), token.start, token.start + len(text))


def _is_place(token: Token, language: Language) -> bool:
    return bool(places().concepts([token.folded], language))


def _lower(token: Token, language: Language) -> bool:
    """An adjective: in French by its small letter, in English by its ending."""
    if language == "fr":
        return token.text[0].islower()
    adjective = token.folded.split("-")[0].endswith(("an", "ese", "ish", "ch"))
    return adjective or token.folded.endswith("'s")


def swapped(earlier: str, asks: str, language: Language, spoken: Language) -> str:
    """The earlier question asked with other words («Pourquoi le moratoire est-il maintenu ?»)."""
    mark = words(language).mark
    asks = asks[0].upper() + asks[1:]
    rest = earlier.strip()
    ones = _WHICH_ONES.search(analyser.fold(asks))
    many = _HOW_MANY.search(rest)
    if ones and many:
        which = "Which " if language == "en" else _quels(analyser.fold(asks))
        return which + rest[many.end() :]
    if language == spoken and not ones:
        adverb = _ADVERB.search(rest)
        if adverb and len(asks.split()) <= 3:
            return f"{asks} {rest[adverb.end() :]}"
        if _YES_NO.search(rest) and not _WH.search(rest):
            return f"{asks} {_uncapitalised(rest)}"
    return f"{asks}{' ' if spoken == 'fr' else ''}: {_uncapitalised(strip_end(rest))}{mark}"


def _quels(asks: str) -> str:
    return "Quelles " if asks.startswith("lesquelles") else "Quels "


def _uncapitalised(text: str) -> str:
    """With a small first letter, unless the first word is a name or an acronym."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    if first[1:] != first[1:].lower():
        return text
    name = tokens(first)
    if len(name) == 1 and any(places().concepts([name[0].folded], lang) for lang in LANGUAGES):
        return text
    return text[:1].lower() + text[1:]
