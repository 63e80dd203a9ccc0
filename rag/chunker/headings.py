"""Is an element a heading, and of what rank?

A heading is known by its marks (`#`, underline, bold, a number before a few words, «Annex A»), by
capitals, or by standing alone on a short line without a full stop above some content.
"""

from __future__ import annotations

from rag.chunker.elements import BULLET, OUTLINE, Element
from rag.chunker.lines import ends_sentence, is_capitals, last_mark, starts_capital, starts_small
from rag.chunker.markers import is_caption

# A heading closes those of its own rank or a higher number. Markdown's are 1 to 6.
WORD, NUMBER, CAPITALS, BOLD, PLAIN, LIST = 10, 12, 20, 21, 25, 30
MARKDOWN_LOWEST = 6
_LONGEST, _MOST_WORDS = 110, 14


def heading_rank(
    text: str, element: Element, before: Element | None, after: Element | None, repeated: bool
) -> int:
    """The rank of the heading that the element is; 0 if it is none.

    `before` and `after` are its neighbours; `repeated` says that the same line stands elsewhere
    too, as the titles of slides do.
    """
    if element.kind == "heading":
        return int(element.style.split()[1])
    content = text[element.start : min(element.end, element.start + 3 * _LONGEST)]
    if is_caption(element.style):
        return 0
    if element.style.startswith("word"):
        return _word_rank(element, content, after)
    if not any(map(str.isalpha, content)) or not _may_be_heading(element, content, after):
        return 0
    if element.kind == "item":
        return _item_rank(element, content, before, after)
    return _line_rank(element, content, before, after, repeated)


def _may_be_heading(element: Element, content: str, after: Element | None) -> bool:
    if element.kind not in {"text", "item"} or len(content) > 2 * _LONGEST:
        return False
    if not _is_sentence(content) or (element.bold and content.endswith("?")):
        return True
    return _is_title_with_stop(element, content, after)


def _is_sentence(content: str) -> bool:
    return last_mark(content) in set(".!?…;:,")


def _is_title_with_stop(element: Element, content: str, after: Element | None) -> bool:
    """«1. Source Code.» above its text: a number, a few words in capitals, and a full stop."""
    if not element.label or content.find(". ") >= 0 or not content.endswith("."):
        return False
    if after is None or after.kind != "text":
        return False
    words = content.split()
    is_titled = all(word[0].isupper() for word in words if len(word) > 3 and word[0].isalpha())
    return len(words) <= 2 or (is_titled and len(words) <= _MOST_WORDS)


def _line_rank(
    element: Element, content: str, before: Element | None, after: Element | None, repeated: bool
) -> int:
    if is_capitals(content):
        return CAPITALS
    if len(content) > _LONGEST:
        return 0
    if element.bold and element.is_one_line:
        return BOLD
    if len(content.split()) > _MOST_WORDS or _is_running(content):
        return 0
    if not element.is_one_line and len(element.lines[0].text) < _LONGEST // 2:
        return 0  # lines that nobody had to break
    is_apart = _is_apart(element, before) and _is_above(content, after, repeated)
    return PLAIN if is_apart else 0


def _word_rank(element: Element, content: str, after: Element | None) -> int:
    """«Article 1» alone on its line, or before a few words, with something under it."""
    if element.is_empty:
        return WORD
    short = element.is_one_line and len(content) <= _LONGEST
    if not short or _is_sentence(content) or after is None or after.kind == "rule":
        return 0
    return WORD if after.style != element.style else 0


def _item_rank(
    element: Element, content: str, before: Element | None, after: Element | None
) -> int:
    if not element.label:
        has_child = after is not None and after.kind == "item" and after.indent > element.indent
        leads = element.style == BULLET and element.bold and has_child
        return LIST if leads and not any(map(str.isdigit, content)) else 0
    rank = NUMBER + element.label.count(".")
    if is_capitals(content):
        return rank
    if not element.is_one_line or len(content) > _LONGEST or starts_small(content):
        return 0
    if after is None or element.inner_style or _leads_in(after):
        return 0
    # A list of short items is no row of headings.
    siblings = [near for near in (before, after) if near is not None and near.kind == "item"]
    is_listed = any(near.style == element.style for near in siblings)
    return rank if after.blanks and after.kind != "rule" and not is_listed else 0


def _leads_in(after: Element) -> bool:
    """Is the line above this one the beginning of its sentence («The Minister may» + «(a) …»)?"""
    return after.kind == "item" and bool(after.lines) and starts_small(after.lines[0].text)


def _is_running(content: str) -> bool:
    """Does the line look like a part of a text, an address or a list?"""
    if any(mark in content for mark in ("\n\n", ";", ". ", "@", "://")):
        return True
    return not (starts_capital(content) or content[0].isdigit())


def _is_apart(element: Element, before: Element | None) -> bool:
    return (
        before is None
        or element.blanks > 0
        or before.kind in {"rule", "heading", "furniture"}
        or before.is_empty
        or ends_sentence(before.last)
        or is_capitals(before.last)
    )


def _is_above(content: str, after: Element | None, repeated: bool) -> bool:
    """Is there something under the line for it to be the heading of?"""
    if after is None or after.kind == "rule":
        return repeated
    if after.kind == "item":
        return after.style != OUTLINE or after.blanks > 0
    return after.blanks > 0 or len(after.last) > 2 * len(content)
