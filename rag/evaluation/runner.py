"""Ask every question of a test set and score what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from rag.evaluation.answerers import TRIVIAL, Answerer
from rag.evaluation.gold import Gold, locate
from rag.evaluation.model_judge import Agreement
from rag.evaluation.scoring import DEPTH, claims, faults, score
from rag.evaluation.summary import Figures, summary
from rag.evaluation.testset import Case
from rag.evaluation.uncertainty import percentile
from rag.support import Claim, Support
from rag.types import Answer, Document, Paragraph

SLICES = ("fr", "en", "all")


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer to a case and its scores; a metric that does not apply is not in `scores`.

    `confidence` and `wrong` are of the answer that would have been given without refusing: −1
    and 1 where there is none.
    """

    answer: Answer
    supports: tuple[Support, ...]
    scores: Mapping[str, float]
    faults: tuple[str, ...]
    confidence: float
    wrong: float


@dataclass(frozen=True, slots=True)
class Row:
    """A case, where its gold lies, what was answered in how long, and beside it what the trivial
    answerers make of the same hits. `pair` is «fr→en»: the question's language and its gold's,
    «fr→fr+en» for gold in both, «» where there is none."""

    case: Case
    gold: Gold
    pair: str
    real: Scored
    trivial: Mapping[str, Scored]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Rows in the order of the test set, and their figures by slice, by pair of languages, by kind
    of question, and of each trivial answerer over all. `latency` has p50 and p95 by slice.
    `agreement` is that of the model that judged support with labelled pairs, where one did."""

    rows: tuple[Row, ...]
    figures: Mapping[str, Figures]
    pairs: Mapping[str, Figures]
    kinds: Mapping[str, Figures]
    trivial: Mapping[str, Figures]
    latency: Mapping[str, tuple[float, float]]
    agreement: Agreement | None = None


def evaluate(
    answerer: Answerer,
    cases: Sequence[Case],
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Ask all `cases`, with 10 hits each; `progress(done, total)` follows.

    Raises InvalidInput listing the gold spans that are not in the answerer's paragraphs.
    """
    gold = locate(cases, answerer.documents.values(), answerer.paragraphs)
    paragraphs = {paragraph.id: paragraph for paragraph in answerer.paragraphs}
    judge = _Judge(answerer, answerer.documents)
    rows: list[Row] = []
    for case in cases:
        began = perf_counter()
        answer = answerer.ask(case, DEPTH)
        elapsed = (perf_counter() - began) * 1000
        insisted = answerer.insist(case, DEPTH) if answer.abstained else answer
        own = gold[case.id]
        rows.append(
            Row(
                case=case,
                gold=own,
                pair=_pair(case, own, paragraphs),
                real=judge.scored(case, own, answer, insisted),
                trivial={
                    name: judge.scored(case, own, derive(answer), derive(insisted))
                    for name, derive in TRIVIAL.items()
                },
                milliseconds=elapsed,
            )
        )
        if progress:
            progress(len(rows), len(cases))
    return _report(rows)


class _Judge:
    def __init__(self, answerer: Answerer, documents: Mapping[str, Document]) -> None:
        self._answerer = answerer
        self._documents = documents
        # The trivial answerers repeat one another's and the real one's claims.
        self._checked: dict[tuple[Claim, ...], tuple[Support, ...]] = {}

    def scored(self, case: Case, gold: Gold, answer: Answer, insisted: Answer) -> Scored:
        supports = self._supports(answer)
        scores = score(case, answer, gold, self._documents, supports)
        wrong = 1.0
        if not insisted.abstained:
            wrong = 1 - score(case, insisted, gold, self._documents, ())["right"]
        return Scored(
            answer=answer,
            supports=supports,
            scores=scores,
            faults=faults(case, answer, scores),
            confidence=-1.0 if insisted.abstained else insisted.confidence,
            wrong=wrong,
        )

    def _supports(self, answer: Answer) -> tuple[Support, ...]:
        claimed = claims(answer)
        if claimed and claimed not in self._checked:
            self._checked[claimed] = tuple(self._answerer.check(claimed))
        return self._checked.get(claimed, ())


def _pair(case: Case, gold: Gold, paragraphs: Mapping[str, Paragraph]) -> str:
    written = {paragraphs[id].language for group in gold.groups for id in group}
    spoken = "+".join(language for language in ("fr", "en") if language in written)
    return f"{case.language}→{spoken}" if spoken else ""


def _report(rows: Sequence[Row]) -> Report:
    slices = {name: of_language(rows, name) for name in SLICES}
    kinds = dict.fromkeys(row.case.kind for row in rows)
    pairs = sorted({row.pair for row in rows if row.pair})
    return Report(
        rows=tuple(rows),
        figures={name: _summary(part) for name, part in slices.items()},
        pairs={pair: _summary([row for row in rows if row.pair == pair]) for pair in pairs},
        kinds={kind: _summary([row for row in rows if row.case.kind == kind]) for kind in kinds},
        trivial={
            name: summary(
                [row.trivial[name].scores for row in rows],
                [row.trivial[name].confidence for row in rows],
                [row.trivial[name].wrong for row in rows],
            )
            for name in TRIVIAL
        },
        latency={name: _latency(part) for name, part in slices.items()},
    )


def of_language(rows: Sequence[Row], name: str) -> list[Row]:
    """The rows of a slice: those of a language, or «all»."""
    return [row for row in rows if name in ("all", row.case.language)]


def _summary(rows: Sequence[Row]) -> Figures:
    return summary(
        [row.real.scores for row in rows],
        [row.real.confidence for row in rows],
        [row.real.wrong for row in rows],
    )


def _latency(rows: Sequence[Row]) -> tuple[float, float]:
    times = [row.milliseconds for row in rows]
    return percentile(times, 0.5), percentile(times, 0.95)
