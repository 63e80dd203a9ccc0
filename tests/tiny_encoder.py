"""A real sentence-transformers model of a few kilobytes with random weights, made on the spot."""

from __future__ import annotations

from pathlib import Path

import torch

_WORDS = [
    "commerce",
    "échanges",
    "pêche",
    "accord",
    "parcel",
    "fisheries",
    "trade",
    "tax",
    "douane",
    "ville",
]


def make(folder: Path, *, seed: int = 0) -> str:
    """Save one in `folder` and return the name to open it by; another seed, other weights."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizer

    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *_WORDS]
    vocabulary += [f"##{letter}" for letter in letters]
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
    )
    parts = folder / "parts"
    BertModel(config).save_pretrained(parts)
    (parts / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    BertTokenizer(str(parts / "vocab.txt")).save_pretrained(parts)
    model = SentenceTransformer(modules=[Transformer(str(parts)), Pooling(32)], device="cpu")
    model.save(str(folder / "model"))
    return str(folder / "model")
