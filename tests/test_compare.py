"""Two result files compared: the figures, the flips, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from one_page import DOCUMENT, Reciter, line

from rag.cli import main
from rag.errors import InvalidInput
from rag.evaluation import run_compare, run_eval
from rag.evaluation.compare import compare
from rag.evaluation.result import Result

RIGHT = ("D'après la note, jusqu'en 2019.", ("p0",))
WRONG = ("D'après la note, à Bali, 2013.", ("p2",))

Capture = pytest.CaptureFixture[str]


def asked(count: int, folder: Path) -> Path:
    """A test set of as many questions, all answered by 2019."""
    folder.mkdir(exist_ok=True)
    file = folder / "questions.jsonl"
    lines = [line(f"q{n}", f"{n} ?", [["jusqu'en 2019"]], [["2019"]]) for n in range(count)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def result(testset: Path, right: set[int], folder: Path) -> Path:
    """The result of an answerer that gets these questions right, of ten, and no other."""
    table = {f"{n} ?": RIGHT if n in right else WRONG for n in range(10)}
    run_eval(Reciter(table, {"d": DOCUMENT}), testset, out=folder)
    [written] = folder.glob("*.json")
    return written


def test_the_questions_that_flipped_are_listed_on_their_side(
    tmp_path: Path, capsys: Capture
) -> None:
    testset = asked(10, tmp_path)
    first = result(testset, {0, 1, 2, 3}, tmp_path / "first")
    second = result(testset, {3, 4, 5, 6, 7, 8, 9}, tmp_path / "second")
    comparison = compare(Result.read(first), Result.read(second))
    assert [flip.first.id for flip in comparison.won] == ["q4", "q5", "q6", "q7", "q8", "q9"]
    assert [flip.first.id for flip in comparison.lost] == ["q0", "q1", "q2"]
    right = comparison.differences["right"]
    assert (right.first, right.second, right.n) == (0.4, 0.7, 10)
    assert right.difference == pytest.approx(0.3)
    assert comparison.differences["hit@1"].p == 1
    assert comparison.adjusted["right"] >= right.p

    capsys.readouterr()
    assert main(["eval", "--compare", str(first), str(second)]) == 0
    printed = capsys.readouterr().out
    assert "right in B only: 6" in printed
    assert "right in A only: 3" in printed
    assert "q4       4 ?  (gold not cited, cites beside the gold, fact missing)" in printed

    assert run_compare(first, second, as_json=True) == 0
    record = json.loads(capsys.readouterr().out)
    assert [flip["id"] for flip in record["lost"]] == ["q0", "q1", "q2"]


def test_only_questions_asked_in_the_same_words_are_paired(tmp_path: Path) -> None:
    first = result(asked(10, tmp_path / "ten"), {0}, tmp_path / "first")
    fewer = asked(7, tmp_path / "seven")
    text = fewer.read_text(encoding="utf-8").replace('"0 ?"', '"Zéro ?"')
    fewer.write_text(text, encoding="utf-8")
    second = result(fewer, {0}, tmp_path / "second")
    comparison = compare(Result.read(first), Result.read(second))
    assert (comparison.common, comparison.unmatched) == (6, 5)


def test_results_without_a_common_question_are_refused(tmp_path: Path) -> None:
    first = result(asked(1, tmp_path / "one"), {0}, tmp_path / "first")
    other = asked(1, tmp_path / "other")
    other.write_text(other.read_text(encoding="utf-8").replace("q0", "x0"), encoding="utf-8")
    second = result(other, {0}, tmp_path / "second")
    with pytest.raises(InvalidInput, match="no question in common"):
        run_compare(first, second)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no result"),
        ("[]", "no result"),
        ('{"format": 2}', "no result"),
        ('{"format": 1, "rows": []}', "has format 1"),
        ('{"format": 2, "name": "x", "commit": "y", "rows": [{"id": 1}]}', "no result"),
    ],
)
def test_what_is_no_result_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "result.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=says) as refused:
        Result.read(file)
    assert str(file) in str(refused.value)
