"""The test set's file format: one JSON object a line, described in `evals/README.md`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidInput
from rag.types import Language

KINDS = ("fact", "definition", "list", "date", "comparison", "near_miss", "out_of_scope")
UNANSWERABLE = ("near_miss", "out_of_scope")
_REQUIRED = ("id", "question", "language", "kind", "answerable", "gold", "facts")
_OPTIONAL = ("also",)


@dataclass(frozen=True, slots=True)
class Span:
    """A verbatim, distinctive piece of a document: it names a paragraph whatever the chunking."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what a right answer must show.

    `gold`: all groups must be cited; any span of a group satisfies it. `also`: spans that a
    careful reader would accept beside the gold (a list's lead-in); never required.
    `facts`: all must be in the answer; any alternative of a fact satisfies it.
    """

    id: str
    question: str
    language: Language
    kind: str
    answerable: bool
    gold: tuple[tuple[Span, ...], ...]
    also: tuple[Span, ...]
    facts: tuple[tuple[str, ...], ...]


def load(path: Path) -> tuple[Case, ...]:
    """Read and validate a test set.

    Raises InvalidInput, naming file, line and field, at the first line that is not a case.
    """
    try:
        # Not splitlines(): U+2028 inside a JSON string is no end of line.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read as UTF-8 text ({error}).") from error
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        reader = _Line(f"{path}, line {number}", line)
        case = reader.case()
        if case.id in seen:
            raise reader.error("id", f"{case.id!r} is already used on line {seen[case.id]}")
        seen[case.id] = number
        cases.append(case)
    if not cases:
        raise InvalidInput(f"{path}: holds no question.")
    return tuple(cases)


class _Line:
    """One line being read; every error names it and the field."""

    def __init__(self, where: str, line: str) -> None:
        self.where = where
        try:
            record: object = json.loads(line)
        except json.JSONDecodeError as error:
            raise InvalidInput(f"{where}: not JSON ({error.msg}, column {error.colno}).") from error
        if not isinstance(record, dict):
            raise InvalidInput(f"{where}: expected a JSON object.")
        self.record: dict[str, object] = record
        for field in _REQUIRED:
            if field not in record:
                raise self.error(field, "is missing")
        for field in record:
            if field not in _REQUIRED + _OPTIONAL:
                known = ", ".join(_REQUIRED + _OPTIONAL)
                raise self.error(field, f"is unknown (known: {known})")

    def error(self, field: str, what: str) -> InvalidInput:
        return InvalidInput(f'{self.where}: field "{field}" {what}.')

    def case(self) -> Case:
        kind = self._text("kind", self.record["kind"])
        if kind not in KINDS:
            raise self.error("kind", f"is {kind!r}, not one of {', '.join(KINDS)}")
        answerable = self.record["answerable"]
        if not isinstance(answerable, bool):
            raise self.error("answerable", "must be true or false")
        if answerable == (kind in UNANSWERABLE):
            raise self.error("answerable", f"is {str(answerable).lower()} for a {kind} question")
        gold = tuple(self._spans("gold", group) for group in self._list("gold"))
        facts = tuple(
            tuple(self._text("facts", text) for text in self._inner("facts", alternatives))
            for alternatives in self._list("facts")
        )
        also = self._spans("also", self._list("also")) if self.record.get("also") else ()
        for field, content in (("gold", gold), ("facts", facts)):
            if answerable and not content:
                raise self.error(field, "is empty, yet the question is answerable")
        for field, given in (("gold", gold), ("facts", facts), ("also", also)):
            if given and not answerable:
                raise self.error(field, "must be empty: the question is not answerable")
        return Case(
            id=self._text("id", self.record["id"]),
            question=self._text("question", self.record["question"]),
            language=self._language(),
            kind=kind,
            answerable=answerable,
            gold=gold,
            also=also,
            facts=facts,
        )

    def _language(self) -> Language:
        value = self.record["language"]
        if value == "fr":
            return "fr"
        if value == "en":
            return "en"
        raise self.error("language", f'is {value!r}, not "fr" or "en"')

    def _text(self, field: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.error(field, "must hold text, not empty")
        return value

    def _list(self, field: str) -> Iterator[object]:
        value = self.record[field]
        if not isinstance(value, list):
            raise self.error(field, "must be a list")
        return iter(value)

    def _inner(self, field: str, value: object) -> Iterator[object]:
        if not isinstance(value, list) or not value:
            raise self.error(field, "must be a list of lists, each with one alternative or more")
        return iter(value)

    def _spans(self, field: str, group: object) -> tuple[Span, ...]:
        members = group if isinstance(group, Iterator) else self._inner(field, group)
        return tuple(self._span(field, member) for member in members)

    def _span(self, field: str, value: object) -> Span:
        if not isinstance(value, dict) or set(value) != {"document", "quote"}:
            raise self.error(field, 'must hold objects {"document": …, "quote": …}')
        return Span(self._text(field, value["document"]), self._text(field, value["quote"]))
