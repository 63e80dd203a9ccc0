"""JSON-lines files: one object a line, in UTF-8; every error names the file, line and field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Line:
    """One object of a file, `number` counted from 1."""

    path: Path
    number: int
    record: Mapping[str, object]

    def error(self, field: str, what: str) -> InvalidInput:
        """What is wrong with a field, and where it stands."""
        return InvalidInput(f'{self.path}, line {self.number}: field "{field}" {what}.')

    def text(self, field: str, *, blank: bool = False) -> str:
        """A field that holds text. Raises InvalidInput if it does not, or only white space and
        that is not allowed."""
        value = self.record.get(field)
        if not isinstance(value, str):
            raise self.error(field, "is missing or no text")
        if not blank and not value.strip():
            raise self.error(field, "is empty")
        return value


def read_json_lines(path: Path) -> Iterator[Line]:
    """Each object of the file; blank lines are passed over.

    Raises InvalidInput if the file cannot be read or a line is no JSON object.
    """
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            record: object = json.loads(line)
        except json.JSONDecodeError as error:
            raise InvalidInput(f"{where}: not JSON ({error.msg}, column {error.colno}).") from error
        except RecursionError as error:
            raise InvalidInput(f"{where}: nested too deeply.") from error
        if not isinstance(record, dict):
            raise InvalidInput(f"{where}: expected a JSON object.")
        yield Line(path, number, record)


def read_lines(path: Path) -> list[str]:
    """The lines of a text file. Raises InvalidInput if it cannot be read as UTF-8."""
    try:
        # Not splitlines(): U+2028 inside a JSON string is no end of line.
        return path.read_text(encoding="utf-8-sig").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read as UTF-8 text ({error}).") from error
