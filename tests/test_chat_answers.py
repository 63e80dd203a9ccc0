"""Answers that a chat model writes, over real HTTP: the whole repertoire of `scripted_parts`.

No invented citation is shown, no unsupported sentence unflagged, and every fault ends in a cited
extractive answer or a refusal.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from harbour import ACROSS, QUESTIONS
from scripted_assistants import ALWAYS, TIMEOUT, Open, check
from scripted_model import ScriptedModel
from scripted_parts import ATTACK, FAULTY, GOOD, PARTS, REFUSED
from scripted_steps import KEY, End, Prompt, Status, Step

from rag.assistant import Assistant
from rag.chat_model import words
from rag.chat_model.frames import unframed
from rag.encoder import Encoder
from rag.errors import InvalidInput
from rag.index import Index
from rag.reranker import open_reranker
from rag.support import Checker, Claim
from rag.types import Language


def test_the_repertoire_is_whole() -> None:
    assert set(PARTS) == set(GOOD) | set(FAULTY) | set(REFUSED)
    assert len(PARTS) >= 35


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", [name for name in GOOD if name != "deliberate"])
def test_a_model_that_answers_is_heard(name: str, language: Language, with_model: Open) -> None:
    assistant = with_model(name)
    answer = assistant.ask(QUESTIONS[language])
    check(answer, assistant)
    assert answer.writer == "chat"
    assert not answer.abstained
    assert answer.language == language
    assert answer.statements[0].flag is None
    assert answer.statements[0].markers == (1,)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", FAULTY)
def test_a_model_that_fails_leaves_the_quoted_answer_and_a_plain_notice(
    name: str,
    language: Language,
    with_model: Open,
    without_model: Assistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    kind, _ = FAULTY[name]
    timeout = 1.0 if kind == "timeout" else TIMEOUT
    assistant = with_model(name, timeout=timeout)
    began = time.monotonic()
    answer = assistant.ask(QUESTIONS[language])
    assert time.monotonic() - began < timeout + 5, "at most a few seconds over the time-out"
    check(answer, assistant)
    assert answer.writer == "extractive"
    assert answer.citations
    [notice] = answer.notices
    assert notice.kind == "fell-back"
    assert notice.text.startswith(words(language).faults[kind])
    assert KEY not in f"{notice} {caplog.text}"
    assert replace(answer, notices=()) == without_model.ask(QUESTIONS[language])


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", REFUSED)
def test_where_nothing_is_supported_the_assistant_refuses(
    name: str, language: Language, with_model: Open
) -> None:
    assistant = with_model(name)
    answer = assistant.ask(QUESTIONS[language])
    check(answer, assistant)
    assert answer.abstained
    assert answer.hits
    [notice] = answer.notices
    assert notice.kind in ("no-answer", "nothing-supported")


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("partly-cited", "uncited"),
        ("wrong-marker", "uncited"),
        ("unsupported", "unsupported"),
        ("misquoting", "misquoted"),
        ("half-wrong-language", None),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_doubtful_sentence_is_flagged_or_if_so_set_dropped_and_counted(
    name: str, flag: str | None, language: Language, with_model: Open
) -> None:
    answer = with_model(name).ask(QUESTIONS[language])
    assert answer.statements[-1].flag is not None
    assert flag in (None, answer.statements[-1].flag)
    assert "⚠" in answer.text
    kept = with_model(name, unsupported="drop").ask(QUESTIONS[language])
    assert all(statement.flag is None for statement in kept.statements)
    assert [one.text for one in kept.statements] == [
        one.text for one in answer.statements if one.flag is None
    ]
    assert [notice.kind for notice in kept.notices] == ["dropped"]


@pytest.mark.parametrize(
    ("language", "foreign", "own"),
    [
        (
            "fr",
            "The tax goes to the harbour office by 31 March. Foreign boats pay 500 euros yearly",
            "Les bateaux étrangers paient 500 euros par an au Harbour Board of Corval",
        ),
        (
            "en",
            "La redevance est payée à la capitainerie avant le 30 avril. "
            "Les bateaux visiteurs paient 300 livres",
            "Visiting boats pay 300 pounds a year, says the Règlement du Port",
        ),
    ],
)
def test_a_short_sentence_in_the_other_language_is_flagged_and_a_name_of_it_is_not(
    language: Language, foreign: str, own: str, with_model: Open, scripted: ScriptedModel
) -> None:
    name = f"short-foreign-{language}"

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        marker = prompt.own[0].marker
        yield f"{prompt.own[0].first} [{marker}]. " * 4
        yield f"{own} [{marker}]. " + foreign.replace(".", f" [{marker}].") + f" [{marker}]."
        yield End()

    scripted.said[name] = part
    answer = with_model(name).ask(QUESTIONS[language])
    assert answer.writer == "chat"
    assert "language" not in [one.flag for one in answer.statements[:-2]]
    assert answer.statements[-3].text.startswith(own[:25])
    assert all(one.flag in ("language", "unsupported") for one in answer.statements[-2:])
    assert "language" in [one.flag for one in answer.statements[-2:]]


def test_where_the_first_sentence_of_a_line_is_dropped_the_rest_is_still_its_line(
    with_model: Open, scripted: ScriptedModel
) -> None:
    name = "uncited-first"

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        one = prompt.own[0]
        uncited = "Tout le monde le sait depuis longtemps. Personne n'en doute à Corval"
        yield f"- {one.first} [{one.marker}].\n- {uncited}. "
        yield f"{one.first} [{one.marker}]. {one.first} [{one.marker}].\n"
        yield f"Il en est ainsi partout. {one.first} [{one.marker}]."
        yield End()

    scripted.said[name] = part
    answer = with_model(name, unsupported="drop").ask(QUESTIONS["fr"])
    lines = [(one.text.startswith("• "), one.continues) for one in answer.statements]
    assert lines == [(True, False), (True, False), (False, True), (False, False)]


def test_hopeless_questions_never_reach_the_model(
    with_model: Open, scripted: ScriptedModel
) -> None:
    name = scripted.say("never-called", "Jamais [{1}].", End())
    answer = with_model(name, ALWAYS).ask(QUESTIONS["fr"])
    assert answer.abstained
    assert scripted.attempts(name) == []
    with pytest.raises(InvalidInput):
        with_model(name).ask("  ")


@pytest.mark.parametrize(
    ("language", "said", "original"),
    [
        ("fr", "Le phare de Selmouth a été automatisé en 1987", "The lighthouse of Selmouth was"),
        ("en", "The captain decides to close the harbour to all boats", "En cas de tempête"),
    ],
)
def test_a_foreign_passage_is_quoted_in_the_original_beside_the_models_translation(
    language: Language, said: str, original: str, with_model: Open, scripted: ScriptedModel
) -> None:
    """The sentence is the model's and is called so; the quotation is the store's."""
    name = f"translating-{language}"

    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        [one] = [p for p in prompt.paragraphs if original in p.text]
        yield f"{said} [{one.marker}]."
        yield End()

    scripted.said[name] = part
    assistant = with_model(name)
    answer = assistant.ask(ACROSS[language])
    check(answer, assistant)
    assert answer.language == language
    [statement] = answer.statements
    [citation] = answer.citations
    assert citation.paragraph.language != language
    assert citation.quote.startswith(original)
    assert citation.quote in statement.text
    mark = {
        "fr": "traduction du modèle ; texte d’origine",
        "en": "the model’s translation; original",
    }
    assert mark[language] in statement.text
    assert statement.flag is None


# --- what is sent ---------------------------------------------------------------------------


def test_the_request_holds_the_limits_and_the_key_and_nothing_else_holds_the_key(
    with_model: Open, scripted: ScriptedModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    name = scripted.say("limits", "Un texte [{1}].", End())
    assistant = with_model(name, temperature=0.25)
    assistant.ask(QUESTIONS["fr"])
    [played] = scripted.attempts(name)
    assert played.authorization == f"Bearer {KEY}"
    assert played.body["max_tokens"] == 300
    assert played.body["temperature"] == 0.25
    assert played.body["stream"] is True
    assert KEY not in caplog.text
    assert KEY not in repr(vars(assistant))


def test_markers_differ_from_question_to_question(
    with_model: Open, scripted: ScriptedModel
) -> None:
    name = scripted.say("twice", "Un texte [{1}].", End())
    assistant = with_model(name)
    for _ in range(2):
        assistant.ask(QUESTIONS["fr"])
    first, second = scripted.attempts(name)
    assert not {p.marker for p in first.prompt.paragraphs} & {
        p.marker for p in second.prompt.paragraphs
    }


def test_a_poisoned_paragraph_goes_in_as_data_and_comes_out_as_nothing(
    with_model: Open, scripted: ScriptedModel
) -> None:
    question = "Combien coûte l'abonnement au parking à vélos du port de Corval ?"
    name = scripted.say(
        "repeating", f"L'abonnement coûte douze euros par an [{{1}}]. {ATTACK}", End()
    )
    assistant = with_model(name)
    answer = assistant.ask(question)
    [played] = scripted.attempts(name)
    assert not any(sign in played.prompt.human for sign in ("![", "<script", "<img", "](", "[1]"))
    check(answer, assistant)


def test_retries_heed_what_the_endpoint_asks_and_end_with_the_time_out(
    with_model: Open, scripted: ScriptedModel
) -> None:
    limited = scripted.say("always-limited", Status(429, {"Retry-After": "0"}))
    with_model(limited).ask(QUESTIONS["fr"])
    assert len(scripted.attempts(limited)) == 4
    later = scripted.say("limited-for-an-hour", Status(429, {"Retry-After": "3600"}))
    with_model(later).ask(QUESTIONS["fr"])
    assert len(scripted.attempts(later)) == 1
    wrong = scripted.say("rejected-at-once", Status(400))
    with_model(wrong).ask(QUESTIONS["fr"])
    assert len(scripted.attempts(wrong)) == 1


def test_an_endpoint_that_is_not_there_leaves_the_quoted_answer(with_model: Open) -> None:
    answer = with_model("good", url="http://127.0.0.1:9/v1").ask(QUESTIONS["fr"])
    assert answer.citations
    assert answer.notices[0].text.startswith(words("fr").faults["unreachable"])


def test_a_window_too_small_for_any_evidence_leaves_the_quoted_answer(with_model: Open) -> None:
    answer = with_model("good", window=700).ask(QUESTIONS["fr"])
    assert answer.citations
    assert answer.notices[0].text.startswith(words("fr").faults["window"])


def test_what_did_not_fit_is_reported(with_model: Open) -> None:
    answer = with_model("good", window=850).ask(QUESTIONS["fr"])
    assert answer.writer == "chat"
    assert "left-out" in [notice.kind for notice in answer.notices]


# --- the checker has the last word ----------------------------------------------------------


def test_no_sentence_is_shown_unflagged_that_the_checker_does_not_support(
    with_model: Open, harbour_index: Index, harbour_encoder: Encoder
) -> None:
    checker = Checker(harbour_encoder, open_reranker(), harbour_index.lexicon)
    for name in GOOD:
        if name == "deliberate":
            continue
        answer = with_model(name).ask(QUESTIONS["fr"])
        for statement in answer.statements:
            if statement.flag is None:
                cited = [c.paragraph for c in answer.citations if c.marker in statement.markers]
                text = unframed(statement.text.removeprefix("• "))
                [support] = checker.check([Claim.citing(text, answer.language, cited)])
                assert support.supported, (name, statement)
