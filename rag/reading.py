"""The first hits read beside the question: their order, and whether they answer it.

Reranking by a cross-encoder (Nogueira and Cho 2019), which has a share in the score. A list is read
item by item; if the question asks for one, items that come up together speak for their list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.chunker import flow
from rag.intent import Intent, intent
from rag.reranker import Reranker, answers
from rag.types import Hit, Paragraph

# Hits that are read, and the share of the reranker's word in their score: from the test sets on
# `seeds/` and the second collection of `evals/`.
READ = 16
ANSWERS_SHARE = 0.2
# A list is asked for, and so many of the first hits are items of one: it is that one.
_TOGETHER = 3
_AMONG = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """The hits for a `question` as they were `retrieved` and as they stand once `read`, best first;
    and how far each of the first few retrieved answers it, from 0 to 1."""

    question: str
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
    if intent(question) is Intent.LIST:
        ordered = _its_list_first(ordered)
    after = [replace(hit, score=kept * hit.score) for hit in hits[READ:]]
    return Reading(question, tuple(hits), (*ordered, *after), tuple(judged.tolist()))


def _its_list_first(hits: Sequence[Hit]) -> list[Hit]:
    """The items of the list that came up most before the other hits, lifted to the best score."""
    lists = Counter(_list_of(hit.paragraph) for hit in hits[:_AMONG] if hit.paragraph.lead_in)
    most, items = max(lists.items(), key=lambda one: one[1], default=(None, 0))
    if items < _TOGETHER:
        return list(hits)
    own = [hit for hit in hits if _list_of(hit.paragraph) == most]
    others = [hit for hit in hits if _list_of(hit.paragraph) != most]
    best = hits[0].score
    lifted = [replace(hit, score=best - (own[0].score - hit.score)) for hit in own]
    return sorted([*lifted, *others], key=lambda hit: -hit.score)


def _list_of(paragraph: Paragraph) -> tuple[str, str, str]:
    return paragraph.document_id, paragraph.heading, paragraph.lead_in
