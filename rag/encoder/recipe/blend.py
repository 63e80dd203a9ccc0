"""Keeps some of the starting weights: robust to texts unlike those of the training.

Averaging a model before and after fine-tuning (WiSE-FT, Wortsman et al. 2022) keeps most of what
was learnt and gives back what the training texts do not speak of.
"""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file, save_file

from rag.encoder.recipe.files import write_atomically


def blend(start: Path, trained: Path, out: Path, *, kept: float) -> Path:
    """Write `kept` × start + (1 − `kept`) × trained; returns `out`. All are safetensors files."""
    before, after = load_file(start), load_file(trained)
    mixed = {name: weight.lerp(before[name], kept) for name, weight in after.items()}
    with write_atomically(out) as part:
        save_file({name: weight.contiguous() for name, weight in mixed.items()}, part)
    return out
