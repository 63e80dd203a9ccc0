"""Documents, paragraphs and passages as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from rag.types import Document, Paragraph, Passage

DOCUMENTS, PARAGRAPHS, PASSAGES = "documents.jsonl", "paragraphs.jsonl", "passages.jsonl"


def write(path: Path, values: Iterable[Document | Paragraph | Passage]) -> None:
    """One JSON object a line, in order."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for value in values:
            file.write(json.dumps(asdict(value), ensure_ascii=False) + "\n")


def read_documents(folder: Path) -> dict[str, Document]:
    """By id, in the order of the file."""
    documents = {}
    for record in _records(folder / DOCUMENTS):
        pages = tuple(record.pop("pages"))
        documents[record["id"]] = Document(**record, pages=pages)
    return documents


def read_paragraphs(folder: Path) -> dict[str, Paragraph]:
    """By id, in the order of the file."""
    paragraphs = {}
    for record in _records(folder / PARAGRAPHS):
        suspicions = tuple(record.pop("suspicions"))
        paragraphs[record["id"]] = Paragraph(**record, suspicions=suspicions)
    return paragraphs


def read_passages(folder: Path) -> list[Passage]:
    """By row of the vectors."""
    return [Passage(**record) for record in _records(folder / PASSAGES)]


def _records(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    # A text file's lines end at \n only when asked; str.splitlines() would also cut at U+2028.
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)
