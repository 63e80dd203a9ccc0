"""What an index was built from and with, and the checksums of its files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import rag.encoder
from rag.errors import IndexCorrupt
from rag.settings import BUNDLED_ENCODER
from rag.types import Suspicion

# Raised whenever what is on disk, or how texts become terms, vectors or rows, changes meaning.
FORMAT = 5
MANIFEST = "manifest.json"
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """Enough to open the same encoder again, and to notice another.

    `fingerprint` is the encoder's own, known once it is loaded; `quick` is `quick_identity`.
    """

    name: str
    quick: str
    fingerprint: str
    dimension: int
    query_prefix: str
    passage_prefix: str

    def surely_is(self, other: EncoderRecord) -> bool:
        """Whether both are the same encoder, as far as can be told without loading it."""
        return (
            self.quick != ""
            and (self.name, self.quick) == (other.name, other.quick)
            and (self.query_prefix, self.passage_prefix)
            == (other.query_prefix, other.passage_prefix)
        )


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the collection; `left_out` says why it is not in the index («» if it is)."""

    path: str
    sha256: str
    left_out: str


@dataclass(frozen=True, slots=True)
class SuspectSource:
    """A document with suspect paragraphs: how many, why (together), and where the first ones stand
    («line 12», «p. 3»)."""

    path: str
    paragraphs: int
    suspicions: tuple[Suspicion, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the index, by its path inside the generation."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation. `inputs` are the paths given to the build, `glossary` the checksum of the
    glossary's text («» if the collection has none)."""

    format: int
    inputs: tuple[str, ...]
    sources: tuple[SourceFile, ...]
    glossary: str
    encoder: EncoderRecord
    chunker: str
    documents: int
    paragraphs: int
    passages: int
    suspects: tuple[SuspectSource, ...]
    files: tuple[StoredFile, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Raises ValueError, KeyError or TypeError if the text is no manifest of this format."""
        record = json.loads(text)
        return cls(
            format=record["format"],
            inputs=tuple(record["inputs"]),
            sources=tuple(SourceFile(**source) for source in record["sources"]),
            glossary=record["glossary"],
            encoder=EncoderRecord(**record["encoder"]),
            chunker=record["chunker"],
            documents=record["documents"],
            paragraphs=record["paragraphs"],
            passages=record["passages"],
            suspects=tuple(
                SuspectSource(
                    suspect["path"],
                    suspect["paragraphs"],
                    tuple(suspect["suspicions"]),
                    tuple(suspect["places"]),
                )
                for suspect in record["suspects"]
            ),
            files=tuple(StoredFile(**file) for file in record["files"]),
        )


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def quick_identity(encoder: str) -> str:
    """Changes with the files of an encoder, and needs no PyTorch: loading one to learn that
    nothing changed would take seconds. «» where it has no folder (a model of the hub)."""
    bundled = Path(rag.encoder.__file__).parent / "model"
    folder = bundled if encoder == BUNDLED_ENCODER else Path(encoder)
    if not folder.is_dir():
        return ""
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sha.update(f"{path.relative_to(folder).as_posix()} {digest(path)}\n".encode())
    return sha.hexdigest()


def digest_text(text: str) -> str:
    """SHA-256 of a text in UTF-8, hexadecimal; «» for none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def stored_files(folder: Path) -> tuple[StoredFile, ...]:
    """Every file under a generation but its manifest and tantivy's lock files, in order."""
    return tuple(
        StoredFile(path.relative_to(folder).as_posix(), path.stat().st_size, digest(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST and path.suffix != ".lock"
    )


def verify(folder: Path, manifest: Manifest) -> None:
    """Raises IndexCorrupt, naming the file, where one is missing, truncated or altered.

    Everything is read: hashing runs at about 1 GB a second, faster than the index loads.
    """
    for file in manifest.files:
        path = folder / file.path
        try:
            size = path.stat().st_size
            if size != file.bytes:
                raise IndexCorrupt(f"{path} has {size} bytes instead of {file.bytes}")
            if digest(path) != file.sha256:
                raise IndexCorrupt(f"{path} was altered after the index was built")
        except OSError as error:
            raise IndexCorrupt(f"{path} cannot be read ({error.strerror})") from error
