"""What a text must have to answer a question: a count of the thing asked for, a date, names…

Question answering systems have long matched the type of the expected answer (Voorhees and Tice
2000); here it moves the order of paragraphs that meaning and words already brought up, and never
excludes one. That the best of them lacks what was asked for speaks for a refusal.
"""

from __future__ import annotations

import re

from rag.analyser import fold, terms
from rag.intent import Intent, intent
from rag.translation import Lexicon, Term
from rag.types import Language

NEUTRAL = 0.5  # for questions that ask for nothing that has a mark of its own

_MONTH = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
    "|january|february|march|april|may|june|july|august|september|october|november|december"
)
_FULL_DATE = re.compile(
    rf"\b\d{{1,2}} (?:{_MONTH})\b|\b(?:{_MONTH}) (?:\d{{1,2}},? )?(?:19|20)\d\d\b"
)
_OPEN_DATE = re.compile(rf"(?:\bxx?|_|…) (?:{_MONTH}) (?:19|20)\d\d\b")  # «du XX mars 2017»
_DATE = re.compile(rf"\b(?:1[89]|20)\d\d\b|\b(?:{_MONTH}|trimestre|quarter)\b")
# Who asks when a document came out, and how a document says so of itself.
_ISSUED = re.compile(
    r"\bde quand dat|\bquelle date\W*$|\bdate on\b|\bc[oa]me out\b|\bdistribu(?:ted|ee?s?)\b"
    r"|\b(?:dated|circulated|issued|published|released|tabled|submitted)\b"
    r"|\b(?:diffus|publi|present|depos)ee?s?\b|\b(?:parue?|soumise?)s?\b"
)
_ISSUES = re.compile(
    r"\bdatee? du\b|\bdated\b|\bdate d[ue]\b|\b(?:distribu|diffus|publi)ee?\b"
    r"|\b(?:circulated|issued|published|released|distributed)\b"
)
_TITLE = 12  # words at most: a line with a date and little else dates its document
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_COUNT = re.compile(
    r"\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|two|three|four|five"
    r"|seven|eight|nine|ten|eleven|twelve"
)
_COUNTED = re.compile(
    r"(?:combien (?:de |d')|how many |number of |nombre (?:de |d'))((?:[^\W_]+ )?[^\W_]+)"
)
_DEFINES = re.compile(
    r"\bdefini|\bdesigne|\bentend par\b|\bs'entend|\bmeans?\b|\brefers? to\b|\bci-apres denomm"
    r"|\bhereinafter\b|\bconsiste|\bsignifie|\((?:le|la|les|l'|the) ?[^)]{2,40}\)"
)
# What is written in one way only: what it is called, and how it looks.
_FORMS = {
    r"adresses? (?:e-?mail|mail|electronique|courriel)|courriel|e-?mail": r"\S@\S",
    r"(?:numeros? de )?tele(?:phone|copie)|(?:phone|fax) numbers?": r"(?:\d[ .()/-]{0,2}){7}",
    r"adresses? (?:web|internet)|(?:web|internet) address(?:es)?|url": r"https?://|www\.",
    r"isbn": r"\bisbn\b|\b97[89][ -]?\d",
}
_ASKED_FORM = (
    r"(?:\b(?:quel(?:le)?s? (?:est|sont)|what (?:is|are)|what's) "
    r"(?:(?:l'|(?:les?|la|son|sa|ses|leurs?|the|his|her|its|their) )(?:\w+ )?)?|'s )(?:%s)\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\W_]+")
# Texts of no more content words that end in a comma or colon only open something: «Décide:».
_OPENING = 2
# A third of capitalised words makes a text of names.
_NAMES = 0.35


class Expectation:
    """The kind of answer one question asks for, and how much of it a text has."""

    def __init__(self, question: str, language: Language, lexicon: Lexicon) -> None:
        self.intent = intent(question)
        self._lexicon = lexicon
        self._counted: tuple[Term, ...] = ()
        self._asked: tuple[Term, ...] = ()
        folded = fold(question)
        self._issued = bool(_ISSUED.search(folded))
        self._form = next(
            (look for name, look in _FORMS.items() if re.search(_ASKED_FORM % name, folded)), None
        )
        if self.intent is Intent.NUMBER:
            self._asked = lexicon.question_terms(question, language)
            if found := _COUNTED.search(folded):
                self._counted = lexicon.question_terms(found[1], language)

    def met(self, text: str, language: Language, *, listed: bool = False) -> float:
        """From 0 to 1 how far the text has what is asked for; NEUTRAL where nothing shows it.

        `listed` says that the text is an item of a list.
        """
        if text.rstrip().endswith((",", ":")) and len(terms(text, language)) <= _OPENING:
            return 0.0
        folded = fold(text)
        met = NEUTRAL
        if self._form:
            met = float(bool(re.search(self._form, folded)))
        elif self.intent is Intent.NUMBER:
            met = self._count(folded, language)
        elif self.intent is Intent.DATE:
            met = self._date(folded)
        elif self.intent in (Intent.PERSON, Intent.PLACE):
            words = _WORD.findall(text)[1:]
            # Words in capitals throughout are headings and acronyms rather than names.
            names = sum(word.istitle() for word in words)
            met = min(1.0, 0.4 + 0.6 * names / len(words) / _NAMES) if names else 0.0
        elif self.intent is Intent.DEFINITION:
            met = 1.0 if _DEFINES.search(folded) else 0.2
        elif self.intent is Intent.LIST:
            is_list = listed or text.count(";") > 1 or text.count(",") > 2
            met = 1.0 if is_list or text.rstrip().endswith(":") else 0.3
        return met

    def lacks(self, text: str, language: Language) -> bool:
        """Whether the text has no number, no date or no address at all, and one is asked for."""
        told = self._form or self.intent in (Intent.NUMBER, Intent.DATE)
        return bool(told) and self.met(text, language) == 0.0

    def _date(self, folded: str) -> float:
        """1 for a day or a month of a year, less for a year or a month, 0 for a date left open;
        if the question is when a document came out, less again where the text does not say that of
        itself."""
        folded = _OPEN_DATE.sub(" ", folded)
        full = bool(_FULL_DATE.search(folded))
        if self._issued and not _ISSUES.search(folded):
            titled = full and len(_TOKEN.findall(folded)) <= _TITLE
            return 0.9 if titled else 0.5 * full
        return 1.0 if full else 0.7 * bool(_DATE.search(folded))

    def _count(self, folded: str, language: Language) -> float:
        """1 for a number right before what is counted, less before something else that the
        question names, less still for another number, 0 for none."""
        words = _TOKEN.findall(folded)
        best = 0.0
        for i, word in enumerate(words):
            if not _COUNT.fullmatch(word) or _YEAR.fullmatch(word):
                continue
            if i + 1 < len(words) and re.fullmatch(_MONTH, words[i + 1]):
                continue
            near = " ".join(words[i : i + 3])
            for counted, worth in ((self._counted, 1.0), (self._asked, 0.8)):
                if any(found > 0.3 for found in self._lexicon.found(counted, near, language)):
                    best = max(best, worth)
            best = max(best, 0.2)
        return best
