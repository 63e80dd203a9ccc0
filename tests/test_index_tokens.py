"""Token vectors on disk: what is written comes back, and tells passages apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny_encoder import make

from rag.errors import IndexCorrupt
from rag.index import Index, build, generation
from rag.index import tokens as token_files
from rag.index.tokens import DIRECTIONS, ROWS_FILE, Tokens, Writer, packed, projection
from rag.settings import Settings

Vectors = NDArray[np.float32]

HARBOUR = """THE HARBOUR

The trade of fisheries is free. The tax on a parcel is due at the harbour.

The harbour master may close the harbour when a storm is announced.
"""
TOWN = """LA VILLE

La ville tient un marché où les échanges sont libres.

La douane de la ville ferme à six heures.
"""


def vectors(count: int, dimension: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def written(folder: Path, passages: Sequence[Vectors], along: Vectors) -> Tokens:
    writer = Writer(folder, along)
    for passage in passages:
        writer.add(packed(passage, along))
    writer.close()
    return Tokens(folder)


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    passages = [vectors(count, 24, seed) for seed, count in enumerate((5, 0, 1, 9))]
    along = projection(passages)
    stored = written(tmp_path, passages, along)
    np.testing.assert_array_equal(stored.projection, along)
    for n, passage in enumerate(passages):
        np.testing.assert_array_equal(stored.rows(n), packed(passage, along))
        assert stored.rows(n).dtype == np.int8
    assert (tmp_path / ROWS_FILE).stat().st_size == 15 * 24


def test_fewer_dimensions_than_directions_lose_nothing() -> None:
    rows = vectors(40, 24)
    along = projection([rows])
    assert along.shape == (24, 24)
    np.testing.assert_allclose(along.T @ along, np.eye(24), atol=1e-5)
    cosines = (rows @ along) @ (rows @ along).T
    np.testing.assert_allclose(cosines, rows @ rows.T, atol=1e-5)


def test_of_more_dimensions_the_main_directions_are_kept() -> None:
    # 60 directions hold everything; the rest of the 200 dimensions are empty.
    rows = vectors(300, 60) @ vectors(60, 200, seed=1)
    along = projection([rows[:150], rows[150:]])
    assert along.shape == (200, DIRECTIONS)
    np.testing.assert_allclose(
        np.linalg.norm(rows @ along, axis=1), 1 * np.linalg.norm(rows, axis=1), rtol=1e-3
    )


def test_the_passage_with_the_questions_tokens_scores_highest(tmp_path: Path) -> None:
    passages = [vectors(12, 48, seed) for seed in range(20)]
    stored = written(tmp_path, passages, projection(passages))
    for n, passage in enumerate(passages):
        scores = stored.scores(passage[3:8], range(20))
        assert int(scores.argmax()) == n
        assert scores[n] > 0.95
        assert ((scores >= 0) & (scores <= 1)).all()


def test_scores_follow_the_passages_asked_for(tmp_path: Path) -> None:
    passages = [vectors(6, 24, seed) for seed in range(4)]
    stored = written(tmp_path, passages, projection(passages))
    question = np.concatenate([passages[2][:2], passages[0][:1]])
    there, back = stored.scores(question, [0, 1, 2, 3]), stored.scores(question, [3, 2, 1, 0])
    np.testing.assert_allclose(there, back[::-1], atol=1e-6)
    assert there.argmax() == 2


def test_nothing_asked_or_nothing_to_compare_scores_nothing(tmp_path: Path) -> None:
    passages = [vectors(4, 24), vectors(0, 24)]
    stored = written(tmp_path, passages, projection(passages))
    assert stored.scores(vectors(0, 24), [0, 1]).tolist() == [0.0, 0.0]
    assert stored.scores(vectors(3, 24), []).tolist() == []
    full, empty = stored.scores(passages[0][:2], [0, 1])
    assert full > 0.95
    assert empty == 0.0


def test_a_collection_without_tokens_can_be_opened(tmp_path: Path) -> None:
    stored = written(tmp_path, [vectors(0, 24)], projection([vectors(9, 24)]))
    assert stored.rows(0).shape == (0, 24)
    assert stored.scores(vectors(2, 24), [0]).tolist() == [0.0]


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 99), st.booleans())
def test_eight_bits_keep_every_cosine(asked: int, held: int, seed: int, zero: bool) -> None:
    along = projection([vectors(60, 32)])
    question, passage = vectors(asked, 32, seed), vectors(held, 32, seed + 100)
    if zero:
        passage[0] = 0.0
    rows = packed(passage, along).astype(np.float32) / 127
    assert np.isfinite(rows).all()
    np.testing.assert_allclose((question @ along) @ rows.T, question @ passage.T, atol=0.03)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(encoder=make(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (folder / "ville.txt").write_text(TOWN, encoding="utf-8")
    return folder


def test_a_refreshed_index_scores_as_a_fresh_one(
    texts: Path, tmp_path: Path, tiny: Settings
) -> None:
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    build([texts], index, tiny)
    before = Index.open(index)
    (texts / "ville.txt").write_text(TOWN.replace("six", "neuf"), encoding="utf-8")
    report = build([texts], index, tiny)
    assert 0 < report.encoded < report.passages
    build([texts], fresh, tiny)
    refreshed, rebuilt = Index.open(index), Index.open(fresh)
    assert refreshed.passages == rebuilt.passages

    old = {passage: row for row, passage in enumerate(before.passages)}
    kept = [row for row, passage in enumerate(refreshed.passages) if passage in old]
    assert len(kept) == report.passages - report.encoded
    for row in kept:
        np.testing.assert_array_equal(
            refreshed.tokens.rows(row), before.tokens.rows(old[refreshed.passages[row]])
        )

    encoder = refreshed.open_encoder()
    every = range(len(refreshed.passages))
    for question in ("trade and fisheries", "À quelle heure ferme la douane ?", "parcel tax"):
        _, asked = encoder.encode_query_tokens(question)
        # The directions differ by a turn, and each number was rounded to 8 bits.
        np.testing.assert_allclose(
            refreshed.tokens.scores(asked, every), rebuilt.tokens.scores(asked, every), atol=0.02
        )


@pytest.mark.parametrize("left", [0.0, 0.5])
def test_a_truncated_file_is_told(left: float, texts: Path, tmp_path: Path, tiny: Settings) -> None:
    index = tmp_path / "index"
    build([texts], index, tiny)
    folder = generation.read_pointer(index).folder(index)
    path = folder / token_files.ROWS_FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: int(left * len(whole))])
    with pytest.raises(IndexCorrupt, match=ROWS_FILE):
        Index.open(index)
    with pytest.raises((OSError, ValueError)):
        Tokens(folder)
    assert build([texts], index, tiny).changed
    Index.open(index)
