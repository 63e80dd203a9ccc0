"""Files → a new generation of the index."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from rag import chunker, documents
from rag.encoder import Encoder, open_encoder
from rag.errors import InvalidInput, RagError, UnreadableDocument
from rag.index import generation, records, tokens, vectors, words
from rag.index.manifest import (
    FORMAT,
    MANIFEST,
    EncoderRecord,
    Manifest,
    SourceFile,
    SuspectSource,
    digest,
    digest_text,
    quick_identity,
    stored_files,
)
from rag.index.reader import GLOSSARY_FILE, VECTORS_FILE, WORDS_FOLDER, Index, verified
from rag.index.suspects import count_suspects, report_suspects
from rag.settings import Settings
from rag.suspicion import flagged
from rag.translation import GLOSSARY, Glossary, Lexicon, bundled_table
from rag.types import Document, Paragraph, Passage

# Passages encoded at a time, sorted by length inside; token vectors of no more are in memory.
_CHUNK = 1024
# Passages whose token vectors show the collection's main directions.
_SAMPLED = 256


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; `encoded` counts the passages whose vectors were not already there."""

    index: str
    changed: bool
    documents: int
    paragraphs: int
    passages: int
    encoded: int
    left_out: tuple[SourceFile, ...]
    suspects: tuple[SuspectSource, ...]
    seconds: float

    def record(self) -> dict[str, object]:
        """As JSON fields."""
        return {
            "index": self.index,
            "changed": self.changed,
            "documents": self.documents,
            "paragraphs": self.paragraphs,
            "passages": self.passages,
            "encoded": self.encoded,
            "left_out": [{"path": file.path, "reason": file.left_out} for file in self.left_out],
            "suspects": [asdict(suspect) for suspect in self.suspects],
            "seconds": round(self.seconds, 3),
        }

    def __str__(self) -> str:
        size = f"{_so_many(self.documents, 'document')}, {_so_many(self.paragraphs, 'paragraph')}"
        encoded = f"{_so_many(self.passages, 'passage')}, {self.encoded} encoded"
        lines = [
            f"{self.index}: indexed {size} ({encoded}) in {self.seconds:.1f} s"
            if self.changed
            else f"{self.index}: nothing changed ({size})"
        ]
        lines += [f"left out: {file.left_out}" for file in self.left_out]
        lines += report_suspects(self.suspects)
        return "\n".join(lines)


def _so_many(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"


@dataclass(frozen=True, slots=True)
class Collection:
    """What is indexed. `glossary` is the text of its glossary, «» if it has none."""

    documents: tuple[Document, ...]
    paragraphs: tuple[Paragraph, ...]
    glossary: str = ""
    inputs: tuple[str, ...] = ()
    sources: tuple[SourceFile, ...] = ()


def build(
    paths: Sequence[Path],
    index: Path,
    settings: Settings,
    *,
    rebuild: bool = False,
    progress: bool = False,
) -> BuildReport:
    """Index files and folders; do nothing if the index already holds just that.

    Files that cannot be read are left out and reported. The `glossary.tsv` of a folder is used if
    it has one. Raises InvalidInput if no file can be read or the glossary is malformed,
    EncoderUnavailable if the encoder cannot be loaded, RagError if another build is running; the
    index that was there stays.
    """
    started = time.monotonic()
    name = settings.encoder
    if Path(name).is_dir():
        # The index may be opened from another working directory.
        name = str(Path(name).resolve())
    wanted = EncoderRecord(
        name, quick_identity(name), "", 0, settings.query_prefix, settings.passage_prefix
    )
    files = {path: _digest_or_nothing(path) for path in documents.collect(paths)}
    glossary = _read_glossary(paths)
    with generation.locked(index):
        before = _verified_or_none(index)
        if before is not None and not rebuild:
            same_files = {s.path: s.sha256 for s in before.sources} == {
                str(path): sha256 for path, sha256 in files.items()
            }
            if (
                same_files
                and before.inputs == tuple(map(str, paths))
                and before.glossary == digest_text(glossary)
                and before.encoder.surely_is(wanted)
            ):
                return _report(index, before, started, changed=False, encoded=0)
        encoder = open_encoder(
            name,
            query_prefix=settings.query_prefix,
            passage_prefix=settings.passage_prefix,
            threads=settings.threads,
        )
        manifest, encoded = write(
            _read_collection(paths, files, glossary),
            index,
            encoder,
            prefixes=(settings.query_prefix, settings.passage_prefix),
            reuse=not rebuild,
            progress=progress,
        )
    return _report(index, manifest, started, changed=True, encoded=encoded)


def write(
    collection: Collection,
    index: Path,
    encoder: Encoder,
    *,
    prefixes: tuple[str, str] = ("", ""),
    reuse: bool = True,
    progress: bool = False,
) -> tuple[Manifest, int]:
    """Write a generation and make it the current one; the caller holds the lock.

    Vectors of passages that the index already holds are taken from there. Returns the manifest
    and how many passages were encoded.
    """
    generation.discard_leftovers(index)
    lexicon = Lexicon(bundled_table(), Glossary(collection.glossary))
    paragraphs = {paragraph.id: paragraph for paragraph in collection.paragraphs}
    passages = [
        passage for paragraph in collection.paragraphs for passage in chunker.passages(paragraph)
    ]
    texts = [embedded_text(paragraphs[passage.paragraph_id], passage) for passage in passages]
    before = _reusable(index, encoder) if reuse else None
    folder = generation.start(index)
    matrix, encoded = _encode(texts, encoder, before, folder, progress=progress)
    records.write(folder / records.DOCUMENTS, collection.documents)
    records.write(folder / records.PARAGRAPHS, collection.paragraphs)
    records.write(folder / records.PASSAGES, passages)
    (folder / GLOSSARY_FILE).write_text(collection.glossary, encoding="utf-8", newline="\n")
    vectors.write(folder / VECTORS_FILE, matrix)
    words.write(folder / WORDS_FOLDER, _words_rows(passages, paragraphs, lexicon))
    manifest = Manifest(
        format=FORMAT,
        inputs=collection.inputs,
        sources=collection.sources,
        glossary=digest_text(collection.glossary),
        encoder=EncoderRecord(
            encoder.name,
            quick_identity(encoder.name),
            encoder.fingerprint,
            encoder.dimension,
            *prefixes,
        ),
        chunker=chunker.VERSION,
        documents=len(collection.documents),
        paragraphs=len(collection.paragraphs),
        passages=len(passages),
        suspects=count_suspects(collection.documents, collection.paragraphs),
        files=stored_files(folder),
    )
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8", newline="\n")
    generation.publish(index, folder)
    return manifest, encoded


def embedded_text(paragraph: Paragraph, passage: Passage) -> str:
    """What is encoded for a passage: its context, then its text on one line."""
    return f"{paragraph.context}\n{chunker.flow(passage.text)}".strip()


def _read_collection(paths: Sequence[Path], files: dict[Path, str], glossary: str) -> Collection:
    root = Path(
        os.path.commonpath([p if p.is_dir() else p.parent for p in map(Path.absolute, paths)])
    )
    found: dict[str, Document] = {}
    sources = []
    for path, sha256 in files.items():
        reason = ""
        try:
            document = documents.read(path, root)
            found[document.id] = document
        except UnreadableDocument as error:
            reason = str(error)
        sources.append(SourceFile(str(path), sha256, reason))
    paragraphs = tuple(
        paragraph
        for document in found.values()
        for paragraph in flagged(document, chunker.chunk(document))
    )
    if not paragraphs:
        reasons = " ".join(source.left_out for source in sources) or "No file of a known type."
        raise InvalidInput(
            f"Nothing to index under {', '.join(map(str, paths))}: {reasons} "
            "Name files or folders that hold readable documents: rag index PATHS"
        )
    return Collection(
        tuple(found.values()), paragraphs, glossary, tuple(map(str, paths)), tuple(sources)
    )


def _encode(
    texts: Sequence[str],
    encoder: Encoder,
    before: Reusable | None,
    folder: Path,
    *,
    progress: bool,
) -> tuple[NDArray[np.float32], int]:
    """Write the token vectors of the texts; return their own (n, d), and how many were encoded."""
    rows = before.rows if before else {}
    along = before.index.tokens.projection if before else _projection(texts, encoder)
    matrix = np.empty((len(texts), encoder.dimension), np.float32)
    writer = tokens.Writer(folder, along)
    encoded = 0
    with tqdm(total=len(texts), unit=" passages", disable=not progress) as bar:
        for start in range(0, len(texts), _CHUNK):
            chunk = texts[start : start + _CHUNK]
            missing = [text for text in dict.fromkeys(chunk) if text not in rows]
            read = dict(
                zip(missing, zip(*encoder.encode_tokens(missing), strict=True), strict=True)
            )
            encoded += len(missing)
            for row, text in enumerate(chunk, start):
                if text in read:
                    matrix[row], own = read[text]
                    writer.add(tokens.packed(own, along))
                elif before:
                    [matrix[row]] = before.index.vectors.rows(np.array([rows[text]], np.int64))
                    writer.add(before.index.tokens.rows(rows[text]))
            bar.update(len(chunk))
    writer.close()
    return matrix, encoded


def _projection(texts: Sequence[str], encoder: Encoder) -> NDArray[np.float32]:
    """From texts taken evenly over the collection."""
    step = max(1, len(texts) // _SAMPLED)
    return tokens.projection(encoder.encode_tokens(texts[::step][:_SAMPLED])[1])


@dataclass(frozen=True, slots=True)
class Reusable:
    """An index of the same encoder, its vectors fit to be written again; rows by embedded text."""

    index: Index
    rows: dict[str, int]


def _reusable(index: Path, encoder: Encoder) -> Reusable | None:
    try:
        before = Index.open(index)
    except RagError:
        return None
    if before.manifest.encoder.fingerprint != encoder.fingerprint or not before.vectors.reusable:
        return None
    texts = [embedded_text(before.paragraphs[p.paragraph_id], p) for p in before.passages]
    return Reusable(before, {text: row for row, text in enumerate(texts)})


def _words_rows(
    passages: Sequence[Passage], paragraphs: dict[str, Paragraph], lexicon: Lexicon
) -> Iterator[words.WordsRow]:
    for row, passage in enumerate(passages):
        paragraph = paragraphs[passage.paragraph_id]
        yield words.WordsRow(
            row,
            paragraph.language,
            lexicon.passage_terms(embedded_text(paragraph, passage), paragraph.language),
        )


def _verified_or_none(index: Path) -> Manifest | None:
    """The manifest of the index as it is, or None where this version cannot use it."""
    try:
        return verified(index)[1]
    except RagError:
        return None


def _read_glossary(paths: Iterable[Path]) -> str:
    text = ""
    for file in (path / GLOSSARY for path in paths if (path / GLOSSARY).is_file()):
        try:
            text += file.read_text(encoding="utf-8-sig").rstrip("\n") + "\n"
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{file}: cannot be read as UTF-8 text ({error}).") from error
    Glossary(text)
    return text


def _digest_or_nothing(path: Path) -> str:
    """«» for a file that cannot be read: reading it as a document will say why."""
    try:
        return digest(path)
    except OSError:
        return ""


def _report(
    index: Path, manifest: Manifest, started: float, *, changed: bool, encoded: int
) -> BuildReport:
    return BuildReport(
        index=str(index),
        changed=changed,
        documents=manifest.documents,
        paragraphs=manifest.paragraphs,
        passages=manifest.passages,
        encoded=encoded,
        left_out=tuple(source for source in manifest.sources if source.left_out),
        suspects=manifest.suspects,
        seconds=time.monotonic() - started,
    )
