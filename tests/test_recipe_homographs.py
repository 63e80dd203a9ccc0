"""The recipe's step for words that both languages write, on a made-up corpus."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rag.encoder.recipe.align import Alignment, align
from rag.encoder.recipe.corpus import words
from rag.encoder.recipe.homographs import homographs

VERBS = {"sees": "voit", "sells": "vend", "takes": "prend", "has": "a"}
OBJECTS = {
    "gold": "de l'or",
    "a hand": "une main",
    "a table": "une table",
    "the main house": "la maison principale",
    "the main gate": "la porte principale",
    "one or two": "un ou deux",
    "two or three": "deux ou trois",
}
PAIRS = [
    (f"{who} {verb} {thing}", f"{qui} {verbe} {chose}")
    for who, qui in {"she": "elle", "the child": "l'enfant", "he": "il"}.items()
    for verb, verbe in VERBS.items()
    for thing, chose in OBJECTS.items()
]


@pytest.fixture(scope="module")
def alignment() -> Alignment:
    return align([(words(en), words(fr)) for en, fr in PAIRS])


def spec_of(vocabulary: list[str]) -> dict[str, object]:
    from tokenizers import Tokenizer, models, pre_tokenizers

    ids = {word: at for at, word in enumerate(["[UNK]", *vocabulary])}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    found: dict[str, object] = json.loads(tokenizer.to_str())
    return found


def test_words_translated_as_others_get_a_row_near_their_translations(
    alignment: Alignment,
) -> None:
    english = sorted({word for en, _ in PAIRS for word in words(en)})
    french = sorted({word for _, fr in PAIRS for word in words(fr)} - set(english))
    rows = np.random.default_rng(1).normal(size=(1 + len(english) + len(french), 64))
    found = homographs(
        spec_of([*english, *french]), set(english), rows.astype(np.float32), alignment
    )
    named = {one.word: one for one in found}
    assert {"main", "or"} <= named.keys()
    assert "table" not in named, "it is translated as itself"
    for word, translation in (("main", "hand"), ("or", "gold")):
        assert named[word].language == "fr"
        row, other = named[word].row, rows[1 + english.index(translation)]
        own = rows[1 + english.index(word)]
        assert row @ other > 2 * abs(row @ own)
        assert np.linalg.norm(row) == pytest.approx(np.linalg.norm(own), rel=0.01)


def test_a_french_word_that_english_uses_is_read_otherwise_by_english_texts(
    alignment: Alignment,
) -> None:
    english = sorted({word for en, _ in PAIRS for word in words(en)} - {"main"})
    french = sorted({word for _, fr in PAIRS for word in words(fr)} - set(english))
    rows = np.random.default_rng(1).normal(size=(1 + len(english) + len(french), 64))
    found = homographs(
        spec_of([*english, *french]), set(english), rows.astype(np.float32), alignment
    )
    assert {one.word: one.language for one in found} == {"main": "en", "or": "fr"}
