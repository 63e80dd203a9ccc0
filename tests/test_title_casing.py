from __future__ import annotations

from rag.chunker.casing import recased

TEXT = """RAPPORT DE LA VILLE DE BREST SUR L'ONU
Le conseil de la ville de Brest a remis son avis. Brest demande à l'ONU un rapport.
Sur le port de Brest, l'avis de la Ville est clair."""


def test_a_title_in_capitals_takes_the_capitals_of_the_text() -> None:
    assert recased("RAPPORT DE LA VILLE DE BREST SUR L'ONU", TEXT) == (
        "Rapport de la ville de Brest sur l'ONU"
    )


def test_other_titles_and_short_acronyms_stay_as_they_are() -> None:
    assert recased("Rapport de l'ONU", TEXT) == "Rapport de l'ONU"
    assert recased("FAQ", TEXT) == "FAQ"


def test_words_that_the_text_does_not_have_get_small_letters() -> None:
    assert recased("ÉTUDE N° 4 DE BREST", TEXT) == "Étude n° 4 de Brest"
