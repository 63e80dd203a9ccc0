"""What is checked and what is found: a sentence with its cited paragraphs, and its support."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rag.types import Language, Paragraph

Verdict = Literal["supported", "unsupported"]
ReasonKind = Literal[
    "uncited",  # the sentence cites nothing
    "number",  # a number, amount, share or rank that the paragraphs do not hold
    "date",  # a date, year, month or hour that they do not hold
    "name",  # a name that stands there neither itself nor by translation
    "term",  # a word of content likewise
    "negation",  # said here and denied there, or the reverse
    "opposite",  # «interdit» here, «autorisé» there
    "meaning",  # the sentence, or a part of it, is far from all that the paragraphs say
]


@dataclass(frozen=True, slots=True)
class Cited:
    """A cited paragraph as the checker reads it.

    In `context` (title, date, headings) names, numbers and terms are found too, because a sentence
    may name the document that it cites.
    """

    text: str
    language: Language
    context: str = ""

    @property
    def with_context(self) -> str:
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, without its markers, and the paragraphs it cites."""

    text: str
    language: Language
    cited: tuple[Cited, ...]

    @classmethod
    def citing(cls, text: str, language: Language, paragraphs: Iterable[Paragraph]) -> Claim:
        """A sentence that cites paragraphs of the store."""
        return cls(text, language, tuple(Cited(p.text, p.language, p.context) for p in paragraphs))


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks against a sentence: `claim.text[start:end]` was not found.

    `against` is what the paragraphs have in its place («2019» for «2020», «interdit»), if known.
    """

    kind: ReasonKind
    start: int
    end: int
    against: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """How far a claim is supported: `score` from 0 to 1, higher is better supported.

    `reasons` say what was not found; a supported sentence may have some too (a term that is a
    paraphrase), an unsupported one always has at least one.
    """

    claim: Claim
    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def supported(self) -> bool:
        return self.verdict == "supported"
