"""A report as a table for people and as JSON for machines, with what it was measured on."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.evaluation.metrics import Figure
from rag.evaluation.runner import METRICS, SLICES, Report, Row

_BY_KIND = ("hit@3", "citation_precision", "citation_recall", "fact_recall")


@dataclass(frozen=True, slots=True)
class Provenance:
    """What makes a result repeatable. `commit` ends in «-dirty» if tracked files differ from it."""

    name: str
    date: str
    commit: str
    cpu: str
    cores: int
    python: str
    testset: str
    testset_sha256: str
    manifest_sha256: str


def provenance(name: str, testset: Path, manifest_sha256: str) -> Provenance:
    return Provenance(
        name=name,
        date=datetime.now(UTC).date().isoformat(),
        commit=_commit(),
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _all_cores(),
        python=platform.python_version(),
        testset=testset.name,
        testset_sha256=hashlib.sha256(testset.read_bytes()).hexdigest(),
        manifest_sha256=manifest_sha256,
    )


def table(report: Report) -> str:
    """The figures by language with their 95 % intervals, then by kind of question."""
    lines = [_line("", *(_heading(report, name) for name in SLICES))]
    for metric in METRICS:
        cells = (_cell(report.figures[name][metric]) for name in SLICES)
        lines.append(_line(metric, *cells))
    times = (f"{p50:.0f} / {p95:.0f}" for p50, p95 in (report.latency[name] for name in SLICES))
    lines += [_line("ms p50 / p95", *times), ""]
    lines.append(_kind_line("", "n", *_BY_KIND, "refused"))
    for kind, figures in report.kinds.items():
        rows = [row for row in report.rows if row.case.kind == kind]
        refused = sum(row.answer.abstained for row in rows) / len(rows)
        values = [f"{figures[m].value:.2f}" if figures[m].n else "–" for m in _BY_KIND]
        lines.append(_kind_line(kind, str(len(rows)), *values, f"{refused:.2f}"))
    return "\n".join(lines)


def record(report: Report, source: Provenance) -> Mapping[str, object]:
    """Everything as JSON values; identical between two runs but for date and latency."""
    return {
        "format": 1,
        **asdict(source),
        "questions": {name: len(_rows(report, name)) for name in SLICES},
        "figures": {name: _figures(report.figures[name]) for name in SLICES},
        "kinds": {kind: _figures(figures) for kind, figures in report.kinds.items()},
        "milliseconds": {
            name: {"p50": round(p50, 1), "p95": round(p95, 1)}
            for name, (p50, p95) in report.latency.items()
        },
        "rows": [_row(row) for row in report.rows],
    }


def write(report: Report, source: Provenance, folder: Path) -> Path:
    """Write `<date>-<commit>-<name>.json` into the folder, made if needed; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.date}-{source.commit}-{source.name}.json"
    text = json.dumps(record(report, source), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _line(name: str, *cells: str) -> str:
    return f"{name:<22}" + "".join(f"{cell:>22}" for cell in cells)


def _kind_line(kind: str, count: str, *cells: str) -> str:
    return f"{kind:<14}{count:>4}" + "".join(f"{cell:>20}" for cell in cells)


def _heading(report: Report, name: str) -> str:
    return f"{name} ({len(_rows(report, name))})"


def _cell(figure: Figure) -> str:
    if not figure.n:
        return "–"
    return f"{figure.value:.3f} [{figure.low:.2f}–{figure.high:.2f}]"


def _rows(report: Report, name: str) -> list[Row]:
    return [row for row in report.rows if name in ("all", row.case.language)]


def _figures(figures: Mapping[str, Figure]) -> Mapping[str, Mapping[str, float]]:
    return {
        metric: {
            "value": round(figure.value, 4),
            "low": round(figure.low, 4),
            "high": round(figure.high, 4),
            "n": figure.n,
        }
        for metric, figure in figures.items()
        if figure.n
    }


def _row(row: Row) -> Mapping[str, object]:
    return {
        "id": row.case.id,
        "question": row.case.question,
        "language": row.case.language,
        "kind": row.case.kind,
        "answer": row.answer.text,
        "abstained": row.answer.abstained,
        "confidence": round(row.answer.confidence, 4),
        "cited": [citation.paragraph.id for citation in row.answer.citations],
        "hits": [hit.paragraph.id for hit in row.answer.hits],
        "gold": [sorted(group) for group in row.gold.groups],
        "also": sorted(row.gold.also),
        "scores": {metric: round(value, 4) for metric, value in row.scores.items()},
        "faults": list(row.faults),
        "milliseconds": round(row.milliseconds, 1),
    }


def _commit() -> str:
    """The commit of the working tree that this code is in, or «unknown» outside one."""
    commit = _git("rev-parse", "--short=10", "HEAD")
    if not commit:
        return "unknown"
    return f"{commit}-dirty" if _git("status", "--porcelain", "--untracked-files=no") else commit


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def _all_cores() -> int:
    return os.cpu_count() or 1
