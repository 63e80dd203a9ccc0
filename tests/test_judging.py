"""What judges of support are worth, by the hand-worked example that `docs/metrics.md` gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.model_judge import drawn
from rag.evaluation.pairs import Pair, Text
from rag.evaluation.support import Judgement, auroc, measures

SCORES = (0.9, 0.6, 0.6, 0.4, 0.2)
SUPPORTED = (True, True, False, True, False)


def pair(number: int, *, supported: bool) -> Pair:
    text = Text(f"t{number}", f"s{number}", "held-back", "fr", "…")
    return Pair(f"p{number}", "…", "fr", text, "supported" if supported else "unrelated", "")


def test_auroc_of_five_scores_with_a_tie() -> None:
    # Couples in order: 0.9 with both, 0.6 and 0.4 with 0.2; tied: 0.6 with 0.6; of 3 × 2.
    assert auroc(np.array(SCORES), np.array(SUPPORTED)) == pytest.approx((4 + 1 / 2) / 6)


def test_precision_recall_and_missed_of_the_verdicts() -> None:
    judged = [
        Judgement(pair(number, supported=supported), score, score >= 0.5)
        for number, (score, supported) in enumerate(zip(SCORES, SUPPORTED, strict=True))
    ]
    found = measures(judged)
    assert found["auroc"].value == pytest.approx(0.75)
    assert found["precision"].value == pytest.approx(2 / 3)
    assert found["recall"].value == pytest.approx(2 / 3)
    assert found["missed"].value == pytest.approx(1 / 2)
    assert {figure.n for figure in found.values()} == {5}


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1))
def test_auroc_counts_couples(scored: list[tuple[int, bool]]) -> None:
    yes = [score for score, supported in scored if supported]
    no = [score for score, supported in scored if not supported]
    couples = [(a > b) + (a == b) / 2 for a in yes for b in no]
    scores, truths = zip(*scored, strict=True)
    wanted = sum(couples) / len(couples) if couples else 0.5
    assert auroc(np.array(scores, float), np.array(truths)) == pytest.approx(wanted)


def test_the_pairs_that_a_judge_is_measured_on_are_always_the_same() -> None:
    pairs = [pair(number, supported=bool(number % 3)) for number in range(50)]
    assert drawn(pairs, 12) == drawn(pairs, 12)
    assert len(set(drawn(pairs, 12))) == 12
    assert drawn(pairs, 0) == drawn(pairs, 60) == pairs
