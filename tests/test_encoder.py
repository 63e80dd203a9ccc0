"""The encoder: bundled weights, models named by the user, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file

import rag.encoder
from rag.encoder import Encoder, open_encoder
from rag.encoder.bundled import REFERENCE, WEIGHTS, load_bundled
from rag.encoder.products import product
from rag.encoder.recipe.measure import Passages, ndcg
from rag.encoder.recipe.pack import CHECK_TEXTS
from rag.encoder.weights import read_packed, write_packed
from rag.errors import EncoderUnavailable

MODEL = Path(rag.encoder.__file__).parent / "model"

FRENCH = (
    "Les petites entreprises qui vendent en ligne doivent accomplir des formalités douanières "
    "longues et coûteuses chaque fois qu'un colis traverse une frontière.",
    "Les enfants doivent être vaccinés contre la rougeole avant d'entrer à l'école.",
    "Le ministère subventionne les agriculteurs qui réduisent leur consommation d'eau.",
)
ENGLISH = (
    "Small firms that sell online must complete long and costly customs formalities each time a "
    "parcel crosses a border.",
    "Children must be vaccinated against measles before they enter school.",
    "The ministry subsidises farmers who reduce their consumption of water.",
)
QUESTIONS = {
    "fr": (
        "Quels obstacles rencontrent les petites entreprises du commerce électronique ?",
        "Quel vaccin faut-il pour être scolarisé ?",
        "Qui reçoit une aide pour économiser l'eau ?",
    ),
    "en": (
        "What barriers do small e-commerce businesses face?",
        "Which vaccine is required to go to school?",
        "Who gets financial support for saving water?",
    ),
}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def similarity(encoder: Encoder, question: str, passages: tuple[str, ...]) -> NDArray[np.float32]:
    scores: NDArray[np.float32] = (
        encoder.encode_queries([question]) @ encoder.encode_passages(passages).T
    )[0]
    return scores


def test_rows_are_unit_vectors_in_the_order_of_the_texts(encoder: Encoder) -> None:
    texts = ["Un.", ENGLISH[0] * 4, "", FRENCH[1], "Deux mots."] * 20
    rows = encoder.encode_passages(texts)
    assert rows.shape == (100, encoder.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts[:5]])
    assert ((rows[:5] * alone).sum(axis=1) > 0.999).all()


def test_the_same_texts_give_the_same_vectors(encoder: Encoder) -> None:
    np.testing.assert_array_equal(encoder.encode_queries(FRENCH), encoder.encode_queries(FRENCH))


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)
    assert encoder.encode_queries([]).shape == (0, encoder.dimension)


def test_accents_case_ligatures_and_apostrophes_do_not_matter(encoder: Encoder) -> None:
    rows = encoder.encode_queries(["L’ŒUVRE ÉTUDIÉE", "l'oeuvre etudiee"])
    assert rows[0] @ rows[1] > 0.999


@pytest.mark.parametrize("asked", ["fr", "en"])
@pytest.mark.parametrize("passages", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_a_question_is_nearest_its_answer_in_either_language(
    encoder: Encoder, asked: str, passages: tuple[str, ...]
) -> None:
    for at, question in enumerate(QUESTIONS[asked]):
        assert int(similarity(encoder, question, passages).argmax()) == at


def test_the_answer_in_the_other_language_beats_the_unrelated_in_ones_own(
    encoder: Encoder,
) -> None:
    for at in range(3):
        others = tuple(text for i, text in enumerate(FRENCH) if i != at)
        assert similarity(encoder, QUESTIONS["fr"][at], (ENGLISH[at], *others)).argmax() == 0
        others = tuple(text for i, text in enumerate(ENGLISH) if i != at)
        assert similarity(encoder, QUESTIONS["en"][at], (FRENCH[at], *others)).argmax() == 0


@pytest.mark.parametrize("low_precision", [False, True])
def test_packing_keeps_the_trained_models_vectors(low_precision: bool) -> None:
    model = load_bundled(MODEL, low_precision=low_precision).model
    vectors = model.encode(list(CHECK_TEXTS), show_progress_bar=False)
    trained = load_file(MODEL / REFERENCE)["vectors"]
    assert ((vectors * trained).sum(axis=1) >= 0.99).all()


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(1, 1, 24), (1, 14, 24), (7, 120, 24)])
def test_products_are_those_of_the_formula(kind: torch.dtype, shape: tuple[int, ...]) -> None:
    drawn = torch.Generator().manual_seed(1)
    weight, bias = torch.randn(40, 24, generator=drawn), torch.randn(40, generator=drawn)
    states = torch.randn(shape, generator=drawn)
    other = torch.randn(*shape[:2], 40, generator=drawn)
    expected = (states.double() @ weight.double().T + bias.double()).float()
    made = product(weight.to(kind), bias.to(kind))
    near = {"rtol": 0.03, "atol": 0.15} if kind is torch.bfloat16 else {"rtol": 1e-4, "atol": 1e-4}
    low = states.to(kind)
    torch.testing.assert_close(made(low).float(), expected, **near)
    activated = 0.5 * expected * (1 + torch.erf(expected / 2**0.5))
    torch.testing.assert_close(made.activated(low).float(), activated, **near)
    torch.testing.assert_close(made.added(low, other.to(kind)).float(), expected + other, **near)


def test_packed_weights_differ_by_at_most_half_a_step(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    weights = {
        "rows": draw.normal(size=(50, 16)).astype(np.float32),
        "zeros": np.zeros((2, 4), dtype=np.float32),
        "bias": draw.normal(size=16).astype(np.float32),
    }
    write_packed(weights, tmp_path / WEIGHTS)
    found = read_packed(tmp_path / WEIGHTS)
    assert found.keys() == weights.keys()
    np.testing.assert_array_equal(found["bias"], weights["bias"])
    np.testing.assert_array_equal(found["zeros"], weights["zeros"])
    step = np.abs(weights["rows"]).max(axis=1, keepdims=True) / 127
    assert (np.abs(found["rows"] - weights["rows"]) <= step * 0.5001).all()


@pytest.mark.usefixtures("threads")
def test_threads_are_limited() -> None:
    open_encoder(threads=1)
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("damage", ["altered", "truncated", "missing"])
def test_damaged_weights_are_refused_with_a_remedy(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    weights = folder / WEIGHTS
    if damage == "missing":
        weights.unlink()
    else:
        data = bytearray(weights.read_bytes())
        data[-100] ^= 1
        weights.write_bytes(data if damage == "altered" else data[: len(data) // 2])
    with pytest.raises(EncoderUnavailable, match=r"weights\.safetensors.*[Rr]einstall"):
        load_bundled(folder)


def test_a_model_that_is_not_there_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=r"no-such-model.*RAG_ENCODER=bundled"):
        open_encoder(str(tmp_path / "no-such-model"))


def test_the_fingerprint_follows_the_prefixes(encoder: Encoder) -> None:
    assert open_encoder().fingerprint == encoder.fingerprint
    assert open_encoder(query_prefix="q: ").fingerprint != encoder.fingerprint
    assert open_encoder(passage_prefix="q: ").fingerprint not in {
        encoder.fingerprint,
        open_encoder(query_prefix="q: ").fingerprint,
    }


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with random weights and its own prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ":", "query", "passage", "commerce"]
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 32}
    layers = {"num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=len(words), **sizes, **layers)).save_pretrained(folder / "bert")
    (folder / "bert" / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    BertTokenizer(str(folder / "bert" / "vocab.txt")).save_pretrained(folder / "bert")
    prompts = {"query": "query: ", "document": "passage: "}
    for name, given in (("plain", {}), ("prompted", prompts)):
        bert = Transformer(str(folder / "bert"))
        model = SentenceTransformer(modules=[bert, Pooling(16)], prompts=given, device="cpu")
        model.save(str(folder / name))
    return folder


def test_a_folder_opens_and_prefixes_come_before_the_texts(tiny: Path) -> None:
    plain = open_encoder(str(tiny / "plain"))
    prefixed = open_encoder(str(tiny / "plain"), query_prefix="query: ", passage_prefix="passage: ")
    assert plain.dimension == 16
    asked, told = prefixed.encode_queries(["commerce"]), prefixed.encode_passages(["commerce"])
    np.testing.assert_allclose(asked, plain.encode_queries(["query: commerce"]), atol=1e-6)
    np.testing.assert_allclose(told, plain.encode_passages(["passage: commerce"]), atol=1e-6)
    assert float((asked @ told.T)[0, 0]) < 0.9999
    assert plain.fingerprint != prefixed.fingerprint


def test_a_models_own_prompts_serve_when_no_prefix_is_given(tiny: Path) -> None:
    own = open_encoder(str(tiny / "prompted"))
    given = open_encoder(str(tiny / "plain"), query_prefix="query: ", passage_prefix="passage: ")
    for texts in (["commerce"], ["commerce : commerce", "query"]):
        np.testing.assert_allclose(
            own.encode_queries(texts), given.encode_queries(texts), atol=1e-6
        )
        np.testing.assert_allclose(
            own.encode_passages(texts), given.encode_passages(texts), atol=1e-6
        )


def test_measured_by_the_rank_of_the_relevant_passages(encoder: Encoder, tmp_path: Path) -> None:
    corpus = [{"_id": f"p{i}", "title": "", "text": t} for i, t in enumerate(ENGLISH)]
    queries = [{"_id": f"q{i}", "text": t} for i, t in enumerate(QUESTIONS["fr"])]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")

    def value(*judged: str, dimensions: int = 0) -> float:
        lines = ["query-id\tcorpus-id\tscore", *judged]
        (tmp_path / "qrels.tsv").write_text("\n".join(lines), encoding="utf-8")
        return ndcg(encoder, Passages(encoder), tmp_path, dimensions=dimensions)

    assert value("q0\tp0\t1", "q1\tp1\t1", "q2\tp2\t1") == pytest.approx(1)
    assert value("q0\tp0\t1", "q1\tabsent\t1") == pytest.approx(0.5)
    assert value("q0\tp1\t1") in (pytest.approx(1 / np.log2(3)), pytest.approx(1 / np.log2(4)))
    all_right = ("q0\tp0\t1", "q1\tp1\t1", "q2\tp2\t1")
    assert value(*all_right, dimensions=len(ENGLISH)) == pytest.approx(1), "they span the passages"
    assert value(*all_right, dimensions=1) < 1
