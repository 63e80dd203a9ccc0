"""The `rag eval` command, without its argument parsing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

from rag.evaluation import report as reports
from rag.evaluation.answerers import Answerer, CopyTop, Refuse, Searcher
from rag.evaluation.runner import evaluate
from rag.evaluation.testset import load

AnswererName = Literal["assistant", "copy-top", "refuse"]


def run_eval(
    assistant: Searcher,
    file: Path,
    *,
    answerer: AnswererName = "assistant",
    as_json: bool = False,
    out: Path | None = None,
) -> int:
    """Score a test set, print the table (or the whole result as JSON), and write it into `out`.

    Returns the exit status, 0. Raises InvalidInput for a bad test set or one that does not fit
    the index.
    """
    cases = load(file)
    chosen: Answerer = assistant
    if answerer == "copy-top":
        chosen = CopyTop(assistant)
    elif answerer == "refuse":
        chosen = Refuse(assistant)
    result = evaluate(chosen, cases, progress=_progress if sys.stderr.isatty() else None)
    source = reports.provenance(f"{file.stem}-{answerer}", file, assistant.manifest_checksum)
    if as_json:
        print(json.dumps(reports.record(result, source), ensure_ascii=False, indent=1))
    else:
        print(reports.table(result))
    if out is not None:
        written = reports.write(result, source, out)
        print(f"written: {written}", file=sys.stderr)
    return 0


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\r{done}/{total} questions", end=end, file=sys.stderr, flush=True)
