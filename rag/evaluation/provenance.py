"""What a result was measured on and with: enough to repeat it."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.evaluation.answerers import Settings
from rag.evaluation.scoring import DEPTH
from rag.evaluation.uncertainty import RESAMPLES, SEED


@dataclass(frozen=True, slots=True)
class Provenance:
    """`name` tells this configuration from others; `commit` ends in «-dirty» if tracked files
    differ from it; `settings` hold the answerer's own and those of the evaluation."""

    name: str
    date: str
    commit: str
    cpu: str
    cores: int
    python: str
    testset: str
    testset_sha256: str
    manifest_sha256: str
    settings: Settings

    @property
    def stem(self) -> str:
        """The name of the result's files, without their suffix."""
        return f"{self.date}-{self.commit}-{self.name}"


def provenance(name: str, testset: Path, manifest_sha256: str, settings: Settings) -> Provenance:
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
        settings={**settings, "hits": DEPTH, "resamples": RESAMPLES, "seed": SEED},
    )


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
