from __future__ import annotations

import pytest

from rag.intent import Intent, intent


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Combien de Membres ont signé ?", Intent.NUMBER),
        ("How many members signed?", Intent.NUMBER),
        ("Jusqu'à quand le moratoire dure-t-il ?", Intent.DATE),
        ("Until when does it last?", Intent.DATE),
        ("En quelle année le programme a-t-il été adopté ?", Intent.DATE),
        ("When did Japan, Peru and Chile join?", Intent.DATE),
        ("Combien de temps dure un atelier ?", Intent.DURATION),
        ("How often is the list updated?", Intent.DURATION),
        ("Peut-on quand même prendre part aux discussions ?", Intent.OPEN),
        ("Que perd-on quand on quitte le groupe ?", Intent.OPEN),
        ("When a member leaves the group, does it keep its seat?", Intent.OPEN),
        ("Où s'est tenue la conférence ?", Intent.PLACE),
        ("Where was the conference held?", Intent.PLACE),
        ("Qui a présenté la proposition ?", Intent.PERSON),
        ("Who drafted the proposal?", Intent.PERSON),
        ("Quels sont les sujets de discussion ?", Intent.LIST),
        ("What topics would be discussed?", Intent.LIST),
        ("Sur quoi le plan doit-il porter ? Donnez tous les points.", Intent.LIST),
        ("The fields that the plan covers, please; give me all of them", Intent.LIST),
        ("Quelle différence entre la décision de Bali et le projet russe ?", Intent.COMPARISON),
        ("How do the two texts differ?", Intent.COMPARISON),
        ("Jusqu'à quand selon Berne, et selon le projet suisse ?", Intent.COMPARISON),
        ("Que deviennent-ils après un arrêt et après un redémarrage ?", Intent.COMPARISON),
        ("When are reviews due in the first text, and when in the second?", Intent.COMPARISON),
        ("How many steps with one tool, and how many with two?", Intent.COMPARISON),
        (
            "Which groups are heard in the workshops, and whose views count in the group?",
            Intent.COMPARISON,
        ),
        ("Que trouve le premier, et que trouve le second ?", Intent.COMPARISON),
        ("Est-elle à la fois dans la liste et dans l'annexe ?", Intent.COMPARISON),
        ("Que disent la décision de 2013 et la déclaration de 2017 ?", Intent.COMPARISON),
        ("When are they held in the decision as opposed to the draft?", Intent.COMPARISON),
        ("How do Norway and Chile each deal with it?", Intent.COMPARISON),
        ("Combien d'ateliers ont été tenus, et par quels organes ?", Intent.NUMBER),
        ("Que s'est-il passé en 2016 et 2017 ?", Intent.OPEN),
        ("Comment se règlent les différends ?", Intent.OPEN),
        ("What must each member report?", Intent.OPEN),
        ("Qu'arrive-t-il quand même les petits refusent, que le vote ait lieu ?", Intent.OPEN),
        ("Where and when was it held?", Intent.DATE),
        ("Que signifie « commerce électronique » ?", Intent.DEFINITION),
        ("Pourquoi tenir des ateliers ?", Intent.OPEN),
    ],
)
def test_intents_in_both_languages(question: str, expected: Intent) -> None:
    assert intent(question) is expected
