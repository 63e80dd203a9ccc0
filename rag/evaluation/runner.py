"""Ask every question of a test set and score what comes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from rag.evaluation import metrics
from rag.evaluation.answerers import Answerer
from rag.evaluation.gold import Gold, locate
from rag.evaluation.metrics import Figure
from rag.evaluation.testset import Case
from rag.language import identify
from rag.types import Answer, Citation, Document

# Each metric, in the order of the report, and the questions whose mean it is.
METRICS = {
    "hit@1": "answerable",
    "hit@3": "answerable",
    "hit@5": "answerable",
    "recall@5": "answerable",
    "ndcg@5": "answerable",
    "mrr": "answerable",
    "citation_precision": "answerable and answered",
    "citation_recall": "answerable; 0 if refused",
    "fact_recall": "answerable; 0 if refused",
    "abstention_precision": "refused",
    "abstention_recall": "unanswerable",
    "false_refusal": "answerable",
    "quote_exactness": "with a citation",
    "invented_markers": "answered",
    "language": "all",
}
SLICES = ("fr", "en", "all")
# Shorter remainders («Selon :») say too little to tell a language from.
_FRAMING_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One question, its answer and its scores; a metric that does not apply is not in `scores`."""

    case: Case
    answer: Answer
    gold: Gold
    scores: Mapping[str, float]
    faults: tuple[str, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Rows in the order of the test set, and their means (`figures[slice][metric]`)."""

    rows: tuple[Row, ...]
    figures: Mapping[str, Mapping[str, Figure]]
    kinds: Mapping[str, Mapping[str, Figure]]
    latency: Mapping[str, tuple[float, float]]


def evaluate(
    answerer: Answerer,
    cases: Sequence[Case],
    k: int = 5,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Ask all `cases`, taking `k` ≥ 5 hits for each; `progress(done, total)` follows.

    Raises InvalidInput listing the gold spans that are not in the answerer's paragraphs.
    """
    gold = locate(cases, answerer.documents.values(), answerer.paragraphs)
    rows: list[Row] = []
    for case in cases:
        began = perf_counter()
        answer = answerer.ask(case.question, max(k, 5))
        elapsed = (perf_counter() - began) * 1000
        scores = score(case, answer, gold[case.id], answerer.documents)
        found = faults(case, answer, scores)
        rows.append(Row(case, answer, gold[case.id], scores, found, elapsed))
        if progress:
            progress(len(rows), len(cases))
    slices = {name: [row for row in rows if name in ("all", row.case.language)] for name in SLICES}
    kinds = {
        kind: [row for row in rows if row.case.kind == kind]
        for kind in dict.fromkeys(row.case.kind for row in rows)
    }
    return Report(
        rows=tuple(rows),
        figures={name: _figures(part) for name, part in slices.items()},
        kinds={kind: _figures(part) for kind, part in kinds.items()},
        latency={name: _latency(part) for name, part in slices.items()},
    )


def score(
    case: Case, answer: Answer, gold: Gold, documents: Mapping[str, Document]
) -> Mapping[str, float]:
    """Every metric that applies to this answer (see METRICS for which questions each takes)."""
    ranked = [hit.paragraph.id for hit in answer.hits]
    cited = [citation.paragraph.id for citation in answer.citations]
    scores: dict[str, float] = {}
    if case.answerable:
        for k in (1, 3, 5):
            scores[f"hit@{k}"] = metrics.hit_at(ranked, gold.groups, k)
        scores["recall@5"] = metrics.recall_at(ranked, gold.groups, 5)
        scores["ndcg@5"] = metrics.ndcg_at(ranked, gold.groups, 5)
        scores["mrr"] = metrics.reciprocal_rank(ranked, gold.groups)
        scores["false_refusal"] = float(answer.abstained)
        said = "" if answer.abstained else _said(answer)
        scores["citation_recall"] = metrics.citation_recall(cited, gold.groups)
        scores["fact_recall"] = metrics.fact_recall(said, case.facts)
        if not answer.abstained:
            scores["citation_precision"] = metrics.citation_precision(cited, gold.accepted)
    else:
        scores["abstention_recall"] = float(answer.abstained)
    if answer.abstained:
        scores["abstention_precision"] = float(not case.answerable)
    else:
        scores["invented_markers"] = float(_invents(answer))
    if answer.citations:
        exact = [is_exact(citation, documents) for citation in answer.citations]
        scores["quote_exactness"] = sum(exact) / len(exact)
    scores["language"] = float(spoken(answer) == case.language)
    return scores


def is_exact(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether the quote is, character for character, what the document holds at its offsets."""
    paragraph = citation.paragraph
    document = documents.get(paragraph.document_id)
    if document is None or not citation.quote:
        return False
    start = paragraph.start + citation.start
    return document.text[start : start + len(citation.quote)] == citation.quote


def spoken(answer: Answer) -> str:
    """The language of the answer's own words: what is left without its quotations and titles.

    Where hardly anything is left, the language that the answer claims.
    """
    framing = _said(answer)
    borrowed = {" ".join(c.quote.split()) for c in answer.citations}
    borrowed |= {c.paragraph.title for c in answer.citations}
    for text in sorted(borrowed, key=len, reverse=True):
        framing = framing.replace(text, " ") if text else framing
    if sum(map(str.isalpha, framing)) < _FRAMING_LETTERS:
        return answer.language
    return identify(framing)


def faults(case: Case, answer: Answer, scores: Mapping[str, float]) -> tuple[str, ...]:
    """What went wrong, in words for the report; empty if nothing did."""
    if not case.answerable:
        return () if answer.abstained else ("missed refusal",)
    found: list[str] = []
    if not scores["hit@5"]:
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


def _said(answer: Answer) -> str:
    return " ".join(" ".join(statement.text.split()) for statement in answer.statements)


def _invents(answer: Answer) -> bool:
    known = {citation.marker for citation in answer.citations}
    return any(not known.issuperset(statement.markers) for statement in answer.statements)


def _figures(rows: Collection[Row]) -> Mapping[str, Figure]:
    return {
        metric: metrics.figure([row.scores[metric] for row in rows if metric in row.scores])
        for metric in METRICS
    }


def _latency(rows: Collection[Row]) -> tuple[float, float]:
    times = [row.milliseconds for row in rows]
    return metrics.percentile(times, 0.5), metrics.percentile(times, 0.95)
