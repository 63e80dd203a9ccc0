"""What an answer rests on: one paragraph, a list with its lead-in, or the sides of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag import chunker, documents
from rag.evidence import Evidence, gather
from rag.intent import Intent
from rag.types import Hit, Paragraph

PORT = """RÈGLEMENT DU PORT

Les mesures suivantes sont recommandées:

- fermer le port en cas de tempête;
- ouvrir la halle à six heures;
- peser toutes les prises.

Le capitaine du port décide seul de la fermeture.
"""
LIBRARY = """LIBRARY OF BRENNOCK

Readers may borrow six books for three weeks.

A fine of ten pence is due for every day of delay.
"""
MARKET = """LE MARCHÉ

Le marché ouvre le mardi et le samedi sur la place du port.
"""
LEAD = "Les mesures suivantes sont recommandées:"
ITEMS = (
    "fermer le port en cas de tempête;",
    "ouvrir la halle à six heures;",
    "peser toutes les prises.",
)

Collection = Mapping[str, Sequence[Paragraph]]


def read(folder: Path, **texts: str) -> Collection:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    found = [documents.read(path, folder) for path in sorted(folder.glob("*.txt"))]
    return {document.id: chunker.chunk(document) for document in found}


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return read(tmp_path, port=PORT, library=LIBRARY, market=MARKET)


def nothing(_: Paragraph) -> tuple[str, ...]:
    """Every word of the question stands in every paragraph."""
    return ()


def hit(collection: Collection, part: str, score: float = 0.8) -> Hit:
    [found] = [p for siblings in collection.values() for p in siblings if part in p.text]
    return Hit(found, score)


def texts(evidence: Sequence[Evidence]) -> list[str]:
    return [one.paragraph.text for one in evidence]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [*((Intent.LIST, part) for part in (LEAD, *ITEMS)), (Intent.OPEN, LEAD), (Intent.DATE, LEAD)],
)
def test_a_list_comes_whole_if_asked_for_or_if_its_lead_in_was_found(
    wanted: Intent, found: str, collection: Collection
) -> None:
    evidence = gather(wanted, [hit(collection, found)], collection, nothing)
    assert texts(evidence) == [LEAD, *ITEMS]
    assert [one.marker for one in evidence] == [1, 2, 3, 4]
    assert [one.items for one in evidence] == [(2, 3, 4), (), (), ()]


def test_items_of_items_come_with_a_list_unless_they_are_too_many(tmp_path: Path) -> None:
    inner = "- ouvrir la halle:\n  - à six heures;\n  - le samedi à cinq;"
    nested = PORT.replace("- ouvrir la halle à six heures;", inner)
    many = nested.replace("  - à six heures;", "  - à six heures;" + "\n  - en mer;" * 12)
    first, last = ITEMS[0], ITEMS[-1]
    own = ["ouvrir la halle:", "à six heures;", "le samedi à cinq;"]
    for name, text, items in (
        ("nested", nested, [first, *own, last]),
        ("many", many, [first, own[0], last]),
    ):
        folder = tmp_path / name
        folder.mkdir()
        collection = read(folder, port=text)
        listed = gather(Intent.LIST, [hit(collection, LEAD)], collection, nothing)
        assert texts(listed) == [LEAD, *items]


@pytest.mark.parametrize("found", ITEMS)
def test_an_item_that_answers_stands_alone_if_no_list_was_asked_for(
    found: str, collection: Collection
) -> None:
    evidence = gather(Intent.OPEN, [hit(collection, found)], collection, nothing)
    assert texts(evidence) == [found]


@pytest.mark.parametrize("wanted", [Intent.DATE, Intent.NUMBER, Intent.PERSON, Intent.DEFINITION])
def test_a_brief_question_rests_on_one_paragraph(wanted: Intent, collection: Collection) -> None:
    hits = [hit(collection, ITEMS[1]), hit(collection, "capitaine", 0.7)]
    assert texts(gather(wanted, hits, collection, nothing)) == [ITEMS[1]]


def test_a_second_paragraph_that_is_as_good_is_cited_beside_the_first(
    collection: Collection,
) -> None:
    fine, six = hit(collection, "A fine", 0.97), hit(collection, "Readers may", 1.0)
    both = gather(Intent.OPEN, [six, fine], collection, nothing)
    assert [one.paragraph.id for one in both] == [six.paragraph.id, fine.paragraph.id]
    worse = Hit(fine.paragraph, 0.9)
    assert len(gather(Intent.OPEN, [six, worse], collection, nothing)) == 1
    assert len(gather(Intent.NUMBER, [six, fine], collection, nothing)) == 1
    tied = Hit(fine.paragraph, 0.99)
    assert len(gather(Intent.NUMBER, [six, tied], collection, nothing)) == 2


def test_a_paragraph_below_a_list_is_none_of_its_items(collection: Collection) -> None:
    hits = [hit(collection, "capitaine"), hit(collection, LEAD, 0.7)]
    assert texts(gather(Intent.LIST, hits, collection, nothing)) == [hits[0].paragraph.text]


def test_too_many_or_too_long_items_are_paragraphs_of_their_own(tmp_path: Path) -> None:
    many = PORT.replace(ITEMS[0], ITEMS[0] + "\n- relire;" * 20)
    long = PORT.replace(ITEMS[0], f"fermer le port {'et la halle ' * 40}en cas de tempête;")
    for name, text in (("many", many), ("long", long)):
        folder = tmp_path / name
        folder.mkdir()
        collection = read(folder, port=text)
        assert texts(gather(Intent.LIST, [hit(collection, LEAD)], collection, nothing)) == [LEAD]


def test_a_comparison_rests_on_another_document_where_its_score_is_near(
    collection: Collection,
) -> None:
    hits = [
        hit(collection, "borrow", 0.9),
        hit(collection, "fine", 0.85),
        hit(collection, "capitaine", 0.83),
        hit(collection, "mardi", 0.2),
    ]
    evidence = gather(Intent.COMPARISON, hits, collection, nothing)
    assert [one.paragraph for one in evidence] == [hits[0].paragraph, hits[2].paragraph]
    assert [one.marker for one in evidence] == [1, 2]
    assert [one.score for one in evidence] == [0.9, 0.83]


def test_a_comparison_is_completed_by_the_paragraph_that_has_its_other_words(
    collection: Collection,
) -> None:
    hits = [
        hit(collection, "borrow", 0.9),
        hit(collection, "fine", 0.85),
        hit(collection, "mardi", 0.8),
    ]

    def missing(paragraph: Paragraph) -> tuple[str, ...]:
        return tuple(word for word in ("books", "mardi") if word not in paragraph.text)

    evidence = gather(Intent.COMPARISON, hits, collection, missing)
    assert [one.paragraph for one in evidence] == [hits[0].paragraph, hits[2].paragraph]


def test_each_side_of_a_comparison_has_its_own_paragraph(collection: Collection) -> None:
    borrow, fine, tuesday = (hit(collection, part) for part in ("borrow", "fine", "mardi"))
    hits = [replace(borrow, score=0.9), replace(fine, score=0.8), replace(tuesday, score=0.7)]
    first = [replace(tuesday, score=0.9), replace(borrow, score=0.1)]
    second = [replace(borrow, score=0.9), replace(fine, score=0.3)]
    evidence = gather(Intent.COMPARISON, hits, collection, nothing, (first, second))
    assert [one.paragraph for one in evidence] == [tuesday.paragraph, borrow.paragraph]
    assert [one.marker for one in evidence] == [1, 2]


def test_sides_that_share_their_only_paragraph_rest_on_it(collection: Collection) -> None:
    hits = [hit(collection, "borrow")]
    evidence = gather(Intent.COMPARISON, hits, collection, nothing, (hits, hits))
    assert texts(evidence) == [hits[0].paragraph.text]


@pytest.mark.parametrize("wanted", list(Intent))
def test_nothing_found_is_no_evidence(wanted: Intent, collection: Collection) -> None:
    assert gather(wanted, [], collection, nothing) == ()


@pytest.mark.parametrize("wanted", list(Intent))
def test_markers_count_up_from_1_and_items_are_among_them(
    wanted: Intent, collection: Collection
) -> None:
    for siblings in collection.values():
        for paragraph in siblings:
            evidence = gather(wanted, [Hit(paragraph, 0.5)], collection, nothing)
            markers = [one.marker for one in evidence]
            assert markers == list(range(1, len(markers) + 1))
            assert {marker for one in evidence for marker in one.items} <= set(markers)
            assert paragraph in [one.paragraph for one in evidence]
