"""Paragraphs longer than a token budget, in parts."""

from __future__ import annotations

import re

from rag.chunker.flow import flow
from rag.language import sentences
from rag.tokens import count
from rag.types import Paragraph, Passage

_CLAUSE = re.compile(r"(?<=[;:,])\s+")
_SPACE = re.compile(r"\s+")


def passages(paragraph: Paragraph, budget: int = 256) -> list[Passage]:
    """The paragraph as one passage, or in parts of at most `budget` tokens that end with a
    sentence, or where a sentence alone is longer with a clause, a word, or (a word without end)
    anywhere. Parts are as equal as that allows, so that none is a remainder of a few words."""
    text = paragraph.text
    total = count(flow(text))
    if total <= budget:
        return [_passage(paragraph, 0, len(text))]
    spans = sentences(text, paragraph.language)
    for pattern in (_CLAUSE, _SPACE):
        spans = [piece for span in spans for piece in _finer(text, span, pattern, budget)]
    spans = [piece for span in spans for piece in _sliced(text, span, budget)]
    costs = [count(flow(text[start:end])) + 1 for start, end in spans]
    target = sum(costs) / -(-sum(costs) // budget)
    parts: list[tuple[int, int]] = []
    spent = 0
    for (start, end), cost in zip(spans, costs, strict=True):
        if parts and spent + cost <= budget and spent + cost / 2 <= target:
            parts[-1] = (parts[-1][0], end)
            spent += cost
        else:
            parts.append((start, end))
            spent = cost
    return [_passage(paragraph, start, end) for start, end in parts]


def _passage(paragraph: Paragraph, start: int, end: int) -> Passage:
    offset = paragraph.start
    return Passage(paragraph.id, offset + start, offset + end, paragraph.text[start:end])


def _finer(
    text: str, span: tuple[int, int], pattern: re.Pattern[str], budget: int
) -> list[tuple[int, int]]:
    start, end = span
    if 4 * (end - start) < budget or count(text[start:end]) < budget:
        return [span]
    pieces = []
    for found in pattern.finditer(text, start, end):
        if found.end() < end and start < found.start():
            pieces.append((start, found.start()))
            start = found.end()
    return [*pieces, (start, end)]


def _sliced(text: str, span: tuple[int, int], budget: int) -> list[tuple[int, int]]:
    """A piece without spaces, cut so that even one token a byte keeps to the budget."""
    start, end = span
    if 4 * (end - start) < budget or count(text[start:end]) < budget:
        return [span]
    step = max(1, (budget - 1) // 4)
    return [(at, min(at + step, end)) for at in range(start, end, step)]
