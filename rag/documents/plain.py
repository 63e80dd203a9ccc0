"""Plain text and Markdown."""

from __future__ import annotations

import codecs

from rag.errors import UnreadableDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """The text of a UTF-8 file, or of a UTF-16 or UTF-32 one that says so in its first bytes.

    Any other encoding is refused rather than guessed: between the 8-bit ones nothing in the file
    tells for certain, and a wrong guess would be quoted to readers. Raises UnreadableDocument.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise UnreadableDocument(_BINARY) from None
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableDocument(
            f"the file is not {encoding.upper()} (line {line}, byte {error.start + len(mark)}). "
            "Convert it, for instance: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW"
        ) from None
    if "\0" in text:
        raise UnreadableDocument(_BINARY)
    return text


_BINARY = "the file is binary, not text. Remove it, or export its text."
