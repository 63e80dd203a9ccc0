"""Questions read from a JSON-lines file: `{"id": …, "question": …}` a line.

A follow-up has its earlier `turns`, oldest first: questions, or objects with `question` and
`answer`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidInput
from rag.jsonlines import Line, read_json_lines
from rag.types import Turn

# Longer questions are pasted texts; the encoder would read only their beginning.
LONGEST_QUESTION = 2000


@dataclass(frozen=True, slots=True)
class Question:
    """`turns` are what was asked before, oldest first."""

    id: str
    text: str
    turns: tuple[Turn, ...] = ()


def checked(question: str) -> str:
    """The question without white space around it. Raises InvalidInput if it is empty or longer
    than 2,000 characters."""
    stripped = question.strip()
    if not stripped:
        raise InvalidInput("The question is empty. / La question est vide.")
    if len(stripped) > LONGEST_QUESTION:
        raise InvalidInput(
            f"The question has {len(stripped)} characters; at most {LONGEST_QUESTION} are read. / "
            f"La question dépasse {LONGEST_QUESTION} caractères."
        )
    return stripped


def read_questions(path: Path) -> tuple[Question, ...]:
    """Raises InvalidInput, with the line, where a line is not such an object."""
    return tuple(_question(line) for line in read_json_lines(path))


def _question(line: Line) -> Question:
    try:
        text = checked(line.text("question"))
    except InvalidInput as error:
        raise line.error("question", str(error)) from error
    id = line.record.get("id", str(line.number))
    if not isinstance(id, str | int):
        raise line.error("id", "must be a string or a number")
    return Question(str(id), text, read_turns(line))


def read_turns(line: Line) -> tuple[Turn, ...]:
    """The earlier turns of a line, none where it has no such field. Raises InvalidInput."""
    turns = line.record.get("turns", [])
    if not isinstance(turns, list):
        raise line.error("turns", "must be a list")
    return tuple(_turn(line, turn) for turn in turns)


def _turn(line: Line, value: object) -> Turn:
    fields = {"question": value} if isinstance(value, str) else value
    if not isinstance(fields, dict) or not {"question"} <= set(fields) <= {"question", "answer"}:
        raise line.error("turns", 'must hold questions, or objects {"question": …, "answer": …}')
    for text in fields.values():
        if not isinstance(text, str) or not text.strip():
            raise line.error("turns", "must hold text, not empty")
    return Turn(**fields)
