"""The encoder's recipe, from parallel texts to a packed model, on a made-up corpus."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from one_document import write_document
from safetensors.numpy import load_file

from rag.encoder.bundled import WEIGHTS, load_bundled
from rag.encoder.homographs import reading
from rag.encoder.recipe import __main__ as command
from rag.encoder.recipe.align import Alignment, align
from rag.encoder.recipe.corpus import words
from rag.encoder.recipe.distil import Plan, distil
from rag.encoder.recipe.matches import Match, Matches, Query, alike, read_questions
from rag.encoder.recipe.mixture import CONTRAST_PARTS, Batch, Mixture
from rag.encoder.recipe.pairs import Pairs
from rag.encoder.recipe.shallow import shallow
from rag.encoder.recipe.stages import STAGES, Draw
from rag.encoder.recipe.student import SentenceEncoder
from rag.encoder.recipe.vocabulary import ROWS, transplant
from rag.encoder.weights import read_packed
from rag.errors import InvalidInput
from rag.reranker.bundled import PairReader

zstandard = pytest.importorskip("zstandard")

SUBJECTS = {
    "the minister": "le ministre",
    "the dog": "le chien",
    "a child": "un enfant",
    "one or two": "un ou deux",
}
VERBS = {"sees": "voit", "sells": "vend", "takes": "prend"}
OBJECTS = {"water": "l'eau", "gold": "l’or", "the house": "la maison", "trade": "le commerce"}
PAIRS = [
    (f"{s} {v} {o}", f"{fs} {fv} {fo}")
    for s, fs in SUBJECTS.items()
    for v, fv in VERBS.items()
    for o, fo in OBJECTS.items()
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    rows = [{"en": en, "fr": fr, "kind": "sentence", "doc": "d", "q": 2.0} for en, fr in PAIRS]
    bad = {"en": "gold", "fr": "le chien", "kind": "sentence", "doc": "d", "q": 0.1}
    notes = [
        {
            "en_query": en,
            "fr_query": fr,
            "en_passage": f"{en}. {en}",
            "fr_passage": f"{fr}. {fr}",
            "en_title": "trade",
            "fr_title": "commerce",
            "doc": "d",
        }
        for en, fr in PAIRS
    ]
    for name, lines in (
        ("tatoeba", [*rows, bad]),
        ("europarl-general", rows),
        ("laws-notes", notes),
    ):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl.zst").write_bytes(zstandard.compress(text.encode()))
    return folder


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions on passages of the corpus, as the recipe reads them."""
    rows = [
        {
            "passage": f"europarl-general:{at}+2",
            "fr": f"qui {fr} ?",
            "en": f"who {en}?",
            "near": "?",
            "yes": en if at % 2 else fr,
            "no": f"no {en}" if at % 2 else f"non {fr}",
            "part": f"{en} there" if at % 2 else f"{fr} là",
        }
        for at, (en, fr) in enumerate(PAIRS[:-1])
    ]
    rows.append(
        {"passage": "laws-notes:1", "fr": "que voit-il ?", "en": "what does he see?", "near": "?"}
    )
    file = tmp_path_factory.mktemp("questions") / "questions.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    return file


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT folder with random weights that knows the English words alone."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("teacher")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    english = sorted({word for en, _ in PAIRS for word in words(en)})
    pieces = [*"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz")]
    vocabulary = [*special, "[unused0]", "。", "'", ".", *pieces, *english]
    ids = {word: at for at, word in enumerate(dict.fromkeys(vocabulary))}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])]
    )
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(ids),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        initializer_range=0.2,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def alignment() -> Alignment:
    return align([(words(en), words(fr)) for en, fr in PAIRS])


@pytest.fixture(scope="module")
def student(teacher: Path, alignment: Alignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    transplant(teacher, alignment, folder, french=100, seen=3)
    return folder


def test_words_align_with_their_translations(alignment: Alignment) -> None:
    best: dict[str, tuple[float, str]] = {}
    for en, fr, p in zip(alignment.en, alignment.fr, alignment.p_fr.tolist(), strict=True):
        word = alignment.en_words[en]
        best[word] = max(best.get(word, (0.0, "")), (p, alignment.fr_words[fr]))
    expected = {"minister": "ministre", "dog": "chien", "gold": "or", "sells": "vend"}
    assert {word: best[word][1] for word in expected} == expected
    totals = np.bincount(alignment.en, weights=alignment.p_fr)
    assert (totals <= 1.0001).all()


def test_new_words_take_the_place_of_their_translations(
    teacher: Path, student: Path, alignment: Alignment
) -> None:
    from tokenizers import Tokenizer

    before = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    after = Tokenizer.from_file(str(student / "tokenizer.json"))
    assert after.encode("L’Œuvre du ministre").tokens[1:4] == ["l", "'", "o"]
    assert "ministre" in after.encode("Le MINISTRE").tokens
    assert after.token_to_id("[unused0]") is None
    assert after.token_to_id("。") is None
    old = load_file(teacher / "model.safetensors")[ROWS][before.token_to_id("minister")]
    new = load_file(student / "model.safetensors")[ROWS][after.token_to_id("ministre")]
    cosine = old @ new / np.linalg.norm(old) / np.linalg.norm(new)
    assert cosine > 0.9


def test_the_order_of_the_texts_depends_on_the_seed_and_the_place_alone(corpus: Path) -> None:
    first, again = Mixture(corpus, seed=1, pool=60), Mixture(corpus, seed=1, pool=60)
    assert list(first.batches(3)) == list(again.batches(3))
    assert list(first.batches(3))[2:] == list(again.batches(3, start=2))
    assert list(first.batches(3)) != list(Mixture(corpus, seed=2, pool=60).batches(3))


def test_batches_pair_each_text_with_what_the_teacher_reads(corpus: Path) -> None:
    english_of = {fr: en for en, fr in PAIRS}
    batches = list(Mixture(corpus, seed=1, pool=200).batches(0))
    assert {batch.kind for batch in batches} == {"french", "english", "retrieval"}
    for batch in batches:
        assert len(batch.texts) == len(batch.english)
        if batch.kind == "retrieval":
            assert len(batch.passages) == len(batch.english_passages) == len(batch.texts)
        for text, english in zip(batch.texts, batch.english, strict=True):
            if text in english_of:
                assert english == english_of[text]
            assert (text, english) != ("le chien", "gold")  # its alignment score is too low


class CutMixture(Mixture):
    """Power fails after a number of batches."""

    left = 8

    def batches(self, pool: int, start: int = 0, part: int = 0) -> Iterator[Batch]:
        for batch in super().batches(pool, start, part):
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            yield batch


def test_a_training_that_was_cut_ends_as_if_it_had_not_been(
    corpus: Path, teacher: Path, student: Path, tmp_path: Path
) -> None:
    plan = Plan(steps=12, save_every=0.0)
    whole = distil(teacher, student, Mixture(corpus, seed=1, pool=40), tmp_path / "whole", plan)
    with pytest.raises(KeyboardInterrupt):
        distil(teacher, student, CutMixture(corpus, seed=1, pool=40), tmp_path / "cut", plan)
    cut = distil(teacher, student, Mixture(corpus, seed=1, pool=40), tmp_path / "cut", plan)
    start, expected, found = (
        load_file(path) for path in (student / "model.safetensors", whole, cut)
    )
    assert not np.array_equal(expected[ROWS], start[ROWS])
    for name, weight in expected.items():
        np.testing.assert_array_equal(found[name], weight, err_msg=name)


def test_questions_come_with_their_passages_in_both_languages(
    corpus: Path, questions: Path
) -> None:
    matches = read_questions(corpus, questions)
    assert [query.text for query in matches[0].queries] == [
        f"qui {PAIRS[0][1]} ?",
        f"who {PAIRS[0][0]}?",
    ]
    assert matches[0].en == f"{PAIRS[0][0]} {PAIRS[1][0]}"
    assert matches[0].fr == f"{PAIRS[0][1]} {PAIRS[1][1]}"
    assert matches[-1].en_title == "trade"


def test_a_question_without_its_passage_is_named(corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl.gz"
    row = {"passage": "laws-notes:999", "fr": "quoi ?", "en": "what?"}
    file.write_bytes(gzip.compress(json.dumps(row).encode()))
    with pytest.raises(InvalidInput, match="line 1"):
        read_questions(corpus, file)


@pytest.fixture(scope="module")
def texts(questions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the recipe reads beside the corpus."""
    folder = tmp_path_factory.mktemp("texts")
    for name in ("questions", "claims", "more"):
        shutil.copyfile(questions, folder / f"{name}.jsonl.gz")
    write_document(folder)
    return folder


def test_a_group_is_of_passages_alike() -> None:
    subjects = ("water is cold", "gold is dear", "trade is free", "law is long")
    matches = [
        Match((Query("?", None),), f"{subject} number {at}", "")
        for at in range(4)
        for subject in subjects
    ]
    groups = alike(matches)
    assert sorted(map(id, sum(groups, ()))) == sorted(map(id, matches))
    assert all(len({match.en.split(" number")[0] for match in group}) == 1 for group in groups)


def test_contrast_brings_queries_nearer_to_their_own_passages(
    corpus: Path, questions: Path, teacher: Path, student: Path, tmp_path: Path
) -> None:
    matches = Matches(alike(read_questions(corpus, questions)), seed=1, size=12, budget=9000)
    mixture = Mixture(corpus, seed=1, pool=40, parts=CONTRAST_PARTS, matches=matches)
    plan = Plan(steps=60, rows_rate=1e-2, body_rate=1e-3)
    trained = distil(teacher, student, mixture, tmp_path, plan)

    drawn = [one for batch in matches.batches(99, 60) for one in batch]
    right = {}
    for weights in (student / "model.safetensors", trained):
        encoder = SentenceEncoder(student, longest=64, weights=weights)
        queries = encoder([one.query.text for one in drawn])
        passages = encoder([one.passage for one in drawn])
        best = (queries @ passages.T).argmax(1).tolist()
        right[weights] = sum(drawn[i].passage == drawn[at].passage for at, i in enumerate(best))
    before, after = right.values()
    assert after > before


def test_each_step_reads_right_pairs_before_wrong_ones_and_goes_on_where_it_was_cut(
    corpus: Path, questions: Path, student: Path
) -> None:
    matches = read_questions(corpus, questions)
    encoder = SentenceEncoder(student, longest=64).eval()
    draw = Draw(questions=2, wrong=2, claims=2)
    steps = list(islice(Pairs(matches, encoder, draw, seed=1).steps(0), 12))
    assert list(islice(Pairs(matches, encoder, draw, seed=1).steps(5), 7)) == steps[5:]

    claimed = {match.claims.borne: match for match in matches if match.claims}
    asked = {query.text: match for match in matches for query in match.queries}
    seen: set[str] = set()
    for step in steps:
        for group in step.groups:
            own = claimed if group.task == "bears out" else asked
            first, passage = group.pairs[0]
            assert any(text in passage for text in (own[first].en, own[first].fr))
            assert len(set(group.pairs)) == len(group.pairs) == len(group.weights)
            seen.add(group.task)
        assert [text for text, _ in step.near] == ["?"] * len(step.near)
    assert seen == {"answers", "bears out"}


def test_passages_that_answer_the_same_question_are_not_wrong_ones(student: Path) -> None:
    shared = [Match((Query("which", None),), text, text) for text in ("water", "gold", "trade")]
    other = Match((Query("who", None),), "a child", "a child")
    encoder = SentenceEncoder(student, longest=64).eval()
    pairs = Pairs([*shared, other], encoder, Draw(questions=4, wrong=3), seed=1)
    (step,) = islice(pairs.steps(0), 1)
    wrong = {group.pairs[0]: group.pairs[1:] for group in step.groups}
    assert len(wrong) == 4
    for text in ("water", "gold", "trade"):
        assert wrong["which", text] == (("which", "a child"),)


def test_the_recipe_runs_from_end_to_end_and_skips_what_is_done(
    corpus: Path,
    texts: Path,
    teacher: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, table = tmp_path / "model", tmp_path / "words.tsv.gz"
    arguments = ["--corpus", str(corpus), "--work", str(tmp_path / "work"), "--steps", "12"]
    arguments += ["--contrast-steps", "6", "--texts", str(texts)]
    arguments += ["--reading-steps", "6", "--reranker", str(tmp_path / "reranker")]
    arguments += ["--out", str(out), "--table", str(table), "--teacher", str(teacher)]
    assert command.main(arguments) == 0
    model = load_bundled(out).model
    vectors = model.encode(["le ministre voit l'eau", "the minister sees water", "a child"])
    assert vectors.shape == (3, 32)
    rows = gzip.decompress(table.read_bytes()).decode().splitlines()
    assert rows[0] == "source_lang\tsource_word\ttarget_word\tprobability"
    assert any(row.startswith("fr\tchien\tdog\t") for row in rows)
    assert not any(row.startswith("fr\tle\t") for row in rows)
    reader = PairReader(tmp_path / "reranker", out)
    scores = reader.scores("who sees water?", ["the dog sees water", "le chien", ""])
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()
    borne = reader.borne_out([("the dog sees", "the dog sees water"), ("le chien", "the dog")])
    assert np.isfinite(borne).all()
    assert borne.any(), "the training on claims has taught its row of the head"
    assert all((tmp_path / "work" / stage.name).is_dir() for stage in STAGES)

    start = json.loads((tmp_path / "work" / "homographs" / "start" / "tokenizer.json").read_text())
    assert reading("or", "fr") in start["model"]["vocab"], "«or», which English pairs have, too"
    packed = read_packed(tmp_path / "work" / "packed" / WEIGHTS)
    for name, weight in read_packed(out / WEIGHTS).items():
        np.testing.assert_allclose(weight[: len(packed[name])], packed[name], rtol=1e-5)

    weights = (out / "weights.safetensors").read_bytes()
    capsys.readouterr()
    assert command.main(arguments) == 0
    assert (out / "weights.safetensors").read_bytes() == weights
    assert "aligning" not in capsys.readouterr().out


@pytest.mark.parametrize("layers", [0, 1])
def test_a_shallower_student_keeps_its_last_layers_and_still_reads(
    layers: int, student: Path, tmp_path: Path
) -> None:
    made = shallow(student, tmp_path / "made", layers)
    before = load_file(student / "model.safetensors")
    after = load_file(made / "model.safetensors")
    deepest = max(int(name.split(".")[2]) for name in before if ".layer." in name)
    kept = {name: w for name, w in after.items() if ".layer." in name}
    assert len({name.split(".")[2] for name in kept}) == layers
    for name, weight in kept.items():
        own = before[name.replace("layer.0.", f"layer.{deepest}.")]
        np.testing.assert_array_equal(weight, own)
    vectors = SentenceEncoder(made, longest=64)(["the dog", "le chien"])
    assert vectors.shape == (2, 32)
    with pytest.raises(InvalidInput, match="--layers 9"):
        shallow(student, tmp_path / "more", 9)


def test_a_corpus_without_its_files_is_named(
    teacher: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--corpus", str(tmp_path), "--work", str(tmp_path / "w")]
    assert command.main([*arguments, "--teacher", str(teacher)]) == 1
    assert "tatoeba.jsonl.zst" in capsys.readouterr().err
