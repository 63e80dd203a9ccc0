"""The measurements as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from evals.bench.measured import HEADLINE, METRICS, Bench, MeasuredSet
from evals.bench.report import head, row
from rag.evaluation.uncertainty import Difference, Figure

_SURE = 0.05
_TITLES = ("nDCG@10", "recall@5", "recall@100", "MRR@10")


def markdown(bench: Bench) -> str:
    """One overview of all sets, then a table for each."""
    lines = [
        "# Retrieval",
        "",
        *bench.setting.lines(),
        "",
        *(
            [f"{bench.questions} questions of each set, drawn with a seed.", ""]
            * (bench.questions > 0)
        ),
        *(f"- **{name}**: {what}" for name, what in bench.described.items()),
        *(f"- {one.name} was skipped: {one.reason}" for one in bench.skipped),
        "",
        "Metrics are × 100, with 95 % bootstrap intervals over the questions. «gained» is the "
        f"difference to {next(iter(bench.described))} on the same questions, with its paired "
        "bootstrap interval; p is that of Fisher's randomisation test, adjusted by Holm's method "
        f"for the configurations of a set, * where it is under {_SURE}. A query's time runs from "
        "its text to 100 paragraphs, its encoding included; an index's from the texts to the "
        "opened index.",
        "",
        "## nDCG@10",
        "",
        *_overview(bench),
    ]
    for measured in bench.sets:
        lines += ["", *_set(measured)]
    return "\n".join(lines) + "\n"


def _overview(bench: Bench) -> Iterator[str]:
    names = list(bench.described)
    yield from head(("set", "questions", "passages", *names))
    for one in bench.sets:
        values = [f"{100 * run.figure(HEADLINE).value:.1f}" for run in one.runs]
        yield row((one.name, str(one.questions), str(one.passages), *values))


def _set(measured: MeasuredSet) -> Iterator[str]:
    yield f"## {measured.name}"
    yield ""
    yield f"{measured.questions} questions, {measured.passages} passages."
    yield ""
    columns = (*_TITLES, "nDCG@10 gained", "p", "index s", "query ms p50", "p95")
    yield from head(("configuration", *columns))
    differences, adjusted = measured.differences(), measured.adjusted()
    for run in measured.runs:
        by_metric = differences.get(run.name)
        yield row(
            (
                run.name,
                *(_figure(run.figure(metric)) for metric in METRICS),
                _difference(by_metric[HEADLINE]) if by_metric else "",
                _probability(adjusted[run.name]) if by_metric else "",
                f"{run.index_seconds:.1f}",
                f"{run.percentile(50):.1f}",
                f"{run.percentile(95):.1f}",
            )
        )
    directions = measured.by_direction()
    if directions:
        yield ""
        yield "nDCG@10 by languages of question → passage:"
        yield ""
        yield from head(("direction", "questions", *(run.name for run in measured.runs)))
        for direction, by in directions.items():
            n = next(iter(by.values())).n
            yield row((direction, str(n), *(_figure(one) for one in by.values())))


def _figure(one: Figure) -> str:
    return f"{100 * one.value:.1f} [{100 * one.low:.1f}, {100 * one.high:.1f}]"


def _difference(one: Difference) -> str:
    return f"{100 * one.difference:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]"


def _probability(p: float) -> str:
    return ("<0.001" if p < 0.001 else f"{p:.3f}") + (" *" if p < _SURE else "")
