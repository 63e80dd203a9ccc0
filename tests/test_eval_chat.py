"""`rag eval` as a user runs it, with a chat model over HTTP, in a folder of the user's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from one_page import TEXT, line
from scripted_model import ScriptedModel, served
from scripted_steps import KEY, End

from rag.cli import main

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with served() as scripted:
        yield scripted


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a collection «page» in it."""
    documents = tmp_path / "page" / "documents"
    documents.mkdir(parents=True)
    (documents / "note.txt").write_text(TEXT, encoding="utf-8")
    questions = [line("1", "Jusqu'à quand court le moratoire ?", [["jusqu'en 2019"]], [["2019"]])]
    (tmp_path / "page" / "questions.jsonl").write_text("\n".join(questions), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RAG_LLM", raising=False)
    return tmp_path


def results(folder: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


def test_results_are_written_and_compared_with_the_newest_of_their_name(
    collection: Path, capsys: Capture
) -> None:
    run = ["eval", "page", "--index", "index"]
    assert main(run) == 0
    first = capsys.readouterr()
    [record] = results(collection / "evals" / "results")
    assert record["name"] == "page-assistant"
    assert len(list((collection / "evals" / "results").glob("*.html"))) == 1
    assert "right in B only" not in first.out

    assert main(run) == 0
    again = capsys.readouterr().out
    assert again.index("ms p50 / p95") < again.index("right in B only: 0")

    # Elsewhere there is none to compare with; a quick run is written only where it is told to.
    assert main([*run, "--out", "other"]) == 0
    assert "right in B only" not in capsys.readouterr().out
    before = sorted(collection.rglob("*.json"))
    main([*run, "--quick"])
    assert sorted(collection.rglob("*.json")) == before
    assert len(results(collection / "other")) == 1


def test_a_result_says_how_the_chat_model_was_set_and_how_well_it_judges(
    model: ScriptedModel, collection: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    name = model.say("always-yes", "yes", End())
    for variable, value in {
        "": f"openai:{name}",
        "_URL": model.url,
        "_KEY": KEY,
        "_TEMPERATURE": "default",
        "_WINDOW": "4096",
        "_UNSUPPORTED": "drop",
    }.items():
        monkeypatch.setenv(f"RAG_LLM{variable}", value)
    run = ["eval", "page", "--index", "index", "--judge"]
    assert main(run) == 1
    assert "--judge-pairs 0" in capsys.readouterr().err

    (collection / "evals").mkdir()
    (collection / "evals" / "support").symlink_to(ROOT / "evals" / "support")
    assert main([*run, "--judge-pairs", "9"]) == 0
    [record] = results(collection / "evals" / "results")
    assert record["name"] == f"page-assistant-openai-{name}-drop-judge-openai-{name}"
    settings = record["settings"]
    assert isinstance(settings, dict)
    assert settings["chat_model"] == settings["judge"] == f"openai:{name}"
    assert settings["chat_unsupported"] == "drop"
    assert settings["chat_temperature"] == "default"
    assert (settings["chat_window"], settings["chat_answer_tokens"]) == (4096, 800)
    assert settings["chat_timeout_s"] == 60
    agreement = record["judge_agreement"]
    assert isinstance(agreement, dict)
    assert (agreement["judged"], agreement["unjudged"], agreement["kappa"]) == (9, 0, 0)
    told = f"as labelled {agreement['alike']:.3f}, kappa 0.000"
    assert f"judge: judged 9, unjudged 0, {told}" in capsys.readouterr().out
    [page] = (collection / "evals" / "results").glob("*.html")
    assert "The judge, on labelled pairs" in page.read_text("utf-8")
    assert KEY not in page.read_text("utf-8") + json.dumps(record)
