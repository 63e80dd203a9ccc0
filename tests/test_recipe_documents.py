"""Small documents with questions: their paragraphs are read as from an index."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from one_document import write_document

from rag.encoder.recipe.documents import of_families, read_documents
from rag.errors import InvalidInput


def test_a_part_of_a_document_is_read_below_what_is_indexed_with_it(tmp_path: Path) -> None:
    item, place = read_documents(write_document(tmp_path))
    context, text = item.fr.split("\n")
    assert text == "la maison"
    for said in ("Le commerce de l'eau", "3 mai 2019", "Lyon", "1 Ventes", "Un enfant vend:"):
        assert said in context
    assert [query.text for query in item.queries] == [
        "Que vend un enfant ?",
        "What does a child sell?",
    ]
    assert (item.unanswered, place.unanswered) == ("Who takes the gold?", "")
    context, text = place.en.split("\n")
    assert text == "Lyon"
    assert "Lyon" not in context


def test_documents_of_a_family_are_grouped(tmp_path: Path) -> None:
    file = write_document(tmp_path)
    one = gzip.decompress(file.read_bytes())
    others = [one.replace(b'"a1"', name) for name in (b'"b2"', b'"a1"')]
    file.write_bytes(gzip.compress(b"\n".join([one, *others])))
    assert [len(group) for group in of_families(file)] == [4, 2]
    assert not any(match.english for group in of_families(file) for match in group)


def test_a_document_without_its_title_is_named(tmp_path: Path) -> None:
    file = tmp_path / "documents.jsonl.gz"
    file.write_bytes(gzip.compress(b'{"parts": [{}], "near": []}'))
    with pytest.raises(InvalidInput, match="line 1"):
        read_documents(file)
    with pytest.raises(InvalidInput, match="--texts"):
        read_documents(tmp_path / "none.jsonl.gz")
