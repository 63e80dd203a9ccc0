"""The `rag` command: what it prints, what it refuses, and what it does not load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest
from conftest import ROOT, environment

from rag import __version__
from rag.cli import main
from rag.records import AnswerRecord, CitationRecord, HitRecord, SearchRecord

QUESTION = "Quand aura lieu la première réunion du groupe de la déclaration conjointe ?"
HEAVY = {"torch", "sentence_transformers", "transformers", "faiss", "tantivy", "numpy", "sklearn"}
GUESTS = {"gradio", "langchain", "langchain_core"}

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _default_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the shell that runs the tests has set."""
    for name in [name for name in os.environ if name.startswith("RAG_")]:
        monkeypatch.delenv(name)


def imported(report: str) -> set[str]:
    """The packages that `python -X importtime` reported."""
    lines = [line for line in report.split("\n") if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def run(home: Path, *arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rag.cli", *arguments],
        cwd=cwd,
        env={**environment(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def refused(capsys: Capture, *arguments: str | Path) -> str:
    """What is said when a command is refused: one line, and nothing on standard output."""
    assert main([str(argument) for argument in arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("rag: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    return said.err


def printed(capsys: Capture, *arguments: str | Path) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def test_help_shows_examples_and_loads_nothing_heavy(tmp_path: Path) -> None:
    done = run(tmp_path, "--help")
    assert done.returncode == 0
    assert "examples:" in done.stdout
    for command in ("index", "search", "ask", "chat", "eval", "beir"):
        assert f"  rag {command}" in done.stdout
    assert "RAG_INDEX" in done.stdout
    packages = imported(done.stderr)
    assert "argparse" in packages
    assert not packages & (HEAVY | GUESTS)


def test_search_loads_neither_the_chat_nor_langchain(index: Path, tmp_path: Path) -> None:
    done = run(tmp_path, "search", QUESTION, "--index", index, "-k", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["hits"]) == 2
    packages = imported(done.stderr)
    assert "torch" in packages
    assert not packages & GUESTS


def test_without_an_index_a_process_says_what_to_run(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", QUESTION, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    [said] = [line for line in done.stderr.split("\n") if line[:12] != "import time:" and line]
    assert said.startswith("rag: ")
    assert "rag index" in said
    assert "torch" not in imported(done.stderr)


@pytest.mark.parametrize("command", ["search", "ask", "chat", "eval"])
def test_each_command_that_needs_an_index_says_so(
    command: str, tmp_path: Path, capsys: Capture
) -> None:
    question = [QUESTION] if command in ("search", "ask") else []
    said = refused(capsys, command, *question, "--index", tmp_path / "none")
    assert f"rag index --index {tmp_path / 'none'}" in said


def test_the_version_is_printed(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"rag {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [[], ["dance"], ["ask", "?", "-k", "0"], ["ask", "?", "-k", "x"], ["chat", "--port", "-1"]],
)
def test_bad_usage_is_told_with_the_usage(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: rag" in capsys.readouterr().err


def test_the_json_of_an_answer_has_the_fields_of_its_record(index: Path, capsys: Capture) -> None:
    record = json.loads(printed(capsys, "ask", QUESTION, "--index", index, "-k", "3", "--json"))
    assert set(record) == set(get_type_hints(AnswerRecord))
    assert record["question"] == QUESTION
    assert record["language"] == "fr"
    assert record["abstained"] is False
    assert 0 <= record["confidence"] <= 1
    assert len(record["hits"]) == 3
    for hit in record["hits"]:
        assert set(hit) == set(get_type_hints(HitRecord))
        assert hit["end"] - hit["start"] == len(hit["text"])
    assert record["citations"]
    for n, citation in enumerate(record["citations"], 1):
        assert set(citation) == set(get_type_hints(CitationRecord))
        assert citation["marker"] == n
        assert citation["quote"] in citation["text"]
        assert f"[{n}]" in record["text"]


def test_the_json_of_a_search_has_the_fields_of_its_record(index: Path, capsys: Capture) -> None:
    record = json.loads(printed(capsys, "search", QUESTION, "--index", index, "--json"))
    assert set(record) == set(get_type_hints(SearchRecord))
    assert len(record["hits"]) == 5
    assert all(set(hit) == set(get_type_hints(HitRecord)) for hit in record["hits"])
    scores = [hit["score"] for hit in record["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_an_answer_is_printed_with_its_sources(index: Path, capsys: Capture) -> None:
    text = printed(capsys, "ask", QUESTION, "--index", index)
    answer, sources = text.split("\n\n")
    assert "premier trimestre de 2018" in answer
    assert sources.startswith("[1] ")
    assert "000_dc57ce952d50d149.txt" in sources


def test_hits_are_printed_one_after_the_other(index: Path, capsys: Capture) -> None:
    text = printed(capsys, "search", QUESTION, "--index", index, "-k", "3")
    assert [block.split(".")[0] for block in text.split("\n\n")] == ["1", "2", "3"]
    assert "premier trimestre de 2018" in text


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_file_of_questions_keeps_its_order_and_ids(
    command: str, index: Path, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "questions.jsonl"
    asked = [
        {"id": "z", "question": "When is the first meeting?"},
        {"id": 7, "question": "Quand finit le moratoire ?"},
        {"question": "Que dit\u2028le texte ?"},
        {"id": "a", "question": QUESTION, "also": "ignored"},
    ]
    lines = [json.dumps(line, ensure_ascii=False) for line in asked]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = printed(capsys, command, "--from", file, "--index", index, "-k", "2")
    records = [json.loads(line) for line in text.strip().split("\n")]
    assert [record["id"] for record in records] == ["z", "7", "3", "a"]
    assert [record["question"] for record in records] == [line["question"] for line in asked]
    assert all(len(record["hits"]) == 2 for record in records)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_neither_no_question_nor_two_are_taken(
    command: str, tmp_path: Path, capsys: Capture
) -> None:
    assert "--from" in refused(capsys, command)
    assert "--from" in refused(capsys, command, QUESTION, "--from", tmp_path / "q.jsonl")


def test_a_bad_line_of_questions_is_named(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"question": "Quand ?"}\n{"question": 3}\n', encoding="utf-8")
    assert f"{file}, line 2" in refused(capsys, "ask", "--from", file)
    assert "absent.jsonl" in refused(capsys, "ask", "--from", tmp_path / "absent.jsonl")


@pytest.mark.parametrize("question", ["", "  ", "x" * 3000])
def test_what_is_no_question_is_refused(question: str, index: Path, capsys: Capture) -> None:
    refused(capsys, "ask", question, "--index", index)


def test_a_setting_that_is_no_number_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("RAG_PORT", "http")
    assert "RAG_PORT" in refused(capsys, "index")


def test_an_empty_folder_cannot_be_indexed(tmp_path: Path, capsys: Capture) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    said = refused(capsys, "index", empty, "--index", tmp_path / "index")
    assert str(empty) in said
    assert "rag index" in said


def test_the_good_file_of_two_is_indexed_and_the_other_named(
    tmp_path: Path, capsys: Capture
) -> None:
    folder, index = tmp_path / "texts", tmp_path / "index"
    folder.mkdir()
    (folder / "good.txt").write_text("Le port ferme à midi en hiver.\n", encoding="utf-8")
    (folder / "photo.txt").write_bytes(bytes(range(256)) * 20)
    said = printed(capsys, "index", folder, "--index", index)
    assert "indexed 1 document" in said
    assert "left out: " in said
    assert "photo.txt" in said
    assert "good.txt" not in said

    again = printed(capsys, "index", folder, "--index", index)
    assert "nothing changed" in again
    assert "photo.txt" in again
    record = json.loads(printed(capsys, "index", folder, "--index", index, "--json"))
    assert record["changed"] is False
    assert record["documents"] == 1
    assert [file["path"] for file in record["left_out"]] == [str(folder / "photo.txt")]

    [hit] = json.loads(printed(capsys, "search", "port", "--index", index, "--json"))["hits"]
    assert hit["text"] == "Le port ferme à midi en hiver."
    assert hit["source"] == "good.txt"
