"""The bundled reranker: what answers stands before what only speaks of the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.errors import EncoderUnavailable
from rag.reranker import Reranker, open_reranker
from rag.reranker.bundled import PairReader

PACKAGE = Path(__file__).parents[1] / "rag"

# Question, the passage that answers it, and two on the same subject that do not.
TRIPLES = [
    (
        "Combien de temps faut-il garder les factures ?",
        "Invoices must be kept for ten years after the end of the financial year.",
        "Les factures sont émises en deux exemplaires et portent un numéro.",
        "An invoice names the seller, the buyer and the goods.",
    ),
    (
        "Who may appoint the members of the council?",
        "Les membres du conseil sont nommés par le ministre pour trois ans.",
        "Le conseil se réunit au moins deux fois par an au siège de l'office.",
        "The council publishes its annual report in June.",
    ),
    (
        "Where are applications for a fishing licence sent?",
        "Applications for a fishing licence are sent to the harbour office of the region.",
        "A fishing licence is valid for one year and may be renewed.",
        "Les titulaires d'un permis de pêche déclarent leurs prises chaque mois.",
    ),
]


@pytest.fixture(scope="module")
def reranker() -> Reranker:
    return open_reranker()


@pytest.mark.parametrize(("question", "right", "first", "second"), TRIPLES)
def test_the_answer_stands_first_in_either_language(
    reranker: Reranker, question: str, right: str, first: str, second: str
) -> None:
    scores = reranker.scores(question, [first, right, second])
    assert scores.argmax() == 1


def test_a_score_depends_on_its_own_passage_alone(reranker: Reranker) -> None:
    question, *passages = TRIPLES[0]
    many = reranker.scores(question, [*passages, "", "mot " * 1000, *passages])
    assert many.dtype == np.float32
    np.testing.assert_array_equal(
        many, reranker.scores(question, [*passages, "", "mot " * 1000, *passages])
    )
    # Padding changes the last bits of bfloat16, and nothing more.
    np.testing.assert_allclose(many[:3], many[-3:], atol=0.02)
    assert np.isfinite(many).all()


def test_nothing_to_read_gives_nothing(reranker: Reranker) -> None:
    assert reranker.scores("why?", []).shape == (0,)


def test_bfloat16_gives_the_scores_of_float32() -> None:
    folders = PACKAGE / "reranker" / "model", PACKAGE / "encoder" / "model"
    question, *passages = TRIPLES[1]
    low, full = (
        PairReader(*folders, low_precision=low).scores(question, passages) for low in (True, False)
    )
    np.testing.assert_allclose(low, full, atol=0.2)


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(PACKAGE / "reranker" / "model", folder)
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    with pytest.raises(EncoderUnavailable, match="damaged"):
        PairReader(folder, PACKAGE / "encoder" / "model")
