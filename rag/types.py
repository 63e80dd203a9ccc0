"""Values that flow through the product: Document → Paragraph → Passage → Hit → Citation → Answer.

All are frozen and hold no behaviour beyond views of their own fields; no I/O happens here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]
# Why a paragraph is suspect: it gives an assistant orders, hides text, has marks that look like
# citations or a chat's turns, would call another machine, or would act in a page.
Suspicion = Literal["orders", "hidden", "marks", "calls", "active"]
# What speaks against a sentence: it cites nothing, its paragraphs do not bear it out, what it gives
# as a quotation is none, or it is not in the question's language.
Flag = Literal["uncited", "unsupported", "misquoted", "language"]
# Whether an answer was quoted from the paragraphs or written by a chat model.
Writer = Literal["extractive", "chat"]
NoticeKind = Literal["fell-back", "nothing-supported", "no-answer", "cut", "dropped", "left-out"]


@dataclass(frozen=True, slots=True)
class Document:
    """One file's text, read once.

    `id` derives from the file's path relative to the collection's root, so it survives edits of
    the text; `source` is that path, with `/` separators, as shown to readers. `pages` holds the
    offset in `text` at which each page starts (empty where the format has no pages).
    """

    id: str
    title: str
    language: Language
    text: str
    source: str
    pages: tuple[int, ...] = ()

    def whole(self) -> Paragraph:
        """The document as one paragraph with its title as context: a passage of a test set."""
        return Paragraph(
            id=self.id,
            document_id=self.id,
            source=self.source,
            title=self.title,
            language=self.language,
            heading="",
            label="",
            page=None,
            start=0,
            end=len(self.text),
            text=self.text,
            context=self.title,
        )


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The unit of citation: `document.text[start:end] == text`.

    `label` is the document's own numbering («1.1», «Question n° 2», «6»), `heading` the trail of
    headings above it joined by « › », `page` is 1-based (None where the format has no pages).
    `context` (title, date, place, author, headings, list lead-in) is indexed with the paragraph
    and never quoted; `lead_in` is the part of it that introduces the list this item belongs to.
    `id` survives a rebuild in which the paragraph did not change. `suspicions` warn of a paragraph
    that tries to do more than inform; it can be cited all the same.
    """

    id: str
    document_id: str
    source: str
    title: str
    language: Language
    heading: str
    label: str
    page: int | None
    start: int
    end: int
    text: str
    context: str
    lead_in: str = ""
    suspicions: tuple[Suspicion, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of indexing: a paragraph, or one part of a paragraph longer than the token budget.

    `start` and `end` are offsets in the document, inside the paragraph's own.
    """

    paragraph_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved paragraph; higher scores are better, from 0 to 1 in the hybrid retriever.

    `passage` is the part of it that was found; None says that it is all of it. `similarity` is the
    cosine of question and passage, 0 where there is none.
    """

    paragraph: Paragraph
    score: float
    passage: Passage | None = None
    similarity: float = 0.0

    @property
    def text(self) -> str:
        return self.passage.text if self.passage else self.paragraph.text


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote == paragraph.text[start:end]`, verbatim; `marker` is the n of `[n]` in the answer.

    `start` and `end` are relative to the paragraph.
    """

    marker: int
    paragraph: Paragraph
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.paragraph.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or line of an answer and the markers of the citations that support it.

    The markers are kept apart from the text, so that a «[3]» inside quoted text is never taken
    for a citation. `flag` says what speaks against it, if anything does; `continues` that it
    stands on the line of the statement before it.
    """

    text: str
    markers: tuple[int, ...]
    flag: Flag | None = None
    continues: bool = False

    def __str__(self) -> str:
        caution = ("⚠",) if self.flag else ()
        return " ".join((self.text, *(f"[{marker}]" for marker in self.markers), *caution))


@dataclass(frozen=True, slots=True)
class Notice:
    """What the reader must know of how an answer came about, in the answer's language."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, and its answer where that is known ("" elsewhere)."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says, in the language of the question.

    If `abstained`, there are no citations and `hits` are merely near. `confidence` is the
    estimated probability (0 to 1) that the collection answers the question. `writer` says who
    worded it, `notices` what happened on the way (a model that failed, paragraphs left out).
    `interpreted` is the question as it was completed from earlier turns, None if it was not.
    """

    question: str
    language: Language
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    abstained: bool
    confidence: float
    writer: Writer = "extractive"
    notices: tuple[Notice, ...] = ()
    interpreted: str | None = None

    @property
    def text(self) -> str:
        pieces = [f"{' ' if one.continues else chr(10)}{one}" for one in self.statements]
        return "".join(pieces)[1:]


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer being written, to show as it comes: plain text, not yet checked.

    Its markers are those of shown paragraphs, numbered in order of appearance. The `Answer` that
    follows takes the place of all pieces.
    """

    text: str
