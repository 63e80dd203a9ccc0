"""Reads the training folder: zstd-compressed JSON lines of French–English pairs."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidInput

WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'"})
_WINDOW = 2**27  # the corpus was packed with long windows, which zstandard refuses by default


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that say the same; `quality` is the corpus's own alignment score (≥ 1 is safe)."""

    en: str
    fr: str
    quality: float


@dataclass(frozen=True, slots=True)
class Note:
    """A heading and the section it stands beside, in both languages."""

    en_query: str
    fr_query: str
    en_passage: str
    fr_passage: str
    en_title: str
    fr_title: str


def fold(text: str) -> str:
    """Lower case without accents or ligatures, as the tokenizer sees it."""
    bare = unicodedata.normalize("NFD", text.translate(_LIGATURES).lower())
    return "".join(c for c in bare if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The folded words of a text; «l'eau» is two."""
    return WORD.findall(fold(text))


def read_pairs(folder: Path, name: str) -> Iterator[Pair]:
    """The pairs of `folder/name.jsonl.zst`, in file order. Raises InvalidInput if malformed."""
    for number, line in enumerate(_lines(folder, name), 1):
        try:
            row = json.loads(line)
            yield Pair(row["en"], row["fr"], float(row.get("q", 1.0)))
        except (ValueError, KeyError) as error:
            raise InvalidInput(f"{name}.jsonl.zst, line {number}: {error!r}") from error


def read_notes(folder: Path, name: str) -> Iterator[Note]:
    """The heading–section pairs of `folder/name.jsonl.zst`. Raises InvalidInput if malformed."""
    for number, line in enumerate(_lines(folder, name), 1):
        try:
            row = json.loads(line)
            yield Note(**{field: row[field] for field in Note.__slots__})
        except (ValueError, KeyError) as error:
            raise InvalidInput(f"{name}.jsonl.zst, line {number}: {error!r}") from error


def available(folder: Path, names: tuple[str, ...]) -> list[str]:
    """Which of these files the folder has. Raises InvalidInput if it has none."""
    found = [name for name in names if (folder / f"{name}.jsonl.zst").is_file()]
    if not found:
        raise InvalidInput(
            f"{folder} has none of {', '.join(f'{n}.jsonl.zst' for n in names)}; "
            "give the folder of training pairs with --corpus."
        )
    return found


def _lines(folder: Path, name: str) -> Iterator[str]:
    import zstandard

    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    with (folder / f"{name}.jsonl.zst").open("rb") as raw, reader.stream_reader(raw) as stream:
        yield from io.TextIOWrapper(stream, encoding="utf-8")
