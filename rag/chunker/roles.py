"""What each element is for: title, heading, paragraph, or nothing.

What names its author or carries a date is cited even where it is a title or a heading, since it
answers «who» and «when».
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from rag.chunker.elements import Element
from rag.chunker.flow import flow
from rag.chunker.headings import CAPITALS, MARKDOWN_LOWEST, PLAIN, heading_rank
from rag.chunker.lines import PAGE_GAP, ends_sentence, is_dated, last_mark
from rag.chunker.markers import SUPERSCRIPT

_ACRONYMS = re.compile(r"[A-ZÀ-Þ]{2,6}(?:[\s/|–-]+[A-ZÀ-Þ]{2,6}){0,3}")
_NAME = re.compile(r"(?:[A-ZÀ-Þ][\w.’'-]*)(?:\s+[A-ZÀ-Þ][\w.’'-]*){1,3}")
_SENTENCE_BREAK = re.compile(r"[.!?]\s+[A-ZÀ-Þ]")
_TRAILING_MARK = re.compile(r"(?<=[^\W\d_]|[.,;:!?)»”\"])(\d{1,3}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})$")
_ET_CETERA = re.compile(r"\W*etc\W*", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()\s]{0,500}\)")
_LONE_NUMBER = re.compile(r"\d{1,4}")
_MOST_TITLES = 3


class Role(Enum):
    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    SEPARATOR = "separator"


@dataclass(slots=True, eq=False)
class Part:
    """An element with its role; `rank` orders headings. `cited` headings and titles are paragraphs
    as well; `is_front` marks what stands before the body of the document."""

    element: Element
    role: Role
    rank: int = 0
    cited: bool = False
    is_front: bool = False

    def content(self, text: str) -> str:
        return text[self.element.start : self.element.end]

    def is_heading(self, rank: int = 0) -> bool:
        """Is it a heading, and of this rank if one is given?"""
        return self.role is Role.HEADING and rank in {0, self.rank}


def read_roles(text: str, elements: list[Element]) -> list[Part]:
    """The role of each element, bylines joined into one element."""
    notes = frozenset(e.label for e in elements if e.kind == "note")
    for element in elements if notes else []:
        _trim_footnote_mark(text, element, notes)
    words = [_words(text, e) if e.kind == "text" and e.is_one_line else "" for e in elements]
    counts = Counter(words)
    repeated = frozenset(line for line in words if line and counts[line] > 1)
    parts: list[Part] = []
    seen: set[str] = set()
    for i, element in enumerate(elements):
        before = elements[i - 1] if i else None
        after = elements[i + 1] if i + 1 < len(elements) else None
        if (
            words[i]
            and words[i] in seen
            and counts[words[i]] > 2
            and _is_at_page_end(element, before, after)
        ):
            parts.append(Part(element, Role.SEPARATOR))  # a page's running head
            continue
        if words[i]:
            seen.add(words[i])
        parts.append(_first_guess(text, element, before, after, words[i] in repeated))
    _mark_titles(text, parts)
    parts = _join_byline(text, parts, repeated)
    _demote_rows_of_headings(parts)
    _mark_front(text, parts)
    for part in parts:
        part.cited = part.role in {Role.HEADING, Role.TITLE} and is_dated(part.content(text))
    return parts


def _words(text: str, element: Element) -> str:
    return " ".join(text[element.start : element.end].casefold().split())


def _is_at_page_end(element: Element, before: Element | None, after: Element | None) -> bool:
    """Does an unfinished line stand beside a page's number?"""
    is_beside = any(near is not None and near.kind == "furniture" for near in (before, after))
    return is_beside and not ends_sentence(element.last)


def _first_guess(
    text: str, element: Element, before: Element | None, after: Element | None, repeated: bool
) -> Part:
    rank = heading_rank(text, element, before, after, repeated)
    if rank:
        return Part(element, Role.HEADING, rank)
    is_nothing = (
        element.kind in {"rule", "furniture"}
        or element.is_empty
        or _ET_CETERA.fullmatch(text, element.start, element.end)
        or _LONE_NUMBER.fullmatch(text, element.start, element.end)
        or _IMAGE.fullmatch(text, element.start, element.end)
        or (text[element.start] == "<" and not flow(text[element.start : element.end]))
    )
    return Part(element, Role.SEPARATOR if is_nothing else Role.PARAGRAPH)


def _demote_rows_of_headings(parts: list[Part]) -> None:
    """Of four or more plain lines in a row without content, only the last two are headings."""
    row: list[Part] = []
    for part in [*parts, None]:
        if part is not None and part.is_heading(PLAIN):
            if part.element.blanks >= PAGE_GAP:
                row = []
            row.append(part)
            continue
        for early in row[:-2] if len(row) > 3 else []:
            early.role = Role.PARAGRAPH
        row = []


def _mark_titles(text: str, parts: list[Part]) -> None:
    """The first heading above all prose, and those that go on with it just below."""
    first = next((i for i in range(len(parts)) if _may_be_title(text, parts, i)), None)
    if first is None or any(_is_body(text, part) for part in parts[:first]):
        return
    for part in parts[:first]:
        if part.role is Role.HEADING:
            part.role = Role.SEPARATOR
    parts[first].role = Role.TITLE
    for i in range(first + 1, min(first + _MOST_TITLES, len(parts))):
        if not _extends_title(text, parts, i):
            return
        parts[i].role = Role.TITLE


def _may_be_title(text: str, parts: list[Part], index: int) -> bool:
    """A heading without number; neither initials above a title, nor a plain line above a marked
    heading with nothing between."""
    part = parts[index]
    if part.role is not Role.HEADING or part.element.label:
        return False
    following = parts[index + 1] if index + 1 < len(parts) else None
    below = following is not None and following.is_heading() and not following.element.label
    if below and part.rank > MARKDOWN_LOWEST and _ACRONYMS.fullmatch(part.content(text)):
        return False
    return part.rank < PLAIN or following is None or not below or following.rank >= PLAIN


def _extends_title(text: str, parts: list[Part], index: int) -> bool:
    """Is the heading below a title its second line, and not the first section's heading?"""
    part, above = parts[index], parts[index - 1]
    if not part.is_heading() or part.rank > CAPITALS or part.element.label:
        return False
    if (above.rank > MARKDOWN_LOWEST >= part.rank) or part.element.blanks >= PAGE_GAP:
        return False
    following = parts[index + 1] if index + 1 < len(parts) else None
    if following is not None and _is_front_matter(text, following):
        return True
    if part.rank >= CAPITALS and following is not None and following.element.kind == "rule":
        return True
    return not any(later.is_heading(part.rank) for later in parts[index + 1 :])


def _is_body(text: str, part: Part) -> bool:
    if part.role is Role.HEADING:
        return bool(part.element.label)
    return part.role is Role.PARAGRAPH and not _is_front_matter(text, part)


def _is_front_matter(text: str, part: Part) -> bool:
    """Is this what stands on a first page: a date, a place, an author, without being prose?"""
    if part.role is not Role.PARAGRAPH or part.element.kind != "text":
        return False
    content = part.content(text)
    if last_mark(content) in {",", ":"}:
        return False
    if not ends_sentence(content):
        return True
    return is_dated(content) and len(_SENTENCE_BREAK.findall(content)) < 2


def _join_byline(text: str, parts: list[Part], repeated: frozenset[str]) -> list[Part]:
    """Plain lines between the title and the first heading (names, offices) are one paragraph."""
    begin = max((i + 1 for i, part in enumerate(parts) if part.role is Role.TITLE), default=0)
    while 0 < begin < len(parts) and _is_front_matter(text, parts[begin]):
        begin += 1
    stop = begin
    while (
        begin > 0
        and stop < len(parts)
        and parts[stop].is_heading(PLAIN)
        and parts[stop].element.blanks < PAGE_GAP
        and _words(text, parts[stop].element) not in repeated
    ):
        stop += 1
    if stop == begin:
        return parts
    follows = parts[stop] if stop < len(parts) else None
    if follows and follows.role is Role.PARAGRAPH:
        # The line above the first paragraph is its heading, unless it is a name or a number.
        last = parts[stop - 1].content(text)
        is_name = _NAME.fullmatch(last) and stop - begin == 1
        has_number = any(map(str.isdigit, last)) and follows.element.kind == "text"
        if not (is_name or has_number):
            stop -= 1
    if stop == begin:
        return parts
    joined = parts[begin].element
    for part in parts[begin + 1 : stop]:
        joined.lines += part.element.lines
        joined.end = part.element.end
    return [*parts[:begin], Part(joined, Role.PARAGRAPH), *parts[stop:]]


def _mark_front(text: str, parts: list[Part]) -> None:
    """Dates, places and authors above the first rule, heading, item or prose, titles aside."""
    has_title = any(part.role is Role.TITLE for part in parts)
    front: list[Part] = []
    for part, following in pairwise([*parts, None]):
        if part is None or (part.element.kind == "rule" and front):
            has_title = has_title or part is not None
            break
        if _is_front_matter(text, part):
            front.append(part)
        elif part.role is Role.PARAGRAPH or (
            part.is_heading()
            and (part.rank < PLAIN or following is None or not _is_front_matter(text, following))
        ):
            break
    for part in front if has_title else front[:1]:
        # Without title or rule only what is no sentence, such as the head of a letter.
        part.is_front = has_title or not ends_sentence(part.content(text))


def _trim_footnote_mark(text: str, element: Element, notes: frozenset[str]) -> None:
    """Leave the mark of a footnote that follows the last word («Révision1») out of the element."""
    if element.kind not in {"text", "item", "heading"}:
        return
    found = _TRAILING_MARK.search(text, max(element.start, element.end - 12), element.end)
    if found and found.group(1).translate(SUPERSCRIPT) in notes:
        element.marks.append((found.start(1), element.end))
        element.end = found.start(1)
