"""What readers thought of answers: one JSON object a line, in a file on this machine.

Nothing is written but what a reader judged, and nothing is sent anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import RagError
from rag.jsonlines import Line, read_json_lines
from rag.types import Answer, Citation, Language

FILE = "feedback.jsonl"
# A shorter quotation may stand in its document twice; it is kept with what surrounds it.
_DISTINCT = 60


@dataclass(frozen=True, slots=True)
class Quoted:
    """A piece of a document that the answer cited, by the document's source."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One judgment: `good` or not, and a reason («» if none was given). `earlier` are the
    questions asked before in the conversation, `at` the time in UTC (ISO 8601)."""

    at: str
    question: str
    earlier: tuple[str, ...]
    language: Language
    good: bool
    reason: str
    abstained: bool
    answer: str
    cited: tuple[Quoted, ...]


def judged(answer: Answer, earlier: Sequence[str], *, good: bool, reason: str = "") -> Feedback:
    """A judgment of an answer, made now."""
    return Feedback(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        question=answer.question,
        earlier=tuple(earlier),
        language=answer.language,
        good=good,
        reason=reason,
        abstained=answer.abstained,
        answer=answer.text,
        cited=tuple(dict.fromkeys(_quoted(citation) for citation in answer.citations)),
    )


def append(path: Path, feedback: Feedback) -> None:
    """Add a line to the file, made if needed. Raises RagError if it cannot be written."""
    line = json.dumps(asdict(feedback), ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(line)
    except OSError as error:
        raise RagError(
            f"{path} cannot be written ({error.strerror}); name another file: RAG_FEEDBACK=FILE"
        ) from error


def read(path: Path) -> tuple[Feedback, ...]:
    """Every judgment, oldest first. Raises InvalidInput, with the line, where one is malformed."""
    return tuple(_feedback(line) for line in read_json_lines(path))


def _quoted(citation: Citation) -> Quoted:
    text, start, end = citation.paragraph.text, citation.start, citation.end
    end = min(len(text), max(end, start + _DISTINCT))
    start = max(0, min(start, end - _DISTINCT))
    return Quoted(citation.paragraph.source, text[start:end].strip())


def _feedback(line: Line) -> Feedback:
    def flag(field: str) -> bool:
        value = line.record.get(field)
        if not isinstance(value, bool):
            raise line.error(field, "must be true or false")
        return value

    def listed(field: str) -> list[object]:
        value = line.record.get(field)
        if not isinstance(value, list):
            raise line.error(field, "must be a list")
        return value

    cited = []
    for quoted in listed("cited"):
        if not isinstance(quoted, dict) or set(quoted) != {"document", "quote"}:
            raise line.error("cited", 'must hold objects {"document": …, "quote": …}')
        cited.append(Quoted(str(quoted["document"]), str(quoted["quote"])))
    return Feedback(
        at=line.text("at"),
        question=line.text("question"),
        earlier=tuple(map(str, listed("earlier"))),
        language="fr" if line.text("language") == "fr" else "en",
        good=flag("good"),
        reason=line.text("reason", blank=True),
        abstained=flag("abstained"),
        answer=line.text("answer", blank=True),
        cited=tuple(cited),
    )
