"""Judging an answer: thumbs, or what is wrong with it; kept in a file on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gradio as gr

from rag import feedback
from rag.errors import RagError
from rag.ui.conversation import Turn
from rag.ui.texts import both

_REASONS = (
    "Mauvais paragraphe / Wrong paragraph",
    "Incomplet / Incomplete",
    "À refuser / Should be refused",
    "À répondre / Should be answered",
)
# Gradio draws these two as thumbs and the others in a menu under a flag.
OPTIONS = ("Like", "Dislike", *_REASONS)


def keep(path: Path, turns: Sequence[Turn], index: object, opinion: object) -> None:
    """Write down what a reader thinks of the message at `index`, and tell where it is kept.

    `opinion` is what Gradio reports: true, false, or one of the reasons. Anything else comes from
    no button of the page and is passed over.
    """
    number = index[0] if isinstance(index, list | tuple) and index else index
    if not isinstance(number, int) or not 0 <= number < 2 * len(turns):
        return
    known = isinstance(opinion, bool) or opinion in OPTIONS
    answer = turns[number // 2].answer
    if answer is None or not known:
        return
    good = opinion is True or opinion == "Like"
    reason = opinion if isinstance(opinion, str) and opinion in _REASONS else ""
    earlier = [turn.question for turn in turns[: number // 2]]
    try:
        feedback.append(path, feedback.judged(answer, earlier, good=good, reason=reason))
    except RagError as error:
        gr.Warning(str(error))
        return
    gr.Info(both("judged"))
