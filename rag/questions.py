"""Questions read from a JSON-lines file: `{"id": …, "question": …}` a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str


def read_questions(path: Path) -> tuple[Question, ...]:
    """Raises InvalidInput, with the line, where a line is not such an object."""
    try:
        # Not splitlines(): U+2028 inside a JSON string is no end of line.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read as UTF-8 text ({error}).") from error
    return tuple(
        _question(path, number, line) for number, line in enumerate(lines, 1) if line.strip()
    )


def _question(path: Path, number: int, line: str) -> Question:
    where = f"{path}, line {number}"
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{where}: not JSON ({error.msg}).") from error
    if not isinstance(record, dict):
        raise InvalidInput(f'{where}: expected an object such as {{"id": "1", "question": "…"}}.')
    question = record.get("question")
    if not isinstance(question, str) or not question.strip():
        raise InvalidInput(f'{where}: field "question" is missing or empty.')
    id = record.get("id", str(number))
    if not isinstance(id, str | int):
        raise InvalidInput(f'{where}: field "id" must be a string or a number.')
    return Question(str(id), question)
