"""The seam between the rules and a chat model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.types import Turn


class Condenser(Protocol):
    """Completes follow-ups from the turns before them."""

    def condense(self, question: str, turns: Sequence[Turn]) -> str:
        """The question as it would be asked alone; itself if it needs nothing. `turns` are the
        earlier ones, oldest first. Never raises: what cannot be completed comes back unchanged."""
        ...

    async def acondense(self, question: str, turns: Sequence[Turn]) -> str:
        """As `condense`, on the loop that the answers run on, without blocking it; cancelling it
        stops a model at once."""
        ...
