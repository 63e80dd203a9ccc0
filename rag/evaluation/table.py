"""A report as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rag.evaluation.runner import SLICES, Report, of_language
from rag.evaluation.scoring import METRICS
from rag.evaluation.summary import Figures
from rag.evaluation.uncertainty import Figure

_BY_PAIR = ("hit@1", "hit@3", "recall@10", "ndcg@10", "mrr")
_BY_KIND = ("right", "hit@3", "citation_recall", "alce_precision", "fact_recall", "coverage")


def table(report: Report) -> str:
    """The figures by language, those of the trivial answerers beside them, then retrieval by pair
    of languages and the main figures by kind of question. Intervals are of 95 %."""
    return "\n".join((*_main(report), "", *_pairs(report), "", *_kinds(report)))


def _main(report: Report) -> Iterable[str]:
    heads = (f"{name} ({len(of_language(report.rows, name))})" for name in SLICES)
    yield _line(("", *heads), 18) + _line(("", *report.trivial), 15, 0)
    for metric in METRICS:
        figures = [report.figures[name][metric.name] for name in SLICES]
        if not figures[-1].n:
            continue
        trivial = (_value(figures[metric.name]) for figures in report.trivial.values())
        yield _line((metric.name, *map(_interval, figures)), 18) + _line(("", *trivial), 15, 0)
        if metric.name == "support" and report.agreement:
            yield f"  its judge: {report.agreement}, on labelled pairs"
    times = (f"{p50:.0f} / {p95:.0f}" for p50, p95 in (report.latency[name] for name in SLICES))
    yield _line(("ms p50 / p95", *times), 18)


def _pairs(report: Report) -> Iterable[str]:
    yield _line(("question→paragraph", "n", *_BY_PAIR), 11)
    for pair, figures in report.pairs.items():
        yield _line((pair, str(figures["hit@1"].n), *_values(figures, _BY_PAIR)), 11)


def _kinds(report: Report) -> Iterable[str]:
    yield _line(("kind", "n", *_BY_KIND), 17)
    for kind, figures in report.kinds.items():
        yield _line((kind, str(figures["right"].n), *_values(figures, _BY_KIND)), 17)


def _line(cells: tuple[str, ...], width: int, first: int = 21) -> str:
    return f"{cells[0]:<{first}}" + "".join(f"{cell:>{width}}" for cell in cells[1:])


def _values(figures: Figures, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(_value(figures[name]) for name in names)


def _value(figure: Figure) -> str:
    return _number(figure.value) if figure.n else "–"


def _interval(figure: Figure) -> str:
    if not figure.n:
        return "–"
    return f"{_number(figure.value)} [{_number(figure.low)}–{_number(figure.high)}]"


def _number(value: float) -> str:
    # Shares with two decimals; counts of words and tokens as whole numbers.
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"
