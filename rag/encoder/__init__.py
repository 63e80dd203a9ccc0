"""The sentence encoder: texts to unit vectors, the same place for both languages.

The default is bundled with the product; any model that sentence-transformers opens can be named
instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.settings import BUNDLED_ENCODER


class Encoder(Protocol):
    """Maps texts to unit vectors whose scalar product is their similarity.

    `name` reopens it, `fingerprint` changes whenever its vectors may, `dimension` is d below.
    """

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_passages(
        self, texts: Sequence[str], *, progress: bool = False
    ) -> NDArray[np.float32]:
        """Unit rows, (len(texts), d), in the order of the texts; `progress` shows a bar."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, (len(texts), d), in the order of the texts."""
        ...

    def encode_tokens(
        self, texts: Sequence[str], *, progress: bool = False
    ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """As `encode_passages`, and with it the vectors of each text's tokens, (tokens, d)."""
        ...

    def encode_query_tokens(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """One question's vector (d,) and those of its own tokens (tokens, d), in one pass."""
        ...


def open_encoder(
    name: str = BUNDLED_ENCODER,
    *,
    query_prefix: str = "",
    passage_prefix: str = "",
    threads: int = 0,
) -> Encoder:
    """Open «bundled», a sentence-transformers folder, or a model of the hub.

    Prefixes are put before each text; without any, a model's own prompts are used. `threads` > 0
    limits PyTorch in this process. Raises EncoderUnavailable if it cannot be loaded.
    """
    # Both import PyTorch: several seconds that commands without an encoder must not pay.
    if name == BUNDLED_ENCODER:
        from rag.encoder.bundled import load_bundled

        loaded = load_bundled(Path(__file__).parent / "model")
    else:
        from rag.encoder.named import load_named

        loaded = load_named(name)
    from rag.encoder.runtime import SentenceTransformersEncoder

    return SentenceTransformersEncoder(
        name, loaded, query_prefix=query_prefix, passage_prefix=passage_prefix, threads=threads
    )


__all__ = ["Encoder", "open_encoder"]
