"""The test set's file format: what is read, what is refused and where, what an index must hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from one_page import DOCUMENT, P, line

from rag.cli import main
from rag.errors import InvalidInput
from rag.evaluation import load
from rag.evaluation.gold import locate
from rag.evaluation.testset import quick
from rag.types import Turn


def test_spans_that_the_index_does_not_hold_are_all_listed(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    lines = [
        line("1", "A ?", [["jusqu'en 2020"]], [["x"]]),
        line("2", "B ?", [["Le "]], [["x"]]),
        line("3", "C ?", [["Bali"]], [["x"]]),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        locate(load(file), [DOCUMENT], [P["p0"], P["p1"]])
    message = str(refused.value)
    assert '1: note.txt does not hold "jusqu\'en 2020"' in message
    assert "2: note.txt holds 'Le ' more than once" in message
    assert "3: no paragraph of note.txt holds 'Bali'" in message


def test_a_span_stands_for_every_paragraph_that_it_overlaps(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    text = line("1", "A ?", [["2019.\n\nLe groupe"], ["Bali"]], [["x"]])
    file.write_text(text, encoding="utf-8")
    gold = locate(load(file), [DOCUMENT], P.values())["1"]
    assert gold.groups == (frozenset({"p0", "p1"}), frozenset({"p2"}))
    assert gold.accepted == {"p0", "p1", "p2"}


GOOD = json.loads(line("1", "A ?", [["2019"]], [["x"]]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"language": "de"}, 'line 2: field "language"'),
        ({"kind": "riddle"}, 'line 2: field "kind"'),
        ({"answerable": "yes"}, 'line 2: field "answerable"'),
        ({"answerable": False}, 'line 2: field "answerable"'),
        ({"question": " "}, 'line 2: field "question"'),
        ({"gold": []}, 'line 2: field "gold"'),
        ({"gold": [[]]}, 'line 2: field "gold"'),
        ({"gold": [[{"document": "note.txt"}]]}, 'line 2: field "gold"'),
        ({"facts": ["2019"]}, 'line 2: field "facts"'),
        ({"facts": [[""]]}, 'line 2: field "facts"'),
        ({"also": "x"}, 'line 2: field "also"'),
        ({"answr": 1}, 'line 2: field "answr"'),
        ({"id": "0"}, 'line 2: field "id"'),
        ({"kind": "near_miss", "answerable": False}, 'line 2: field "gold"'),
        ({"kind": "follow_up"}, 'line 2: field "turns"'),
        ({"kind": "follow_up", "turns": []}, 'line 2: field "turns"'),
        ({"kind": "follow_up", "turns": "Qui ?"}, 'line 2: field "turns"'),
        ({"kind": "follow_up", "turns": [" "]}, 'line 2: field "turns"'),
        ({"kind": "follow_up", "turns": [{"answer": "Bali"}]}, 'line 2: field "turns"'),
        ({"turns": ["Qui ?"]}, 'line 2: field "turns"'),
        ({"forbidden": [""]}, 'line 2: field "forbidden"'),
        ({"comment": 3}, 'line 2: field "comment"'),
        ({"id": 7}, 'line 2: field "id"'),
    ],
)
def test_a_bad_line_names_its_number_and_field(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    file = tmp_path / "q.jsonl"
    first = json.dumps({**GOOD, "id": "0", "question": "Une ligne\u2028et une autre ?"})
    second = json.dumps({**GOOD, **change})
    file.write_text(f"{first}\n{second}\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load(file)
    assert message in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"id": "1"}'])
def test_what_is_no_test_set_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput):
        load(file)
    with pytest.raises(InvalidInput):
        load(tmp_path / "absent.jsonl")


def test_a_line_nested_beyond_reading_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 1"):
        load(file)


def test_a_follow_up_carries_its_earlier_turns_with_or_without_answers(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    turns = ["Où était-ce ?", {"question": "Quand ?", "answer": "En 2013."}]
    follow_up = {**GOOD, "kind": "follow_up", "turns": turns}
    injection = {**GOOD, "id": "2", "kind": "injection", "forbidden": ["PERROQUET"]}
    refused = {**injection, "id": "3", "answerable": False, "gold": [], "facts": []}
    text = "\n".join(json.dumps(record) for record in (follow_up, injection, refused))
    file.write_text(f"\ufeff{text}", encoding="utf-8")
    first, second, third = load(file)
    assert first.turns == (Turn("Où était-ce ?"), Turn("Quand ?", "En 2013."))
    assert second.forbidden == ("PERROQUET",)
    assert (second.answerable, third.answerable) == (True, False)


def test_a_folder_is_indexed_and_scored_with_its_own_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, index = tmp_path / "port", tmp_path / "index"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "port.txt").write_text("Le port ferme à midi.\n", encoding="utf-8")
    gold = [[{"document": "port.txt", "quote": "ferme à midi"}]]
    question = {**GOOD, "question": "À quelle heure ferme le port ?", "gold": gold}
    record = {**question, "facts": [["midi"]]}
    (folder / "questions.jsonl").write_text(json.dumps(record), encoding="utf-8")
    for _ in range(2):
        run = ["eval", str(folder), "--index", str(index), "--out", str(tmp_path / "results")]
        assert main([*run, "--json"]) == 0
        result = json.loads(capsys.readouterr().out)
        assert result["figures"]["all"]["hit@1"]["value"] == 1
    assert (index / "collections" / "port" / "CURRENT").exists()


def test_a_folder_without_questions_is_no_collection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", str(tmp_path), "--index", str(tmp_path / "index")]) == 1
    assert "questions.jsonl" in capsys.readouterr().err


def test_added_questions_do_not_change_who_else_is_quick(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    records = [{**GOOD, "id": f"q{number}"} for number in range(200)]
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    cases = load(file)
    chosen = quick(cases)
    assert 30 < len(chosen) < 70
    assert quick(cases[::2]) == tuple(case for case in cases[::2] if case in chosen)
