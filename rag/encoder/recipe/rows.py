"""Reads the recipe's own texts: gzipped JSON lines, an object each."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from rag.errors import InvalidInput

T = TypeVar("T")


def read_rows(file: Path, take: Callable[[dict[str, Any]], T]) -> list[T]:
    """What `take` makes of each line. Raises InvalidInput, naming the line, where it cannot."""
    if not file.is_file():
        raise InvalidInput(f"There is no {file}; name the folder of questions with --texts.")
    taken = []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                taken.append(take(json.loads(line)))
            except (ValueError, KeyError, IndexError, TypeError) as error:
                raise InvalidInput(f"{file}, line {number}: {error!r}") from error
    return taken
