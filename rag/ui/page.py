"""The page: its components, and what happens when a question is asked."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from importlib.resources import files
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.chatbot import ExampleMessage

from rag.assistant import Assistant
from rag.errors import RagError
from rag.questions import LONGEST_QUESTION
from rag.types import Delta
from rag.ui.conversation import Turn, earlier, messages
from rag.ui.examples import examples
from rag.ui.judgment import OPTIONS, keep
from rag.ui.markup import inert
from rag.ui.panel import contents, paragraphs
from rag.ui.reading import missing, reading
from rag.ui.references import Reference
from rag.ui.texts import both, table, text

Turns = tuple[Turn, ...]
Messages = list[dict[str, str]]
# What a question changes: the input, the turns kept for the session, and what shows them.
Update = tuple[object, Turns, Messages, object]

# Conversations that are answered at the same time; Gradio's own default is one.
_SIMULTANEOUS = 32
# A draft is shown again at most this often (seconds).
_REFRESH = 0.05

_NEW_CONVERSATION = (
    "element.querySelector('.new').addEventListener('click', () => trigger('click'))"
)


def page(assistant: Assistant, feedback: Path) -> gr.Blocks:
    """The chat over an open index; judgments of answers go to the file `feedback`."""
    i18n = translations()
    blocks = gr.Blocks(title="Alinéa", fill_width=True, fill_height=True)
    with blocks:
        turns = gr.State(())
        top = gr.HTML(
            _header(), elem_id="top", js_on_load=_NEW_CONVERSATION, apply_default_css=False
        )
        with gr.Row(elem_id="workspace"):
            with gr.Column(elem_id="conversation", min_width=0):
                chatbot = gr.Chatbot(
                    label=i18n("conversation"),
                    show_label=False,
                    elem_id="messages",
                    height="100%",
                    layout="panel",
                    buttons=[],
                    placeholder=_welcome(),
                    examples=_examples(assistant),
                    autoscroll=False,
                    group_consecutive_messages=False,
                    latex_delimiters=[],
                    allow_tags=False,
                    line_breaks=False,
                    feedback_options=OPTIONS,
                )
                box = gr.Textbox(
                    label=i18n("question"),
                    show_label=False,
                    container=False,
                    placeholder=i18n("ask"),
                    elem_id="question",
                    lines=1,
                    max_lines=6,
                    submit_btn=True,
                )
            with gr.Column(elem_id="panel", min_width=0):
                shown = gr.HTML(
                    contents(assistant.documents),
                    elem_id="shown",
                    js_on_load=None,
                    apply_default_css=False,
                )

                def read(path: str) -> str:
                    return read_document(assistant, path)

                gr.HTML(
                    "",
                    elem_id="reading",
                    js_on_load=_script(),
                    server_functions=[read],
                    apply_default_css=False,
                )

        async def ask(question: str, turns: Turns) -> AsyncIterator[Update]:
            async with aclosing(answer_turns(assistant, question, turns)) as updates:
                async for update in updates:
                    yield update

        async def ask_example(turns: Turns, example: gr.SelectData) -> AsyncIterator[Update]:
            async with aclosing(answer_turns(assistant, example.value["text"], turns)) as updates:
                async for update in updates:
                    yield update

        def begin_again() -> tuple[object, Turns, Messages, str]:
            return _box(busy=False, value=""), (), [], contents(assistant.documents)

        def judge(turns: Turns, opinion: gr.LikeData) -> None:
            keep(feedback, turns, opinion.index, opinion.liked)

        # The page shows its own progress, and is the only way in.
        updated = [box, turns, chatbot, shown]
        answering: list[dict[str, Any]] = []
        for event, answered, inputs in (
            (box.submit, ask, [box, turns]),
            (chatbot.example_select, ask_example, [turns]),
        ):
            asked = event(
                answered,
                inputs,
                updated,
                show_progress="hidden",
                api_visibility="private",
                concurrency_limit=_SIMULTANEOUS,
                concurrency_id="answers",
            )
            asked.failure(
                failed_turns,
                [turns],
                [box, turns, chatbot],
                show_progress="hidden",
                api_visibility="private",
            )
            answering.append(asked)
        chatbot.like(judge, [turns], None, show_progress="hidden", api_visibility="private")
        box.stop(
            stopped_turns,
            [turns],
            [box, turns, chatbot],
            cancels=answering,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        top.click(
            begin_again,
            None,
            updated,
            cancels=answering,
            show_progress="hidden",
            api_visibility="private",
        )
    return blocks


def translations() -> gr.I18n:
    """The words of Gradio's own components, by the browser's language."""
    words = table()
    return gr.I18n(fr=words["fr"], en=words["en"])


async def answer_turns(assistant: Assistant, question: str, turns: Turns) -> AsyncGenerator[Update]:
    """First the question, waiting; then its answer as it is written, and at last the answer, or
    why there is none. What was written of an answer that fails or is stopped is not kept."""
    question = question.strip()
    if not question:
        yield gr.skip(), turns, messages(turns), gr.skip()
        return
    if len(question) > LONGEST_QUESTION:
        notice = both("too-long", length=len(question), limit=LONGEST_QUESTION)
        turns = (*turns, Turn(f"{question[:200]}…", notice=notice))
        # The question stays in the box, to be shortened.
        yield gr.skip(), turns, messages(turns), gr.skip()
        return
    waiting = (*turns, Turn(question))
    yield _box(busy=True, value=""), waiting, messages(waiting), gr.skip()
    draft, refreshed = "", 0.0
    try:
        async with aclosing(assistant.astream(question, turns=earlier(turns))) as items:
            async for item in items:
                if not isinstance(item, Delta):
                    turns = (*turns, Turn(question, item))
                    yield _box(busy=False), turns, messages(turns), paragraphs(item)
                    return
                draft += item.text
                if time.monotonic() - refreshed >= _REFRESH:
                    refreshed = time.monotonic()
                    yield (
                        gr.skip(),
                        waiting,
                        messages((*turns, Turn(question, draft=draft))),
                        gr.skip(),
                    )
    except RagError as error:
        notice = f"{both('failed')} <code>{inert(str(error))}</code>"
        turns = (*turns, Turn(question, notice=notice))
        yield _box(busy=False), turns, messages(turns), gr.skip()


def failed_turns(turns: Turns) -> tuple[object, Turns, Messages]:
    """After an error that nobody foresaw: no turn is left waiting."""
    return _settled(turns, both("unexpected"))


def stopped_turns(turns: Turns) -> tuple[object, Turns, Messages]:
    """After the reader stopped an answer: nothing of it is kept."""
    return _settled(turns, both("stopped"))


def _settled(turns: Turns, notice: str) -> tuple[object, Turns, Messages]:
    settled = tuple(
        turn if turn.answer or turn.notice else Turn(turn.question, notice=notice) for turn in turns
    )
    return _box(busy=False), settled, messages(settled)


def _box(*, busy: bool, value: str | None = None) -> object:
    """The question box: while an answer is written its button stops it."""
    if value is None:
        return gr.Textbox(submit_btn=not busy, stop_btn=busy)
    return gr.Textbox(value=value, submit_btn=not busy, stop_btn=busy)


def read_document(assistant: Assistant, path: str) -> str:
    """HTML of the document that a link of the page refers to."""
    reference = Reference.parse(path)
    document = assistant.documents.get(reference.document_id)
    if document is None:
        return missing()
    return reading(document, assistant.paragraphs_of(document.id), reference)


def style() -> str:
    """The style sheets, in the order of their names."""
    sheets = files("rag.ui").joinpath("style").iterdir()
    return "\n".join(
        sheet.read_text("utf-8") for sheet in sorted(sheets, key=lambda sheet: sheet.name)
    )


def _script() -> str:
    script = files("rag.ui").joinpath("page.js").read_text("utf-8")
    return f"const TEXTS = {json.dumps(table())};\n{script}"


def _header() -> str:
    switch = "".join(
        f'<button type="button" data-language="{language}" lang="{language}" title="{name}">'
        f"{language.upper()}</button>"
        for language, name in (("fr", "Français"), ("en", "English"))
    )
    return (
        f'<div class="brand"><h1>Alinéa</h1><p>{both("tagline")}</p></div>'
        f'<button type="button" class="new">{both("new")}</button>'
        f'<nav class="views">'
        f'<a href="#" data-view="chat">{both("conversation")}</a>'
        f'<a href="#panel" data-view="panel">{both("paragraphs")} <span class="count"></span></a>'
        f"</nav>"
        f'<div class="languages" role="group" aria-label="{text("language", "fr")} / '
        f'{text("language", "en")}">{switch}</div>'
    )


def _examples(assistant: Assistant) -> list[ExampleMessage]:
    return [
        # A «?» alone on a line is a blemish; the question asked keeps its plain space.
        {"text": question, "display_text": question.replace(" ?", "\N{NO-BREAK SPACE}?")}
        for question in examples(assistant.documents)
    ]


def _welcome() -> str:
    return f'<div class="welcome"><h2>{both("welcome")}</h2><p>{both("promise")}</p></div>'
