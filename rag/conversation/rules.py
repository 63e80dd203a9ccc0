"""Follow-ups completed by rule, in French, in English and across the two."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rag import analyser
from rag.conversation.ellipsis import bare, fragment, is_more
from rag.conversation.reference import nameless, reference
from rag.conversation.resolution import resolved
from rag.conversation.substitution import filled, swapped
from rag.language import grammar_language, identify
from rag.translation import LANGUAGES, bundled_table
from rag.types import Language, Turn

# What was said before these turns no longer bears on a question.
_REMEMBERED = 6


class RuleCondenser:
    """Looks at the questions only: an answer's words are quotations, which name too much."""

    def condense(self, question: str, turns: Sequence[Turn]) -> str:
        """The question as it would be asked alone; itself if it needs nothing, or if nothing that
        was said before completes it."""
        said: list[str] = []
        for turn in turns[-_REMEMBERED:]:
            said.append(_condensed(turn.question.strip(), said))
        return _condensed(question, [one for one in said if one])

    async def acondense(self, question: str, turns: Sequence[Turn]) -> str:
        """As `condense`, without blocking the loop."""
        return await asyncio.to_thread(self.condense, question, turns)


def _condensed(question: str, earlier: Sequence[str]) -> str:
    """`earlier` are stand-alone questions, oldest first."""
    if not earlier or not question.strip():
        return question
    before = earlier[-1]
    there = identify(before)
    language = grammar_language(question) or there
    if is_more(question, language):
        return before
    if asks := bare(question, language):
        return swapped(before, asks, there, language)
    if part := fragment(question, language, before):
        return filled(before, part, there, language)
    found = reference(question, language) or nameless(question, language)
    if found is not None:
        return resolved(question, found, earlier, language) or question
    return question


def language_of(question: str, turns: Sequence[Turn]) -> Language:
    """In which language to answer: that of the question, or where its words do not tell («2015 ?»,
    a name) that of the turn before."""
    said = [question, *(turn.question for turn in reversed(turns))]
    for text in said:
        if grammar_language(text) is not None:
            return identify(text)
        if language := _vocabulary(text):
            return language
    return identify(said[-1])


def _vocabulary(question: str) -> Language | None:
    """The language that more of the words belong to; None for names, numbers and words of both."""
    table = bundled_table()
    words = [word for word in analyser.words(question) if analyser.is_content(word, "fr")]
    french, english = (sum(table.knows(word, one) for word in words) for one in LANGUAGES)
    if french == english:
        return None
    return "fr" if french > english else "en"
