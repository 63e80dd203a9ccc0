"""The curves of a report: recall by how many paragraphs are read, risk by coverage."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation import coverage
from rag.evaluation.coverage import Point
from rag.evaluation.metrics import recall_at
from rag.evaluation.runner import Row
from rag.evaluation.scoring import DEPTH


def recall(rows: Sequence[Row]) -> tuple[float, ...]:
    """Mean recall@k over the answerable questions, for k from 1 to 10; none without any."""
    asked = [
        ([hit.paragraph.id for hit in row.real.answer.hits], row.gold.groups)
        for row in rows
        if row.case.answerable
    ]
    if not asked:
        return ()
    return tuple(
        sum(recall_at(ranked, groups, k) for ranked, groups in asked) / len(asked)
        for k in range(1, DEPTH + 1)
    )


def risk(rows: Sequence[Row]) -> tuple[Point, ...]:
    """The coverage–risk curve over all questions; none without any."""
    if not rows:
        return ()
    return coverage.curve([row.real.confidence for row in rows], [row.real.wrong for row in rows])
