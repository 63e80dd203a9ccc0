"""Follow-ups completed by rule, in French, in English and across the two."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rag.conversation.ellipsis import bare, fragment, is_more
from rag.conversation.reference import nameless, reference
from rag.conversation.resolution import resolved
from rag.conversation.substitution import filled, swapped
from rag.language import grammar_language, identify
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
    """In which language to answer: that of the question, or where its words do not tell («2015 ?»)
    that of the turn before."""
    if grammar_language(question) is None and turns:
        return language_of(turns[-1].question, turns[:-1])
    return identify(question)
