"""Whether a question that a model completed says what the conversation said, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag import analyser
from rag.conversation.nouns import tokens
from rag.support.names import places
from rag.support.numerals import numeral
from rag.translation import LANGUAGES, bundled_table
from rag.types import Turn

# Characters of a completed question.
LONGEST = 400
_DENIALS = re.compile(
    r"\bn'|n't\b|\b(?:ne|pas|jamais|aucune?|sans|ni|non|rien"
    r"|not|no|never|without|nor|neither|none|nobody|nothing|cannot)\b"
)


def faithful(written: str, question: str, by_rule: str, turns: Sequence[Turn]) -> bool:
    """Whether the model wrote a question of the conversation's own words: one line, no name, number
    or denial and hardly a term that was not said, and those of the question all there."""
    if len(written) > max(LONGEST, 2 * len(question)) or "\n" in written:
        return False
    if len(written) < len(question) // 2 or "[" in written or "<" in written:
        return False
    said = " ".join([question, by_rule, *(f"{turn.question} {turn.answer}" for turn in turns)])
    if (_denies(written) and not _denies(said)) or (_denies(question) and not _denies(written)):
        return False
    if any(_new_names(written, said)) or _counts(written) - _counts(said):
        return False
    new, own, before = _stems(written), _stems(question), _stems(said)
    added = new - before
    numbers = {stem for stem in new | own if any(map(str.isdigit, stem))}
    if numbers & (added | (own - new)):
        return False
    # A plural made singular or a word of grammar is no invention; whole new terms are.
    return len(added) <= len(new) // 4 and len(own - new) <= len(own) // 3


def _stems(text: str) -> frozenset[str]:
    """Content words, each by its beginning, whichever language it is of."""
    return frozenset(
        word if any(map(str.isdigit, word)) else word[:6]
        for word in analyser.words(text)
        if _is_content(word)
    )


def _is_content(word: str) -> bool:
    return all(analyser.is_content(word, language) for language in LANGUAGES)


def _denies(text: str) -> bool:
    return bool(_DENIALS.search(analyser.fold(text)))


def _counts(text: str) -> set[float]:
    """The numbers above one that single words say, or digits: «trois», "three" and "3"."""
    found = set[float]()
    for word in analyser.words(text):
        values = [numeral([word], language) for language in LANGUAGES]
        found |= {value.value for value in values if value is not None and value.value > 1}
        if word.isdecimal():
            found.add(float(word))
    return found


def _new_names(written: str, said: str) -> Iterator[str]:
    """Words with a capital that nobody said, in either language («Russie», "Russian")."""
    words = {part for token in tokens(said) for part in _parts(token.folded)}
    known = {concept for concept, _ in _placed(said)}
    covered = {at for concept, here in _placed(written) if concept in known for at in here}
    for at, token in enumerate(tokens(written)):
        parts = _parts(token.folded)
        if not token.text[0].isupper() or not _is_content(token.folded) or at in covered:
            continue
        # The first word has a capital in any case.
        if at == 0 and any(bundled_table().knows(token.folded, one) for one in LANGUAGES):
            continue
        if not all(part in words for part in parts):
            yield token.text


def _parts(folded: str) -> list[str]:
    """ "selmouth" and "based" of "Selmouth-based", "penrose" of "Penrose's"."""
    return [part.removesuffix("s") for part in re.split(r"[-'’]", folded.removesuffix("'s"))]


def _placed(text: str) -> Iterator[tuple[str, range]]:
    """Places named in a text, in either language, and which of its words name them."""
    words = [token.folded.removesuffix("'s") for token in tokens(text)]
    for language in LANGUAGES:
        for concept in places().concepts(words, language):
            yield concept.key, range(concept.start, concept.end)
