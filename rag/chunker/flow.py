"""Paragraphs as running text, for embedding, counting and display."""

from __future__ import annotations

import re

_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,400}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,400}?)(?<=\S)\*(?![\w*])")
_HYPHENATED = re.compile("\u00ad\\s*")
_QUOTED = re.compile(r"\n[ \t]*>[ \t]?")


def flow(text: str) -> str:
    """The text on one line: wrapped lines joined, white space single, Markdown emphasis and soft
    hyphens removed. Nothing else changes."""
    text = _HYPHENATED.sub("", _QUOTED.sub("\n", text))
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """`text` if it fits in `limit` characters, else its beginning up to a mark or a space, with
    «…»."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    for marks in (";", ",", " "):
        cut = max(head.rfind(mark) for mark in marks)
        if cut > limit // 2:
            return head[:cut].rstrip(" ;,:") + "…"
    return head + "…"
