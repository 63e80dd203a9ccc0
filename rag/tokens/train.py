"""Train the bundled BPE: `python -m rag.tokens.train CORPUS [RANKS]`.

CORPUS is a folder of zstd-compressed JSON lines with parallel `en` and `fr` texts
(`*.jsonl.zst`); SAMPLE lines of each file are read from its beginning, so that the result depends
on the corpus alone. Needs the `train` extra. Takes seconds.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rag.tokens import PATTERN, RANKS

SIZE = 8_192
SAMPLE = 6_000


def texts(corpus: Path) -> Iterator[str]:
    """The French and English texts of the sample, in the order of the files' names."""
    import zstandard

    for path in sorted(corpus.glob("*.jsonl.zst")):
        with path.open("rb") as raw:
            reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(raw)
            for line in islice(io.TextIOWrapper(reader, encoding="utf-8"), SAMPLE):
                row = json.loads(line)
                yield from (row[key] for key in ("fr", "en") if isinstance(row.get(key), str))


def train(corpus: Path) -> list[bytes]:
    """The tokens in rank order: the 256 bytes, then each merge's result."""
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
    from tokenizers.trainers import BpeTrainer

    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = Sequence(
        [
            Split(Regex(PATTERN), behavior="isolated"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = BpeTrainer(
        vocab_size=SIZE, initial_alphabet=ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts(corpus), trainer)
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    to_byte = {letter: byte for byte, letter in enumerate(_byte_letters())}
    ordered = sorted(vocabulary, key=vocabulary.__getitem__)
    return [bytes(to_byte[letter] for letter in token) for token in ordered]


def _byte_letters() -> list[str]:
    """GPT-2's printable stand-in for each byte, by byte value."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    spare = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m rag.tokens.train", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("ranks", type=Path, nargs="?", default=Path(__file__).with_name(RANKS))
    options = parser.parse_args()
    tokens = train(options.corpus)
    lines = (b"%s %d\n" % (base64.b64encode(token), rank) for rank, token in enumerate(tokens))
    options.ranks.write_bytes(b"".join(lines))
    print(f"{len(tokens)} tokens in {options.ranks} ({options.ranks.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
