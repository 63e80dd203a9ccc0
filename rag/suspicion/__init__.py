"""Paragraphs that try to do more than inform: orders to an assistant, hidden text, fake markers,
addresses that would be called, active HTML.

A flag is a warning to readers and to whoever puts paragraphs into a prompt. It changes neither
the text nor whether it can be found and cited: a document about prompt injection must be quotable.
The rules are few and plain (OWASP LLM01:2025 lists the attacks); they miss what is paraphrased.
What keeps a poisoned paragraph harmless is that no text of a document is executed, rendered or
obeyed, flagged or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rag.suspicion.active import calls_out, is_active
from rag.suspicion.imitations import imitates_marks, own_marks
from rag.suspicion.orders import gives_orders, without_orders
from rag.suspicion.unseen import hides_text
from rag.types import Document, Paragraph, Suspicion

__all__ = ["flagged", "suspicions", "without_orders"]


def flagged(document: Document, paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """The document's paragraphs, those that are suspect with their `suspicions`."""
    own = own_marks(document.text)
    for paragraph in paragraphs:
        # The title and headings go with the paragraph wherever it is read.
        said = "\n\n".join((paragraph.title, paragraph.heading, paragraph.lead_in, paragraph.text))
        found = suspicions(said, own)
        yield replace(paragraph, suspicions=found) if found else paragraph


def suspicions(text: str, own: frozenset[int] = frozenset()) -> tuple[Suspicion, ...]:
    """What is suspect in a text, in the order of `Suspicion`; () for nearly every text.

    `own` are the numbers n of the marks «[n]» that belong to the text's document.
    """
    checks: tuple[tuple[Suspicion, bool], ...] = (
        ("orders", gives_orders(text)),
        ("hidden", hides_text(text)),
        ("marks", imitates_marks(text, own)),
        ("calls", calls_out(text)),
        ("active", is_active(text)),
    )
    return tuple(name for name, holds in checks if holds)
