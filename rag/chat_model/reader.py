"""Reading what a model writes, as it comes: plain text and citations, and nothing else.

The text is untrusted: the model may repeat what a document told it to. Markers that were not
shown, Markdown, HTML, images, links and addresses are taken out here, before anything is displayed.
The same reading serves the live display and the final answer, so that they cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """Markers of shown paragraphs, in the order written."""

    markers: tuple[str, ...]


Piece = str | Marks

_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?</\1>\s*", re.DOTALL | re.IGNORECASE)
_THINKS = re.compile(r"<(?:think|thinking|reasoning)>", re.IGNORECASE)
_SILENT = re.compile(
    r"<(script|style|template|svg|iframe|object)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
_SILENT_OPENS = re.compile(r"<(?:script|style|template|svg|iframe|object)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
_TAG = re.compile(r"<(?!!--)/?[A-Za-z!?][^<>]{0,2000}>")
_TAG_BEGINS = re.compile(r"<[A-Za-z/!?]")
# What follows a «<» that compares.
_COMPARED = frozenset(" =0123456789")
_BRACKET = re.compile(r"!?\[([^\[\]\n]{0,300})\]")
_TARGET = re.compile(r"\((?:[^()\n]|\([^()\n]*\))*\)")
# Markers in a list, and what may become one: whatever begins a match of the first is one of the
# second, so that it does not matter in which pieces it comes.
_LISTED = r" {0,3}(?:[a-z0-9]{6}[ ,;]{1,3}(?:(?:et|and) {1,3})?){0,9}"
_ROUND = re.compile(rf"(?:\(|(\{{))({_LISTED}[a-z0-9]{{6}}[ ,;]{{0,3}})(?(1)\}}|\))", re.IGNORECASE)
_ROUND_PENDING = re.compile(rf"[({{]{_LISTED}[a-z0-9]{{0,6}}[ ,;]{{0,3}}", re.IGNORECASE)
# As markers are drawn (see `shown.new_markers`), less «3456km»: a number and its unit.
_DRAWN = re.compile(r"(?=[a-z]*[2-9])(?!\d+[a-z]+\Z)[2-9]*[a-hjkmnp-z][a-hjkmnp-z2-9]*")
_LINE_HEAD = re.compile(r"[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-=_*]{3,}[ \t]*(?=\n|$))*")
_BULLET = re.compile(r"(?:[-–*•‣▪◦][ \t]+)+")
_LINE_HEAD_PENDING = re.compile(r"[ \t#>*=_•‣▪◦–-]*")
_EMPHASIS = re.compile(r"\*+|_{2,}|`+|~~+")
_ADDRESS = re.compile(
    r"(?:(?:https?|ftps?|wss?)://|www\.|data:|javascript:|vbscript:|mailto:|file:|//(?=\w))\S*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ue000-\uf8ff\U000e0000-\U0010ffff\ud800-\udfff]"
)
_BRACKETS = str.maketrans("【】［］⟦⟧〔〕〖〗❲❳⁅⁆﹝﹞⦗⦘｛｝", "[]" * 9 + "{}")
# What looks like a reference and is none of the markers shown: «3», «^1», «¶ 12», «source 2»,
# «zz9zz9». Words are none: «pay [never]».
_REFERENCE = re.compile(
    r"[\^#§¶†*]*(?:\w{1,10}[ .:°-]*)?\d+[a-z†‡*]?(?:[-–]\d+)?|\^\w+|[\^†‡*]+\d*"
    r"|(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5,8}",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[,;|/\s]+|\b(?:et|and|&)\b")
# Openers of an address, of which the last word of what has come may be the beginning.
_OPENERS = (
    *(f"{scheme}://" for scheme in ("http", "https", "ftp", "ftps", "ws", "wss")),
    *("www.", "data:", "javascript:", "vbscript:", "mailto:", "file:"),
)
# Longer unclosed constructs are no constructs.
_PATIENCE = 320


class Reader:
    """Feed it what the model writes; it gives pieces as soon as they are certain.

    `known` are the markers shown. Addresses stand only if `allowed` (the paragraphs) holds them.
    """

    def __init__(self, known: Collection[str], allowed: str = "") -> None:
        self._known = frozenset(known)
        self._allowed = allowed
        self._buffer = ""
        self._line_begins = True
        self._last = ""
        self._tail = ""
        self._word_length = 0
        self._in_word = False
        self._final = False
        self.removed = 0
        self._by_first: dict[str, Callable[[], tuple[Piece, int] | None]] = {
            "<": self._angle,
            "[": self._square,
            "]": lambda: ("", 1),
            "!": self._exclamation,
            **dict.fromkeys("({", self._round),
            **dict.fromkeys("*_`~", self._emphasis),
            **dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹", self._raised),
        }

    def feed(self, text: str) -> list[Piece]:
        self._buffer += _INVISIBLE.sub("", text.replace("\t", " ")).translate(_BRACKETS)
        return self._read()

    def close(self) -> list[Piece]:
        """What was held back, now that nothing follows."""
        self._final = True
        return self._read()

    def _read(self) -> list[Piece]:
        pieces: list[Piece] = []
        while self._buffer:
            taken = self._next()
            if taken is None:
                break
            piece, length = taken
            self._buffer = self._buffer[length:]
            self._in_word = isinstance(piece, str) and _WORD.fullmatch(piece[-1:]) is not None
            if isinstance(piece, Marks):
                pieces.append(piece)
            elif piece:
                piece = self._apart(piece)
                self._last = piece[-1]
                self._line_begins = piece.endswith("\n")
                if pieces and isinstance(pieces[-1], str):
                    pieces[-1] += piece
                else:
                    pieces.append(piece)
        return pieces

    def _next(self) -> tuple[Piece, int] | None:
        """The next piece and how much of the buffer it takes; None to wait for more."""
        first = self._buffer[0]
        if not self._last and first.isspace():
            return "", 1
        if self._line_begins and first != "\n":
            return self._line_head()
        return self._by_first.get(first, self._word)()

    def _apart(self, text: str) -> str:
        """The text, kept apart from what came before where both together would be an address:
        «java<b></b>script:», «ht**tp://**»."""
        before, self._tail = self._tail, (self._tail + text)[-16:]
        found = _ADDRESS.search(before + text)
        if found and found.start() < len(before) < found.end() and not _is_word(_bare(found[0])):
            self._tail = text[-16:]
            return f" {text}"
        return text

    def _line_head(self) -> tuple[Piece, int] | None:
        buffer = self._buffer
        if not self._final and _LINE_HEAD_PENDING.fullmatch(buffer) and len(buffer) < _PATIENCE:
            return None
        head = _LINE_HEAD.match(buffer)
        start = head.end() if head else 0
        self._line_begins = False
        bullet = _BULLET.match(buffer, start)
        if bullet:
            return "• ", bullet.end()
        return "", start

    def _angle(self) -> tuple[Piece, int] | None:
        """A tag, taken out with what it hides, or a sign of comparison."""
        buffer = self._buffer
        if _THINKS.match(buffer):
            return self._thoughts()
        for pattern in (_SILENT, _COMMENT, _TAG):
            if found := pattern.match(buffer):
                hides = _SILENT_OPENS.match(buffer) and len(buffer) < 4 * _PATIENCE
                waits = pattern is _TAG and hides and not self._final
                return None if waits else ("", found.end())
        opens = _TAG_BEGINS.match(buffer) is not None
        if not self._final and (len(buffer) < 2 or (opens and len(buffer) < _PATIENCE)):
            return None
        return "<" if buffer[1:2] in _COMPARED else "‹", 1

    def _thoughts(self) -> tuple[Piece, int] | None:
        """Reasoning is not shown, however long; without an end it is all there is."""
        found = _THOUGHTS.match(self._buffer)
        if found is None:
            return ("", len(self._buffer)) if self._final else None
        self._line_begins = self._last in ("", "\n")
        return "", found.end()

    def _exclamation(self) -> tuple[Piece, int] | None:
        if self._buffer.startswith("!["):
            return self._square()
        return None if self._buffer == "!" and not self._final else ("!", 1)

    def _square(self) -> tuple[Piece, int] | None:
        """Markers, a link, an image, or words in brackets."""
        buffer = self._buffer
        found = _BRACKET.match(buffer)
        if found is None:
            rest = buffer[1 + buffer.startswith("!") :]
            open_ended = "[" not in rest and "\n" not in rest and len(rest) < _PATIENCE
            if open_ended and not self._final:
                return None
            # «[[k3f9x2]]»: the outer bracket says nothing.
            self.removed += 1
            return "", 1
        end = self._bracket_end(found.end())
        return None if end is None else self._bracket(found[1], end, linked=end > found.end())

    def _bracket_end(self, end: int) -> int | None:
        """Where a bracket ends with the target of its link, if it has one; None to wait."""
        buffer = self._buffer
        while buffer.startswith("]", end):
            end += 1
        if end == len(buffer) and not self._final:
            return None
        target = _TARGET.match(buffer, end)
        if target is None:
            open_ended = buffer.startswith("(", end) and "\n" not in buffer[end:]
            waits = open_ended and len(buffer) - end < 4 * _PATIENCE and not self._final
            return None if waits else end
        if buffer[0] == "!" or _is_target(target[0]):
            self.removed += 1
            return target.end()
        return end

    def _bracket(self, inside: str, end: int, *, linked: bool) -> tuple[Piece, int]:
        marks = self._marks(inside)
        if marks is not None:
            return marks, end
        if self._buffer[0] == "!":
            return "", end
        # The words are read on; a link's target is gone, and so are square brackets.
        words = inside if linked else f"({inside})"
        self._buffer = words + self._buffer[end:]
        return "", 0

    def _marks(self, inside: str) -> Piece | None:
        """The markers in a bracket; "" for references to what was not shown; None for words."""
        items = [item.strip(" .:#§¶^") for item in _PARTED.split(inside)]
        items = [item for item in items if item]
        known = tuple(dict.fromkeys(i.casefold() for i in items if i.casefold() in self._known))
        if known:
            self.removed += len({i.casefold() for i in items} - set(known))
            return Marks(known)
        if (
            not items
            or _REFERENCE.fullmatch(inside.strip())
            or all(map(_REFERENCE.fullmatch, items))
        ):
            self.removed += 1
            return ""
        return None

    def _round(self) -> tuple[Piece, int] | None:
        """Markers in other brackets, or the bracket."""
        buffer = self._buffer
        found = _ROUND.match(buffer)
        if found is None:
            waits = _ROUND_PENDING.fullmatch(buffer) and not self._final
            return None if waits else (buffer[0], 1)
        items = [item for item in _PARTED.split(found[2]) if item]
        known = [item.casefold() for item in items if item.casefold() in self._known]
        strange = [item for item in items if item.casefold() not in self._known]
        if not all(map(_DRAWN.fullmatch, strange)):
            return buffer[0], 1
        self.removed += len(strange)
        return Marks(tuple(dict.fromkeys(known))) if known else "", found.end()

    def _emphasis(self) -> tuple[Piece, int] | None:
        found = _EMPHASIS.match(self._buffer)
        if found is None:
            lone = len(self._buffer) == 1 and not self._final
            return None if lone else (self._buffer[0], 1)
        if found.end() == len(self._buffer) and not self._final:
            return None
        # «2 * 3» keeps its sign.
        spaced = self._last == " " and self._buffer[found.end() : found.end() + 1] == " "
        return ("*", 1) if found[0] == "*" and spaced else ("", found.end())

    def _raised(self) -> tuple[Piece, int] | None:
        found = _RAISED.match(self._buffer)
        assert found is not None
        if found.end() == len(self._buffer) and not self._final:
            return None
        # «m²» is a unit; after a mark or a long word it is a call to a note that does not exist.
        if self._last.isalpha() and self._word_length <= 2:
            return found[0], found.end()
        self.removed += 1
        return "", found.end()

    def _word(self) -> tuple[Piece, int] | None:
        """A word, a bare marker, an address, or any other character."""
        buffer = self._buffer
        # Within a word none begins: «éjavascript:» must read the same in one piece and in two.
        if not _WORD.fullmatch(self._last) and (address := _ADDRESS.match(buffer)):
            return self._address(address[0])
        found = _WORD.match(buffer)
        if found is None:
            return None if buffer in ("/", "//") and not self._final else (buffer[0], 1)
        word = found[0].casefold()
        if self._may_go_on(word, found.end()) and not self._final:
            return None
        if word in self._known and not self._in_word:
            return Marks((word,)), found.end()
        # A word may come in pieces.
        before = self._word_length if self._last.isalpha() else 0
        self._word_length = before + sum(map(str.isalpha, word))
        return found[0], found.end()

    def _may_go_on(self, word: str, end: int) -> bool:
        """Whether the word may be the beginning of an address or of a marker."""
        buffer = self._buffer
        last = end == len(buffer)
        if not last and buffer[end] not in ":/.+-":
            return False
        begun = buffer[: end + 3].casefold()
        address = any(opener.startswith(begun) for opener in _OPENERS)
        return address or (last and any(known.startswith(word) for known in self._known))

    def _address(self, address: str) -> tuple[Piece, int] | None:
        whole = len(address) < len(self._buffer) or len(address) >= 4 * _PATIENCE
        if not whole and not self._final:
            return None
        bare = _bare(address)
        if _is_word(bare):
            return bare, len(bare)
        if bare in self._allowed:
            self._tail = ""
            return bare, len(bare)
        self.removed += 1
        return "…", len(bare)


def _is_target(round_bracket: str) -> bool:
    inside = round_bracket[1:-1].strip()
    return not inside or " " not in inside.partition(' "')[0].partition(" '")[0]


def _bare(address: str) -> str:
    """Without the signs of the sentence around it."""
    return address.rstrip(".,;:!?)»”\"'*`~")


def _is_word(bare: str) -> bool:
    """Whether nothing follows the colon: «two kinds of data: names» names no address."""
    return f"{bare.casefold()}:" in _OPENERS
