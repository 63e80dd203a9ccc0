"""A question that refers back, with the name of what it refers to in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag import analyser
from rag.conversation.ellipsis import strip_end
from rag.conversation.nouns import NounPhrase, core, noun_phrases
from rag.conversation.reference import Reference
from rag.conversation.substitution import article, contracted
from rag.conversation.words import words
from rag.language import identify
from rag.types import Language


def resolved(question: str, found: Reference, earlier: Sequence[str], language: Language) -> str:
    """The question with what it refers to, from the latest of the earlier questions (oldest first)
    that names something; "" if none does.

    Where the name cannot be written in its place (another language, «y», "there"), what the
    earlier question names is put at the end.
    """
    for text in reversed(earlier):
        there = identify(text)
        phrases = noun_phrases(text, there)
        named = [p for p in phrases if not p.asked and p.kind not in ("year", "date")]
        if not named:
            continue
        of = _antecedent(found, [core(phrase, there) for phrase in named])
        if of is not None and (there == language or of.kind in ("name", "place")):
            written = _put(question, found, of, language)
            if written:
                return written
        listed = ", ".join(article(phrase) for phrase in named)
        return f"{strip_end(question)} — {listed}{words(language).mark}"
    return ""


def _antecedent(found: Reference, named: Sequence[NounPhrase]) -> NounPhrase | None:
    if found.role == "other":
        return None
    if found.role == "demonstrative" and found.noun is not None:
        same = [p for p in named if p.head == found.noun.head]
        document = [p for p in named if p.kind == found.noun.kind == "document"]
        return next(iter(reversed(same or document)), None)
    agreeing = [
        p
        for p in named
        if (found.plural is None or p.plural == found.plural or p.kind in ("name", "place"))
        and (found.feminine is None or p.feminine is None or p.feminine == found.feminine)
    ]
    if not agreeing:
        return None
    agreeing = [p for p in agreeing if p.plural == found.plural] or agreeing
    # One goes on to speak of a question's subject; as an object, of what it named last.
    return agreeing[-1] if found.role in ("object", "clitic") else agreeing[0]


def _put(question: str, found: Reference, of: NounPhrase, language: Language) -> str:
    """The question with the name in the place of the reference; "" where that cannot be written."""
    name = article(of)
    before, after = question[: found.start], question[found.end :]
    if found.role == "possessive":
        return _possessed(question, found, name, language)
    if found.role == "demonstrative":
        return _capital(contracted(before + name + _agreeing(after, of)))
    if found.role == "subject" or language == "en":
        return _capital(contracted(re.sub(r"qu['’]$", "que ", before) + name + after))
    if found.role in ("object", "clitic"):
        return _object(before, after, name)
    return _inverted(question, found, name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _agreeing(after: str, of: NounPhrase) -> str:
    """«Ce texte parle-t-il…» → «La décision parle-t-elle…»."""
    if of.feminine is None:
        return after
    own = "elle" if of.feminine else "il"
    return re.sub(r"-(?:elle|il)(s?)\b", lambda found: f"-{own}{found[1]}", after, count=1)


def _possessed(question: str, found: Reference, name: str, language: Language) -> str:
    """«ses objectifs» → «les objectifs de la décision»; "its tasks" → "the group's tasks"."""
    before, after = question[: found.start], question[found.end :]
    if language == "en":
        owner = re.sub(r"['’]s$", "", name)
        return _capital(f"{before}{owner}{'’' if owner.endswith('s') else '’s'} {after}")
    if found.noun is None:
        return ""
    own = analyser.fold(question[found.start : found.end]).strip()
    owned = question[found.end : found.noun.end]
    if own in ("ses", "leurs"):
        the = "les "
    elif analyser.fold(owned)[:1] in "aeiouyh":
        the = "l'"
    else:
        the = "la " if own == "sa" else "le "
    return _capital(contracted(f"{before}{the}{owned} de {name}{question[found.noun.end :]}"))


def _object(before: str, after: str, name: str) -> str:
    """«Qui l'a signée ?» → «Qui a signé la déclaration ?»; «Qui le suit ?» → «Qui suit …»."""
    compound = re.match(r"((?:a|ont|avait|avaient|aura)\s+(?:déjà\s+|bien\s+)?)(\w+)", after)
    if compound:
        participle = re.sub(r"(?<=[éiut])(?:es|e|s)$", "", compound[2])
        return f"{before}{compound[1]}{participle} {name}{after[compound.end() :]}"
    verb = strip_end(after.partition(" ")[0])
    return f"{before}{verb} {name}{after[len(verb) :]}"


def _inverted(question: str, found: Reference, name: str) -> str:
    """«Quand doit-il finir ?» → «Quand le groupe doit-il finir ?»; after «que», which does not bear
    that, «Que propose le groupe ?»."""
    before, verb = question[: found.start], question[found.start : found.end]
    after = question[found.end :]
    if re.search(r"\b(?:que |qu['’])$", before, re.IGNORECASE):
        alone = re.sub(r"-(?:t-)?(?:ils?|elles?)$", "", verb, flags=re.IGNORECASE)
        return f"{before}{alone} {name}{after}"
    clitic = re.search(r"(?:\b(?:ne|se|en|la|le|les|lui|leur) |\b[nslm]['’])+$", before, re.I)
    at = clitic.start() if clitic else len(before)
    moved = before[at:] + verb
    if not before[:at].strip():
        moved = moved[0].lower() + moved[1:]
    return _capital(f"{before[:at]}{name} {moved}{after}")
