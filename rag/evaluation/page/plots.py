"""The geometry of three small plots, which the page's template draws as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.evaluation import curves
from rag.evaluation.runner import Report, of_language
from rag.evaluation.scoring import DEPTH

WIDTH, HEIGHT = 360, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 46, 12, 34
_ROW = 36
_NAMES = 128
_LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A curve by its points «x,y x,y», with its name at its end; `name` is also its style."""

    name: str
    points: str
    x: float
    y: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A single point and what it stands for."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines and marks on a grid; `left` to `right` and `top` to `bottom` bound it."""

    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_title: str
    y_title: str
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Whisker:
    """A figure with its interval, on the row of its metric."""

    name: str
    low: float
    value: float
    high: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Whiskers under one another; `names` are those of the metrics."""

    names: tuple[Tick, ...]
    whiskers: tuple[Whisker, ...]
    ticks: tuple[Tick, ...]
    left: float
    right: float
    top: float
    bottom: float
    width: int
    height: int


def recall_plot(report: Report) -> Plot:
    """Recall by the number of paragraphs read, a line for each language of the questions."""
    drawn = {name: curves.recall(of_language(report.rows, name)) for name in _LANGUAGES}
    lines = {
        name: [(_across(k, 1, DEPTH), _up(value)) for k, value in enumerate(values, 1)]
        for name, values in drawn.items()
        if values
    }
    return Plot(
        lines=_named(lines),
        marks=(),
        x_ticks=tuple(Tick(_across(k, 1, DEPTH), str(k)) for k in range(1, DEPTH + 1)),
        y_ticks=_shares(),
        x_title="paragraphs read",
        y_title="recall",
    )


def risk_plot(report: Report) -> Plot:
    """Risk by coverage of the assistant, where it stands, and where copy-top does."""
    points = [(_across(one.coverage, 0, 1), _up(one.risk)) for one in curves.risk(report.rows)]
    figures, copied = report.figures["all"], report.trivial["copy-top"]
    marks = []
    if figures["risk"].n:
        stands = _across(figures["coverage"].value, 0, 1), _up(figures["risk"].value)
        marks.append(Mark("threshold", *stands))
    if copied["risk"].n:
        marks.append(Mark("copy-top", _across(1, 0, 1), _up(copied["risk"].value)))
    return Plot(
        lines=_named({"all": points} if points else {}),
        marks=tuple(marks),
        x_ticks=tuple(Tick(_across(v, 0, 1), f"{v:g}") for v in (0, 0.25, 0.5, 0.75, 1)),
        y_ticks=_shares(),
        x_title="coverage: share of questions answered",
        y_title="risk",
    )


def language_plot(report: Report, names: Sequence[str]) -> Rows:
    """The named figures with their intervals, French above English."""
    kept = [name for name in names if report.figures["all"][name].n]
    bottom = _TOP + _ROW * len(kept)
    left, right = float(_NAMES), float(WIDTH - 44)

    def across(share: float) -> float:
        return round(left + (right - left) * min(share, 1.0), 1)

    whiskers = []
    for row, name in enumerate(kept):
        for offset, language in ((11, "fr"), (25, "en")):
            figure = report.figures[language][name]
            if figure.n:
                bounds = across(figure.low), across(figure.value), across(figure.high)
                y = _TOP + _ROW * row + offset
                whiskers.append(Whisker(language, *bounds, y, f"{figure.value:.2f}"))
    return Rows(
        names=tuple(Tick(_TOP + _ROW * row + 22, name) for row, name in enumerate(kept)),
        whiskers=tuple(whiskers),
        ticks=tuple(Tick(across(v), f"{v:g}") for v in (0, 0.25, 0.5, 0.75, 1)),
        left=left,
        right=right,
        top=_TOP,
        bottom=bottom,
        width=WIDTH,
        height=bottom + _BOTTOM,
    )


def _named(lines: dict[str, list[tuple[float, float]]]) -> tuple[Line, ...]:
    """The lines with their names at their ends, moved apart where they would touch."""
    made: list[Line] = []
    last = -100.0
    for name, points in sorted(lines.items(), key=lambda item: item[1][-1][1]):
        x, y = points[-1]
        last = max(y + 4, last + 14)
        made.append(Line(name, " ".join(f"{x},{y}" for x, y in points), x, y, round(last, 1)))
    return tuple(made)


def _across(value: float, least: float, most: float) -> float:
    share = (value - least) / (most - least)
    return round(_LEFT + (WIDTH - _RIGHT - _LEFT) * share, 1)


def _up(share: float) -> float:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * share, 1)


def _shares() -> tuple[Tick, ...]:
    return tuple(Tick(_up(value), f"{value:g}") for value in (0, 0.25, 0.5, 0.75, 1))
