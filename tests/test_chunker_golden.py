"""The paragraphs of whole documents, against what was reviewed by eye."""

from __future__ import annotations

import difflib

import pytest
from golden.render import CASES, SEEDS, golden, render

from rag import documents
from rag.chunker import chunk, flow


@pytest.mark.parametrize("name", sorted(CASES))
def test_paragraphs_are_those_reviewed(name: str) -> None:
    expected = golden(name).read_text(encoding="utf-8").split("\n")
    found = (render(CASES[name]) + "\n").split("\n")
    difference = "\n".join(difflib.unified_diff(expected, found, "expected", "found", "", "", 2))
    assert not difference, f"{name} (python tests/golden/render.py writes it anew)\n{difference}"


def paragraphs_of(number: str) -> list[str]:
    path = next(SEEDS.glob(f"{number}_*.txt"))
    return [flow(paragraph.text) for paragraph in chunk(documents.read(path, SEEDS))]


def test_a_sentence_goes_on_below_the_end_of_a_page() -> None:
    texts = paragraphs_of("000")
    assert any("confrontés les pays en développement, en particulier les PMA" in t for t in texts)
    lists = [text for text in texts if "Albanie; Argentine" in text]
    assert len(lists) == 2
    assert all("Uruguay" in text for text in lists)


def test_front_matter_is_cited_as_itself() -> None:
    assert "Conférence ministérielle Neuvième session Bali, 3-6 décembre 2013" in paragraphs_of(
        "004"
    )
    assert "Stefania Gallo Division du Conseil et du CNC OMC" in paragraphs_of("003")
    assert any(text.startswith("Proposition présentée par") for text in paragraphs_of("002"))
    assert "PROJET DE DÉCISION MINISTÉRIELLE DU XX DÉCEMBRE 2017" in paragraphs_of("001")


def test_bare_titles_headings_rules_and_furniture_are_no_paragraphs() -> None:
    texts = {
        text for number in ("000", "001", "002", "003", "004") for text in paragraphs_of(number)
    }
    for bare in (
        "PROGRAMME DE TRAVAIL SUR LE COMMERCE ÉLECTRONIQUE",
        "RÉSUMÉ DE RAPPORTS RÉCENTS",
        "INTRODUCTION",
        "La structure de l'OMC",
        "Discussions en cours",
        "WTO OMC",
    ):
        assert bare not in texts
    assert not any(text.strip("_-* ") == "" for text in texts)


def test_an_item_is_cited_alone_and_indexed_with_its_lead_in() -> None:
    path = next(SEEDS.glob("003_*.txt"))
    item = next(p for p in chunk(documents.read(path, SEEDS)) if p.text == "Surveillance")
    assert item.heading == "Le Programme de travail"
    assert item.context.endswith("Le Programme de travail › Rôle clé du Conseil Général:")


def test_a_footnote_is_labelled_and_says_what_it_belongs_to() -> None:
    path = next(SEEDS.glob("002_*.txt"))
    paragraphs = chunk(documents.read(path, SEEDS))
    note = next(p for p in paragraphs if p.label == "note 1")
    assert note.text.startswith("La présente révision vise uniquement")
    assert note.context.endswith(" › Révision")
    assert [p.label for p in paragraphs if p.label.startswith("Question")] == [
        "Question n° 1",
        "Question n° 2",
        "Question n° 3",
    ]
