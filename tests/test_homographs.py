"""Words that French and English write alike and mean differently."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

import rag.encoder
from rag.encoder import Encoder, open_encoder
from rag.encoder.bundled import TOKENIZER
from rag.encoder.homographs import Homographs, reading
from rag.reranker import open_reranker

MODEL = Path(rag.encoder.__file__).parent / "model"

# A French text, its translation, and an English text with the word's English meaning.
MEANT = {
    "comment": (
        "Comment envoyer le formulaire ?",
        "How do I send the form?",
        "Send the comment form.",
    ),
    "son": (
        "Elle cherche son père.",
        "She is looking for her father.",
        "Father and son are searching.",
    ),
    "car": (
        "Je reste car il pleut.",
        "I am staying because it is raining.",
        "The car stays in the rain.",
    ),
    "main": ("Il lève la main.", "He raises his hand.", "The main point is raised."),
    "or": (
        "Le prix de l'or monte.",
        "The price of gold rises.",
        "The price or the quality rises.",
    ),
    "pain": ("Il achète du pain.", "He buys bread.", "He feels pain."),
    "chat": ("Le chat dort.", "The cat is sleeping.", "The chat is closed."),
    "sale": ("La chemise est sale.", "The shirt is dirty.", "The shirt is for sale."),
    "prime": (
        "La prime est versée en mars.",
        "The bonus is paid in March.",
        "The prime minister paid in March.",
    ),
}
VOCABULARY = {"main": 0, "la": 1, "##s": 2, "the": 3, reading("main", "fr"): 4, "·": 5}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


@pytest.mark.parametrize("word", MEANT)
def test_a_french_text_is_nearer_its_translation_than_the_english_meaning(
    encoder: Encoder, word: str
) -> None:
    french, translation, other = encoder.encode_passages(MEANT[word])
    assert french @ translation > french @ other + 0.1


def test_the_english_meaning_stays_that_of_english_texts(encoder: Encoder) -> None:
    texts = ("The main point is raised.", "Le point principal est soulevé.", "La main est levée.")
    english, translation, other = encoder.encode_passages(texts)
    assert english @ translation > english @ other + 0.1


def test_the_reranker_reads_question_and_passage_each_in_its_language() -> None:
    passages = ("He raises his hand.", "He raises the main point.")
    right, wrong = open_reranker().scores("Que fait-il de la main ?", passages)
    assert right > wrong
    right, wrong = open_reranker().scores(
        "Where is his hand?", ("La main est là.", "La part est là.")
    )
    assert right > wrong


def test_a_word_is_read_by_the_language_of_its_text() -> None:
    homographs = Homographs(VOCABULARY)
    ids = torch.tensor([[1, 0], [3, 0], [0, 0]])
    read = homographs.resolve(ids, ["la main", "the main", "main main"])
    assert read.tolist() == [[1, 4], [3, 0], [0, 0]]
    assert ids.tolist() == [[1, 0], [3, 0], [0, 0]], "the ids given are not changed"


def test_a_piece_of_a_longer_word_is_not_the_word() -> None:
    ids = torch.tensor([[1, 0, 2, 0]])
    assert Homographs(VOCABULARY).resolve(ids, ["la mains main"]).tolist() == [[1, 0, 2, 4]]


def test_only_a_texts_own_tokens_are_read_by_its_language() -> None:
    ids, own = torch.tensor([[1, 0, 0]]), torch.tensor([[True, True, False]])
    assert Homographs(VOCABULARY).resolve(ids, ["la main"], own).tolist() == [[1, 4, 0]]


def test_no_text_writes_a_reading_itself() -> None:
    tokenizer = Tokenizer.from_file(str(MODEL / TOKENIZER))
    token = reading("main", "fr")
    own = tokenizer.token_to_id(token)
    assert own is not None
    assert own not in tokenizer.encode(f"la {token} {token}s").ids


def test_a_vocabulary_without_readings_changes_nothing() -> None:
    ids = torch.tensor([[1, 0]])
    assert Homographs({"main": 0, "la": 1}).resolve(ids, ["la main"]).tolist() == [[1, 0]]
