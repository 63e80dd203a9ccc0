"""How far a text has what its question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.expectation import NEUTRAL, Expectation
from rag.intent import Intent
from rag.language import identify
from rag.translation import Glossary, Lexicon, bundled_table

LEXICON = Lexicon(bundled_table(), Glossary())


def expectation(question: str) -> Expectation:
    return Expectation(question, identify(question), LEXICON)


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        (
            "Combien de bateaux sont entrés au port ?",
            "Le port a reçu 212 bateaux cette saison-là.",
            "Le port a reçu 40 visiteurs cette saison-là.",
        ),
        (
            "How many boats entered the harbour?",
            "Le port a reçu 212 bateaux cette saison-là.",
            "Le port a reçu 40 visiteurs cette saison-là.",
        ),
        (
            "Combien de bateaux sont entrés au port ?",
            "Le port a reçu 40 visiteurs cette saison-là.",
            "Le port a reçu des bateaux en 2011.",
        ),
        (
            "Quand le port a-t-il ouvert ?",
            "Le port a ouvert le 14 juillet 2016.",
            "Le port a ouvert en 2016.",
        ),
        ("When did the harbour open?", "It opened in March.", "It opened early."),
        (
            "De quand date le projet ?",
            "LETTRE DU 4 MARS 2017",
            "PROJET DE LETTRE DU XX MARS 2017",
        ),
        (
            "De quand date le projet ?",
            "Projet de lettre du XX mars 2017, daté du 4 février 2017, présenté par le maire.",
            "Projet de lettre du XX mars 2017, présenté par le maire du port de la ville.",
        ),
        (
            "When was the letter circulated?",
            "La lettre, datée du 14 juillet 2016, est distribuée à la demande du maire.",
            "Les pêcheurs du port se sont réunis quatre fois entre le 3 mars et le 5 avril 2016.",
        ),
        (
            "Qui a signé la lettre ?",
            "La lettre est signée par Anne Duval, Marc Petit et Jean Morel.",
            "La lettre a été signée par les membres du bureau.",
        ),
        (
            "Que signifie « halle » ?",
            "On entend par halle le bâtiment où se vend le poisson.",
            "La halle est fermée le dimanche et le lundi.",
        ),
        (
            "What does quay mean?",
            "The word quay means a wall built along the water.",
            "The quay is closed on Sundays and on Mondays.",
        ),
        (
            "Quels sont les poissons vendus à la halle ?",
            "On y vend le bar, la sole, le turbot, la raie et le thon.",
            "On y vend du poisson chaque matin de la semaine.",
        ),
    ],
)
def test_the_text_that_has_what_is_asked_for_is_worth_more(
    question: str, better: str, worse: str
) -> None:
    wanted = expectation(question)
    assert wanted.intent is not Intent.OPEN
    assert wanted.met(better, identify(better)) > wanted.met(worse, identify(worse))


def test_years_and_days_of_a_month_are_no_counts() -> None:
    wanted = expectation("Combien de membres ont signé ?")
    assert wanted.met("La lettre fut écrite en 2017 à Genève par eux.", "fr") == 0.0
    assert wanted.met("La lettre fut écrite le 13 décembre à Genève.", "fr") == 0.0
    assert wanted.met("La lettre fut signée par soixante et onze.", "fr") < 1.0


def test_an_item_of_a_list_answers_a_question_for_a_list() -> None:
    wanted = expectation("What topics would be discussed?")
    text = "the protection of the privacy of all the users of the port"
    assert wanted.met(text, "en", listed=True) > wanted.met(text, "en")


def test_nothing_is_expected_of_an_open_question() -> None:
    wanted = expectation("Pourquoi fermer le port ?")
    assert wanted.intent is Intent.OPEN
    assert wanted.met("Le port ferme le 12 mars 2016 car 3 bateaux ont coulé.", "fr") == NEUTRAL


@pytest.mark.parametrize(
    "question", ["Combien de bateaux ?", "Quand ?", "Pourquoi ?", "Quels sont les sujets ?"]
)
def test_a_text_that_only_opens_something_answers_nothing(question: str) -> None:
    assert expectation(question).met("Décide ce qui suit:", "fr") == 0.0


@pytest.mark.parametrize(
    ("question", "bare", "telling"),
    [
        ("Combien de bateaux sont entrés ?", "Des bateaux sont entrés en 2011.", "Il y en a 4."),
        (
            "How many boats entered?",
            "Des bateaux sont entrés le 3 mai.",
            "There were three of them.",
        ),
        ("When did the port open?", "Le port a ouvert tôt.", "Le port a ouvert en mai."),
        ("Quelle est l'adresse mail de Jeanne Roy ?", "Jeanne Roy, mairie", "roy@port.example"),
        ("What is Jeanne Roy's e-mail?", "Jeanne Roy, tel. 01 23 45 67 89", "roy@port.example"),
        ("Quel est son numéro de téléphone ?", "Bureau 12, 3e étage, 2016", "01 23 45 67 89"),
        ("What's the phone number of the port?", "Opened in 2016.", "Call +33 (0)1 23 45 67 89"),
        ("What is the web address of the port?", "port@port.example", "www.port.example"),
        ("Quel est l'ISBN du rapport ?", "Rapport 2015", "Rapport, ISBN 978-2-1234-5680-3"),
    ],
)
def test_a_text_without_what_is_asked_for_lacks_it(question: str, bare: str, telling: str) -> None:
    wanted = expectation(question)
    assert wanted.lacks(bare, "fr")
    assert not wanted.lacks(telling, "fr")


@pytest.mark.parametrize(
    "question",
    [
        "Faut-il une adresse mail pour entrer au port ?",
        "What are the rules on e-mail?",
        "How long does a visit last?",
        "Who opened the port?",
    ],
)
def test_a_text_lacks_nothing_where_no_form_is_asked_for(question: str) -> None:
    assert not expectation(question).lacks("Le port est ouvert.", "fr")


@settings(deadline=None, max_examples=80)
@given(
    st.sampled_from(
        ["Combien de", "How many boats?", "When?", "Qui ?", "Where?", "Définition ?", "List?", "?"]
    ),
    st.text(max_size=80),
    st.booleans(),
)
def test_any_text_is_worth_between_0_and_1(question: str, text: str, listed: bool) -> None:
    assert 0.0 <= expectation(question).met(text, "fr", listed=listed) <= 1.0
