"""Readers' feedback as candidate lines of a test set, for a person to edit.

A candidate is not yet a case: whoever edits it finds the gold, writes the facts, and settles the
kind. A line that still needs this is refused by `rag eval`, with its number and field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from rag.feedback import Feedback


def candidates(feedback: Iterable[Feedback]) -> list[str]:
    """One JSON line a question, in the order of their last judgment, which is the one that counts.

    A good answer proposes what it cited as gold, any of it; a refusal that was thought right a
    question without answer. Of a bad one nothing is taken over but the question.
    """
    last: dict[tuple[str, ...], Feedback] = {}
    for one in feedback:
        key = (*one.earlier, one.question)
        last.pop(key, None)
        last[key] = one
    return [_line(number, one) for number, one in enumerate(last.values(), 1)]


def _line(number: int, one: Feedback) -> str:
    # Only a refusal thought right says that there is no answer.
    answerable = not (one.good and one.abstained)
    trusted = one.cited if one.good else ()
    spans = [{"document": quoted.document, "quote": quoted.quote} for quoted in trusted]
    said = "refused" if one.abstained else " ".join(one.answer.split())
    why = f", {one.reason}" if one.reason else ""
    earlier = f" After: {' / '.join(one.earlier)}." if one.earlier else ""
    record = {
        "id": f"feedback-{one.at[:10]}-{number}",
        "question": one.question,
        "language": one.language,
        "kind": "fact" if answerable else "near_miss",
        "answerable": answerable,
        "gold": [spans] if spans else [],
        "facts": [],
        "comment": f"{one.at}: {'good' if one.good else 'bad'}{why}. Answer: {said}{earlier}",
    }
    return json.dumps(record, ensure_ascii=False)
