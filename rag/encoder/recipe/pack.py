"""Packs the trained models for shipping, with the vectors that must still come out afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from rag.encoder.bundled import (
    CONFIG,
    REFERENCE,
    TOKENIZER,
    WEIGHTS,
    load_bundled,
    write_checksums,
)
from rag.encoder.recipe.student import SentenceEncoder
from rag.encoder.weights import Weights, load_full, write_packed
from rag.errors import InvalidInput

CHECK_TEXTS = (
    "Quels sont les obstacles au commerce électronique transfrontière ?",
    "What are the barriers to cross-border e-commerce?",
    "Combien de membres ont signé ?",
    "How many members have signed?",
    "commerce",
    "Trade in services",
    "L’œuvre est protégée pendant soixante-dix ans après la mort de l’auteur.",
    "A work is protected for seventy years after the author's death.",
    "Comment son pays a-t-il obtenu de l'or ?",
    "The main car was parked in front of the chat room.",
    "1.2. Le présent accord s'applique aux mesures des Membres qui affectent le commerce des "
    "services, y compris celles que prennent des gouvernements et administrations centraux, "
    "régionaux ou locaux, et des organismes non gouvernementaux lorsqu'ils exercent des pouvoirs "
    "délégués par des gouvernements ou administrations centraux, régionaux ou locaux.",
    "Members shall publish promptly and, except in emergency situations, at the latest by the "
    "time of their entry into force, all relevant measures of general application which pertain "
    "to or affect the operation of this Agreement, and international agreements pertaining to or "
    "affecting trade in services to which a Member is a signatory shall also be published.",
    "Le chat dort sur le canapé.",
    "The cat sleeps on the sofa.",
    "TVA 20 %, 1 500 € par an, art. L. 121-3",
    "https://example.org/rapport-2025.pdf",
    "Où puis-je faire vacciner mon enfant ?",
    "Where can I have my child vaccinated?",
    "Développement durable : l'eau, l'énergie et le climat",
    "Ministers adopted the declaration on 12 June 2022 in Geneva.",
)


def pack(
    student: Path, weights: Path, out: Path, *, reference: NDArray[np.float32] | None = None
) -> float:
    """Write the model folder `out` from a student's folder and its trained weights.

    Returns the least cosine, over the check texts, between the packed model's vectors and those of
    the trained one in float32: the `reference`, by default what `weights` give. Raises
    InvalidInput if it is below 0.99.
    """
    out.mkdir(parents=True, exist_ok=True)
    for name in (CONFIG, TOKENIZER):
        shutil.copyfile(student / name, out / name)
    write_packed(_needed(load_full(weights)), out / WEIGHTS)
    if reference is None:
        reference = check_vectors(student, weights)
    save_file({"vectors": reference}, out / REFERENCE)
    write_checksums(out)
    model = load_bundled(out).model
    vectors = model.encode(list(CHECK_TEXTS), show_progress_bar=False)
    cosine = float((vectors * reference).sum(axis=1).min())
    if cosine < 0.99:
        raise InvalidInput(f"Packing loses too much: cosine {cosine:.4f} to the trained model.")
    return cosine


def pack_reranker(weights: Path, out: Path) -> None:
    """Write the reranker's folder `out` from its trained weights."""
    out.mkdir(parents=True, exist_ok=True)
    write_packed(load_full(weights), out / WEIGHTS)
    write_checksums(out, (WEIGHTS,))


def _needed(weights: Weights) -> Weights:
    # The pooler reads the first token, the sentence vector is a mean: it is never used.
    return {name: w for name, w in weights.items() if not name.startswith("pooler.")}


def check_vectors(student: Path, weights: Path) -> NDArray[np.float32]:
    """The check texts' vectors in float32, (texts, d)."""
    encoder = SentenceEncoder(student, longest=256, weights=weights, low_precision=False).eval()
    with torch.no_grad():
        vectors: NDArray[np.float32] = encoder(CHECK_TEXTS).numpy()
    return vectors
