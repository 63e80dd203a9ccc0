"""Fitting the evidence into the model's window: the best first, the question always whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag import language as languages
from rag import tokens
from rag.chat_model.nearness import Nearness
from rag.chat_model.prompt import block, prompt
from rag.chat_model.shown import Shown, new_markers
from rag.types import Language, Paragraph

# The bundled tokenizer's count is an estimate for any other; messages have a frame of their own.
_MARGIN = 1.15
_FRAME = 32
# A paragraph takes at most this share of the room that is left, so that one does not take all.
_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is shown, under its markers; the marker of «no answer»; and what did not fit."""

    shown: tuple[Shown, ...]
    none: str
    left_out: tuple[Paragraph, ...]

    @property
    def trimmed(self) -> tuple[Paragraph, ...]:
        return tuple(one.paragraph for one in self.shown if not one.whole)


def fit(
    question: str,
    language: Language,
    paragraphs: Sequence[Paragraph],
    room: int,
    nearness: Nearness,
) -> Fitted:
    """Show as many of the paragraphs (best first) as `room` tokens hold beside rules and question.

    A paragraph that is too long keeps the run of whole sentences around the one most relevant to
    the question. Nothing is shown where not even a sentence fits.
    """
    none, *markers = new_markers(
        len(paragraphs) + 1, (question, *(paragraph.text for paragraph in paragraphs))
    )
    bare = prompt(question, language, (), none)
    left = room - _counted(bare.system) - _counted(bare.human) - _FRAME
    shown: list[Shown] = []
    left_out: list[Paragraph] = []
    for marker, paragraph in zip(markers, paragraphs, strict=True):
        last = len(paragraphs) == len(shown) + len(left_out) + 1
        limit = left if last else max(int(left * _SHARE), 0)
        one = Shown(marker, len(shown) + 1, paragraph, 0, len(paragraph.text))
        if _cost(one, language) > limit:
            trimmed = _trimmed(one, question, language, limit, nearness)
            if trimmed is None:
                left_out.append(paragraph)
                continue
            one = trimmed
        shown.append(one)
        left -= _cost(one, language)
    return Fitted(tuple(shown), none, tuple(left_out))


def _trimmed(
    one: Shown, question: str, language: Language, limit: int, nearness: Nearness
) -> Shown | None:
    """The longest run of sentences around the most relevant one that costs at most `limit`."""
    text = one.paragraph.text
    spans = languages.sentences(text, one.paragraph.language)
    if len(spans) < 2 or limit <= 0:
        return None
    costs = [_counted(text[start:end]) for start, end in spans]
    scores = nearness.to_question(
        question, language, [text[start:end] for start, end in spans], one.paragraph.language
    )
    first = last = max(range(len(spans)), key=scores.__getitem__)
    left = limit - _cost(replace(one, end=0), language) - costs[first]
    if left < 0:
        return None
    # Grow towards the better neighbour while one fits.
    while fitting := [
        n for n in (first - 1, last + 1) if n in range(len(spans)) if costs[n] <= left
    ]:
        best = max(fitting, key=scores.__getitem__)
        first, last = min(first, best), max(last, best)
        left -= costs[best]
    return replace(one, start=spans[first][0], end=spans[last][1])


def _cost(one: Shown, language: Language) -> int:
    return _counted(block(one, language))


def _counted(text: str) -> int:
    return int(tokens.count(text) * _MARGIN) + 1
