"""Generations on disk: each build is a new folder, and one rename makes it the current one.

`CURRENT` names the generation in use and the checksum of its manifest. A build that dies leaves
at most a folder that nothing points to, which the next build sweeps away.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexCorrupt, IndexMissing, RagError
from rag.index.manifest import MANIFEST, digest

CURRENT, GENERATIONS, LOCK = "CURRENT", "generations", "LOCK"
_POINTER = re.compile(r"([0-9A-Za-z-]+) ([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The content of CURRENT."""

    name: str
    manifest_sha256: str

    def folder(self, index: Path) -> Path:
        return index / GENERATIONS / self.name


def read_pointer(index: Path) -> Pointer:
    """Raises IndexMissing if there is no index, IndexCorrupt if CURRENT is not as written."""
    try:
        text = (index / CURRENT).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(f"there is no index at {index}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexCorrupt(f"{index / CURRENT} cannot be read ({error})") from error
    match = _POINTER.fullmatch(text)
    if match is None:
        raise IndexCorrupt(f"{index / CURRENT} was altered")
    return Pointer(match.group(1), match.group(2))


@contextmanager
def locked(index: Path) -> Iterator[None]:
    """Hold the index against other builders; the system lets go of it if the process dies.

    Raises RagError if another builder holds it.
    """
    index.mkdir(parents=True, exist_ok=True)
    with (index / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RagError(
                f"Another build of {index} is running; wait until it ends and try again."
            ) from error
        yield


def discard_leftovers(index: Path) -> None:
    """Remove what builds that died have left; the caller holds the lock."""
    try:
        sweep(index)
    except (IndexMissing, IndexCorrupt):
        shutil.rmtree(index / GENERATIONS, ignore_errors=True)


def start(index: Path) -> Path:
    """A fresh folder for a generation, beside the others."""
    name = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(3)}"
    folder = index / GENERATIONS / name
    folder.mkdir(parents=True)
    return folder


def publish(index: Path, folder: Path) -> None:
    """Make a complete generation the current one, then remove the others.

    Everything is on the disk before the rename, and the rename before the removal, so that a
    crash or power cut at any point leaves either the old index or the new one.
    """
    for path in (*folder.rglob("*"), folder, folder.parent):
        _sync(path)
    beside = index / f"{CURRENT}.new"
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{folder.name} {digest(folder / MANIFEST)}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, index / CURRENT)
    _sync(index)
    sweep(index)


def sweep(index: Path) -> None:
    """Remove every generation but the current one."""
    kept = read_pointer(index).name
    for folder in (index / GENERATIONS).glob("*"):
        if folder.name != kept:
            # A reader may still hold the files open; what cannot go now goes next time.
            shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
