"""Text → terms for the words side of the index.

Words are lower-cased, stripped of accents and elisions, and stemmed by the Snowball stemmer of
the text's language. Folding comes before stemming, so that a question typed without accents finds
what was written with them, and so that the translation table (folded words) meets the same stems.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import Stemmer

from rag.types import Language

# Longer strings are no words of either language; the bound keeps hostile input out of the index.
_LONGEST = 64

_PLAIN = str.maketrans(
    {"’": "'", "ʼ": "'", "‘": "'", "´": "'", "`": "'", "‐": "-", "‑": "-"}
    | {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "\u00ad": ""}
)
_ACCENTS = re.compile("[\u0300-\u036f]+")

_WORD = re.compile(
    r"""
      (?<![\w.,/-])\d{1,3}(?:[ ]\d{3})+(?![\w/-])     # 1 000 000
    | (?:(?<![^\W_])[^\W\d_]\.){2,}                   # o.m.c.
    | [^\W_]+(?:['/-][^\W_]+|(?<=\d)[.,](?=\d)[^\W_]+)*
    """,
    re.VERBOSE,
)
_HYPHENATED = re.compile(r"(?<![\w/-])(?:[a-z]+')?[^\W_]+(?:-[^\W_]+)+(?![\w/-])")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)")
_CONTRACTION = re.compile(r"'(?:s|ll|re|ve|d|m)$")
_ORDINAL = re.compile(r"^(\d+)(?:er|ere|re|e|eme|nd|nde|st|rd|th)s?$")
_THOUSANDS = re.compile(r"^\d{1,3}(?:[, ]\d{3})+$")
_DECIMAL_COMMA = re.compile(r"^\d+,\d+$")
_PLURAL_VERB = re.compile(r"^(\w{4,})ent$")
_GLUED_MARK = re.compile(r"^([^\W\d_]{4,})\d{1,2}$")

_FRENCH = """
a afin ai aient aies ainsi ait alors apres as au aucun aucune aupres auquel aura aurait auront
aussi autre autres aux auxquelles auxquels avaient avais avait avant avec avez avoir avons ayant c
ca car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez ci ciapres combien
comme comment d dans de deja depuis des desormais desquelles desquels dessous dessus devra devrait
doit doivent donc dont du duquel durant elle elles en encore entre es est estce et etaient etait
etant ete etes etre eu eut eux faire fait faites faut fois font furent fut hors ici il ils j je
jusque l la laquelle le lequel les lesquelles lesquels leur leurs lors lorsque lui m ma mais
malgre me meme memes mes mien moi moins mon n ne ni non nos notamment notre nous on ont or ou par
parce parmi pas pendant peu peut peuvent plus plusieurs plutot pour pourquoi pourra pourrait puis
puisque qu quand que quel quelle quelles quelque quelques quels qui quoi quoique s sa sans sauf se
selon sera serait seront ses si sien soi soient soit sommes son sont sous suis sur t ta tandis te
tel telle telles tels tes toi ton toujours tous tout toute toutefois toutes tres trop tu un une
vers vis voici voila vos votre vous vu y
"""
_ENGLISH = """
a about above after again against all also am an and any are arent as at be because been before
being below between both but by can cannot cant could couldnt d did didnt do does doesnt doing
done dont during each either else ever every few for from further had hadnt has hasnt have havent
having he hence her here hers herself him himself his how however i if in into is isnt it its
itself just let ll m may me might more most much must my myself neither no nor not now of off on
once one only onto or other others our ours ourselves out over own per please re s same shall she
should shouldnt so some such t than that the their theirs them themselves then there thereby
therefore these they this those though through thus to too under until up upon ve very via was
wasnt we were werent what when where whether which while who whom whose why will with within
without wont would wouldnt yet you your yours yourself
"""
_STOP: dict[Language, frozenset[str]] = {
    "fr": frozenset(_FRENCH.split()),
    "en": frozenset(_ENGLISH.split()),
}
_SNOWBALL: dict[Language, str] = {"fr": "french", "en": "english"}


def fold(text: str) -> str:
    """Lower case, compatibility forms, ligatures and accents removed; apostrophes made plain."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_PLAIN)
    return text if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFD", text))


def words(text: str) -> list[str]:
    """Folded words in order, stop words included, elisions and possessives removed.

    A number is one word, written one way («1 000», «1,000» → «1000»; «2,5» → «2.5»; «1er»,
    «1st» → «1»), and so is a code with a digit («wt/l/274»). Hyphens and slashes part other words.
    """
    found: list[str] = []
    for chunk in _WORD.findall(fold(text)):
        if chunk.isalpha():
            found.append(chunk[:_LONGEST])
        else:
            found.extend(_parts(chunk))
    return found


def terms(text: str, language: Language) -> list[str]:
    """The stems to index: content words in order, then compounds and parts of codes.

    «wt/l/274» also gives wt and 274, «revision1» (a footnote mark stuck to a word) also revision.
    """
    whole = [word for word in words(text) if is_content(word, language)]
    extra: list[str] = []
    for word in whole:
        if "/" in word:
            extra.extend(part for part in re.split(r"[/-]", word) if len(part) > 1)
        elif glued := _GLUED_MARK.match(word):
            extra.append(glued.group(1))
    return stems(whole + extra + compounds(text, language), language)


def compounds(text: str, language: Language) -> list[str]:
    """Hyphenated words written as one, so that «plate-forme» meets «plateforme».

    Not where a part is a stop word («permettent-ils»); a lone letter is none («e-commerce»).
    """
    joined: list[str] = []
    for chunk in _HYPHENATED.findall(fold(text)):
        parts = _ELISION.sub("", chunk).split("-")
        if not any(len(part) > 1 and part in _STOP[language] for part in parts):
            joined.append("".join(parts)[:_LONGEST])
    return joined


def stems(folded: Sequence[str], language: Language) -> list[str]:
    """Snowball stems of folded words, one for each."""
    if language == "fr":
        # Without its accent «adoptée» would keep the e that «adopté» loses.
        folded = [_without_double_e(word) for word in folded]
    # Stemmer objects are not safe to share among threads and cost a third of a microsecond.
    stemmed: list[str] = Stemmer.Stemmer(_SNOWBALL[language]).stemWords(folded)
    if language == "fr":
        # Snowball leaves «examinent», a plural verb, apart from «examiner».
        return [_PLURAL_VERB.sub(r"\1", stem) for stem in stemmed]
    return stemmed


def is_content(word: str, language: Language) -> bool:
    """Whether a folded word says something: no stop word, no lone letter."""
    return word not in _STOP[language] and (len(word) > 1 or word.isdigit())


def _parts(chunk: str) -> list[str]:
    """The words in one stretch of text without spaces (or in one spaced number)."""
    if chunk.endswith("."):
        return [chunk.replace(".", "")]
    if _THOUSANDS.match(chunk):
        return [chunk.replace(",", "").replace(" ", "")]
    if _DECIMAL_COMMA.match(chunk):
        return [chunk.replace(",", ".")]
    if "/" in chunk and any(c.isdigit() for c in chunk):
        return [chunk[:_LONGEST]]
    found = []
    for part in re.split(r"[/-]", chunk):
        bare = _CONTRACTION.sub("", _ELISION.sub("", _ELISION.sub("", part))).replace("'", "")
        if ordinal := _ORDINAL.match(bare):
            bare = ordinal.group(1)
        if bare:
            found.append(bare[:_LONGEST])
    return found


def _without_double_e(word: str) -> str:
    if len(word) > 4 and word.endswith(("ee", "ees")):
        return word[: word.rindex("ee") + 1]
    return word
