"""Adversarial answers in each class that the support checker knows: none is shown unflagged that
the checker alone would not let pass."""

from __future__ import annotations

from adversarial import CLASSES, Outcome, kind, pairs, play
from scripted_model import served

from rag.encoder import open_encoder

_EACH = 25


def test_no_unsupported_sentence_is_shown_unflagged_beyond_the_checkers_misses() -> None:
    chosen = []
    for name in CLASSES:
        mine = [pair for pair in pairs() if kind(pair) == name]
        assert len(mine) >= _EACH
        # Spread over the set: all its texts, within a language and across.
        chosen += mine[:: len(mine) // _EACH][:_EACH]
    with served() as model:
        outcomes = play(chosen, model, open_encoder())
    assert len(outcomes) == _EACH * len(CLASSES)
    beyond = [one for one in outcomes if one.shown and not one.accepted]
    assert [one.pair.id for one in beyond] == []
    assert shown(outcomes, "supported") >= 15


def shown(outcomes: list[Outcome], name: str) -> int:
    return sum(one.shown for one in outcomes if kind(one.pair) == name)
