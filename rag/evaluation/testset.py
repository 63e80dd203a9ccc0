"""The test set's file format: one JSON object a line, described in `evals/README.md`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidInput
from rag.jsonlines import Line, read_json_lines
from rag.questions import read_turns
from rag.types import Language, Turn

ANSWERABLE = ("fact", "definition", "list", "date", "comparison")
UNANSWERABLE = ("near_miss", "out_of_scope")
# These may be answerable or not.
EITHER = ("follow_up", "injection")
KINDS = (*ANSWERABLE, *UNANSWERABLE, *EITHER)
_REQUIRED = ("id", "question", "language", "kind", "answerable", "gold", "facts")
_OPTIONAL = ("also", "turns", "forbidden", "comment")
# Of 256: how many values of the first byte make a question quick. The salt is one that leaves the
# languages and kinds of the project's own set in balance.
_QUICK = 64
_SALT = "quarter "


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
    `turns`: what was said before, oldest first. `forbidden`: what the answer's own words must
    not hold (what an injection asks for).
    """

    id: str
    question: str
    language: Language
    kind: str
    answerable: bool
    gold: tuple[tuple[Span, ...], ...]
    also: tuple[Span, ...]
    facts: tuple[tuple[str, ...], ...]
    turns: tuple[Turn, ...] = ()
    forbidden: tuple[str, ...] = ()


def load(path: Path) -> tuple[Case, ...]:
    """Read and validate a test set.

    Raises InvalidInput, naming file, line and field, at the first line that is not a case.
    """
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for line in read_json_lines(path):
        case = _Fields(line).case()
        if case.id in seen:
            raise line.error("id", f"{case.id!r} is already used on line {seen[case.id]}")
        seen[case.id] = line.number
        cases.append(case)
    if not cases:
        raise InvalidInput(f"{path}: holds no question.")
    return tuple(cases)


def quick(cases: Sequence[Case]) -> tuple[Case, ...]:
    """About a quarter of the questions, in order. Which ones hangs on their ids alone, so that
    added questions do not change who of the others belongs to it."""
    return tuple(
        case for case in cases if hashlib.sha256(f"{_SALT}{case.id}".encode()).digest()[0] < _QUICK
    )


class _Fields:
    """The fields of one line being read; every error names the line and the field."""

    def __init__(self, line: Line) -> None:
        self._line = line
        for field in _REQUIRED:
            if field not in line.record:
                raise line.error(field, "is missing")
        for field in line.record:
            if field not in _REQUIRED + _OPTIONAL:
                known = ", ".join(_REQUIRED + _OPTIONAL)
                raise line.error(field, f"is unknown (known: {known})")

    def case(self) -> Case:
        kind = self._kind()
        answerable = self._answerable(kind)
        gold = tuple(
            tuple(self._span("gold", span) for span in self._inner("gold", group))
            for group in self._list("gold")
        )
        facts = tuple(
            tuple(self._text("facts", text) for text in self._inner("facts", alternatives))
            for alternatives in self._list("facts")
        )
        also = tuple(self._span("also", span) for span in self._list("also"))
        for field, content in (("gold", gold), ("facts", facts)):
            if answerable and not content:
                raise self._line.error(field, "is empty, yet the question is answerable")
        for field, given in (("gold", gold), ("facts", facts), ("also", also)):
            if given and not answerable:
                raise self._line.error(field, "must be empty: the question is not answerable")
        if "comment" in self._line.record:
            self._line.text("comment")
        return Case(
            id=self._line.text("id"),
            question=self._line.text("question"),
            language=self._language(),
            kind=kind,
            answerable=answerable,
            gold=gold,
            also=also,
            facts=facts,
            turns=self._turns(kind),
            forbidden=tuple(self._text("forbidden", text) for text in self._list("forbidden")),
        )

    def _kind(self) -> str:
        kind = self._line.text("kind")
        if kind not in KINDS:
            raise self._line.error("kind", f"is {kind!r}, not one of {', '.join(KINDS)}")
        return kind

    def _answerable(self, kind: str) -> bool:
        answerable = self._line.record["answerable"]
        if not isinstance(answerable, bool):
            raise self._line.error("answerable", "must be true or false")
        if kind not in EITHER and answerable == (kind in UNANSWERABLE):
            raise self._line.error(
                "answerable", f"is {str(answerable).lower()} for a {kind} question"
            )
        return answerable

    def _language(self) -> Language:
        value = self._line.record["language"]
        if value == "fr":
            return "fr"
        if value == "en":
            return "en"
        raise self._line.error("language", f'is {value!r}, not "fr" or "en"')

    def _turns(self, kind: str) -> tuple[Turn, ...]:
        turns = read_turns(self._line)
        if kind == "follow_up" and not turns:
            raise self._line.error("turns", "is missing or empty: what does this follow up?")
        if turns and kind not in EITHER:
            raise self._line.error("turns", f"is for {' and '.join(EITHER)} questions only")
        return turns

    def _text(self, field: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._line.error(field, "must hold text, not empty")
        return value

    def _list(self, field: str) -> Sequence[object]:
        """The members of a list; none where an optional field is absent."""
        value = self._line.record.get(field, [])
        if not isinstance(value, list):
            raise self._line.error(field, "must be a list")
        return value

    def _inner(self, field: str, value: object) -> Sequence[object]:
        if not isinstance(value, list) or not value:
            raise self._line.error(
                field, "must be a list of lists, each with one alternative or more"
            )
        return value

    def _span(self, field: str, value: object) -> Span:
        if not isinstance(value, dict) or set(value) != {"document", "quote"}:
            raise self._line.error(field, 'must hold objects {"document": …, "quote": …}')
        return Span(self._text(field, value["document"]), self._text(field, value["quote"]))
