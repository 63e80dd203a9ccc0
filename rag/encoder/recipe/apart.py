"""The recipe's last step: tells words apart that both languages write and mean differently.

It starts from the packed model, whose other weights it leaves as they are: a text without such a
word has the vector that it had.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from rag.encoder.bundled import CONFIG, REFERENCE, TOKENIZER, WEIGHTS
from rag.encoder.homographs import reading
from rag.encoder.recipe.align import Alignment
from rag.encoder.recipe.distil import Plan, distil
from rag.encoder.recipe.examples import Examples
from rag.encoder.recipe.files import write_atomically
from rag.encoder.recipe.gains import gains
from rag.encoder.recipe.homographs import Homograph, homographs
from rag.encoder.recipe.pack import check_vectors, pack
from rag.encoder.recipe.student import SentenceEncoder
from rag.encoder.recipe.vocabulary import ROWS, Spec
from rag.encoder.weights import Weights, load_full, read_packed

_FULL = "model.safetensors"
_PAYS = 0.04  # of cosine


def tell_apart(
    packed: Path,
    out: Path,
    *,
    teacher: Path,
    alignment: Alignment,
    corpus: Path,
    work: Path,
    plan: Plan,
    seed: int,
    report: Callable[[str], None] = print,
) -> float:
    """Write the model folder `out`: the packed one, with a row more for each homograph whose row,
    once trained, brings short texts clearly nearer to their translations.

    `teacher` is the folder whose words the vocabulary began with. Returns the least cosine over
    the check texts, as `pack` does. Raises InvalidInput if the corpus is not there, or packing
    loses too much.
    """
    plain = _Model.read(packed)
    english = set(_json(teacher / TOKENIZER)["model"]["vocab"])
    found = homographs(plain.spec, english, plain.weights[ROWS], alignment)
    examples = Examples(corpus, found, seed=seed)
    before = plain.write(work / "before")
    kept: list[Homograph] = []
    if examples.all:
        kept = _learnt(plain, before, found, examples, work=work, plan=plan, report=report)
    report(f"{work.name}: {len(found)} words, of which {len(kept)} gain by a row of their own")
    after = plain.with_rows(kept).write(work / "after")
    return pack(after, after / _FULL, out, reference=_reference(packed, before, after))


def _learnt(
    plain: _Model,
    before: Path,
    found: Sequence[Homograph],
    examples: Examples,
    *,
    work: Path,
    plan: Plan,
    report: Callable[[str], None],
) -> list[Homograph]:
    """The words that gain by their rows, with these as trained."""
    first = len(plain.weights[ROWS])
    start = plain.with_rows(found).write(work / "start")
    plan = replace(plan, first_row=first)
    trained = distil(before, start, examples, work, plan, report=report)
    gained = gains(
        SentenceEncoder(before, longest=plan.longest).eval(),
        SentenceEncoder(start, longest=plan.longest, weights=trained).eval(),
        examples.all,
    )
    return [
        replace(one, row=row)
        for one, row in zip(found, load_full(trained)[ROWS][first:], strict=True)
        if gained.get((one.word, one.language), 0.0) > _PAYS
    ]


@dataclass(frozen=True, slots=True)
class _Model:
    """A model's files: its weights, tokenizer and configuration."""

    weights: Weights
    spec: Spec
    config: Spec

    @classmethod
    def read(cls, packed: Path) -> _Model:
        return cls(read_packed(packed / WEIGHTS), _json(packed / TOKENIZER), _json(packed / CONFIG))

    def with_rows(self, words: Sequence[Homograph]) -> _Model:
        rows = np.concatenate([self.weights[ROWS], *(one.row[None] for one in words)])
        first = len(self.weights[ROWS])
        ids = {reading(one.word, one.language): at for at, one in enumerate(words, first)}
        vocabulary = {**self.spec["model"]["vocab"], **ids}
        return _Model(
            {**self.weights, ROWS: rows},
            {**self.spec, "model": {**self.spec["model"], "vocab": vocabulary}},
            {**self.config, "vocab_size": len(rows)},
        )

    def write(self, folder: Path) -> Path:
        """Write a student's folder; returns it."""
        folder.mkdir(parents=True, exist_ok=True)
        with write_atomically(folder / _FULL) as part:
            save_file(self.weights, part)
        for name, value in ((TOKENIZER, self.spec), (CONFIG, self.config)):
            with write_atomically(folder / name) as part:
                part.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        return folder


def _reference(packed: Path, before: Path, after: Path) -> NDArray[np.float32]:
    """The vectors that the check texts had before packing, and for those with a word that is read
    otherwise now, what they have in float32."""
    was, now = (check_vectors(folder, folder / _FULL) for folder in (before, after))
    changed = (was * now).sum(axis=1, keepdims=True) < 1 - 1e-6
    reference: NDArray[np.float32] = np.where(
        changed, now, load_file(packed / REFERENCE)["vectors"]
    )
    return reference


def _json(path: Path) -> Spec:
    found: Spec = json.loads(path.read_text(encoding="utf-8"))
    return found
