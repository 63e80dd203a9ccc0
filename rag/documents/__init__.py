"""Files → documents: a table from suffix to reader, and what every format has in common.

A format joins by one small module with a function `bytes → text` and a line in `READERS`.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from rag.chunker import find_title, flow
from rag.chunker.flow import shorten
from rag.documents import plain
from rag.errors import UnreadableDocument
from rag.language import identify
from rag.types import Document

READERS: Mapping[str, Callable[[bytes], str]] = MappingProxyType(
    {".txt": plain.decode, ".md": plain.decode}
)
DESCRIPTION = "SOURCES.md"
_TITLE_LIMIT = 120
# The field of an e-mail's head, or of Markdown's front matter.
_SUBJECT = re.compile(r"^(?:subject|objet|title|titre)\s?:[^\S\n]*(\S.*)$", re.I | re.M)


def collect(paths: Sequence[Path]) -> Iterator[Path]:
    """The files to read: a file as given, and of a folder those with a known suffix, sorted.

    Of a folder, hidden files, files of other formats and `SOURCES.md` (which describes a folder)
    are passed over; a file named itself is always given, so that `read` says what is wrong with
    it. No file comes twice.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _files(path):
            real = file.resolve()
            if real not in seen:
                seen.add(real)
                yield file


def read(path: Path, root: Path) -> Document:
    """The document in a file; `root` is the collection's folder.

    `id` comes from the path below `root` (its stem, for people, and a hash of the whole), not from
    the text, so that paragraphs keep their identity when the text is edited. `text` is the file's
    with byte-order mark removed and line ends made `\\n`; nothing else changes.

    Raises UnreadableDocument, which names the file, the reason and what to do.
    """
    source = _relative(path, root)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise UnreadableDocument(
            f"{source}: files of type «{path.suffix or 'none'}» are not read (only {known}). "
            "Convert it to text first."
        )
    text = _unify_line_ends(_decoded(path, source, reader))
    if not text.strip():
        raise UnreadableDocument(f"{source}: the file is empty. Remove it or fill it.")
    return Document(
        id=_identity(source),
        title=find_title(text) or _title_without_heading(text, path),
        language=identify(text),
        text=text,
        source=source,
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(folder, name)
            for name in names
            if not name.startswith(".")
            and name != DESCRIPTION
            and Path(name).suffix.lower() in READERS
        ]
    return sorted(found, key=lambda file: file.relative_to(path).parts)


def _decoded(path: Path, source: str, reader: Callable[[bytes], str]) -> str:
    try:
        return reader(path.read_bytes())
    except IsADirectoryError:
        raise UnreadableDocument(f"{source}: this is a folder, not a file.") from None
    except FileNotFoundError:
        raise UnreadableDocument(f"{source}: there is no such file. Check the path.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableDocument(
            f"{source}: the file cannot be read ({reason}). Check its permissions."
        ) from error
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{source}: {error}") from None


def _relative(path: Path, root: Path) -> str:
    """The path below `root` with `/`; below the file's own folder if it lies elsewhere."""
    absolute, base = Path(os.path.abspath(path)), Path(os.path.abspath(root))
    return absolute.relative_to(base).as_posix() if base in absolute.parents else path.name


def _identity(source: str) -> str:
    stem = unicodedata.normalize("NFKD", Path(source).stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:24].rstrip("-")
    digest = hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{slug}-{digest}" if slug else digest


def _unify_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _title_without_heading(text: str, path: Path) -> str:
    """The subject of a message, or the first words; the file's name if there are none."""
    start = text[: 20 * _TITLE_LIMIT].strip()
    if found := _SUBJECT.search(start):
        return shorten(found.group(1).strip(" \"'"), _TITLE_LIMIT)
    words = flow(start.split("\n\n", 1)[0]).strip(" -*_#=•")
    return shorten(words, _TITLE_LIMIT) if any(map(str.isalnum, words)) else path.stem
