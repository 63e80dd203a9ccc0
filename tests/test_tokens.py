"""Counting tokens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.tokens import count, encoding


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200))
def test_tokens_give_the_text_back(text: str) -> None:
    tokens = encoding().encode_ordinary(text)
    assert encoding().decode(tokens) == text
    assert count(text) == len(tokens) <= len(text.encode())


def test_common_words_of_both_languages_are_few_tokens() -> None:
    assert count("") == 0
    assert count("Les Membres sont encouragés à tenir des discussions.") <= 12
    assert count("Members are encouraged to hold discussions.") <= 10
    assert count("<|endoftext|>") > 1
