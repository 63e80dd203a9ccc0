"""The first hits, read beside the question, change places where the reading says so clearly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.reading import read
from rag.types import Document, Hit, Passage


@dataclass(frozen=True)
class Oracle:
    """Likes each passage as told, by its text."""

    liked: dict[str, float]

    def scores(self, question: str, passages: list[str]) -> NDArray[np.float32]:
        return np.array([self.liked[passage.strip()] for passage in passages], np.float32)

    def borne_out(self, pairs: list[tuple[str, str]]) -> NDArray[np.float32]:
        return np.array([self.liked[passage.strip()] for _, passage in pairs], np.float32)


def hits(scores: list[float]) -> list[Hit]:
    return [
        Hit(Document(f"d{at}", "", "fr", f"texte {at}", f"d{at}").whole(), score)
        for at, score in enumerate(scores)
    ]


def test_what_answers_passes_what_is_hardly_nearer() -> None:
    found = hits([0.50, 0.48, 0.20])
    liked = {"texte 0": -20.0, "texte 1": 20.0, "texte 2": 20.0}
    reading = read(Oracle(liked), "?", found)
    assert [hit.paragraph.id for hit in reading.read] == ["d1", "d0", "d2"]
    assert reading.retrieved == tuple(found)
    assert reading.answers[0] < 0.01
    assert reading.answers[1] > 0.99


def test_of_a_long_paragraph_the_part_that_was_found_is_read() -> None:
    [short, long] = hits([0.50, 0.48])
    part = Passage(long.paragraph.id, 0, 6, "la fin")
    liked = {"texte 0": -20.0, "la fin": 20.0}
    reading = read(Oracle(liked), "?", [short, replace(long, passage=part)])
    assert [hit.paragraph.id for hit in reading.read] == ["d1", "d0"]
    assert reading.read[0].text == "la fin"


def listed(found: list[Hit], at: list[int]) -> list[Hit]:
    """The same hits, of which some are items of one list."""

    def item(hit: Hit) -> Hit:
        own = replace(hit.paragraph, document_id="one", lead_in="Les thèmes :")
        return replace(hit, paragraph=own)

    return [item(hit) if n in at else hit for n, hit in enumerate(found)]


LIKED = {f"texte {at}": 0.0 for at in range(20)}


@pytest.mark.parametrize(
    ("question", "items", "first"),
    [
        ("Quels sont les thèmes ?", [1, 3, 5], ["d1", "d0", "d3"]),
        ("Quels sont les thèmes ?", [1, 3, 6], ["d0", "d1", "d2"]),  # two of the first six
        ("Quels sont les thèmes ?", [0, 4, 5], ["d0", "d1", "d2"]),
        ("Qui a choisi les thèmes ?", [1, 3, 5], ["d0", "d1", "d2"]),
    ],
)
def test_a_question_for_a_list_is_answered_by_items_that_come_up_together(
    question: str, items: list[int], first: list[str]
) -> None:
    found = listed(hits([0.9, 0.8, 0.78, 0.75, 0.72, 0.71, 0.3]), items)
    reading = read(Oracle(LIKED), question, found)
    assert [hit.paragraph.id for hit in reading.read][:3] == first


@given(
    st.lists(st.floats(0, 1), max_size=20).map(lambda scores: sorted(scores, reverse=True)),
    st.lists(st.floats(-30, 30), min_size=20, max_size=20),
    st.lists(st.integers(0, 19)),
    st.sampled_from(["?", "Quels sont les thèmes ?"]),
)
def test_scores_fall_and_nothing_is_lost(
    scores: list[float], likes: list[float], items: list[int], question: str
) -> None:
    found = listed(hits(scores), items)
    liked = {f"texte {at}": like for at, like in enumerate(likes)}
    reading = read(Oracle(liked), question, found)
    given_ids = [hit.paragraph.id for hit in found]
    ids = [hit.paragraph.id for hit in reading.read]
    assert sorted(ids) == sorted(given_ids)
    assert ids[16:] == given_ids[16:]
    read_scores = [hit.score for hit in reading.read]
    assert read_scores == sorted(read_scores, reverse=True)
    assert all(0 <= score <= 1 for score in read_scores)
    assert len(reading.answers) == min(16, len(found))
