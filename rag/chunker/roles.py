"""What each element is for: title, heading, byline, paragraph, or neither.

A heading is known by its marks (`#`, underline, bold, a number before a few words, «Annex A»), by
capitals, or by standing alone on a short line without a full stop above some content. What names
its author or carries a date is cited as well, since it answers «who» and «when».
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum

from rag.chunker.elements import HEADING, ITEM, NOTE, OUTLINE, ROW, RULE, TEXT, Element
from rag.chunker.lines import (
    ends_sentence,
    is_capitals,
    is_dated,
    last_mark,
    starts_capital,
    starts_small,
)
from rag.chunker.markers import SUPERSCRIPT

PAGE_GAP = 3
_LONGEST_HEADING = 110
_ACRONYMS = re.compile(r"[A-ZÀ-Þ]{2,6}(?:[\s/|–-]+[A-ZÀ-Þ]{2,6}){0,3}")
_SENTENCE_BREAK = re.compile(r"[.!?]\s+[A-ZÀ-Þ]")
_TRAILING_MARK = re.compile(r"(?<=[^\W\d_]|[.,;:!?)»”\"])(\d{1,3}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})$")
_ET_CETERA = re.compile(r"\W*etc\W*", re.IGNORECASE)
_NAME = re.compile(r"(?:[A-ZÀ-Þ][\w.’'-]*)(?:\s+[A-ZÀ-Þ][\w.’'-]*){1,3}")


class Role(Enum):
    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    SEPARATOR = "separator"


@dataclass(slots=True, eq=False)
class Part:
    """An element with its role; `cited` headings and titles are paragraphs as well.

    `rank` orders headings: a heading closes all of its rank or higher. `is_front` marks what
    stands before the body of the document.
    """

    element: Element
    role: Role
    rank: int = 0
    cited: bool = False
    is_front: bool = False


def read_roles(text: str, elements: list[Element]) -> list[Part]:
    """The role of each element, bylines joined into one element."""
    repeated = _repeated(text, elements)
    parts = [_first_guess(text, elements, index, repeated) for index in range(len(elements))]
    _demote_lists_of_headings(parts)
    _mark_title(text, parts)
    parts = _join_byline(text, parts, repeated)
    _mark_front(text, parts)
    notes = frozenset(e.label for e in elements if e.kind == NOTE)
    for part in parts:
        if notes and part.element.kind in {TEXT, ITEM, HEADING}:
            _trim_footnote_mark(text, part.element, notes)
        if part.role in {Role.HEADING, Role.TITLE}:
            part.cited = is_dated(text[part.element.start : part.element.end])
    return parts


def key(text: str, element: Element) -> str:
    """The element's words, for comparing headings."""
    return " ".join(text[element.start : element.end].casefold().split())


def _repeated(text: str, elements: list[Element]) -> frozenset[str]:
    counts = Counter(key(text, e) for e in elements if e.kind == TEXT and e.is_one_line)
    return frozenset(words for words, count in counts.items() if count > 1)


def _first_guess(text: str, elements: list[Element], index: int, repeated: frozenset[str]) -> Part:
    element = elements[index]
    before = elements[index - 1] if index else None
    after = elements[index + 1] if index + 1 < len(elements) else None
    if element.kind == HEADING:
        return Part(element, Role.HEADING, int(element.style.split()[1]))
    if element.kind == ITEM and element.start == element.end:
        is_heading = element.style.startswith("word")
        return Part(element, Role.HEADING if is_heading else Role.SEPARATOR, 10)
    if _ET_CETERA.fullmatch(text, element.start, element.end):
        return Part(element, Role.SEPARATOR)
    if element.kind in {TEXT, ITEM}:
        rank = _heading_rank(text, element, before, after, repeated)
        return Part(element, Role.HEADING, rank) if rank else Part(element, Role.PARAGRAPH)
    is_paragraph = element.kind in {"note", "code", ROW}
    return Part(element, Role.PARAGRAPH if is_paragraph else Role.SEPARATOR)


def _heading_rank(
    text: str,
    element: Element,
    before: Element | None,
    after: Element | None,
    repeated: frozenset[str],
) -> int:
    """The heading's rank, 1 (highest) to 30; 0 if the element is no heading."""
    content = text[element.start : element.end]
    if len(content) > 2 * _LONGEST_HEADING or not any(map(str.isalpha, content)):
        return 0
    unpunctuated = last_mark(content) not in set(".!?…;:,")
    short = unpunctuated and len(content) <= _LONGEST_HEADING
    capitals = is_capitals(content)
    if element.kind == ITEM and element.style.startswith("word"):
        return 10 if short and element.is_one_line and _stands_above(element, after) else 0
    if element.kind == ITEM and element.label:
        depth = element.label.count(".")
        if not element.is_one_line and not capitals:
            return 0
        if capitals and unpunctuated:
            return 12 + depth
        return 12 + depth if short and _has_content_below(element, before, after) else 0
    if element.kind == ITEM:
        has_child = after is not None and after.kind == ITEM and after.indent > element.indent
        is_lead = element.style == "bullet" and element.bold and has_child
        return 30 if is_lead and not any(map(str.isdigit, content)) else 0
    if capitals and unpunctuated:
        return 20
    if element.bold and short and element.is_one_line and "\n" not in content:
        return 21
    return 25 if short and _stands_alone(element, content, before, after, repeated) else 0


def _stands_above(element: Element, after: Element | None) -> bool:
    return after is not None and after.kind != RULE


def _has_content_below(element: Element, before: Element | None, after: Element | None) -> bool:
    """Is a numbered line a heading, and not one of a list of short items?"""
    if after is None or after.kind == RULE:
        return False
    siblings = (e for e in (before, after) if e is not None and e.kind == ITEM)
    return all(sibling.style != element.style for sibling in siblings) and after.blanks > 0


def _stands_alone(
    element: Element,
    content: str,
    before: Element | None,
    after: Element | None,
    repeated: frozenset[str],
) -> bool:
    """Is this short line set apart, with something under it to be the heading of?"""
    if len(element.lines) > 2 or "\n\n" in content or ";" in content or ". " in content:
        return False
    if "@" in content or "://" in content or len(content.split()) > 14:
        return False
    if starts_small(content) or not (starts_capital(content) or content[0].isdigit()):
        return False
    apart_above = before is None or element.blanks > 0 or before.kind in {RULE, HEADING}
    if before is not None and before.kind == ITEM and not before.lines:
        apart_above = True  # «Article 1» on the line above
    if not apart_above:
        return False
    if after is None or after.kind == RULE:
        return key_is_repeated(content, repeated)
    return after.blanks > 0 or (after.kind == ITEM and after.style != OUTLINE)


def key_is_repeated(content: str, repeated: frozenset[str]) -> bool:
    return " ".join(content.casefold().split()) in repeated


def _demote_lists_of_headings(parts: list[Part]) -> None:
    """Of four and more unmarked headings in a row, without content, only the last two are."""
    run: list[Part] = []
    begun = 0
    for i, part in enumerate([*parts, None]):
        if part is not None and part.role is Role.HEADING and part.rank == 25:
            if run and part.element.blanks >= PAGE_GAP:
                run = []
            begun = begun if run else i
            run.append(part)
            continue
        if len(run) > 3 and begun > 1:
            for early in run[:-2]:
                early.role = Role.PARAGRAPH
        run = []


def _mark_title(text: str, parts: list[Part]) -> None:
    """The first heading above all prose, with the headings that go on below it."""
    first = next(
        (
            i
            for i, part in enumerate(parts)
            if part.role is Role.HEADING
            and not part.element.label
            and _is_title_line(text, parts, i)
        ),
        None,
    )
    if first is None or any(_is_body(text, part) for part in parts[:first]):
        return
    for part in parts[:first]:
        if part.role is Role.HEADING:
            part.role = Role.SEPARATOR
    parts[first].role = Role.TITLE
    for i in range(first + 1, min(first + 3, len(parts))):
        part, above = parts[i], parts[i - 1]
        if part.role is not Role.HEADING or part.rank >= 25 or part.element.label:
            return
        if (above.rank > 6 and part.rank <= 6) or part.element.blanks >= PAGE_GAP:
            return
        following = parts[i + 1] if i + 1 < len(parts) else None
        recurs = any(p.role is Role.HEADING and p.rank == part.rank for p in parts[i + 1 :])
        if recurs and not (following and _is_front_matter(text, following)):
            return
        part.role = Role.TITLE


def _is_title_line(text: str, parts: list[Part], index: int) -> bool:
    """Not initials above the title, nor a line where a marked heading comes before any prose."""
    element = parts[index].element
    following = parts[index + 1] if index + 1 < len(parts) else None
    if _ACRONYMS.fullmatch(text[element.start : element.end]) and (
        following is not None and following.role is Role.HEADING and not following.element.label
    ):
        return False
    if parts[index].rank < 25:
        return True
    for part in parts[index + 1 :]:
        if part.role is Role.HEADING and part.rank < 25 and not part.element.label:
            return False
        if part.role is not Role.HEADING:
            break
    return True


def _is_body(text: str, part: Part) -> bool:
    if part.role is Role.HEADING:
        return bool(part.element.label)
    return part.role is Role.PARAGRAPH and not _is_front_matter(text, part)


def _is_front_matter(text: str, part: Part) -> bool:
    """Is this what stands on a first page: a date, a place, an author, without being prose?"""
    element = part.element
    if part.role is not Role.PARAGRAPH or element.kind != TEXT:
        return False
    content = text[element.start : element.end]
    if last_mark(content) in {",", ":"}:
        return False
    if not ends_sentence(content):
        return True
    return is_dated(content) and len(_SENTENCE_BREAK.findall(content)) < 2


def _join_byline(text: str, parts: list[Part], repeated: frozenset[str]) -> list[Part]:
    """Short lines between the title and the first heading (names, offices) are one paragraph."""
    titles = [i for i, part in enumerate(parts) if part.role is Role.TITLE]
    if not titles:
        return parts
    begin = titles[-1] + 1
    stop = begin
    while (
        stop < len(parts)
        and parts[stop].role is Role.HEADING
        and parts[stop].rank == 25
        and parts[stop].element.blanks < PAGE_GAP
    ):
        if key(text, parts[stop].element) in repeated:
            break
        stop += 1
    follows = parts[stop] if stop < len(parts) else None
    if stop > begin and follows and follows.role is Role.PARAGRAPH:
        last = parts[stop - 1].element
        if stop - begin > 1 or not _NAME.fullmatch(text[last.start : last.end]):
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
    ruled = False
    for i, part in enumerate(parts):
        if part.role is Role.PARAGRAPH and _is_front_matter(text, part):
            front.append(part)
        elif part.element.kind == RULE and front:
            ruled = True
            break
        elif part.role is Role.HEADING:
            following = parts[i + 1] if i + 1 < len(parts) else None
            if part.rank < 25 or not (following and _is_front_matter(text, following)):
                break
        elif part.role is Role.PARAGRAPH:
            break
    for part in front if has_title or ruled else front[:1]:
        part.is_front = True


def _trim_footnote_mark(text: str, element: Element, notes: frozenset[str]) -> None:
    """Leave the mark of a footnote that follows the last word («Révision1») out of the element."""
    found = _TRAILING_MARK.search(text, max(element.start, element.end - 12), element.end)
    if found and found.group(1).translate(SUPERSCRIPT) in notes:
        element.marks.append((found.start(1), element.end))
        element.end = found.start(1)
