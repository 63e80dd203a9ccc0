"""The committed test set is what its README says: balanced, honest, and about these documents."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from rag import chunker, documents
from rag.evaluation.gold import Gold, locate
from rag.evaluation.metrics import fold
from rag.evaluation.testset import EITHER, KINDS, Case, load
from rag.types import Document, Paragraph

ROOT = Path(__file__).parent.parent
CASES = load(ROOT / "evals" / "questions.jsonl")
ANSWERABLE = [case for case in CASES if case.answerable]


@pytest.fixture(scope="module")
def seeds() -> list[Document]:
    folder = ROOT / "seeds"
    return [documents.read(path, folder) for path in sorted(folder.glob("*.txt"))]


@pytest.fixture(scope="module")
def paragraphs(seeds: list[Document]) -> dict[str, Paragraph]:
    return {p.id: p for document in seeds for p in chunker.chunk(document)}


@pytest.fixture(scope="module")
def gold(seeds: list[Document], paragraphs: dict[str, Paragraph]) -> dict[str, Gold]:
    return dict(locate(CASES, seeds, paragraphs.values()))


def test_half_in_each_language_and_every_kind_in_both() -> None:
    assert len(CASES) >= 120
    languages = Counter(case.language for case in CASES)
    assert languages["fr"] == languages["en"]
    for language in languages:
        own = [case for case in CASES if case.language == language]
        assert {case.kind for case in own} >= set(KINDS) - set(EITHER)
        assert sum(not case.answerable for case in own) >= 17
        assert sum(case.kind == "near_miss" for case in own) >= 7


def test_every_document_is_asked_about_in_both_languages(seeds: list[Document]) -> None:
    for document in seeds:
        asked = Counter(
            case.language
            for case in ANSWERABLE
            if any(span.document == document.source for group in case.gold for span in group)
        )
        assert min(asked["fr"], asked["en"]) >= 8, document.source


def test_comparisons_need_two_paragraphs(gold: dict[str, Gold]) -> None:
    for case in CASES:
        if case.kind == "comparison":
            assert len(case.gold) >= 2, case.id
            assert len(set(gold[case.id].groups)) >= 2, case.id


def test_questions_do_not_copy_the_documents(seeds: list[Document]) -> None:
    texts = [" ".join(words(document.text)) for document in seeds]
    for case in CASES:
        asked = words(case.question)
        runs = [" ".join(asked[i : i + 6]) for i in range(len(asked) - 5)]
        copied = [run for run in runs if any(run in text for text in texts)]
        assert not copied, f"{case.id}: {copied}"


def test_each_fact_can_be_quoted_from_the_gold(
    gold: dict[str, Gold], paragraphs: dict[str, Paragraph]
) -> None:
    missing = [
        f"{case.id}: {fact}"
        for case in ANSWERABLE
        for fact in case.facts
        if not any(fold(text) in fold(gold_text(case, gold, paragraphs)) for text in fact)
    ]
    assert missing == []


def test_no_question_is_asked_twice() -> None:
    asked = Counter(fold(case.question) for case in CASES)
    assert asked.most_common(1)[0][1] == 1


def gold_text(case: Case, gold: dict[str, Gold], paragraphs: dict[str, Paragraph]) -> str:
    return "\n".join(paragraphs[id].text for group in gold[case.id].groups for id in group)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))
