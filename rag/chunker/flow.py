"""Paragraphs as running text, for embedding, counting and display."""

from __future__ import annotations

import re

from rag.chunker.markers import is_page_number

_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,400}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,400}?)(?<=\S)\*(?![\w*])")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,12}(?:\s[^<>]{0,400})?/?>", re.IGNORECASE)
_HYPHENATED = re.compile("\u00ad\\s*")
_QUOTED = re.compile(r"\n[ \t]*>[ \t]?")


def flow(text: str) -> str:
    """The text on one line: wrapped lines joined, white space single; soft hyphens, HTML tags,
    page numbers between lines, Markdown's emphasis, quotation marks and link targets removed.
    Nothing else changes."""
    if text.count("\n") > 1:
        first, *inner, last = text.split("\n")
        inner = [line for line in inner if not is_page_number(line.strip())]
        text = "\n".join([first, *inner, last])
    text = _HYPHENATED.sub("", _QUOTED.sub("\n", text))
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub(" ", text)
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
