"""What a text denies, and which of its words turn a statement round.

A sentence that shares every word with a paragraph may still say the opposite of it. Two kinds of
marks are read: negations, with the few words that they reach; and words that stand at one end of
an axis («interdit» – «autorisé», «increase» – «decrease», `axes.tsv`), whose side a negation
reverses, so that «not allowed» agrees with «interdit».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from rag import analyser
from rag.support.reading import Word
from rag.translation import bundled_table
from rag.types import Language

# Words that a negation reaches after it, counting words of content.
_REACH = 3
# Words of the longest expression in the file.
_LONGEST = 4
# «without the passphrase they cannot …»: these deny a noun and no more.
_SHORT_REACH = 1
_SHORT = frozenset({"sans", "without", "non", "sauf", "hormis", "excepte", "except"})
# «rather than», «plutôt que», «instead of», «au lieu de»: the second word denies.
_INSTEAD = frozenset(
    {("rather", "than"), ("plutot", "que"), ("plutot", "qu'"), ("instead", "of"), ("lieu", "de")}
    | {("lieu", "d'"), ("still", "to"), ("yet", "to"), ("fails", "to"), ("failed", "to")}
)
_NEGATORS: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        {"ne", "n'", "pas", "aucun", "aucune", "jamais", "sans", "ni", "nul", "nulle", "rien"}
        | {"non", "guere", "sauf", "hormis", "excepte"}
    ),
    "en": frozenset(
        {"not", "no", "never", "without", "nor", "neither", "none", "nobody", "nothing", "cannot"}
        | {"nowhere", "hardly", "except"}
    ),
}
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "des")
_LEAST_ROOT = 5
_MODALS = frozenset({"can", "may", "could", "might", "must", "shall", "should", "need"})
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


@dataclass(frozen=True, slots=True)
class _Axes:
    """Ends of axes (name, sign) by whole words («_» joins expressions) and by stems."""

    whole: dict[str, set[tuple[str, int]]]
    stems: dict[str, set[tuple[str, int]]]

    def of(self, texts: Sequence[str], place: int) -> list[tuple[str, int]]:
        """The ends of axes that the words from a place on name."""
        word = texts[place]
        sides = set(self.whole.get(word.removesuffix("'"), ()))
        for length in range(1, _LONGEST + 1):
            sides |= self.whole.get("_".join(texts[place : place + length]), set())
        for size in range(3, len(word) + 1):
            sides |= self.stems.get(word[:size], set())
        return sorted(sides)


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
    axes = _axes(language)
    texts = [word.text for word in words]
    found: list[Cue] = []
    for place, text in enumerate(texts):
        modal = text.removesuffix("'") in _MODALS
        # «ne … jamais» is one negation.
        again = text in _NEGATORS[language]
        turned = not again and place in reached
        turned |= modal and _denied_after(texts, place, language)
        # «cannot» holds its negation in itself.
        sides = {(axis, sign, text == "cannot") for axis, sign in axes.of(texts, place)}
        if root := base(text, language):
            # «unfavourable» is «favourable», denied.
            sides |= {(axis, -sign, True) for axis, sign in axes.of([root], 0)}
        if texts[place + 1 : place + 2] in (["tard"], ["tot"]):
            # «au plus tard» bounds a time, not a number.
            sides = {side for side in sides if side[0] != "limit"}
        found += [
            Cue(axis, -sign if turned else sign, place, turned or within)
            for axis, sign, within in sorted(sides)
        ]
    return tuple(found)


@lru_cache(maxsize=4096)
def base(word: str, language: Language) -> str:
    """What a word denies by its prefix («inadmissible», «unencrypted»); empty for other words."""
    for prefix in _PREFIXES:
        root = word.removeprefix(prefix)
        if root != word and len(root) >= _LEAST_ROOT and bundled_table().knows(root, language):
            return root
    return ""


def _denied_after(texts: Sequence[str], place: int, language: Language) -> bool:
    """«may not», «can no longer», «must never»: English denies its modals from behind."""
    following = texts[place + 1 : place + 2]
    return language == "en" and any(
        text in _NEGATORS[language] or text == "t" for text in following
    )


def _negates(words: Sequence[Word], place: int, language: Language) -> bool:
    text = words[place].text
    if text == "t":
        # «isn't» is read as «isn'» and «t».
        return place > 0 and words[place - 1].text.endswith("n'")
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
def _axes(language: Language) -> _Axes:
    text = (resources.files("rag.support") / "axes.tsv").read_text(encoding="utf-8")
    axes = _Axes({}, {})
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        axis, sign, french, english = line.split("\t")
        for entry in (french if language == "fr" else english).split():
            table = axes.stems if entry.endswith("*") else axes.whole
            table.setdefault(entry.rstrip("*"), set()).add((axis, 1 if sign == "+" else -1))
    return axes
