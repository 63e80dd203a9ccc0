"""What a comparison needs of a result file: who answered which question how well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidInput
from rag.evaluation.report import FORMAT


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of a run; `question` holds its earlier turns too, parted by line breaks."""

    id: str
    question: str
    scores: Mapping[str, float]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One run: its configuration, its commit, and its questions by id, in order."""

    name: str
    commit: str
    answered: Mapping[str, Answered]

    @classmethod
    def read(cls, path: Path) -> Result:
        """Raises InvalidInput if the file is no result of this version's format."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["format"] != FORMAT:
                raise InvalidInput(
                    f"{path} has format {record['format']}, this version reads {FORMAT}. "
                    "Make the result again: rag eval"
                )
            rows = [_answered(row) for row in record["rows"]]
            return cls(str(record["name"]), str(record["commit"]), {row.id: row for row in rows})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(
                f"{path} is no result ({type(error).__name__}: {error}). Make one: rag eval"
            ) from error


def _answered(row: Mapping[str, object]) -> Answered:
    scores, faults, turns = row["scores"], row["faults"], row["turns"]
    if not (isinstance(scores, dict) and isinstance(faults, list) and isinstance(turns, list)):
        raise TypeError(f"row {row['id']!r}")
    return Answered(
        id=str(row["id"]),
        question="\n".join((*(str(turn["question"]) for turn in turns), str(row["question"]))),
        scores={str(name): float(value) for name, value in scores.items()},
        faults=tuple(map(str, faults)),
    )
