"""Weights in one byte each: every matrix row is int8 with its own scale, the rest is float32.

Files are safetensors; the scales of matrix `name` are in `name` + «.scale». A row's error is at
most half its scale, 1/254 of its largest weight.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from rag.errors import EncoderUnavailable

Weights = dict[str, NDArray[np.float32]]
_SCALE = ".scale"


def load_full(path: Path) -> Weights:
    """All tensors of a safetensors file as float32, by name."""
    return {name: np.asarray(t, dtype=np.float32) for name, t in load_file(path).items()}


def write_packed(weights: Weights, path: Path) -> None:
    """Quantise the matrices (m, n) to int8 rows with m scales, and write them with the vectors."""
    packed: dict[str, NDArray[np.int8] | NDArray[np.float32]] = {}
    for name, weight in weights.items():
        if weight.ndim == 2:
            scale = np.maximum(np.abs(weight).max(axis=1), 1e-8) / 127
            packed[name] = np.rint(weight / scale[:, None]).astype(np.int8)
            packed[name + _SCALE] = scale.astype(np.float32)
        else:
            packed[name] = np.ascontiguousarray(weight, dtype=np.float32)
    save_file(packed, path)


def read_packed(path: Path) -> Weights:
    """The weights as float32. Raises EncoderUnavailable if the file is missing or damaged."""
    try:
        packed = load_file(path)
    except (OSError, SafetensorError) as error:
        raise EncoderUnavailable(
            f"The encoder's weights {path} cannot be read ({error}). "
            "Reinstall the package, or restore the file from the repository."
        ) from error
    weights: Weights = {}
    for name, weight in packed.items():
        if name + _SCALE in packed:
            weights[name] = weight.astype(np.float32) * packed[name + _SCALE][:, None]
        elif not name.endswith(_SCALE):
            weights[name] = weight
    return weights
