"""French or English, and where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.language import identify, paragraph_language, sentences
from rag.types import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Qui préside ?", "fr"),
        ("Who chairs it?", "en"),
        ("Et la Russie ?", "fr"),
        ("And Russia?", "en"),
        ("Combien de membres ?", "fr"),
        ("How many members?", "en"),
        ("Jusqu'à quand le moratoire ?", "fr"),
        ("Until when?", "en"),
        ("moratoire", "fr"),
        ("Moratorium deadline?", "en"),
        ("What is the PMA?", "en"),
        ("C'est quoi le WTO?", "fr"),
        ("What does « commerce électronique » mean?", "en"),
        ("Que signifie le terme 'e-commerce work programme' ?", "fr"),
        ("Date de la réunion", "fr"),
        ("Bali meeting place", "en"),
        ("2017 ?", "fr"),
        ("", "fr"),
    ],
)
def test_short_questions(text: str, language: Language) -> None:
    assert identify(text) == language


def test_a_paragraph_in_the_other_language_is_told() -> None:
    english = "The members of the council shall meet in this place before the end of the year."
    assert paragraph_language(english, "fr") == "en"
    assert paragraph_language("Bali, 2013", "en") == "en"


def split(text: str, language: Language) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("fr", ["L'art. 3 de la loi vise les PME.", "Il est abrogé."]),
        ("fr", ["Voir p. ex. l'al. 2, pp. 4 et s. du rapport.", "Rien d'autre."]),
        ("fr", ["M. Dupont et Mme. Leroy président.", "Ils votent."]),
        ("fr", ["Le n° 5 et la fig. 2 le montrent (cf. annexe).", "C'est clair."]),
        ("fr", ["Qui vote?", "Personne!", "Bien."]),
        ("fr", ["Les sujets sont les suivants: portée; règles; obstacles.", "Rien d'autre."]),
        ("fr", ["Quels obstacles aux PME?", "(Pour information, voir\nl'annexe.)"]),
        ("en", ["The U.S. Congress met on Jan. 5 with Mr. Hale.", "It adjourned."]),
        ("en", ["See No. 5, e.g. the first, i.e. that of Smith et al. on page 3.", "Then stop."]),
        ("en", ["The balance was 3.5 million.", "That is all."]),
        ("en", ["He came back to me.", "We left."]),
    ],
)
def test_sentences_end_where_readers_see_it(language: Language, parts: list[str]) -> None:
    assert split(" ".join(parts), language) == parts


def test_line_breaks_end_no_sentence() -> None:
    text = "Les Membres sont encouragés à\nexaminer la question\n\nen 2018. Ils votent."
    assert len(split(text, "fr")) == 2


@settings(deadline=None, max_examples=60)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "Le conseil",
                    "art.",
                    "3",
                    "U.S.",
                    "«",
                    "»",
                    "?",
                    ". ",
                    "\n",
                    "(",
                    ")",
                    '"',
                    "…",
                    ";",
                ]
            ),
            max_size=40,
        ).map(" ".join),
    ),
    st.sampled_from(["fr", "en"]),
)
def test_sentences_cover_the_text_in_order(text: str, language: Language) -> None:
    end = 0
    for start, stop in sentences(text, language):
        assert not text[end:start].strip()
        assert start < stop
        assert text[start:stop].strip() == text[start:stop]
        end = stop
    assert not text[end:].strip()
