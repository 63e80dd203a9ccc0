"""Small documents with questions on their paragraphs, for training the reranker.

Each paragraph is read as it is from an index: with its document's title, what stands at the head
of the document, the headings above it and the line that introduces its list. The documents come in
families that resemble each other (a draft and a decision, the reports of two years), so that the
paragraphs near to the right one are its neighbours, and their like in a sister document.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.chunker.context import join_context
from rag.encoder.recipe.matches import Match, Query
from rag.encoder.recipe.rows import read_rows


def read_documents(file: Path) -> list[Match]:
    """The paragraphs of the documents of `file`, as passages of one language each.

    Gzipped JSON lines: `title`, `front` (the lines at the head), `parts` (`heading`, `lead`,
    `text`, or in its stead `front`, the number of a line of the front; and the questions `fr` and
    `en` that the part answers) and `near` (questions `q` that the document leaves open, each with
    the number of the `part` that is nearest). Raises InvalidInput, naming the line, if it is
    malformed.
    """
    return [match for parts in read_rows(file, _parts) for match in parts]


def _parts(document: dict[str, Any]) -> list[Match]:
    unanswered = {near["part"]: near["q"] for near in document["near"]}
    matches = []
    for at, part in enumerate(document["parts"]):
        front = list(document["front"])
        text = part["text"] or front.pop(part["front"])
        context = join_context([document["title"], *front, part["heading"]], [part["lead"]])
        passage = f"{context}\n{text}"
        queries = (Query(part["fr"], None), Query(part["en"], part["en"]))
        matches.append(Match(queries, passage, passage, unanswered=unanswered.get(at, "")))
    return matches
