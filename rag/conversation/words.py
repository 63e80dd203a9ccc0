"""The small words by which a question shows its parts, folded, in each language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.types import Language


@dataclass(frozen=True, slots=True)
class Words:
    """`determiners` open a noun phrase, `connectors` continue one, `verbs` never belong to one.

    `opening` matches what begins a fragment («et …», «what about …»), `clause` what shows that
    a question is a whole one, `more` a wish for the same again, `pause` ends and joins."""

    determiners: frozenset[str]
    interrogative: frozenset[str]
    connectors: frozenset[str]
    prepositions: frozenset[str]
    verbs: frozenset[str]
    documents: frozenset[str]
    plural_determiners: frozenset[str]
    opening: re.Pattern[str]
    bare: re.Pattern[str]
    clause: re.Pattern[str]
    condition: re.Pattern[str]
    more: re.Pattern[str]
    mark: str


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FRENCH = Words(
    determiners=_set(
        "le la les l' un une des du au aux ce cet cette ces mon ma mes son sa ses leur leurs notre "
        "nos "
        "votre vos chaque quel quelle quels quelles"
    ),
    interrogative=_set("quel quelle quels quelles"),
    connectors=_set("de du des d' l' la le les en"),
    prepositions=_set(
        "pour sur en dans avec sans selon depuis avant apres chez a au aux par entre vers contre "
        "pendant "
        "durant de du des d'"
    ),
    verbs=_set(
        "est sont etait etaient sera seront serait a ont avait avaient aura auront propose "
        "proposent prevoit "
        "prevoient dit disent doit doivent peut peuvent fait font demande demandent concerne "
        "concernent "
        "dure durent commence commencent finit finissent prend prennent expire expirent s'applique "
        "existe "
        "existent veut veulent signe signent reunit reunissent participe participent figure "
        "figurent "
        "parle parlent decide decident repond repondent contient traite mentionne encourage porte "
        "portent "
        "sert travaille reclame rappelle adopte adoptent"
    ),
    documents=_set(
        "decision declaration communication proposition projet programme rapport texte document "
        "accord "
        "presentation resume revision note traite diaporama initiative"
    ),
    plural_determiners=_set("les des aux ces mes ses leurs nos vos quels quelles"),
    opening=re.compile(
        r"^(?:(?:ok|d'accord|tres bien|bien|merci|mais|alors|donc|sinon|bon)\b[ ,.]*)*"
        r"(?:et(?: alors)?\b|mais\b|sinon\b|(?:et )?qu'en est-il\b|(?:et )?quid\b|"
        r"(?:la )?meme (?:question|chose)(?= pour\b)|(?:pareil|idem)(?= pour\b)"
        r"|(?:et )?qu'en (?:dit|disent)\b)[ ,:]*"
    ),
    bare=re.compile(
        r"^(?:(?:ok|d'accord|ah|bien|mais|et|alors|donc)[ ,]+)*"
        r"(?P<asks>pourquoi(?: (?:pas|donc|cela|ca))?|(?:depuis|jusqu'a|a partir de|des|pour"
        r"|vers) quand"
        r"|quand|ou|d'ou|comment|combien(?: de (?:temps|fois))?|a quelle date|a quel endroit"
        r"|(?:par|avec|pour|a|de|chez|contre) qui|qui|dans quel but|pour quelles? raisons?"
        r"|en quelle annee|dans quel(?:le)? \w+|quel(?:le)?s? \w+|lesquel(?:le)?s|laquelle|lequel"
        r"|(?:a|de|sur|en) quoi|quoi d'autre|qui d'autre|et apres|et ensuite|ensuite|par exemple)"
        r"(?: (?:exactement|precisement|ca|cela|au juste|donc|concretement|et (?:ou|quand|comment"
        r"|pourquoi)))*"
        r" ?[?.!…]*$"
    ),
    clause=re.compile(
        r"^(?:qui|que|qu'|quoi|quand|ou|d'ou|comment|combien|pourquoi|quel|quelle|quels|quelles"
        r"|lequel"
        r"|laquelle|lesquels|lesquelles|est-ce|c'est|y a|peut|peux|pouvez|(?:a|de|en|sur|par|pour"
        r"|avec"
        r"|dans|depuis|jusqu'a|jusqu'en) (?:quel|quelle|quels|quelles|qui|quoi|quand|combien)\b)"
        r"|\w-(?:t-)?(?:il|elle|ils|elles|on|ce|nous|vous|je|tu)\b"
        r"|\b(?:quoi|quand|ou|combien|comment|pourquoi|qui|est-ce qu[e'].*) ?[?.!]*$"
    ),
    condition=re.compile(r"^si\b"),
    more=re.compile(
        r"^(?:(?:(?:tu|vous) (?:peux|pourrais|pouvez|pourriez)"
        r"|(?:peux|pourrais|pouvez|pourriez)-(?:tu|vous)) (?:m'en dire plus|preciser|developper"
        r"|detailler"
        r"|expliquer|etre plus precise?)|(?:plus|davantage) de (?:details|precisions)|(?:dis"
        r"|dites)-m'en plus"
        r"|developpe[zr]?|precise[zr]?|explique[zr]?|c'est-a-dire|c'est tout|continue[zr]?)"
        r"(?: (?:s'il (?:te|vous) plait|svp|stp|un peu))* ?[?.!…]*$"
    ),
    mark=" ?",
)

_ENGLISH = Words(
    determiners=_set(
        "the a an this that these those my its their his her our your each which what some any no"
    ),
    interrogative=_set("which what"),
    connectors=_set("of the"),
    prepositions=_set(
        "for on in with without by about from since before after under to at of between against "
        "during "
        "according into"
    ),
    verbs=_set(
        "is are was were be been has have had do does did will would can could should must may "
        "might say "
        "says said propose proposes proposed decide decided mean means expire end ended start "
        "started begin "
        "apply cover include contain want ask meet sign signed adopt adopted require happen last "
        "take give "
        "make mention provide deal become submit submitted recommend join chair agree back hold "
        "held taken made dated circulated issued published released set given "
        "distributed launched created renewed established meets met works gather going doing "
        "supposed"
    ),
    documents=_set(
        "decision declaration statement communication proposal draft programme program report text "
        "document "
        "agreement presentation summary paper revision note slides initiative"
    ),
    plural_determiners=_set("these those"),
    opening=re.compile(
        r"^(?:(?:ok|okay|right|thanks|thank you|but|so|well|then)\b[ ,.]*)*"
        r"(?:(?:and |but |so )?(?:what|how) about\b|(?:and )?what of\b|and\b|but\b"
        r"|(?:the )?same (?:question )?(?:for|with)\b|likewise\b)[ ,:]*"
    ),
    bare=re.compile(
        r"^(?:(?:ok|okay|oh|right|well|but|and|so|then)[ ,]+)*"
        r"(?P<asks>why(?: (?:not|so|is that|that))?|how so|(?:since|until|by|from) when|when|where"
        r"|how"
        r"|how (?:many|much|long|often)|(?:by|with|for|to|from) whom?|who|whom"
        r"|(?:by|with|for|to|from) what|on what (?:date|basis|grounds)|(?:what|which) \w+"
        r"|which(?: ones?)?"
        r"|what else|who else|anything else|anyone else|what for|then what|for example|such as"
        r"|like what"
        r"|(?:who|what|why|where|when) exactly)"
        r"(?: (?:exactly|precisely|then|and (?:where|when|how|why)))* ?[?.!…]*$"
    ),
    clause=re.compile(
        r"^(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|do|does|did|has|have"
        r"|had|will"
        r"|would|can|could|should|must|may|might|am|isn't|aren't|don't|doesn't|tell|give|list"
        r"|(?:at|by|for|from|in|of|on|to|under|until|since|with|between) (?:which|what|whom|whose"
        r"|when))\b"
        r"|\b(?:what|when|where|how|why|who) ?[?.!]*$|\b(?:is|are|was|were|does|did) (?:it|they"
        r"|there)\b"
    ),
    condition=re.compile(r"^if\b"),
    more=re.compile(
        r"^(?:(?:can|could) you (?:elaborate|clarify|explain|be more specific|say more|expand"
        r"|tell me more)"
        r"(?: on (?:that|this|it))?|tell me more|say more|more details?|go on|elaborate|explain"
        r"|continue"
        r"|meaning|is that all|what do you mean)(?: please)? ?[?.!…]*$"
    ),
    mark="?",
)

_WORDS: dict[Language, Words] = {"fr": _FRENCH, "en": _ENGLISH}


def words(language: Language) -> Words:
    return _WORDS[language]
