"""What a reader sees while the model still writes."""

from __future__ import annotations

from collections.abc import Iterable

from rag.chat_model.reader import Marks, Piece


class Live:
    """Turns pieces into text with markers numbered in order of appearance.

    `silent` is the marker that stands for «no answer»: it is never shown.
    """

    def __init__(self, silent: str) -> None:
        self._silent = silent
        self._numbers: dict[str, int] = {}
        self._held = ""

    def show(self, pieces: Iterable[Piece]) -> str:
        """The text to append. White space is held back until something follows it."""
        shown = ""
        for piece in pieces:
            if isinstance(piece, Marks):
                for marker in piece.markers:
                    if marker != self._silent:
                        number = self._numbers.setdefault(marker, len(self._numbers) + 1)
                        shown += f" [{number}]"
                        # The space before a marker is its own; a line break stays.
                        self._held = self._held.replace(" ", "")
                continue
            text = self._held + piece
            kept = text.strip()
            if kept:
                before = text[: len(text) - len(text.lstrip())]
                shown += _gap(before, kept) + kept
                self._held = ""
            self._held += text[len(text.rstrip()) :]
        return shown


def _gap(before: str, after: str) -> str:
    """White space made single; none is left where a marker of nothing stood before a stop."""
    if "\n" in before:
        return "\n" * min(before.count("\n"), 2)
    return " " if before and after[0] not in ".," else ""
