"""The figures of a report as tiles and as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.evaluation.runner import SLICES, Report, of_language
from rag.evaluation.scoring import HEADLINE, METRICS
from rag.evaluation.summary import Figures
from rag.evaluation.uncertainty import Figure

_BY_PAIR = ("hit@1", "hit@3", "hit@10", "recall@10", "ndcg@10", "mrr")
_BY_KIND = ("right", "hit@3", "citation_recall", "alce_precision", "fact_recall", "coverage")
_BETTER = {"higher": "↑", "lower": "↓", "": ""}


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure; `better` is an arrow that shows in which direction it improves."""

    name: str
    value: str
    interval: str
    over: str
    better: str


@dataclass(frozen=True, slots=True)
class Section:
    """A table: its columns' heads, and rows of as many cells."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tiles(report: Report) -> list[Tile]:
    by_name = {metric.name: metric for metric in METRICS}
    return [
        Tile(
            name=name,
            value=_value(report.figures["all"][name]),
            interval=_bounds(report.figures["all"][name]),
            over=f"n = {report.figures['all'][name].n}, {by_name[name].over}",
            better=_BETTER[by_name[name].better],
        )
        for name in HEADLINE
        if report.figures["all"][name].n
    ]


def sections(report: Report) -> list[Section]:
    """All figures, and what the judge of support is worth if a model was; then retrieval by pair of
    languages, and the main figures by kind."""
    made = [
        Section("All figures", _heads(report), (*_rows(report), _times(report))),
        Section(
            "The judge, on labelled pairs",
            ("pairs judged", "unjudged", "judged as labelled", "kappa"),
            tuple(
                (str(one.judged), str(one.unjudged), f"{one.alike:.2f}", f"{one.kappa:.2f}")
                for one in (report.agreement,)
                if one is not None
            ),
        ),
        Section(
            "Retrieval by language of question → language of gold",
            ("", "n", *_BY_PAIR),
            tuple(
                (pair, str(figures["hit@1"].n), *_values(figures, _BY_PAIR))
                for pair, figures in report.pairs.items()
            ),
        ),
        Section(
            "By kind of question",
            ("", "n", *_BY_KIND),
            tuple(
                (kind, str(figures["right"].n), *_values(figures, _BY_KIND))
                for kind, figures in report.kinds.items()
            ),
        ),
    ]
    return [section for section in made if section.rows]


def _heads(report: Report) -> tuple[str, ...]:
    counted = (f"{name} ({len(of_language(report.rows, name))})" for name in SLICES)
    return ("", *counted, *report.trivial, "over")


def _rows(report: Report) -> list[tuple[str, ...]]:
    rows = []
    for metric in METRICS:
        figures = [report.figures[name][metric.name] for name in SLICES]
        if figures[-1].n:
            trivial = (_value(one[metric.name]) for one in report.trivial.values())
            cells = (_value(figure) + " " + _bounds(figure) for figure in figures)
            named = f"{metric.name} {_BETTER[metric.better]}".strip()
            rows.append((named, *cells, *trivial, metric.over))
    return rows


def _times(report: Report) -> tuple[str, ...]:
    times = (report.latency[name] for name in SLICES)
    cells = (f"{p50:.0f} / {p95:.0f}" for p50, p95 in times)
    return ("ms p50 / p95", *cells, *("" for _ in report.trivial), "all")


def _values(figures: Figures, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(_value(figures[name]) for name in names)


def _value(figure: Figure) -> str:
    return _number(figure.value) if figure.n else "–"


def _bounds(figure: Figure) -> str:
    return f"[{_number(figure.low)}–{_number(figure.high)}]" if figure.n else ""


def _number(value: float) -> str:
    # Shares with two decimals; counts of words and tokens as whole numbers.
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}"
