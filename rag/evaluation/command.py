"""The `rag eval` command, without its argument parsing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rag.errors import InvalidInput
from rag.evaluation import report as reports
from rag.evaluation import testset
from rag.evaluation.answerers import TRIVIAL, Answerer, Trivial
from rag.evaluation.provenance import provenance
from rag.evaluation.runner import evaluate
from rag.evaluation.table import table

ASSISTANT = "assistant"
ANSWERERS = (ASSISTANT, *TRIVIAL)


def run_eval(
    answerer: Answerer,
    file: Path,
    *,
    name: str = ASSISTANT,
    quick: bool = False,
    as_json: bool = False,
    out: Path | None = None,
) -> int:
    """Score a test set, print the table (or the whole result as JSON), and write it into `out`.

    `name` is one of ANSWERERS. Returns the exit status, 0. Raises InvalidInput for a bad test set
    or one that does not fit the index.
    """
    cases = testset.load(file)
    if quick:
        cases = testset.quick(cases)
        if not cases:
            raise InvalidInput(f"{file}: too few questions for --quick; run without it.")
    asked = Trivial(answerer, name) if name in TRIVIAL else answerer
    result = evaluate(asked, cases, progress=_progress if sys.stderr.isatty() else None)
    config = "-".join((file.stem, name, *(["quick"] if quick else [])))
    source = provenance(config, file, answerer.manifest_checksum, answerer.settings)
    if as_json:
        print(json.dumps(reports.record(result, source), ensure_ascii=False, indent=1))
    else:
        print(table(result))
    if out is not None:
        written = reports.write(result, source, out)
        print(f"written: {written}", file=sys.stderr)
    return 0


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\r{done}/{total} questions", end=end, file=sys.stderr, flush=True)
