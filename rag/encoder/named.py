"""Loads any other sentence-transformers model, by folder or by its name on the hub."""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from rag.encoder.bundled import Loaded
from rag.encoder.precision import native_bfloat16
from rag.errors import EncoderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_LEAST_COSINE = 0.99
# Short and long, both languages, numbers: what bfloat16 must give the same vectors for.
_CHECKS = (
    "Quelles sont les règles applicables ?",
    "What does article 12.3 provide, and from 1 January 2026?",
    "Les Membres notifient sans délai au Conseil l'adoption de toute nouvelle mesure, ou toute "
    "modification des mesures existantes, qui affecte sensiblement le commerce des services visés "
    "par leurs engagements spécifiques au titre du présent accord.",
    "The measures shall be notified at the latest by the time of their entry into force.",
)


def load_named(name: str) -> Loaded:
    """Open a folder or a hub name; in bfloat16 if the CPU has it and the vectors stay the same.

    Raises EncoderUnavailable if sentence-transformers cannot.
    """
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(name, device="cpu").eval()
    except (OSError, ValueError, RuntimeError, ImportError, LookupError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        what = "folder" if Path(name).exists() else "folder or hub model"
        raise EncoderUnavailable(
            f"The {what} «{name}» cannot be opened as a sentence encoder: {reason} "
            "Check the name and, for a hub model, the network; or set RAG_ENCODER=bundled."
        ) from error
    digest = _digest(model)
    return Loaded(_lightened(model), digest)


def _lightened(model: SentenceTransformer) -> SentenceTransformer:
    if not native_bfloat16():
        return model
    light = copy.deepcopy(model).bfloat16()
    cosines = (_answers(light) * _answers(model)).sum(dim=1)
    return light if float(cosines.min()) >= _LEAST_COSINE else model


def _answers(model: SentenceTransformer) -> torch.Tensor:
    return model.encode(
        list(_CHECKS), show_progress_bar=False, normalize_embeddings=True, convert_to_tensor=True
    ).float()


def _digest(model: SentenceTransformer) -> str:
    digest = hashlib.sha256()
    for name, weight in sorted(model.state_dict().items()):
        digest.update(f"{name} {tuple(weight.shape)} {weight.dtype}".encode())
        # NumPy has no bfloat16: the raw bytes serve every format.
        digest.update(weight.contiguous().view(-1).view(torch.uint8).numpy().data)
    digest.update(str(sorted(model.tokenizer.get_vocab().items())).encode())
    digest.update(str(model.max_seq_length).encode())
    return digest.hexdigest()
