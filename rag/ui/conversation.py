"""The turns of a conversation, as messages of a Gradio chatbot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.phrases import phrases
from rag.translation import LANGUAGES
from rag.types import Answer, Citation, Paragraph, Statement
from rag.ui.markup import inert, prose
from rag.ui.references import Reference
from rag.ui.texts import both

_BULLET = "•"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or a notice (HTML), or nothing yet."""

    question: str
    answer: Answer | None = None
    notice: str = ""


def messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Two messages a turn, in the form `gr.Chatbot` takes; all foreign text is inert."""
    rendered: list[dict[str, str]] = []
    for number, turn in enumerate(turns, 1):
        reply = _reply(turn, last=number == len(turns))
        rendered.append({"role": "user", "content": _question(turn.question)})
        rendered.append({"role": "assistant", "content": reply})
    return rendered


def _question(question: str) -> str:
    lines = "<br>".join(prose(line) for line in question.splitlines())
    return f'<div class="asked">{lines}</div>'


def _reply(turn: Turn, *, last: bool) -> str:
    if turn.notice:
        return f'<div class="notice" role="alert">{turn.notice}</div>'
    if turn.answer is None:
        return f'<div class="thinking" role="status">{both("thinking")}</div>'
    return _answer(turn.answer, last=last)


def _answer(answer: Answer, *, last: bool) -> str:
    citations = {citation.marker: citation for citation in answer.citations}
    lines: list[str] = []
    for bulleted, statements in groupby(answer.statements, _bulleted):
        tag, rendered = ("li" if bulleted else "p"), []
        for statement in statements:
            rendered.append(f"<{tag}>{_statement(statement, citations)}</{tag}>")
        lines += ["<ul>", *rendered, "</ul>"] if bulleted else rendered
    # On a narrow screen the panel is another view; only the last answer's paragraphs are in it.
    see = "see-near" if answer.abstained else "see-cited"
    panel = f'<a class="see" href="#panel">{both(see)}</a>' if last else ""
    copy = f'<button type="button" class="copy">{both("copy")}</button>'
    return (
        f'<div class="answer{" abstained" if answer.abstained else ""}">'
        f'<div class="said" lang="{answer.language}">{"".join(lines)}</div>'
        f'<div class="tools">{panel}{copy}</div></div>'
    )


def _bulleted(statement: Statement) -> bool:
    return statement.text.startswith(_BULLET)


def _statement(statement: Statement, citations: dict[int, Citation]) -> str:
    # Glued by no-break spaces, so that a marker never begins a line.
    markers = "".join(
        "&#160;" + marker(citations[number]) for number in statement.markers if number in citations
    )
    return f"{prose(statement.text.removeprefix(_BULLET).strip())}{markers}"


def marker(citation: Citation) -> str:
    """The link of `[n]` to its paragraph in its document."""
    href = Reference.cited(citation).href
    title = inert(_described(citation.paragraph))
    suspect = " suspect" if citation.paragraph.suspicions else ""
    return f'<a class="marker{suspect}" href="{href}" title="{title}">[{citation.marker}]</a>'


def warning(paragraph: Paragraph) -> str:
    """What readers should know of a suspect paragraph, in the language of the interface; "" for
    the others."""
    if not paragraph.suspicions:
        return ""
    words = "".join(
        f'<span class="{language}" lang="{language}">{phrases(language).warning(paragraph)}</span>'
        for language in LANGUAGES
    )
    return f'<p class="suspect" role="note">{words}</p>'


def _described(paragraph: Paragraph) -> str:
    """Plain text for tooltips and copied references: title, label, heading, file."""
    parts = (paragraph.title, paragraph.label, paragraph.heading, paragraph.source)
    return " · ".join(part for part in parts if part)
