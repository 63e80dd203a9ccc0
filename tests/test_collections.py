"""The collections under `evals/collections`: documents as described, questions that fit them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from rag import chunker, documents
from rag.documents import DESCRIPTION
from rag.evaluation.collection import DOCUMENTS, QUESTIONS
from rag.evaluation.gold import Gold, locate
from rag.evaluation.metrics import fold
from rag.evaluation.testset import Case, load
from rag.types import Document, Paragraph

COLLECTION = Path(__file__).parent.parent / "evals" / "collections" / "manuals"
CASES = load(COLLECTION / QUESTIONS)
ANSWERABLE = [case for case in CASES if case.answerable]


@pytest.fixture(scope="module")
def collected() -> dict[str, Document]:
    folder = COLLECTION / DOCUMENTS
    read = (documents.read(path, folder) for path in documents.collect([folder]))
    return {document.source: document for document in read}


@pytest.fixture(scope="module")
def paragraphs(collected: dict[str, Document]) -> dict[str, Paragraph]:
    return {p.id: p for document in collected.values() for p in chunker.chunk(document)}


@pytest.fixture(scope="module")
def gold(collected: dict[str, Document], paragraphs: dict[str, Paragraph]) -> dict[str, Gold]:
    return dict(locate(CASES, list(collected.values()), paragraphs.values()))


def test_the_description_names_every_document_its_language_and_its_bytes(
    collected: dict[str, Document],
) -> None:
    text = (COLLECTION / DESCRIPTION).read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `(.+?)` \| .+ \| (French|English) \| <https://.+> \| .+ \|$", text, re.M
    )
    assert {name: language[:2].lower() for name, language in rows} == {
        source: document.language for source, document in collected.items()
    }
    sums = re.findall(r"^([0-9a-f]{64})  (.+)$", text, re.M)
    assert [name for _, name in sums] == [f"{DOCUMENTS}/{source}" for source in sorted(collected)]
    for checksum, name in sums:
        assert hashlib.sha256((COLLECTION / name).read_bytes()).hexdigest() == checksum, name


def test_it_is_large_and_in_both_languages(collected: dict[str, Document]) -> None:
    languages = Counter(document.language for document in collected.values())
    assert min(languages["fr"], languages["en"]) >= 30
    assert Counter(case.language for case in CASES) == {"fr": 50, "en": 50}
    assert sum(not case.answerable for case in CASES) == 25
    assert sum(case.kind == "near_miss" for case in CASES) == 12


def test_gold_lies_in_paragraphs_and_comparisons_need_two(gold: dict[str, Gold]) -> None:
    for case in ANSWERABLE:
        assert all(gold[case.id].groups), case.id
        if case.kind == "comparison":
            assert len(set(gold[case.id].groups)) >= 2, case.id


def test_each_fact_can_be_quoted_from_the_gold(
    gold: dict[str, Gold], paragraphs: dict[str, Paragraph]
) -> None:
    missing = []
    for case in ANSWERABLE:
        ids = frozenset().union(*gold[case.id].groups)
        text = fold("\n".join(paragraphs[id].text for id in ids))
        missing += [
            f"{case.id}: {fact}"
            for fact in case.facts
            if not any(fold(alternative) in text for alternative in fact)
        ]
    assert missing == []


def test_a_fifth_of_the_questions_cross_languages(collected: dict[str, Document]) -> None:
    crossing = Counter(
        case.language for case in ANSWERABLE if case.language not in languages(case, collected)
    )
    assert min(crossing["fr"], crossing["en"]) >= 10


def test_questions_do_not_copy_the_documents(collected: dict[str, Document]) -> None:
    texts = [" ".join(words(document.text)) for document in collected.values()]
    for case in CASES:
        asked = words(case.question)
        runs = [" ".join(asked[i : i + 6]) for i in range(len(asked) - 5)]
        copied = [run for run in runs if any(run in text for text in texts)]
        assert not copied, f"{case.id}: {copied}"


def languages(case: Case, collected: dict[str, Document]) -> set[str]:
    """The languages of the documents that answer it."""
    return {collected[span.document].language for group in case.gold for span in group}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))
