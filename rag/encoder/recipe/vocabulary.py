"""Trans-tokenization (Remy et al. 2024): gives an English encoder rows for French words.

Each new word's row is the mean of the rows of its English translations, weighted by translation
probability. Rows that neither language needs are dropped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from rag.encoder.recipe.align import Alignment
from rag.encoder.recipe.files import write_atomically
from rag.encoder.weights import load_full
from rag.types import Language

Spec = dict[str, Any]  # a tokenizer.json, whose parts differ in shape

ROWS = "embeddings.word_embeddings.weight"
_TRANSLATIONS = 8
_LEAST = 0.02
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_CONTINUED = "##"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words in id order with their rows, (len(words), d) float32."""

    words: list[str]
    rows: NDArray[np.float32]


def transplant(
    teacher: Path, alignment: Alignment, out: Path, *, french: int, seen: int
) -> Vocabulary:
    """Write a student folder (config.json, tokenizer.json, model.safetensors) with `french` new
    words, each seen at least `seen` times in the aligned sample.

    `teacher` is a BERT sentence encoder's folder with an uncased WordPiece tokenizer.
    """
    weights = load_full(teacher / "model.safetensors")
    spec = json.loads((teacher / "tokenizer.json").read_text(encoding="utf-8"))
    spec["truncation"] = spec["padding"] = None
    vocabulary = extend(spec, weights[ROWS], alignment, french=french, seen=seen)
    out.mkdir(parents=True, exist_ok=True)
    with write_atomically(out / "model.safetensors") as part:
        save_file({**weights, ROWS: vocabulary.rows}, part)
    with write_atomically(out / "tokenizer.json") as part:
        part.write_text(json.dumps(respell(spec, vocabulary.words), ensure_ascii=False))
    config = json.loads((teacher / "config.json").read_text(encoding="utf-8"))
    config["vocab_size"] = len(vocabulary.words)
    with write_atomically(out / "config.json") as part:
        part.write_text(json.dumps(config, indent=1))
    return vocabulary


def extend(
    spec: Spec, rows: NDArray[np.float32], alignment: Alignment, *, french: int, seen: int
) -> Vocabulary:
    """The teacher's Latin-script words, then the `french` most frequent French words it lacks."""
    ids: dict[str, int] = spec["model"]["vocab"]
    kept = [w for w in sorted(ids, key=ids.__getitem__) if _wanted(w)]
    have = set(kept)
    new = [
        w
        for w, n in zip(alignment.fr_words, alignment.fr_counts.tolist(), strict=True)
        if n >= seen and w not in have and w.isalpha() and len(w) > 1
    ][:french]
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    means = translated(tokenizer, rows, alignment, "fr")
    typical = float(np.linalg.norm(rows[[ids[w] for w in kept]], axis=1).mean())
    table = np.empty((len(kept) + len(new), rows.shape[1]), dtype=np.float32)
    table[: len(kept)] = rows[[ids[w] for w in kept]]
    shares = mostly_french(alignment)
    for at, word in enumerate(kept):
        blend = shares.get(word, 0.0)
        if blend and word in means:
            table[at] = scaled(blend * means[word] + (1 - blend) * table[at], typical)
    for at, word in enumerate(new, len(kept)):
        row = means.get(word)
        if row is None:  # no translation was found: what the teacher makes of its letters
            row = rows[tokenizer.encode(word, add_special_tokens=False).ids].mean(axis=0)
        table[at] = scaled(row, typical)
    return Vocabulary(kept + new, table)


def respell(spec: Spec, words: list[str]) -> Spec:
    """The teacher's tokenizer over these words, with ligatures and curly apostrophes undone."""
    ids = {w: i for i, w in enumerate(words)}
    added = [{**token, "id": ids[token["content"]]} for token in spec["added_tokens"]]
    folds = [
        {"type": "Replace", "pattern": {"String": a}, "content": b}
        for a, b in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("’", "'"))
    ]
    frame = spec["post_processor"]
    special = {
        name: {**token, "ids": [ids[name]]} for name, token in frame["special_tokens"].items()
    }
    return {
        **spec,
        "added_tokens": added,
        "normalizer": {"type": "Sequence", "normalizers": [*folds, spec["normalizer"]]},
        "post_processor": {**frame, "special_tokens": special},
        "model": {**spec["model"], "vocab": ids},
    }


def _wanted(word: str) -> bool:
    if word in _SPECIAL:
        return True
    if word.startswith("[unused"):
        return False
    bare = word.removeprefix(_CONTINUED)
    # Latin letters, digits and ASCII signs; general punctuation, currencies, arrows, operators.
    return all(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x2300 for c in bare)


def translated(
    tokenizer: Tokenizer, rows: NDArray[np.float32], alignment: Alignment, language: Language
) -> dict[str, NDArray[np.float32]]:
    """For each word of a language with translations, the weighted mean of their rows."""
    own, other = alignment.sides(language)
    pieces = [e.ids for e in tokenizer.encode_batch(other.words, add_special_tokens=False)]
    known = np.stack([rows[few].mean(axis=0) for few in pieces])
    order = np.lexsort((-own.p, own.ids))
    ids, other_ids, p = own.ids[order], other.ids[order], own.p[order]
    bounds = np.searchsorted(ids, np.arange(len(own.words) + 1))
    found = {}
    for at, word in enumerate(own.words):
        start, end = bounds[at], min(bounds[at + 1], bounds[at] + _TRANSLATIONS)
        # The best translation always counts: function words spread over many weak ones.
        strong = slice(start, max(start + 1, start + int((p[start:end] > _LEAST).sum())))
        if bounds[at + 1] > start:
            found[word] = (p[strong, None] * known[other_ids[strong]]).sum(axis=0) / p[strong].sum()
    return found


def mostly_french(alignment: Alignment, least: float = 0.97, seen: int = 50) -> dict[str, float]:
    """The French share of each word that both languages write and English hardly uses.

    Words such as «car» or «main», which English uses too, get a row of their own at the end.
    """
    english = dict(zip(alignment.en_words, alignment.en_counts.tolist(), strict=True))
    french = zip(alignment.fr_words, alignment.fr_counts.tolist(), strict=True)
    shares = {w: n / (n + english.get(w, 0)) for w, n in french if n >= seen}
    return {w: share for w, share in shares.items() if share >= least}


def scaled(row: NDArray[np.float32], norm: float) -> NDArray[np.float32]:
    """A mean of rows, stretched towards the length `norm`."""
    # A mean of rows is shorter than each of them; the first layer expects the usual length.
    return row * np.float32(np.clip(norm / max(float(np.linalg.norm(row)), 1e-6), 0.5, 1.6))
