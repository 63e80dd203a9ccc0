"""The first hits read beside the question: their order, and whether they answer it.

Reranking by a cross-encoder (Nogueira and Cho 2019), which has a share in the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.chunker import flow
from rag.reranker import Reranker, answers
from rag.types import Hit

# Hits that are read, and the share of the reranker's word in their score: from the test sets on
# `seeds/` and the second collection of `evals/`.
READ = 16
ANSWERS_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """The hits as they were `retrieved` and as they stand once `read`, best first; and how far each
    of the first few retrieved answers the question, from 0 to 1."""

    retrieved: tuple[Hit, ...]
    read: tuple[Hit, ...]
    answers: tuple[float, ...]


def read(reranker: Reranker, question: str, hits: Sequence[Hit]) -> Reading:
    """Read what was found of the first sixteen hits; what the reranker says weighs a fifth in their
    new order.

    The others come after them, in their order, their scores lessened by that fifth.
    """
    first = hits[:READ]
    texts = [f"{hit.paragraph.context}\n{flow(hit.text)}" for hit in first]
    judged = answers(reranker, question, texts)
    kept = 1 - ANSWERS_SHARE
    scores = kept * np.array([hit.score for hit in first]) + ANSWERS_SHARE * judged
    order = np.argsort(-scores, kind="stable").tolist()
    ordered = [replace(first[at], score=float(scores[at])) for at in order]
    after = [replace(hit, score=kept * hit.score) for hit in hits[READ:]]
    return Reading(tuple(hits), (*ordered, *after), tuple(judged.tolist()))
