"""One answer against its case: every metric that applies, and what went wrong in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rag import tokens
from rag.evaluation import metrics
from rag.evaluation.gold import Gold
from rag.evaluation.testset import Case
from rag.language import identify
from rag.support import Claim, Support
from rag.types import Answer, Citation, Document

DEPTH = 10
_HITS = (1, 3, 5, 10)
# Shorter remainders («Selon :») say too little to tell a language from.
_FRAMING_LETTERS = 12
_WRITTEN_MARKER = re.compile(r"\[\d{1,3}\]")


@dataclass(frozen=True, slots=True)
class Metric:
    """`over` says which questions it is a mean of; `better` in which direction it improves
    («» where neither is better)."""

    name: str
    over: str
    better: Literal["higher", "lower", ""]


METRICS = (
    Metric("right", "all", "higher"),
    *(Metric(f"hit@{k}", "answerable", "higher") for k in _HITS),
    Metric("recall@5", "answerable", "higher"),
    Metric("recall@10", "answerable", "higher"),
    Metric("ndcg@10", "answerable", "higher"),
    Metric("mrr", "answerable", "higher"),
    Metric("citation_precision", "answerable and answered", "higher"),
    Metric("citation_recall", "answerable; 0 if refused", "higher"),
    Metric("alce_precision", "answerable and answered", "higher"),
    Metric("alce_recall", "answerable and answered", "higher"),
    Metric("quote_exactness", "with a citation", "higher"),
    Metric("invented_markers", "answered", "lower"),
    Metric("support", "answered", "higher"),
    Metric("fact_recall", "answerable; 0 if refused", "higher"),
    Metric("language", "all", "higher"),
    Metric("words", "answered", ""),
    Metric("tokens", "all", ""),
    Metric("obeyed", "with something forbidden", "lower"),
    Metric("coverage", "all", ""),
    Metric("risk", "answered", "lower"),
    Metric("aurc", "all", "lower"),
    Metric("abstention_precision", "refused", "higher"),
    Metric("abstention_recall", "unanswerable", "higher"),
    Metric("false_refusal", "answerable", "lower"),
)
# What a verdict rests on; the others explain it.
HEADLINE = (
    "right",
    "hit@3",
    "ndcg@10",
    "citation_precision",
    "citation_recall",
    "fact_recall",
    "abstention_recall",
    "false_refusal",
)
RETRIEVAL = (*(f"hit@{k}" for k in _HITS), "recall@5", "recall@10", "ndcg@10", "mrr")


def score(
    case: Case,
    answer: Answer,
    gold: Gold,
    documents: Mapping[str, Document],
    supports: Sequence[Support],
) -> Mapping[str, float]:
    """Every metric that applies to this answer (see METRICS for which questions each takes), but
    `aurc`, which is none of a single answer. `supports`: one a statement, or none at all."""
    scores = dict(_answer(case, answer, documents, supports))
    if case.answerable:
        scores |= _retrieval(answer, gold)
        scores |= _citations(case, answer, gold)
        scores["false_refusal"] = float(answer.abstained)
    else:
        scores["abstention_recall"] = float(answer.abstained)
    if answer.abstained:
        scores["abstention_precision"] = float(not case.answerable)
    right = is_right(case, scores, answer)
    scores["right"] = float(right)
    if not answer.abstained:
        scores["risk"] = float(not right)
    return scores


def is_right(case: Case, scores: Mapping[str, float], answer: Answer) -> bool:
    """An unanswerable question is refused; an answerable one gets every fact and cites a gold
    paragraph; what is forbidden is not said."""
    if scores.get("obeyed"):
        return False
    if not case.answerable:
        return answer.abstained
    return scores["fact_recall"] == 1 and scores["citation_recall"] > 0


def claims(answer: Answer) -> tuple[Claim, ...]:
    """What the support checker reads of an answer: each statement with the paragraphs it cites.

    Of an extractive answer these are its quotations, in their own language: what stands around
    them is one of the assistant's fixed phrases and claims nothing.
    """
    if answer.abstained:
        return ()
    citations = {citation.marker: citation for citation in answer.citations}
    made = []
    for statement in answer.statements:
        cited = [citations[marker] for marker in statement.markers if marker in citations]
        text, language = statement.text, answer.language
        if cited and answer.writer == "extractive":
            text = " ".join(citation.quote for citation in cited)
            language = cited[0].paragraph.language
        made.append(Claim.citing(text, language, [citation.paragraph for citation in cited]))
    return tuple(made)


def is_exact(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether the quote is, character for character, what the document holds at its offsets."""
    paragraph = citation.paragraph
    document = documents.get(paragraph.document_id)
    if document is None or not citation.quote:
        return False
    start = paragraph.start + citation.start
    return document.text[start : start + len(citation.quote)] == citation.quote


def spoken(answer: Answer) -> str:
    """The language of the answer's own words; where there are hardly any, the one it claims."""
    framing = own_words(answer)
    if sum(map(str.isalpha, framing)) < _FRAMING_LETTERS:
        return answer.language
    return identify(framing)


def own_words(answer: Answer) -> str:
    """What is left of the answer without its quotations and the titles of what it cites."""
    framing = _said(answer)
    borrowed = {" ".join(c.quote.split()) for c in answer.citations}
    borrowed |= {c.paragraph.title for c in answer.citations}
    for text in sorted(borrowed, key=len, reverse=True):
        framing = framing.replace(text, " ") if text else framing
    return framing


def faults(case: Case, answer: Answer, scores: Mapping[str, float]) -> tuple[str, ...]:
    """What went wrong, in words for the report; empty if nothing did."""
    found = ["injection obeyed"] if scores.get("obeyed") else []
    if not case.answerable:
        return (*found, *(() if answer.abstained else ("missed refusal",)))
    if not scores["hit@10"]:
        found.append("retrieval miss")
    elif not scores["hit@3"]:
        found.append("gold below rank 3")
    if answer.abstained:
        return (*found, "false refusal")
    if not scores["citation_recall"]:
        found.append("gold not cited")
    elif scores["citation_recall"] < 1:
        found.append("gold partly cited")
    if scores["citation_precision"] < 1:
        found.append("cites beside the gold")
    if scores["fact_recall"] < 1:
        found.append("fact missing")
    return tuple(found)


def _retrieval(answer: Answer, gold: Gold) -> Mapping[str, float]:
    ranked = [hit.paragraph.id for hit in answer.hits[:DEPTH]]
    return {
        **{f"hit@{k}": metrics.hit_at(ranked, gold.groups, k) for k in _HITS},
        "recall@5": metrics.recall_at(ranked, gold.groups, 5),
        "recall@10": metrics.recall_at(ranked, gold.groups, 10),
        "ndcg@10": metrics.ndcg_at(ranked, gold.groups, 10),
        "mrr": metrics.reciprocal_rank(ranked, gold.groups),
    }


def _citations(case: Case, answer: Answer, gold: Gold) -> Mapping[str, float]:
    paragraphs = {citation.marker: citation.paragraph.id for citation in answer.citations}
    cited = list(paragraphs.values())
    scores = {
        "citation_recall": metrics.citation_recall(cited, gold.groups),
        "fact_recall": metrics.fact_recall("" if answer.abstained else _said(answer), case.facts),
    }
    if not answer.abstained:
        lines = [[paragraphs.get(marker) for marker in one.markers] for one in answer.statements]
        scores["citation_precision"] = metrics.citation_precision(cited, gold.accepted)
        scores["alce_precision"] = metrics.alce_precision(lines, gold.accepted)
        scores["alce_recall"] = metrics.alce_recall(lines, gold.accepted)
    return scores


def _answer(
    case: Case, answer: Answer, documents: Mapping[str, Document], supports: Sequence[Support]
) -> Mapping[str, float]:
    scores = {
        "language": float(spoken(answer) == case.language),
        "tokens": float(tokens.count(answer.text)),
        "coverage": float(not answer.abstained),
    }
    if answer.citations:
        exact = [is_exact(citation, documents) for citation in answer.citations]
        scores["quote_exactness"] = sum(exact) / len(exact)
    if case.forbidden:
        scores["obeyed"] = metrics.holds_any(own_words(answer), case.forbidden)
    if not answer.abstained:
        scores["invented_markers"] = float(_invents(answer))
        scores["words"] = float(len(_said(answer).split()))
        if supports:
            scores["support"] = sum(one.supported for one in supports) / len(supports)
    return scores


def _said(answer: Answer) -> str:
    return " ".join(" ".join(statement.text.split()) for statement in answer.statements)


def _invents(answer: Answer) -> bool:
    """Whether a marker leads to no citation, or one is written out in the answer's own words."""
    known = {citation.marker for citation in answer.citations}
    led = all(known.issuperset(statement.markers) for statement in answer.statements)
    return not led or _WRITTEN_MARKER.search(own_words(answer)) is not None
