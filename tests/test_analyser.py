"""Words become the same terms however they are typed, in either language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import analyser
from rag.types import Language


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’électronique d'aujourd'hui", ["electronique", "aujourdhui"]),
        ("jusqu'à l'an 2000, qu’il", ["a", "an", "2000", "il"]),
        ("Russia's and don't", ["russia", "and", "dont"]),
        ("ŒUVRE cœur ﬁn", ["oeuvre", "coeur", "fin"]),
        ("WT/L/274 et/ou", ["wt/l/274", "et", "ou"]),
        ("article 1.1. et 2,5 %", ["article", "1.1", "et", "2.5"]),
        ("1 000 Membres, 1,000,000 Members", ["1000", "membres", "1000000", "members"]),
        ("1er, 2nd, 3e, 10th", ["1", "2", "3", "10"]),
        ("O.M.C. et U.S.", ["omc", "et", "us"]),
        ("commerce‑électronique", ["commerce", "electronique"]),
        ("\u2028-- '' //", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert analyser.words(text) == words


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("une décision adoptée", "DECISIONS adoptes", "fr"),
        ("ils examinent la question", "examiner", "fr"),
        ("la plate-forme", "plateformes", "fr"),
        ("Révision1", "la révision", "fr"),
        ("le document WT/L/274", "document 274", "fr"),
        ("electronic platforms", "Electronic platform", "en"),
        ("an e-commerce site", "ecommerce sites", "en"),
    ],
)
def test_variants_share_their_terms(one: str, other: str, language: Language) -> None:
    assert set(analyser.terms(other, language)) <= set(analyser.terms(one, language))


def test_stop_words_are_those_of_the_language() -> None:
    assert analyser.terms("car il faut comment or main", "fr") == ["main"]
    assert analyser.terms("car comment or main the", "en") == ["car", "comment", "main"]


def test_verb_and_pronoun_make_no_compound() -> None:
    assert analyser.compounds("permettent-ils un va-et-vient par e-mail", "fr") == ["email"]


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200), st.sampled_from(["fr", "en"]))
def test_any_text_gives_terms_that_a_space_parts(text: str, language: Language) -> None:
    terms = analyser.terms(text, language)
    assert " ".join(terms).split() == terms
    assert all(len(term) <= 64 for term in terms)
