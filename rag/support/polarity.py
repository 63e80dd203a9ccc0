"""What a text denies, and which of its words turn a statement round.

A sentence that shares every word with a paragraph may still say the opposite of it. Two kinds of
marks are read: negations, with the few words that they reach; and words that stand at one end of
an axis («interdit» – «autorisé», «increase» – «decrease», `axes.tsv`), whose side a negation
reverses, so that «not allowed» agrees with «interdit».
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag import analyser
from rag.support.reading import Word
from rag.types import Language

# Words that a negation reaches after it, counting words of content.
_REACH = 3
# «without the passphrase they cannot …»: these deny a noun and no more.
_SHORT_REACH = 1
_SHORT = frozenset({"sans", "without"})
# «rather than», «plutôt que», «instead of», «au lieu de»: the second word denies.
_INSTEAD = frozenset(
    {("rather", "than"), ("plutot", "que"), ("plutot", "qu'"), ("instead", "of"), ("lieu", "de")}
    | {("lieu", "d'")}
)
_NEGATORS: dict[Language, frozenset[str]] = {
    "fr": frozenset("ne n' pas aucun aucune jamais sans ni nul nulle rien non guere".split()),
    "en": frozenset(
        "not no never without nor neither none nobody nothing cannot nowhere hardly".split()
    ),
}
_MODALS = frozenset("can may could might must shall should need".split())
_NOT_ALONE = frozenset({"seulement", "only", "moins", "less", "later", "doubt", "doute"})
# Restrictions and excess read as negations only: «ne … que», «ne … plus que».
_SECOND_HALVES = frozenset({"pas", "plus", "jamais", "aucun", "aucune", "rien", "point", "ni"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A word at one end of an axis, the `place`-th of its text; `sign` is +1 or −1, after the
    negation if it is `turned` by one."""

    axis: str
    sign: int
    place: int
    turned: bool


def denied(words: Sequence[Word], language: Language) -> frozenset[int]:
    """The places of the words that a negation reaches."""
    reached: set[int] = set()
    for place, word in enumerate(words):
        if not _negates(words, place, language):
            continue
        left = _SHORT_REACH if word.text in _SHORT else _REACH
        for after in range(place + 1, len(words)):
            if words[after].clause != word.clause or not left:
                break
            text = words[after].text
            if text in ("mais", "but", "que", "qu'", "and", "et", "who", "qui") and left < _REACH:
                break
            reached.add(after)
            # Verbs of grammar («est», «can») are passed over.
            left -= analyser.is_content(text, language) and text not in _NEGATORS[language]
    return frozenset(reached)


def cues(words: Sequence[Word], language: Language, reached: frozenset[int]) -> tuple[Cue, ...]:
    """Every word at the end of an axis, with the sign that negations leave it."""
    found: list[Cue] = []
    whole, stems = _axes()[language]
    texts = [word.text for word in words]
    for place, text in enumerate(texts):
        sides: set[tuple[str, int]] = set()
        for length in range(1, 5):
            sides |= whole.get("_".join(texts[place : place + length]), frozenset())
            # «jusqu'a» is one expression in the file, two words here.
            sides |= whole.get("".join(texts[place : place + length]), frozenset())
        for size in range(3, len(text) + 1):
            sides |= stems.get(text[:size], frozenset())
        turned = place in reached or (text in _MODALS and _denied_after(texts, place, language))
        for axis, sign in sorted(sides):
            # «cannot» holds its negation in itself.
            within = text == "cannot"
            found.append(Cue(axis, -sign if turned else sign, place, turned or within))
    return tuple(found)


def _denied_after(texts: Sequence[str], place: int, language: Language) -> bool:
    """«may not», «can no longer», «must never»: English denies its modals from behind."""
    following = texts[place + 1 : place + 2]
    return language == "en" and any(
        text in _NEGATORS[language] or text == "t" for text in following
    )


def _negates(words: Sequence[Word], place: int, language: Language) -> bool:
    text = words[place].text
    if language == "en" and text.endswith("n'") or text == "t" and place:
        # «isn't» is read as «isn'» and «t».
        return text == "t" and words[place - 1].text.endswith("n'")
    if place and (words[place - 1].text, text) in _INSTEAD:
        return True
    if text not in _NEGATORS[language]:
        return False
    following = words[place + 1].text if place + 1 < len(words) else ""
    if following in _NOT_ALONE:
        return False
    if text in ("ne", "n'"):
        near = [word.text for word in words[place + 1 : place + 8]]
        return not ("que" in near or "qu'" in near) or bool(_SECOND_HALVES & set(near))
    return True


@cache
def _axes() -> Mapping[Language, tuple[Mapping[str, frozenset[tuple[str, int]]], ...]]:
    text = (resources.files("rag.support") / "axes.tsv").read_text(encoding="utf-8")
    whole: dict[Language, defaultdict[str, set[tuple[str, int]]]] = {
        "fr": defaultdict(set), "en": defaultdict(set)
    }  # fmt: skip
    stems: dict[Language, defaultdict[str, set[tuple[str, int]]]] = {
        "fr": defaultdict(set), "en": defaultdict(set)
    }  # fmt: skip
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        axis, sign, french, english = line.split("\t")
        side = (axis, 1 if sign == "+" else -1)
        for language, listed in (("fr", french), ("en", english)):
            for entry in listed.split():
                table = stems if entry.endswith("*") else whole
                table["fr" if language == "fr" else "en"][entry.rstrip("*")].add(side)
    return {
        "fr": (_frozen(whole["fr"]), _frozen(stems["fr"])),
        "en": (_frozen(whole["en"]), _frozen(stems["en"])),
    }


def _frozen(
    table: Mapping[str, set[tuple[str, int]]],
) -> Mapping[str, frozenset[tuple[str, int]]]:
    return {word: frozenset(sides) for word, sides in table.items()}
