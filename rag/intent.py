"""What kind of answer a question asks for, read from its question words in French or English.

A small rule table rather than a model: the classes only decide how much is quoted (one sentence
for a date, every item for a list, one sentence a document for a comparison), so a miss costs
brevity and never correctness.
"""

from __future__ import annotations

import re
from enum import Enum

from rag.analyser import fold
from rag.sides import sides_of


class Intent(Enum):
    DATE = "date"
    DURATION = "duration"
    NUMBER = "number"
    PLACE = "place"
    PERSON = "person"
    LIST = "list"
    COMPARISON = "comparison"
    DEFINITION = "definition"
    OPEN = "open"

    @property
    def brief(self) -> bool:
        """Whether one sentence answers."""
        return self not in (Intent.LIST, Intent.COMPARISON, Intent.OPEN)


_AUXILIARY = r"(?:did|do|does|is|are|was|were|has|have|had|will|would|should|can|could|must)\b"

# First match wins: «quelle est la différence entre les dates…» is a comparison, not a date.
_RULES: tuple[tuple[Intent, str], ...] = (
    (
        Intent.COMPARISON,
        # Not «comparable», nor the «différends» that are settled.
        r"\bcompar(?!able)|\bdifferen(?!d)|\bdiffer(?:es?|s)?\b|\bversus\b|\bvs\b"
        r"|\bpar rapport a\b|\bcontrairement\b"
        r"|\bboth\b|\b(?:les|des|ces) deux (?:textes|documents|declarations|decisions)"
        r"|\ben commun\b|\bin common\b|\bevolu|\bchange[ds]? between\b|\bsame (?:as|in)\b"
        r"|\b(?:entre|between) .*\b20\d\d\b.*\b(?:et|and)\b.*\b20\d\d\b"
        r"|\b20\d\d\b.* (?:et|and) (?!20).*\b20\d\d\b|\bas opposed to\b"
        r"|\ba la fois\b.* et |\bd'une part\b"
        r"|\btou(?:s|tes) (?:les )?deux\b|\bchacune?\b|\b(?:and|or)\b.* each\b"
        r"|\b(?:aux|les?|la) memes? .* qu(?:e\b|')"
        r"|\bsame .* as\b|\b(?:aux|les) memes .* et (?:dans|en)\b"
        r"|\bfigurent aussi\b|\balso (?:in|among|listed)\b|\bmissing from\b|\babsente?s? d"
        r"|\b(?:longer|earlier|later|more) .*\b(?:than|or)\b"
        r"|\bplus (?:long|tot|tard)\w* (?:que|dans)\b",
    ),
    (
        Intent.DURATION,
        r"\bcombien de temps\b|\btous les combien\b|\bquelle (?:duree|frequence)\b"
        r"|\bhow (?:long|often)\b",
    ),
    (Intent.NUMBER, r"\bcombien\b|\bquel (?:est le )?nombre\b|\bhow (?:many|much)\b|\bnumber of\b"),
    (
        Intent.DATE,
        # Not «quand même», nor «quand on enregistre…» and "When a file is linked, …".
        r"\bquand\b(?! (?:meme|on|je|tu|ils?|elles?|nous|vous)\b)|\bdates? of\b"
        rf"|(?!^when (?!{_AUXILIARY})[^?]*, )\bwhen\b|\bquelles? dates?\b"
        r"|\b(?:quelle|quel) (?:annee|jour|mois)\b|\b(?:what|which) (?:date|year|day|month)s?\b"
        r"|\bdate (?:de|du|d')\b|\bdated\b|\bde quand\b",
    ),
    (
        Intent.PLACE,
        r"^(?:et )?ou (?:se|s'|est|sont|a|ont|la|le|les)\b|\bwhere\b"
        r"|\b(?:quelle ville|quel lieu|quel endroit|which city|what city|what place|which place)\b",
    ),
    (
        Intent.LIST,
        r"\b(?:donne|nomme|indique)[zr]? (?:moi )?(?:les )?tou(?:s|tes)\b|\bles veux tous\b"
        r"|\btou(?:s|tes) les (?:points|themes|sujets|domaines|elements|mesures|conditions)\b"
        r"|\ball of (?:them|these|those)\b|\b(?:give|tell) (?:me )?(?:all|every)\b"
        r"|\bquel(?:le)?s (?:sont|etaient|seraient)\b|\bliste\b|\blister\b|\benumer|\bcite[rz]\b"
        r"|\bwhat are\b|\bwhat were\b|\blist\b|\bname the\b|\bwhich \w+s (?:are|were|did|does|do)\b"
        r"|\bquels? \w+s\b|\bquelles \w+s\b|\bwhat (?:\w+ )?(?:topics|themes|measures|subjects|"
        r"questions|areas|issues|items|goals|steps)\b|\bwhich (?:\w+ )?(?:topics|themes|measures|"
        r"subjects|questions|areas|issues|countries|members|delegations|organi[sz]ations)\b",
    ),
    (
        Intent.PERSON,
        # At the head of a clause: «les membres qui…» and «what happens to those who…» ask for none.
        r"(?:^|[,:;?!.(-] ?)(?:(?:et|mais|or|a|de|par|pour|avec|chez|contre) )?qui\b(?! est-ce que)"
        r"|(?:^|[,:;?!.(-] ?)(?:(?:and|but|by|to|for|with|from|of) )?who(?:m|se)?\b"
        r"|\b(?:par|de|a|chez) qui\b|\b(?:by|to|from|with|for) whom\b"
        r"|\bquels? (?:est |sont |etaient )?(?:le |les |l')?auteurs?\b"
        r"|\bauthors? of\b|\bsigne par\b"
        r"|\b(?:quel pays|quelle delegation|which country|which delegation)\b",
    ),
    (
        Intent.DEFINITION,
        r"\bdefini|\bconsiste\b|\bconsists?\b|\bque signifie|\bque veut dire|\bc'est quoi\b"
        r"|\bwhat does .* mean\b|\bmeant by\b|\bmeaning of\b|\bqu'?entend[- ]on\b",
    ),
)


def intent(question: str) -> Intent:
    """The kind of answer asked for; OPEN where no rule matches."""
    if sides_of(question):
        return Intent.COMPARISON
    folded = fold(question)
    for kind, pattern in _RULES:
        if re.search(pattern, folded):
            return kind
    return Intent.OPEN
