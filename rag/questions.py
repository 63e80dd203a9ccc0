"""Questions read from a JSON-lines file: `{"id": …, "question": …}` a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.jsonlines import Line, read_json_lines


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str


def read_questions(path: Path) -> tuple[Question, ...]:
    """Raises InvalidInput, with the line, where a line is not such an object."""
    return tuple(_question(line) for line in read_json_lines(path))


def _question(line: Line) -> Question:
    text = line.text("question")
    id = line.record.get("id", str(line.number))
    if not isinstance(id, str | int):
        raise line.error("id", "must be a string or a number")
    return Question(str(id), text)
