"""Loads the encoder that comes with the product."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer

from rag.encoder.precision import native_bfloat16
from rag.encoder.weights import read_packed
from rag.errors import EncoderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHTS = "weights.safetensors"
TOKENIZER = "tokenizer.json"
CONFIG = "config.json"
CHECKSUMS = "checksums.json"
FILES = (CONFIG, TOKENIZER, WEIGHTS)
REFERENCE = "reference.safetensors"
LONGEST = 256


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to encode, and a digest of everything its vectors depend on."""

    model: SentenceTransformer
    digest: str


def load_bundled(folder: Path, *, low_precision: bool | None = None) -> Loaded:
    """Open the packed model of `folder`, in bfloat16 where the CPU has it, unless
    `low_precision` says.

    Raises EncoderUnavailable if a file is missing, or is not the one that was packed.
    """
    digest = verified(folder)
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig

    from rag.encoder.bert import PackedBert

    low = native_bfloat16() if low_precision is None else low_precision
    kind = torch.bfloat16 if low else torch.float32
    weights = {k: torch.from_numpy(v).to(kind) for k, v in read_packed(folder / WEIGHTS).items()}
    config = BertConfig.from_json_file(folder / CONFIG)
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_padding()
    bert = PackedBert(config, tokenizer, weights, longest=LONGEST)
    pooling = Pooling(bert.get_embedding_dimension(), pooling_mode="mean")
    model = SentenceTransformer(modules=[bert, pooling, Normalize()], device="cpu")
    return Loaded(model.eval(), digest)


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksums(folder: Path, names: Sequence[str] = FILES) -> None:
    """Record the packed files' checksums beside them."""
    sums = {name: checksum(folder / name) for name in names}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def verified(folder: Path) -> str:
    """A digest of the folder's packed files, each compared with its checksum.

    Raises EncoderUnavailable if a file is missing, or is not the one that was packed.
    """
    mend = "Reinstall the package, or restore the folder from the repository."
    try:
        expected = (folder / CHECKSUMS).read_text(encoding="utf-8")
        for name, value in json.loads(expected).items():
            if checksum(folder / name) != value:
                raise EncoderUnavailable(
                    f"The encoder's file {folder / name} is damaged or altered. {mend}"
                )
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"The bundled encoder is incomplete: {error}. {mend}") from error
    return hashlib.sha256(expected.encode()).hexdigest()
