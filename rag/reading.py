"""The first hits read beside the question: their order, and whether they answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.chunker import flow
from rag.reranker import Reranker, answers
from rag.retriever import ANSWERS_SHARE, RERANKED
from rag.types import Hit


@dataclass(frozen=True, slots=True)
class Reading:
    """The hits as they were `retrieved` and as they stand once `read`, best first; and how far each
    of the first few retrieved answers the question, from 0 to 1."""

    retrieved: tuple[Hit, ...]
    read: tuple[Hit, ...]
    answers: tuple[float, ...]


def read(reranker: Reranker, question: str, hits: Sequence[Hit]) -> Reading:
    """Read the first sixteen hits; what the reranker says weighs a fifth in their new order.

    The others come after them, in their order, their scores lessened by that fifth.
    """
    first = hits[:RERANKED]
    texts = [f"{hit.paragraph.context}\n{flow(hit.paragraph.text)}" for hit in first]
    judged = answers(reranker, question, texts)
    kept = 1 - ANSWERS_SHARE
    scores = kept * np.array([hit.score for hit in first]) + ANSWERS_SHARE * judged
    order = np.argsort(-scores, kind="stable").tolist()
    ordered = [Hit(first[at].paragraph, float(scores[at])) for at in order]
    after = [Hit(hit.paragraph, kept * hit.score) for hit in hits[RERANKED:]]
    return Reading(tuple(hits), (*ordered, *after), tuple(judged.tolist()))
