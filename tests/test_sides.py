"""Questions that ask two things at once, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sides import sides_of


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "Jusqu'à quand court-il selon Berne, et selon le projet suisse ?",
            "jusqu'a quand court-il selon berne ?",
            "jusqu'a quand court-il selon le projet suisse ?",
        ),
        (
            "Bilan : quelle échéance à Bali, et laquelle dans le projet ?",
            "bilan : quelle echeance a bali ?",
            "bilan : laquelle dans le projet ?",
        ),
        (
            "Que trouve le premier, et que trouve le second ?",
            "que trouve le premier ?",
            "que trouve le second ?",
        ),
        (
            "What becomes of it on a slow restart, and on a quick one?",
            "what becomes of it on a slow restart ?",
            "what becomes of it on a quick one?",
        ),
        (
            "Workshops: what was held in Oslo, and what did the paper suggest?",
            "workshops: what was held in oslo ?",
            "workshops: what did the paper suggest?",
        ),
        (
            "SQL : avec quel mode peut-on lire, et avec lequel faut-il attendre ?",
            "sql : avec quel mode peut-on lire ?",
            "sql : avec lequel faut-il attendre ?",
        ),
        (
            "How many places with Git and how many with Fossil?",
            "how many places with git ?",
            "how many with fossil?",
        ),
    ],
)
def test_each_side_stands_alone(question: str, first: str, second: str) -> None:
    assert sides_of(question) == (first, second)


@pytest.mark.parametrize(
    "question",
    [
        "Où et quand la conférence s'est-elle tenue ?",
        "When and where was it held?",
        "Combien d'ateliers ont été tenus, et par quels organes ?",
        "Quels travaux sont menés dans les comités et les conseils ?",
        "Quel est le groupe qui prépare le plan et qui le présente ?",
        "What is said of trade and of the small firms in the report?",
        "In the decision and in the draft, what is said of taxes?",
        "",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert sides_of(question) == ()


@given(st.text(max_size=80))
def test_any_text_has_two_sides_or_none(text: str) -> None:
    assert len(sides_of(text)) in (0, 2)
