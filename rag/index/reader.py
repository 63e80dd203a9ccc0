"""An index opened for answering: read once, verified, never written."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from rag import chunker
from rag.encoder import Encoder, open_encoder
from rag.errors import IndexCorrupt, IndexMismatch, IndexMissing
from rag.index import generation, records
from rag.index.manifest import FORMAT, MANIFEST, Manifest, digest, verify
from rag.index.tokens import Tokens
from rag.index.vectors import Vectors
from rag.index.words import Words
from rag.settings import Settings
from rag.translation import Glossary, Lexicon, bundled_table
from rag.types import Document, Paragraph, Passage

VECTORS_FILE, WORDS_FOLDER, GLOSSARY_FILE = "vectors.faiss", "words", "glossary.tsv"


class Index:
    """Documents, paragraphs and passages, with the vectors and words to search the passages.

    Row i of `vectors`, `tokens` and `words` is `passages[i]`.
    """

    def __init__(self, folder: Path, manifest: Manifest, path: Path) -> None:
        self.path = path
        self.manifest = manifest
        self.documents: Mapping[str, Document] = MappingProxyType(records.read_documents(folder))
        self.paragraphs: Mapping[str, Paragraph] = MappingProxyType(records.read_paragraphs(folder))
        self.passages: Sequence[Passage] = tuple(records.read_passages(folder))
        self.vectors = Vectors(folder / VECTORS_FILE)
        self.tokens = Tokens(folder)
        self.words = Words(folder / WORDS_FOLDER)
        glossary = (folder / GLOSSARY_FILE).read_text(encoding="utf-8")
        self.lexicon = Lexicon(bundled_table(), Glossary(glossary))

    @classmethod
    def open(cls, path: Path | str) -> Index:
        """Open the current generation of an index folder.

        Raises IndexMissing, IndexMismatch (another format or chunker) or IndexCorrupt; each
        message ends with the command that mends it.
        """
        path = Path(path)
        while True:
            folder, manifest = verified(path)
            try:
                return cls(folder, manifest, path)
            except (OSError, ValueError, RuntimeError) as error:
                # A build that ended meanwhile has swept this generation away: take the new one.
                if generation.read_pointer(path).folder(path) == folder:
                    raise IndexCorrupt(
                        f"{folder} cannot be opened ({error}). "
                        f"Rebuild it: {_command(path, manifest.inputs)}"
                    ) from error

    def open_encoder(self, threads: int = 0) -> Encoder:
        """The encoder that built this index, as its manifest has it.

        Raises EncoderUnavailable if it cannot be loaded, IndexMismatch if its weights changed.
        """
        record = self.manifest.encoder
        encoder = open_encoder(
            record.name,
            query_prefix=record.query_prefix,
            passage_prefix=record.passage_prefix,
            threads=threads,
        )
        if encoder.fingerprint != record.fingerprint:
            raise IndexMismatch(
                f"The encoder «{record.name}» changed since {self.path} was built. "
                f"Rebuild it: {_command(self.path, self.manifest.inputs)}"
            )
        return encoder


def verified(path: Path) -> tuple[Path, Manifest]:
    """The folder and manifest of the current generation, every file of it checked.

    Raises IndexMissing, IndexMismatch or IndexCorrupt.
    """
    inputs: Sequence[str] = ()
    while True:
        pointer = None
        try:
            pointer = generation.read_pointer(path)
            folder = pointer.folder(path)
            text = _manifest_text(pointer, folder)
            inputs = json.loads(text)["inputs"]
            found = json.loads(text)["format"]
            if found != FORMAT:
                raise IndexMismatch(f"{path} has format {found}, this version reads {FORMAT}")
            manifest = Manifest.from_json(text)
            if manifest.chunker != chunker.VERSION:
                raise IndexMismatch(
                    f"{path} was cut into paragraphs by chunker {manifest.chunker}, this version "
                    f"has {chunker.VERSION}"
                )
            verify(folder, manifest)
            return folder, manifest
        except IndexMissing as error:
            raise IndexMissing(f"{error}. Build it: {_command(path, ())}") from error
        except IndexMismatch as error:
            raise IndexMismatch(f"{error}. Rebuild it: {_command(path, inputs)}") from error
        except IndexCorrupt as error:
            # As above: swept away between the reading of CURRENT and that of the files.
            if pointer is not None and generation.read_pointer(path) != pointer:
                continue
            raise IndexCorrupt(f"{error}. Rebuild it: {_command(path, inputs)}") from error


def _manifest_text(pointer: generation.Pointer, folder: Path) -> str:
    path = folder / MANIFEST
    try:
        if digest(path) != pointer.manifest_sha256:
            raise IndexCorrupt(f"{path} was altered after the index was built")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise IndexCorrupt(f"{path} cannot be read ({error.strerror})") from error


def _command(path: Path, inputs: Sequence[str]) -> str:
    """`rag index` as it was run, so that it can be pasted."""
    elsewhere = [] if path == Settings().index else ["--index", str(path)]
    default = [str(Settings().seeds)]
    return shlex.join(["rag", "index", *([] if list(inputs) == default else inputs), *elsewhere])
