"""The `rag eval` command, without its argument parsing."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rag.errors import InvalidInput
from rag.evaluation import compare, testset
from rag.evaluation import report as reports
from rag.evaluation.answerers import (
    CHAT_MODEL,
    CHAT_UNSUPPORTED,
    JUDGE,
    TRIVIAL,
    Answerer,
    Settings,
    Trivial,
)
from rag.evaluation.collection import title
from rag.evaluation.earlier import newest
from rag.evaluation.gate import Baseline, checksum
from rag.evaluation.model_judge import Agreement
from rag.evaluation.page import write_page
from rag.evaluation.provenance import provenance
from rag.evaluation.result import Result
from rag.evaluation.runner import evaluate
from rag.evaluation.summary import Figures
from rag.evaluation.table import table
from rag.evaluation.testset import Case

ASSISTANT = "assistant"
ANSWERERS = (ASSISTANT, *TRIVIAL)
# What a model's name may hold and a file's should not.
_IN_NO_NAME = re.compile(r"[^A-Za-z0-9.]+")


def run_eval(
    answerer: Answerer,
    file: Path,
    *,
    name: str = ASSISTANT,
    quick: bool = False,
    as_json: bool = False,
    out: Path | None = None,
    gate: Path | None = None,
    accept: Path | None = None,
    agreement: Agreement | None = None,
) -> int:
    """Score a test set, print the table (or the whole result as JSON), and write it into `out`.

    If `out` holds a result of this configuration, the comparison with the newest follows the table.
    `name` is one of ANSWERERS. `gate` is a baseline to compare with, `accept` one to write.
    `agreement` is the judge's with labelled pairs, where a model judges support. Returns the exit
    status, 1 if a figure fell below the gate. Raises InvalidInput for a bad test set or baseline,
    for a test set that does not fit the index or the baseline, and if `out` cannot be written.
    """
    cases = testset.load(file)
    if quick:
        cases = testset.quick(cases)
        if not cases:
            raise InvalidInput(f"{file}: too few questions for --quick; run without it.")
    config = _config(file, name, answerer.settings, quick=quick)
    baseline = _baseline(gate, config, cases) if gate else None
    # Before it may be written over, and before the questions take their time.
    earlier = _earlier(_writable(out), config) if out is not None else None
    asked = Trivial(answerer, name) if name in TRIVIAL else answerer
    result = evaluate(asked, cases, progress=_progress if sys.stderr.isatty() else None)
    result = replace(result, agreement=agreement)
    source = provenance(config, file, answerer.manifest_checksum, answerer.settings)
    compared = ""
    if out is not None:
        written = reports.write(result, source, out)
        for path in (written, write_page(result, source, answerer.paragraphs, out)):
            print(f"written: {path}", file=sys.stderr)
        if earlier is not None:
            compared = _compared(earlier, Result.read(written))
    figures = result.figures["all"]
    if accept is not None:
        text = Baseline.of(config, source.commit, cases, figures).to_json()
        accept.write_text(text, encoding="utf-8")
        print(f"written: {accept}", file=sys.stderr)
    # Last: whoever reads them through «head» still gets the files.
    if as_json:
        print(json.dumps(reports.record(result, source), ensure_ascii=False, indent=1))
    else:
        print(table(result) + compared)
    return _passed(baseline, figures) if baseline else 0


def run_compare(first: Path, second: Path, *, as_json: bool = False) -> int:
    """Print the paired comparison of two result files. Returns the exit status, 0.

    Raises InvalidInput if one is no result, or they have no question in common.
    """
    comparison = compare.compare(Result.read(first), Result.read(second))
    if as_json:
        print(json.dumps(comparison.record(), ensure_ascii=False, indent=1))
    else:
        print(compare.table(comparison))
    return 0


def _writable(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(_cannot_write(out, error.strerror or type(error).__name__)) from error
    if not os.access(out, os.W_OK):
        raise InvalidInput(_cannot_write(out, "no permission"))
    return out


def _cannot_write(out: Path, why: str) -> str:
    return f"{out}: results cannot be written there ({why}). Name a folder: rag eval --out DIR"


def _earlier(out: Path, config: str) -> Result | None:
    path = newest(out, config)
    if path is None:
        return None
    try:
        return Result.read(path)
    except InvalidInput as error:
        print(f"not compared with the result before: {error}", file=sys.stderr)
        return None


def _compared(earlier: Result, now: Result) -> str:
    try:
        comparison = compare.compare(earlier, now)
    except InvalidInput as error:
        print(f"not compared with the result before: {error}", file=sys.stderr)
        return ""
    return f"\n\nA is the result before, B this one\n{compare.table(comparison)}"


def _config(file: Path, name: str, settings: Settings, *, quick: bool) -> str:
    """What tells this run from others: what would change its figures and is not in the commit."""
    judge = settings.get(JUDGE)
    parts = (
        title(file),
        name,
        _plain(settings.get(CHAT_MODEL, "")),
        _plain(settings.get(CHAT_UNSUPPORTED, "")),
        f"judge-{_plain(judge)}" if judge else "",
        "quick" if quick else "",
    )
    return "-".join(part for part in parts if part)


def _plain(value: str | int | float) -> str:
    return _IN_NO_NAME.sub("-", str(value)).strip("-")


def _baseline(path: Path, config: str, cases: Sequence[Case]) -> Baseline:
    baseline = Baseline.read(path)
    if (baseline.config, baseline.cases_sha256) != (config, checksum(cases)):
        raise InvalidInput(
            f"{path} is of other questions ({baseline.config}, commit {baseline.commit}) than "
            f"these ({config}). If the figures are as they should be: make baseline"
        )
    return baseline


def _passed(baseline: Baseline, figures: Figures) -> int:
    falls = baseline.falls(figures)
    for fall in falls:
        print(f"gate: {fall}", file=sys.stderr)
    if falls:
        return 1
    print(f"gate: no figure fell below commit {baseline.commit}", file=sys.stderr)
    for rise in baseline.rises(figures):
        print(f"gate: {rise}; keep it: make baseline", file=sys.stderr)
    return 0


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\r{done}/{total} questions", end=end, file=sys.stderr, flush=True)
