"""Follow-ups completed by rule, and questions that need no context left as they are."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.conversation import RuleCondenser
from rag.conversation.fidelity import faithful
from rag.conversation.rules import language_of
from rag.types import Turn

AUSTRALIA = "Que propose l'Australie sur les données ?"
RUSSIA = "What does Russia propose about the working group?"
GROUP = "À quoi sert le groupe de travail ?"
MORATOIRE = "Qu'est-ce que le moratoire ?"
MORATORIUM = "What is the moratorium?"


def condensed(question: str, *earlier: str) -> str:
    return RuleCondenser().condense(question, [Turn(one) for one in earlier])


def follow_ups() -> list[list[str]]:
    lines = (ROOT / "tests" / "data" / "follow-ups.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(("earlier", "question", "whole"), follow_ups())
def test_a_follow_up_is_completed(earlier: str, question: str, whole: str) -> None:
    assert condensed(question, earlier) == whole


def test_each_turn_is_completed_from_those_before_it() -> None:
    assert condensed("Et le Japon ?", AUSTRALIA, "Et pour la Russie ?") == (
        "Que propose le Japon sur les données ?"
    )
    assert condensed("Jusqu'à quand ?", MORATOIRE, "Est-il maintenu ?") == (
        "Jusqu'à quand le moratoire est-il maintenu ?"
    )


WHOLE = [
    "Quand aura lieu la première réunion ?",
    "Et quand finit le moratoire ?",
    "And when does the moratorium end?",
    "Que faut-il améliorer pour développer le commerce ?",
    "Y a-t-il des règles sur la fiscalité ?",
    "Il existe combien de communications ?",
    "Est-il possible de retirer une signature ?",
    "Est-il recommandé de signer ?",
    "Que se passe-t-il en cas de refus ?",
    "Bitcoin est-il légal ?",
    "Un pays peut-il retirer sa signature ?",
    "La Russie a-t-elle présenté son projet ?",
    "Quels pays ont présenté leur communication ?",
    "En quelle année Victor Hugo est-il né ?",
    "C'est prévu pour quand, la première rencontre ?",
    "Ça consiste en quoi, le moratoire ?",
    "Quels sont les pays qui ont signé cette année ?",
    "Que disent ces pays qui n'ont pas signé la déclaration ?",
    "Outre ses romans, qu'a écrit Victor Hugo ?",
    "Salut, ça va ?",
    "plan de travail",
    "Groupe de travail",
    "Dans quelle ville se tient la conférence ?",
    "Pour la Russie, quelle est la date limite du moratoire ?",
    "Is it possible to withdraw a signature?",
    "Is it recommended not to sign?",
    "How long does it take to sign the statement?",
    "What does it mean for a group to be formal?",
    "If a country did not sign, can it still join?",
    "Can members withdraw their signature?",
    "Which countries tabled their own text?",
    "What do members say that they want?",
    "How many meetings are there?",
    "Costs awarded to Her Majesty",
    "Who won the match this season?",
    "I have a signature. Should I withdraw it?",
    "What if a member refuses to sign the joint statement on commerce?",
    "rules of origin",
    "hello, who are you?",
    "Under the Russian draft, would property rights be discussed?",
]


@pytest.mark.parametrize("question", WHOLE)
@pytest.mark.parametrize("earlier", [AUSTRALIA, RUSSIA, GROUP, MORATORIUM])
def test_a_question_that_stands_alone_is_left_as_it_is(question: str, earlier: str) -> None:
    assert condensed(question, earlier) == question


def test_no_question_of_the_test_set_is_changed_by_what_was_asked_before() -> None:
    lines = (ROOT / "evals" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    asked = [c["question"] for c in cases if c["kind"] not in ("follow_up", "injection")]
    assert len(asked) >= 172
    changed = [
        (earlier, question, now)
        for step in (1, 17, 86)
        for earlier, question in zip(asked, asked[step:] + asked[:step], strict=True)
        if (now := condensed(question, earlier)) != question
    ]
    assert changed == []


@pytest.mark.parametrize("question", ["Et pour la Russie ?", "Pourquoi ?", "Quand doit-il finir ?"])
def test_what_nothing_completes_comes_back(question: str) -> None:
    assert condensed(question) == question
    assert condensed(question, "  ") == question


def test_the_language_of_a_follow_up_is_its_own_or_that_of_the_turn_before() -> None:
    turns = [Turn(AUSTRALIA)]
    assert language_of("What about Japan?", turns) == "en"
    assert language_of("Et le Japon ?", [Turn(RUSSIA)]) == "fr"
    assert language_of("2015?", [Turn(RUSSIA)]) == "en"
    assert language_of("2015 ?", turns) == "fr"


@pytest.mark.parametrize("question", ["Corval?", "Alice Penrose?", "1987?", "Jeanne Morvan ?"])
def test_a_bare_name_is_answered_in_the_language_of_the_conversation(question: str) -> None:
    assert language_of(question, [Turn(RUSSIA)]) == "en"
    assert language_of(question, [Turn(RUSSIA), Turn("Bali?")]) == "en"
    assert language_of(question, [Turn(AUSTRALIA)]) == "fr"


def test_one_word_of_a_language_tells() -> None:
    assert language_of("Lighthouse?", [Turn(AUSTRALIA)]) == "en"
    assert language_of("plan de travail", [Turn(RUSSIA)]) == "fr"


BOARD = "What does the harbour board of Selmouth do?"
WHO = "Who chairs the harbour board of Selmouth?"
SAID = "“The harbour board, chaired by Alice Penrose, meets three times a year.” Not in March."


@pytest.mark.parametrize(
    ("written", "turns", "holds"),
    [
        (WHO, [Turn(BOARD)], True),
        ("Who is Zorglub and who chairs the harbour board of Selmouth?", [Turn(BOARD)], False),
        ("Zorglub, who chairs the harbour board of Selmouth?", [Turn(BOARD)], False),
        ("Who does not chair the harbour board of Selmouth?", [Turn(BOARD)], False),
        ("Who doesn't chair the harbour board of Selmouth?", [Turn(BOARD)], False),
        ("Who chairs the three harbour boards of Selmouth?", [Turn(BOARD)], False),
        ("Who chairs the harbour board of Selmouth on Sundays?", [Turn(BOARD)], False),
        ("Who chairs the harbour board of Selmouth? Russia?", [Turn(BOARD)], False),
        ("Who chairs Alice Penrose's harbour board?", [Turn(BOARD, SAID)], True),
        ("Who never chairs the harbour board in March?", [Turn(BOARD, SAID)], True),
        ("Who chairs the 3 harbour boards?", [Turn(BOARD, SAID)], False),
        ("Who chairs the three harbour boards?", [Turn(BOARD, SAID)], True),
    ],
)
def test_a_model_adds_no_name_number_or_denial(
    written: str, turns: list[Turn], holds: bool
) -> None:
    assert faithful(written, "And who chairs it?", BOARD, turns) == holds


def test_a_model_keeps_a_denial_and_may_translate_a_place() -> None:
    assert not faithful("Why does Russia sign it?", "Why not?", RUSSIA, [Turn(RUSSIA)])
    turns = [Turn("Que propose la Russie dans sa communication sur le commerce ?")]
    whole = "Why does Russia propose a communication on commerce?"
    assert faithful(whole, "And why does it propose one?", "", turns)
    assert not faithful(whole.replace("Russia", "Japan"), "And why does it?", "", turns)


WORDS = """et la le de du il elle qui quand Russie Japon 2015 texte cette son it its what about and
? - ' n° l'a"""
texts = st.text(max_size=60) | st.lists(st.sampled_from(WORDS.split())).map(" ".join)


@given(texts, st.lists(texts, max_size=3))
@settings(deadline=None)
def test_whatever_is_typed_there_is_a_question(question: str, earlier: list[str]) -> None:
    whole = condensed(question, *earlier)
    assert whole.strip() or not question.strip()


def test_words_of_one_language_tell_it_where_grammar_does_not() -> None:
    assert language_of("rapport cnuced 2015 adresse web", []) == "fr"
    assert language_of("unctad report web address", []) == "en"
