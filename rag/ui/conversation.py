"""The turns of a conversation, as messages of a Gradio chatbot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.chat_model import words
from rag.phrases import phrases
from rag.translation import LANGUAGES
from rag.types import Answer, Citation, Language, Paragraph, Statement
from rag.types import Turn as Said
from rag.ui.markup import inert, prose
from rag.ui.references import Reference
from rag.ui.texts import both

_BULLET = "•"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or a notice (HTML), or nothing yet. `draft` is
    what a chat model has written so far, to be shown and then forgotten."""

    question: str
    answer: Answer | None = None
    notice: str = ""
    draft: str = ""


def earlier(turns: Sequence[Turn]) -> list[Said]:
    """The turns that had an answer, as the assistant takes them to complete a follow-up: with the
    question as the reader saw that it was understood."""
    return [
        Said(answer.interpreted or turn.question, "" if answer.abstained else answer.text)
        for turn in turns
        if (answer := turn.answer) is not None
    ]


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
    if turn.answer is None and turn.draft:
        lines = "".join(f"<p>{prose(line)}</p>" for line in turn.draft.split("\n") if line.strip())
        waits = f'<div class="thinking" role="status">{both("checking")}</div>'
        return f'<div class="draft" aria-busy="true">{lines}</div>{waits}'
    if turn.answer is None:
        return f'<div class="thinking" role="status">{both("thinking")}</div>'
    return _answer(turn.answer, last=last)


def _answer(answer: Answer, *, last: bool) -> str:
    citations = {citation.marker: citation for citation in answer.citations}
    lines: list[str] = []
    for bulleted, together in groupby(_lines(answer.statements), lambda line: _bulleted(line[0])):
        tag, rendered = ("li" if bulleted else "p"), []
        for line in together:
            said = " ".join(_statement(one, citations, answer.language) for one in line)
            rendered.append(f"<{tag}>{said}</{tag}>")
        lines += ["<ul>", *rendered, "</ul>"] if bulleted else rendered
    told = "".join(f"<p>{prose(notice.text)}</p>" for notice in answer.notices)
    notices = f'<div class="told" role="note" lang="{answer.language}">{told}</div>' if told else ""
    # On a narrow screen the panel is another view; only the last answer's paragraphs are in it.
    see = "see-near" if answer.abstained else "see-cited"
    panel = f'<a class="see" href="#panel">{both(see)}</a>' if last else ""
    copy = f'<button type="button" class="copy">{both("copy")}</button>'
    understood = ""
    if answer.interpreted:
        question = prose(answer.interpreted)
        understood = f'<p class="understood" role="note">{both("understood")} {question}</p>'
    return (
        f'<div class="answer{" abstained" if answer.abstained else ""}">{understood}{notices}'
        f'<div class="said" lang="{answer.language}">{"".join(lines)}</div>'
        f'<div class="tools">{panel}{copy}</div></div>'
    )


def _lines(statements: Sequence[Statement]) -> Iterator[list[Statement]]:
    """Statements that stand on one line, together."""
    line: list[Statement] = []
    for statement in statements:
        if line and not statement.continues:
            yield line
            line = []
        line.append(statement)
    if line:
        yield line


def _bulleted(statement: Statement) -> bool:
    return statement.text.startswith(_BULLET)


def _statement(statement: Statement, citations: dict[int, Citation], language: Language) -> str:
    # Glued by no-break spaces, so that a marker never begins a line.
    markers = "".join(
        "&#160;" + marker(citations[number]) for number in statement.markers if number in citations
    )
    said = f"{prose(statement.text.removeprefix(_BULLET).strip())}{markers}"
    if statement.flag is None:
        return said
    doubt = f'<span class="flag">⚠ {inert(words(language).flags[statement.flag])}</span>'
    return f'<span class="doubtful">{said} {doubt}</span>'


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
