"""Hits and answers as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.chat_model import words
from rag.phrases import phrases
from rag.suspicion.unseen import shown
from rag.types import Answer, Hit, Language, Paragraph


def hits_text(hits: Sequence[Hit], language: Language) -> str:
    """The hits with their places, best first, without documents' control characters."""
    return shown("\n\n".join(_hit(rank, hit, language) for rank, hit in enumerate(hits, 1)))


def answer_text(answer: Answer) -> str:
    """The answer with its citations' places, without documents' control characters."""
    return shown("\n".join(_answer(answer)))


def _hit(rank: int, hit: Hit, language: Language) -> str:
    paragraph = hit.paragraph
    warning = phrases(language).warning(paragraph)
    beware = f"\n   ⚠ {warning}" if warning else ""
    text = " ".join(paragraph.text.split())
    return f"{rank}. {hit.score:.2f}  {_place(paragraph)}\n   {text}{beware}"


def _answer(answer: Answer) -> Iterable[str]:
    for notice in answer.notices:
        yield f"({notice.text})"
    if answer.interpreted:
        yield phrases(answer.language).understood.format(question=answer.interpreted) + "\n"
    yield answer.text
    for flag in dict.fromkeys(one.flag for one in answer.statements if one.flag):
        yield f"⚠ {words(answer.language).flags[flag]}"
    if answer.citations:
        yield ""
    for citation in answer.citations:
        yield f"[{citation.marker}] {_place(citation.paragraph)}"
        if warning := phrases(answer.language).warning(citation.paragraph):
            yield f"    ⚠ {warning}"
    if answer.abstained:
        for rank, hit in enumerate(answer.hits[:3], 1):
            yield _hit(rank, hit, answer.language)


def _place(paragraph: Paragraph) -> str:
    parts = (paragraph.title, paragraph.heading, paragraph.label, paragraph.source)
    return " · ".join(part for part in parts if part)
