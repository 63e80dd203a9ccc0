"""Small documents with questions on their paragraphs, for training encoder and reranker.

Each paragraph is read as it is from an index: with its document's title, what stands at the head
of the document, the headings above it and the line that introduces its list. The documents come in
families that resemble each other (a draft and a decision, the reports of two years), so that the
paragraphs near to the right one are its neighbours, and their like in a sister document.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.chunker.context import join_context
from rag.encoder.recipe.matches import Group, Match, Query, in_groups
from rag.encoder.recipe.rows import read_rows


def read_documents(file: Path) -> list[Match]:
    """The paragraphs of the documents of `file`, as passages of one language each.

    Gzipped JSON lines: `family`, `language`, `title`, `front` (the lines at the head), `parts`
    (`heading`, `lead`, `text`, or in its stead `front`, the number of a line of the front; and the
    questions `fr` and `en` that the part answers; parts with the same question all answer it) and
    `near` (questions `q` that the document leaves open, each with the number of the `part` that is
    nearest). Raises InvalidInput, naming the line, if it is malformed.
    """
    return [match for family in _families(file).values() for match in family]


def of_families(file: Path) -> list[Group]:
    """The same, grouped by family."""
    return [group for name, all_of in _families(file).items() for group in in_groups(all_of, name)]


def _families(file: Path) -> dict[str, list[Match]]:
    families: dict[str, list[Match]] = {}
    for name, parts in read_rows(file, lambda row: (row["family"], _parts(row))):
        families.setdefault(name, []).extend(parts)
    return families


def _parts(document: dict[str, Any]) -> list[Match]:
    unanswered = {near["part"]: near["q"] for near in document["near"]}
    matches = []
    for at, part in enumerate(document["parts"]):
        front = list(document["front"])
        text = part["text"] or front.pop(part["front"])
        context = join_context([document["title"], *front, part["heading"]], [part["lead"]])
        passage = f"{context}\n{text}"
        queries = (Query(part["fr"], None), Query(part["en"], part["en"]))
        left_open, english = unanswered.get(at, ""), document["language"] == "en"
        matches.append(Match(queries, passage, passage, unanswered=left_open, english=english))
    return matches
