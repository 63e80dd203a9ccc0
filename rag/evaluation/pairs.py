"""The labelled pairs that the support checker is fitted to and judged by.

The format is described in `evals/support/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidInput
from rag.jsonlines import Line, read_json_lines
from rag.support import Cited, Claim
from rag.types import Language

LABELS = ("supported", "contradicted", "partly", "unrelated")
CHANGES = ("", "number", "date", "name", "negation")
HELD_BACK = "held-back"
PARTS = ("fit", HELD_BACK, "hard")
PARAGRAPHS, PAIRS = "paragraphs.jsonl", "pairs.jsonl"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. Its versions in both languages have one `source`, which is in one `part`."""

    id: str
    source: str
    part: str
    language: Language
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, a paragraph, and what a careful reader says of them.

    `change` says how a contradicting sentence was made: by another number, date, name, or by
    denying or reversing; empty for the other labels.
    """

    id: str
    sentence: str
    language: Language
    paragraph: Text
    label: str
    change: str

    @property
    def supported(self) -> bool:
        return self.label == "supported"

    @property
    def crosses(self) -> bool:
        """Whether sentence and paragraph are in different languages."""
        return self.language != self.paragraph.language

    @property
    def claim(self) -> Claim:
        cited = Cited(self.paragraph.text, self.paragraph.language)
        return Claim(self.sentence, self.language, (cited,))


def load_pairs(folder: Path) -> tuple[Pair, ...]:
    """Read `paragraphs.jsonl` and `pairs.jsonl` of a folder.

    Raises InvalidInput, naming file, line and field, at the first line that is not as described.
    """
    texts: dict[str, Text] = {}
    parts: dict[str, str] = {}
    for line in read_json_lines(folder / PARAGRAPHS):
        text = Text(
            line.text("id"),
            line.text("source"),
            line.text("part"),
            _language(line),
            line.text("text"),
        )
        if text.part not in PARTS:
            raise line.error("part", f"is {text.part!r}, not one of {', '.join(PARTS)}")
        if parts.setdefault(text.source, text.part) != text.part:
            raise line.error("part", f"is {text.part!r}, yet {text.source!r} is in another part")
        if text.id in texts:
            raise line.error("id", f"{text.id!r} is used twice")
        texts[text.id] = text
    pairs: dict[str, Pair] = {}
    for line in read_json_lines(folder / PAIRS):
        pair = _pair(line, texts)
        if pair.id in pairs:
            raise line.error("id", f"{pair.id!r} is used twice")
        pairs[pair.id] = pair
    if not pairs:
        raise InvalidInput(f"{folder / PAIRS}: holds no pair.")
    return tuple(pairs.values())


def part(pairs: Sequence[Pair], name: str) -> tuple[Pair, ...]:
    """The pairs of one part: «fit», «held-back», or «hard» (half turn the meaning round)."""
    return tuple(pair for pair in pairs if pair.paragraph.part == name)


def _pair(line: Line, texts: Mapping[str, Text]) -> Pair:
    paragraph = texts.get(line.text("paragraph"))
    if paragraph is None:
        raise line.error("paragraph", f"names no paragraph of {PARAGRAPHS}")
    label, change = line.text("label"), line.text("change", blank=True)
    if label not in LABELS:
        raise line.error("label", f"is {label!r}, not one of {', '.join(LABELS)}")
    if change not in CHANGES or bool(change) != (label == "contradicted"):
        raise line.error("change", f"is {change!r} for a pair that is {label}")
    return Pair(
        line.text("id"), line.text("sentence"), _language(line), paragraph, label, change
    )  # fmt: skip


def _language(line: Line) -> Language:
    language = line.text("language")
    if language == "fr":
        return "fr"
    if language == "en":
        return "en"
    raise line.error("language", f"is {language!r}, not fr or en")
