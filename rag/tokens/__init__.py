"""Counting tokens without network, for budgets of passages and prompts.

`ranks.tiktoken` holds the merges of a byte-level BPE of 8,192 tokens trained on parallel French
and English laws, debates and documentation (`python -m rag.tokens.train CORPUS`), in tiktoken's
own format: one base64-encoded token and its rank a line. tiktoken's named encodings are downloaded
at first use, which this product never does. A count is an estimate for any other tokenizer.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

RANKS = "ranks.tiktoken"
# Letters with at most one leading mark or space (so that «l'», «d'» split off), digits by three,
# runs of other marks, and white space: each alternative is linear in the text.
PATTERN = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+"


@cache
def encoding() -> tiktoken.Encoding:
    """The bundled encoding; it has no special tokens, so any text is plain text to it."""
    import tiktoken

    lines = files(__name__).joinpath(RANKS).read_bytes().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, lines)}
    return tiktoken.Encoding("alinea_8k", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def count(text: str) -> int:
    """The number of tokens in `text`; 0 if it is empty."""
    return len(encoding().encode_ordinary(text))
