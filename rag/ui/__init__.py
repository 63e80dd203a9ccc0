"""The chat: a conversation, and beside it the paragraphs that its answers cite."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rag.feedback import FILE

# Gradio reads these when it is imported, and calls outside hosts unless told not to.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

if TYPE_CHECKING:
    import gradio

    from rag.assistant import Assistant
    from rag.settings import Settings


def build(assistant: Assistant, feedback: Path) -> gradio.Blocks:
    """The page, not yet served. Of a conversation it keeps nothing outside its session but the
    answers that their reader judges, in the file `feedback`."""
    from rag.ui.page import page

    return page(assistant, feedback)


def launch(assistant: Assistant, settings: Settings) -> None:
    """Serve the chat at `settings.host` and `settings.port` until interrupted.

    Raises RagError if the address cannot be bound.
    """
    from rag.ui.server import serve

    feedback = settings.feedback or settings.index / FILE
    serve(build(assistant, feedback), settings.host, settings.port)
