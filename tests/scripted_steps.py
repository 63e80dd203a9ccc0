"""What a scripted model is asked, and the steps of its answer.

A part reads the prompt as a model does and gives steps: text to stream, seconds to wait, bytes to
send as they are, an HTTP error, or the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

KEY = "sk-test-0123456789-secret"


@dataclass(frozen=True)
class Read:
    """A paragraph as the prompt shows it."""

    marker: str
    language: str
    text: str

    @property
    def first(self) -> str:
        """Its first sentence or so, on one line."""
        flat = " ".join(self.text.split())
        return re.split(r"(?<=[a-zé]{2}[.!?;:])\s", flat)[0].rstrip(".;:,")


@dataclass(frozen=True)
class Prompt:
    system: str
    human: str

    @property
    def french(self) -> bool:
        return "réponds en français" in self.system

    @property
    def paragraphs(self) -> list[Read]:
        found = re.findall(
            r"^Paragraphe? \[(\w+)\] \((?:en|in) (\w+)\)[^\n]*\n<\1>\n(.*?)\n</\1>",
            self.human,
            re.DOTALL | re.MULTILINE,
        )
        languages = {"français": "fr", "French": "fr", "anglais": "en", "English": "en"}
        return [Read(marker, languages[language], text) for marker, language, text in found]

    @property
    def own(self) -> list[Read]:
        """The paragraphs in the question's language."""
        language = "fr" if self.french else "en"
        return [one for one in self.paragraphs if one.language == language]

    @property
    def none(self) -> str:
        """The marker of «no answer»."""
        return re.findall(r"\[(\w{6})\]", self.system)[-1]


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass(frozen=True)
class Raw:
    data: bytes


@dataclass(frozen=True)
class Status:
    """An HTTP error instead of a stream; only as the first step."""

    code: int
    headers: dict[str, str] = field(default_factory=dict)
    # Said in the provider's own form, unless `body` is.
    message: str = "scripted"
    body: str = ""


@dataclass(frozen=True)
class End:
    """The end of the answer. Without it the connection ends as after a crash."""

    reason: str | None = "stop"


Step = str | Wait | Raw | Status | End
Part = Callable[[Prompt, int], Iterator[Step]]
