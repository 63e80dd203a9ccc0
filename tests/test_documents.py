"""Files that can be read, and files that are refused with a reason."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import pytest

from rag.documents import collect, read
from rag.errors import UnreadableDocument

TEXT = "Décision\n\nLe comité décide ce qui suit.\n"


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
)
def test_text_is_the_same_in_any_unicode_encoding_and_line_end(data: bytes, tmp_path: Path) -> None:
    assert read(written(tmp_path, "a.txt", data), tmp_path).text == TEXT


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t\n", "empty"),
        ("a.txt", codecs.BOM_UTF8, "empty"),
        ("a.md", TEXT.encode("cp1252"), "iconv"),
        ("a.txt", TEXT.encode("utf-16-le"), "binary"),
        ("a.txt", b"%PDF-1.7\n\xff\xfe\x00\x01", "binary"),
        ("a.pdf", b"%PDF-1.7", "«.pdf» are not read"),
        ("a", TEXT.encode(), "«none» are not read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_reason(
    name: str, data: bytes, reason: str, tmp_path: Path
) -> None:
    path = written(tmp_path, f"sub/{name}", data)
    with pytest.raises(UnreadableDocument, match=re.escape(reason)) as caught:
        read(path, tmp_path)
    assert str(caught.value).startswith(f"sub/{name}: ")


def test_a_wrong_encoding_is_placed_by_line() -> None:
    from rag.documents.plain import decode

    with pytest.raises(UnreadableDocument, match=r"line 2, byte 5"):
        decode(b"abc\nd\xe9f")


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(UnreadableDocument, match=r"a\.txt: this is a folder"):
        read(tmp_path / "a.txt", tmp_path)
    with pytest.raises(UnreadableDocument, match=r"b\.txt: there is no such file"):
        read(tmp_path / "b.txt", tmp_path)


def test_identity_comes_from_the_path_and_not_from_the_text(tmp_path: Path) -> None:
    path = written(tmp_path, "Été/Rapport annuel.md", TEXT.encode())
    before = read(path, tmp_path)
    path.write_text(TEXT + "\nUn alinéa de plus.\n", encoding="utf-8")
    after = read(path, tmp_path)
    assert before.id == after.id
    assert before.id.startswith("rapport-annuel-")
    assert before.source == "Été/Rapport annuel.md"
    assert read(path, path.parent).id != before.id


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Plan\n\nLe comité décide.\n", "Plan"),
        ("From: a@b.org\nSubject: Bridge closed\n\nThe bridge is closed.\n", "Bridge closed"),
        ("---\ntitle: Plan\n---\n\nLe comité décide.\n", "Plan"),
        ("Le comité décide.\n\nIl publie.\n", "Le comité décide."),
        ("—\n", "memo"),
    ],
)
def test_every_document_has_a_title(text: str, title: str, tmp_path: Path) -> None:
    assert read(written(tmp_path, "memo.txt", text.encode()), tmp_path).title == title


def test_a_folder_is_collected_in_order_without_what_is_not_a_document(tmp_path: Path) -> None:
    for name in ("b/2.md", "b/1.txt", "a.TXT", "c.pdf", ".hidden.txt", ".git/x.txt", "SOURCES.md"):
        written(tmp_path, name, TEXT.encode())
    named = tmp_path / "c.pdf"
    found = [p.relative_to(tmp_path).as_posix() for p in collect([tmp_path, named, tmp_path / "b"])]
    assert found == ["a.TXT", "b/1.txt", "b/2.md", "c.pdf"]


def test_the_default_collection_is_described_truly() -> None:
    import hashlib

    seeds = Path(__file__).parent.parent / "seeds"
    described = (seeds / "SOURCES.md").read_text(encoding="utf-8")
    for path in collect([seeds]):
        assert f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" in described
        assert read(path, seeds).language == "fr"
