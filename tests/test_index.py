"""What an index holds, when it is rebuilt, and what it refuses to open."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tiny_encoder import make

from rag import chunker
from rag.errors import (
    IndexCorrupt,
    IndexMismatch,
    IndexMissing,
    InvalidInput,
    RagError,
)
from rag.index import Index, build, generation, records
from rag.index.manifest import FORMAT, MANIFEST, digest
from rag.settings import Settings
from rag.types import Document, Paragraph, Passage

FRENCH = """LA PÊCHE

1. Les bateaux étrangers paient une taxe de 500 euros par an.

2. Les pêcheurs déclarent leurs prises avant le 1er mars.
"""
ENGLISH = """THE HARBOUR

The harbour master may close the harbour when a storm is announced.

Small vessels are exempt\u2028from mooring fees.
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(encoder=make(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "pêche.txt").write_text(FRENCH, encoding="utf-8")
    (folder / "harbour.txt").write_text(ENGLISH, encoding="utf-8")
    return folder


@pytest.fixture
def index(texts: Path, tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "index"
    build([texts], folder, settings)
    return folder


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "generations").iterdir())


def current(index: Path) -> Path:
    return generation.read_pointer(index).folder(index)


def test_the_index_holds_what_was_read(texts: Path, index: Path) -> None:
    opened = Index.open(index)
    assert {document.source for document in opened.documents.values()} == {
        "pêche.txt",
        "harbour.txt",
    }
    for paragraph in opened.paragraphs.values():
        document = opened.documents[paragraph.document_id]
        assert document.text[paragraph.start : paragraph.end] == paragraph.text
    assert any("\u2028" in paragraph.text for paragraph in opened.paragraphs.values())
    assert len(opened.vectors) == len(opened.passages) == opened.manifest.passages
    assert {opened.paragraphs[p.paragraph_id].language for p in opened.passages} == {"fr", "en"}
    assert set(opened.words.languages) == {"fr", "en"}
    assert opened.manifest.inputs == (str(texts),)


def test_a_second_build_does_nothing_and_loads_no_encoder(
    texts: Path, index: Path, settings: Settings
) -> None:
    before = generations(index)
    report = build([texts], index, settings)
    assert not report.changed
    assert "nothing changed" in str(report)
    assert generations(index) == before
    script = (
        "import sys; from pathlib import Path; from rag.index import build; "
        "from rag.settings import Settings; "
        f"report = build([Path({str(texts)!r})], Path({str(index)!r}), "
        f"Settings(encoder={settings.encoder!r})); "
        "print(report.changed, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_rebuild_builds_what_did_not_change(texts: Path, index: Path, settings: Settings) -> None:
    before = generations(index)
    assert build([texts], index, settings, rebuild=True).changed
    assert len(generations(index)) == 1
    assert generations(index) != before


@pytest.mark.parametrize("change", ["edit", "add", "remove", "glossary", "prefix", "encoder"])
def test_any_change_builds_again(
    change: str, texts: Path, index: Path, settings: Settings, tmp_path: Path
) -> None:
    if change == "edit":
        (texts / "pêche.txt").write_text(FRENCH.replace("500", "600"), encoding="utf-8")
    elif change == "add":
        (texts / "new.txt").write_text("Une troisième règle est ajoutée.\n", encoding="utf-8")
    elif change == "remove":
        (texts / "harbour.txt").unlink()
    elif change == "glossary":
        (texts / "glossary.tsv").write_text("prises\tcatch\n", encoding="utf-8")
    elif change == "prefix":
        settings = replace(settings, passage_prefix="passage: ")
    else:
        settings = replace(settings, encoder=make(tmp_path / "other", seed=1))
    assert build([texts], index, settings).changed
    assert not build([texts], index, settings).changed
    assert len(generations(index)) == 1


def test_vectors_of_unchanged_passages_are_kept(
    texts: Path, index: Path, settings: Settings
) -> None:
    before = Index.open(index)
    (texts / "new.txt").write_text("UNE AUTRE RÈGLE\n\nElle est ajoutée.\n", encoding="utf-8")
    report = build([texts], index, settings)
    after = Index.open(index)
    assert report.encoded == len(after.passages) - len(before.passages)
    rows = {passage: row for row, passage in enumerate(after.passages)}
    kept = np.array([rows[passage] for passage in before.passages])
    np.testing.assert_array_equal(
        after.vectors.rows(kept), before.vectors.rows(np.arange(len(before.passages)))
    )


def test_unreadable_files_are_left_out_and_told(
    texts: Path, tmp_path: Path, settings: Settings
) -> None:
    (texts / "empty.txt").write_text("", encoding="utf-8")
    (texts / "binary.md").write_bytes(b"\x00\x01\x02\xff" * 100)
    report = build([texts], tmp_path / "index", settings)
    assert report.documents == 2
    assert {Path(file.path).name for file in report.left_out} == {"empty.txt", "binary.md"}
    assert str(report).count("left out") == 2
    assert json.loads(json.dumps(report.record()))["left_out"][0]["reason"]
    assert not build([texts], tmp_path / "index", settings).changed


def test_nothing_to_index_is_refused_and_the_old_index_stays(
    index: Path, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "void").mkdir()
    before = generations(index)
    for path in (tmp_path / "void", tmp_path / "absent"):
        with pytest.raises(InvalidInput, match="rag index"):
            build([path], index, settings)
    assert generations(index) == before


def test_a_malformed_glossary_stops_the_build(texts: Path, index: Path, settings: Settings) -> None:
    (texts / "glossary.tsv").write_text("no tab\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"glossary\.tsv"):
        build([texts], index, settings)
    Index.open(index)


def test_files_of_one_name_in_two_folders_are_two_documents(
    texts: Path, tmp_path: Path, settings: Settings
) -> None:
    other = tmp_path / "others"
    other.mkdir()
    shutil.copy(texts / "harbour.txt", other / "harbour.txt")
    build([texts, other], tmp_path / "index", settings)
    sources = {d.source for d in Index.open(tmp_path / "index").documents.values()}
    assert sources == {"texts/pêche.txt", "texts/harbour.txt", "others/harbour.txt"}


def test_no_index_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"rag index .*--index"):
        Index.open(tmp_path / "nowhere")


@pytest.mark.parametrize("damage", ["cut", "flip", "remove"])
def test_a_damaged_file_is_named_and_a_build_mends_it(
    damage: str, texts: Path, index: Path, settings: Settings
) -> None:
    folder = current(index)
    files = [MANIFEST, *(file.path for file in Index.open(index).manifest.files)]
    assert len(files) > 8
    for name in files:
        path = folder / name
        kept = path.read_bytes()
        if damage == "cut" and kept:
            path.write_bytes(kept[:-1])
        elif damage == "flip" and kept:
            path.write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
        elif damage == "remove":
            path.unlink()
        else:
            continue
        with pytest.raises(IndexCorrupt, match="rag index") as told:
            Index.open(index)
        assert name in str(told.value)
        path.write_bytes(kept)
    path.unlink()
    assert build([texts], index, settings).changed
    Index.open(index)


@pytest.mark.parametrize("text", ["", "nonsense", "../../etc 00", "x" * 500])
def test_a_damaged_pointer_is_told(text: str, index: Path) -> None:
    (index / "CURRENT").write_text(text, encoding="utf-8")
    with pytest.raises(IndexCorrupt, match="CURRENT"):
        Index.open(index)


def rewrite_manifest(index: Path, **fields: object) -> None:
    """As another version would have written it."""
    path = current(index) / MANIFEST
    record = json.loads(path.read_text(encoding="utf-8")) | fields
    path.write_text(json.dumps(record), encoding="utf-8")
    (index / "CURRENT").write_text(f"{path.parent.name} {digest(path)}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"format": FORMAT + 1}, f"reads {FORMAT}"), ({"chunker": "0"}, chunker.VERSION)],
)
def test_an_index_of_another_version_says_what_to_run(
    fields: dict[str, object], says: str, texts: Path, index: Path, settings: Settings
) -> None:
    rewrite_manifest(index, **fields)
    with pytest.raises(IndexMismatch, match=says) as told:
        Index.open(index)
    assert f"rag index {texts} --index {index}" in str(told.value)
    assert build([texts], index, settings).changed
    Index.open(index)


def test_another_encoder_under_the_same_name_is_refused(
    texts: Path, tmp_path: Path, settings: Settings
) -> None:
    home = tmp_path / "model"
    shutil.copytree(settings.encoder, home)
    build([texts], tmp_path / "index", replace(settings, encoder=str(home)))
    Index.open(tmp_path / "index").open_encoder()
    shutil.rmtree(home)
    shutil.copytree(make(tmp_path / "other", seed=1), home)
    with pytest.raises(IndexMismatch, match="rag index"):
        Index.open(tmp_path / "index").open_encoder()


def test_two_builds_at_once_are_refused(texts: Path, index: Path, settings: Settings) -> None:
    with generation.locked(index), pytest.raises(RagError, match="Another build"):
        build([texts], index, settings, rebuild=True)
    assert build([texts], index, settings, rebuild=True).changed


KILLED = """
import os, signal, sys
from pathlib import Path
event, part, texts, index, encoder = sys.argv[1:]

def hook(name, arguments):
    writes = name != "open" or "w" in str(arguments[1])
    if name == event and writes and any(part in str(argument) for argument in arguments):
        os.kill(os.getpid(), signal.SIGKILL)

from rag.index import build
from rag.settings import Settings
sys.addaudithook(hook)
build([Path(texts)], Path(index), Settings(encoder=encoder))
"""


def build_until(event: str, part: str, texts: Path, index: Path, settings: Settings) -> None:
    """Build in a process that kills itself at an event of Python's audit hooks."""
    arguments = [event, part, str(texts), str(index), settings.encoder]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize(
    ("event", "part"),
    [
        ("open", "passages.jsonl"),
        ("open", "manifest.json"),
        ("os.rename", "CURRENT.new"),
        ("shutil.rmtree", "generations"),
    ],
)
def test_a_killed_build_leaves_a_working_index(
    event: str, part: str, texts: Path, index: Path, settings: Settings
) -> None:
    swapped = event == "shutil.rmtree"
    old = set(Index.open(index).paragraphs)
    (texts / "new.txt").write_text("UNE AUTRE RÈGLE\n\nElle est ajoutée.\n", encoding="utf-8")
    build_until(event, part, texts, index, settings)
    found = set(Index.open(index).paragraphs)
    assert found > old if swapped else found == old
    report = build([texts], index, settings)
    assert report.changed != swapped
    assert set(Index.open(index).paragraphs) > old
    if not swapped:
        assert len(generations(index)) == 1


def test_a_first_build_that_was_killed_is_no_index(
    texts: Path, tmp_path: Path, settings: Settings
) -> None:
    index = tmp_path / "index"
    build_until("os.rename", "CURRENT.new", texts, index, settings)
    with pytest.raises(IndexMissing):
        Index.open(index)
    assert build([texts], index, settings).changed
    assert len(generations(index)) == 1


def test_an_open_index_outlives_its_generation(
    texts: Path, index: Path, settings: Settings
) -> None:
    opened = Index.open(index)
    (texts / "harbour.txt").unlink()
    build([texts], index, settings)
    terms = opened.lexicon.question_terms("harbour storm", "en")
    [best, *_] = opened.words.search(terms, "en", 3)
    assert "storm" in opened.passages[best].text


READ = """
import os, sys
from rag.index import Index
if os.geteuid() == 0:
    Index.open(sys.argv[1])  # imports what nobody may not read where Python is root's
    os.setuid(65534)
print(len(Index.open(sys.argv[1]).words.languages))
"""


def test_an_index_on_a_read_only_disk_opens(texts: Path, settings: Settings) -> None:
    # Not below tmp_path, which only its owner may enter: root would write through any mode.
    with tempfile.TemporaryDirectory() as name:
        index = Path(name) / "index"
        build([texts], index, settings)
        everything = [Path(name), index, *index.rglob("*")]
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        done = subprocess.run(
            [sys.executable, "-c", READ, str(index)], capture_output=True, text=True, check=False
        )
        for path in everything:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.stdout.strip() == "2", done.stderr


TEXT = st.text(max_size=30)


@hypothesis_settings(deadline=None, max_examples=50)
@given(TEXT, TEXT, st.lists(st.integers(0, 9), max_size=3), st.none() | st.integers(1, 9))
def test_records_come_back_as_they_were(
    text: str, heading: str, pages: list[int], page: int | None
) -> None:
    document = Document("d", heading, "fr", text, "d.txt", tuple(pages))
    paragraph = Paragraph(
        *("p", "d", "d.txt", "t", "en", heading, "1.1", page, 0, len(text), text, ""),
        suspicions=("orders", "calls"),
    )
    passage = Passage("p", 0, len(text), text)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records.write(folder / records.DOCUMENTS, [document])
        records.write(folder / records.PARAGRAPHS, [paragraph])
        records.write(folder / records.PASSAGES, [passage, passage])
        assert records.read_documents(folder) == {"d": document}
        assert records.read_paragraphs(folder) == {"p": paragraph}
        assert records.read_passages(folder) == [passage, passage]
