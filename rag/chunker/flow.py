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
        text = _without_page_numbers(text.split("\n"))
    text = _HYPHENATED.sub("", _QUOTED.sub("\n", text))
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    return " ".join(text.split())


def _without_page_numbers(lines: list[str]) -> str:
    """Leave out page numbers between lines, bare ones only beside a blank line or form feed."""
    kept = lines[:1]
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        is_edge = not above.strip() or not below.strip() or below.startswith("\f")
        is_bare = line.strip().isdecimal() and is_edge
        if not (is_bare or is_page_number(line.strip())):
            kept.append(line)
    return "\n".join([*kept, lines[-1]])


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
