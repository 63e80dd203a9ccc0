"""A question that asks two things at once → the two, each of which stands alone.

«Jusqu'à quand le moratoire court-il selon Bali, et selon le projet russe ?» names what it asks for
once and its sides twice, each after the same word. Decomposing such a question (as for multi-hop
questions, Min et al. 2019) tells whether each side is answered, which the whole does not. A small
rule table: what it does not know stays one question.
"""

from __future__ import annotations

import re

from rag.analyser import fold, is_content, words

# What both sides stand after, once in the question and once after its «et».
_BEFORE = (
    r"selon|d'apres|dans|apres|avant|pendant|chez|pour|sous|derriere|parmi"
    r"|in|on|under|after|before|during|among|for|according to"
)
# Or each side asks with a word of its own: «quelle échéance à Bali, et laquelle à Genève ?».
_ASKS = r"combien|(?:la|le|les)?quel(?:le)?s?|what|how (?:many|much|long|often)|whose|which|when"
_OF_WHAT = r"(?:a|de|avec|pour|with|for|in|to) "
_AND = r",? (?:et|ou|and|or) "
_JOINED = re.compile(
    rf"{_AND}(?:(?P<before>{_BEFORE})|(?:{_OF_WHAT})?(?:{_ASKS}))\b"
    r"|, (?:et|and) (?:que|who)\b"
)
_ASKING = re.compile(rf"\b(?:{_OF_WHAT})?(?:{_ASKS}|quand|que|who)\b")
_LINK = re.compile(_AND)


def sides_of(question: str) -> tuple[str, str] | tuple[()]:
    """The two questions in one, folded to lower case without accents, or none if it is one."""
    folded = fold(question)
    for joined in _JOINED.finditer(folded):
        first, second = folded[: joined.start()], _LINK.sub("", folded[joined.start() :], count=1)
        shared = _shared(first, joined["before"])
        if shared and _says(first[shared.end() :]) and _says(folded[joined.end() :]):
            return f"{first} ?", first[: shared.start()] + second
    return ()


def _shared(first: str, before: str | None) -> re.Match[str] | None:
    """Where the first side begins: at the same word, with what is asked ahead of it, or at the
    word that asks."""
    if before is None:
        return _ASKING.search(first)
    same = list(re.finditer(rf"\b{before}\b", first))
    asked = first[: same[-1].start()] if same else ""
    return same[-1] if _says(asked) or _ASKING.search(asked) else None


def _says(text: str) -> bool:
    """Whether it has a word that is a stop word of neither language."""
    return any(is_content(word, "fr") and is_content(word, "en") for word in words(text))
