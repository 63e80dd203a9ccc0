"""Marks that look like the assistant's citations, or like the turns of a chat with a model."""

from __future__ import annotations

import re

_FEWEST = 3
_MARK = re.compile(r"(?<![\w\])\[«“\"])\[(\d{1,2})\](?![(\[\]:])")
_NOTE = re.compile(r"^[ \t>*-]*\[\^?(\d{1,2})\]", re.MULTILINE)
_ANY = re.compile(r"\[(\d{1,2})\]")
_DRAFT = re.compile(r"\[\[ ?\d{1,4} ?(?::[^\[\]]{0,20})?\]\]|【[^【】]{1,20}】")
_CODE = re.compile(r"```[^`]*```|`[^`\n]{1,200}`")
_TURN = re.compile(
    r"<\|[a-z_]{2,24}\|>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?s>\s*\[INST"
    r"|</?(?:system|assistant|instructions?|system[_-]?prompt|context|documents?|paragraphs?"
    r"|untrusted[_-]?\w{0,20}|tool_results?|function_results?|user_?query)>"
    r"|^[ \t]*#{2,4} ?(?:system|instructions?|assistant|human|response)[ \t]*:[ \t]*$"
    r"|^[ \t]*\[?(?:system|assistant)\]?(?: (?:prompt|message|override|note))\]? ?:",
    re.IGNORECASE | re.MULTILINE,
)


def own_marks(document: str) -> frozenset[int]:
    """The numbers n whose «[n]» is the document's own: a note or reference of it begins with
    [n], or its marks run 1, 2, 3… up to n without a gap."""
    notes = {int(number) for number in _NOTE.findall(document)}
    used = {int(number) for number in _ANY.findall(document)}
    unbroken = 0
    while unbroken + 1 in used:
        unbroken += 1
    run = set(range(1, unbroken + 1)) if unbroken >= _FEWEST else set()
    return frozenset(notes | run)


def imitates_marks(text: str, own: frozenset[int]) -> bool:
    """Whether the text has marks such as «[3]» that are not its document's own, or what sets the
    turns of a conversation apart in a model's prompt."""
    prose = _CODE.sub(" ", text)
    if _TURN.search(prose) or _DRAFT.search(prose):
        return True
    return any(int(number) not in own for number in _MARK.findall(prose))
