"""Which earlier result a new one is compared with, and what happens where that cannot be."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from one_page import DOCUMENT, Reciter, line

from rag.errors import InvalidInput
from rag.evaluation import run_eval
from rag.evaluation.earlier import newest

Capture = pytest.CaptureFixture[str]
RECITER = Reciter({"Quand ?": ("Jusqu'en 2019, dit la note.", ("p0",))}, {"d": DOCUMENT})


@pytest.fixture
def testset(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    file.write_text(line("1", "Quand ?", [["jusqu'en 2019"]], [["2019"]]), encoding="utf-8")
    return file


def test_the_newest_is_of_the_latest_date_and_then_the_last_written(tmp_path: Path) -> None:
    assert newest(tmp_path / "none", "questions-assistant") is None
    files = (
        "2026-03-01-0123456789-questions-assistant.json",
        "2026-03-02-fedcba9876-questions-assistant.json",
        "2026-03-02-0123456789-dirty-questions-assistant.json",
        "2026-03-03-0123456789-questions-assistant-quick.json",
        "2026-03-03-0123456789-other-questions-assistant.json",
        "2026-03-03-0123456789-questions-assistant.html",
        "chat-model.json",
    )
    for age, name in enumerate(files):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    assert newest(tmp_path, "questions-assistant") == tmp_path / files[1]
    assert newest(tmp_path, "questions-assistant-quick") == tmp_path / files[3]


def test_an_earlier_file_that_is_no_result_stops_nothing(
    testset: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    old = out / "2000-01-01-0123456789-questions-assistant.json"
    old.write_text(json.dumps({"format": 1}), encoding="utf-8")
    assert run_eval(RECITER, testset, out=out) == 0
    printed = capsys.readouterr()
    assert "not compared" in printed.err
    assert old.name in printed.err
    assert "right in B only" not in printed.out
    assert len(list(out.glob("*.json"))) == 2


def test_other_questions_of_the_same_name_are_not_compared(
    testset: Path, tmp_path: Path, capsys: Capture
) -> None:
    run_eval(RECITER, testset, out=tmp_path / "out")
    text = testset.read_text(encoding="utf-8").replace("Quand ?", "Depuis quand ?")
    testset.write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert run_eval(RECITER, testset, out=tmp_path / "out") == 0
    printed = capsys.readouterr()
    assert "no question in common" in printed.err
    assert "right in B only" not in printed.out


def test_with_json_the_comparison_does_not_get_between(
    testset: Path, tmp_path: Path, capsys: Capture
) -> None:
    run_eval(RECITER, testset, out=tmp_path / "out")
    capsys.readouterr()
    run_eval(RECITER, testset, out=tmp_path / "out", as_json=True)
    assert json.loads(capsys.readouterr().out)["name"] == "questions-assistant"


def test_a_folder_that_cannot_be_written_is_told_before_any_question(
    testset: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    with pytest.raises(InvalidInput, match="--out DIR"):
        run_eval(RECITER, testset, out=taken)
