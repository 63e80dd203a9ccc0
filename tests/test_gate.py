"""The gate: what it lets pass, what it stops, and how its baseline is renewed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from one_page import DOCUMENT, Reciter, line

from rag.errors import InvalidInput
from rag.evaluation import run_eval
from rag.evaluation.gate import TOLERANCES
from rag.evaluation.scoring import METRICS

GOOD = {
    "Quand ?": ("D'après la note, jusqu'en 2019.", ("p0",)),
    "Où ?": ("D'après la note, à Bali, 2013.", ("p2",)),
}
WORSE = {**GOOD, "Où ?": ("D'après la note, jusqu'en 2019.", ("p0",))}

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def testset(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    lines = [
        line("1", "Quand ?", [["jusqu'en 2019"]], [["2019"]]),
        line("2", "Où ?", [["Bali, 2013"]], [["Bali"]]),
        line("3", "Qui ?", [], []),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture
def baseline(testset: Path, tmp_path: Path, capsys: Capture) -> Path:
    file = tmp_path / "baseline.json"
    assert run_eval(Reciter(GOOD, {"d": DOCUMENT}), testset, accept=file) == 0
    capsys.readouterr()
    return file


def test_the_same_figures_pass(testset: Path, baseline: Path, capsys: Capture) -> None:
    assert run_eval(Reciter(GOOD, {"d": DOCUMENT}), testset, gate=baseline) == 0
    assert "no figure fell" in capsys.readouterr().err


def test_a_fall_beyond_its_tolerance_stops_and_is_named(
    testset: Path, baseline: Path, capsys: Capture
) -> None:
    assert run_eval(Reciter(WORSE, {"d": DOCUMENT}), testset, gate=baseline) == 1
    told = capsys.readouterr().err
    assert "gate: citation_recall is 0.500, was 1.000 (tolerance 0.060)" in told
    assert "gate: right is 0.667, was 1.000" in told
    assert "hit@1" not in told


def test_a_fall_within_its_tolerance_passes(testset: Path, baseline: Path) -> None:
    record = json.loads(baseline.read_text(encoding="utf-8"))
    for bound in record["figures"].values():
        bound["tolerance"] = 0.5
    baseline.write_text(json.dumps(record), encoding="utf-8")
    assert run_eval(Reciter(WORSE, {"d": DOCUMENT}), testset, gate=baseline) == 0


def test_where_lower_is_better_a_rise_stops(testset: Path, baseline: Path, capsys: Capture) -> None:
    refusing = {"Quand ?": GOOD["Quand ?"]}
    assert run_eval(Reciter(refusing, {"d": DOCUMENT}), testset, gate=baseline) == 1
    assert "gate: false_refusal is 0.500, was 0.000" in capsys.readouterr().err


def test_a_gain_is_told_and_a_new_baseline_keeps_it(
    testset: Path, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "baseline.json"
    run_eval(Reciter(WORSE, {"d": DOCUMENT}), testset, accept=file)
    assert run_eval(Reciter(GOOD, {"d": DOCUMENT}), testset, gate=file, accept=file) == 0
    assert "gate: right is 1.000, was 0.667; keep it: make baseline" in capsys.readouterr().err
    assert run_eval(Reciter(WORSE, {"d": DOCUMENT}), testset, gate=file) == 1


def test_a_baseline_of_other_questions_is_refused(testset: Path, baseline: Path) -> None:
    with testset.open("a", encoding="utf-8") as file:
        file.write("\n" + line("4", "Et ?", [], []))
    with pytest.raises(InvalidInput, match="make baseline"):
        run_eval(Reciter(GOOD, {"d": DOCUMENT}), testset, gate=baseline)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"figures": 3}'])
def test_what_is_no_baseline_is_refused(testset: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="--accept"):
        run_eval(Reciter(GOOD, {"d": DOCUMENT}), testset, gate=file)


def test_every_figure_of_the_gate_is_a_metric_that_has_a_better_side() -> None:
    assert set(TOLERANCES) <= {metric.name for metric in METRICS if metric.better}
