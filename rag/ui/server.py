"""Serving the page on this machine, and on no other unless the settings say so."""

from __future__ import annotations

import errno
import socket

import gradio as gr

from rag.errors import RagError
from rag.ui.page import style, translations

_ICON = (
    '<link rel="icon" href="data:image/svg+xml,'
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231a4f6e'/%3E"
    "%3Ctext x='16' y='24' font-family='serif' font-size='24' text-anchor='middle' "
    "fill='white'%3E¶%3C/text%3E%3C/svg%3E\">"
)


def serve(blocks: gr.Blocks, host: str, port: int) -> None:
    """Serve until interrupted. Raises RagError if the address cannot be bound."""
    _check(host, port)
    blocks.launch(
        server_name=host,
        server_port=port,
        i18n=translations(),
        theme=_theme(),
        # Not `css`: Gradio would scope every rule to its container, and some are about the page.
        head=f"{_ICON}<style>{style()}</style>",
        footer_links=[],
        # Whatever the environment says: nothing leaves this machine, nothing is kept of a
        # conversation but what its reader judges, and the only door is the page.
        share=False,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        max_file_size=1,
        quiet=True,
        prevent_thread_lock=True,
    )
    print(f"Alinéa : http://{host}:{port}  (Ctrl+C pour arrêter / to stop)", flush=True)
    blocks.block_thread()


def _check(host: str, port: int) -> None:
    """Gradio's own message for a busy port names its settings, not ours."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise RagError(
                    f"cannot serve at {host}:{port} ({error.strerror}); "
                    "choose another address: rag chat --host 127.0.0.1 --port 7860"
                ) from error
            raise RagError(
                f"port {port} of {host} is busy (perhaps another rag chat); stop what uses it, "
                f"or choose another: rag chat --port {port + 1}"
            ) from error


def _theme() -> gr.themes.Base:
    """System fonts only: no font is fetched."""
    return gr.themes.Base(
        primary_hue="slate",
        neutral_hue="slate",
        font=("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"),
        font_mono=("ui-monospace", "Menlo", "Consolas", "monospace"),
    )
