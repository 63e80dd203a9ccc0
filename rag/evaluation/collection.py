"""A collection with questions of its own: a folder with `questions.jsonl` and `documents/`."""

from __future__ import annotations

import sys
from pathlib import Path

from rag.errors import InvalidInput
from rag.index import build
from rag.settings import Settings

QUESTIONS, DOCUMENTS = "questions.jsonl", "documents"


def prepare(path: Path, index: Path, settings: Settings) -> tuple[Path, Path]:
    """The test set that `path` names and the index to ask: for a file these two as they are, for a
    collection its questions and an index of its documents, built under `index` if need be.

    Raises InvalidInput if a folder is no collection, and what `build` raises.
    """
    if not path.is_dir():
        return path, index
    questions, documents = path / QUESTIONS, path / DOCUMENTS
    if not questions.is_file() or not documents.is_dir():
        raise InvalidInput(f"{path} is no collection: it needs {QUESTIONS} and {DOCUMENTS}/.")
    own = index / "collections" / path.resolve().name
    report = build([documents], own, settings, progress=sys.stderr.isatty())
    print(report, file=sys.stderr)
    return questions, own


def title(questions: Path) -> str:
    """What results on this test set are named after: its collection, or else the file."""
    collection = questions.resolve().parent
    own = questions.name == QUESTIONS and (collection / DOCUMENTS).is_dir()
    return collection.name if own else questions.stem
