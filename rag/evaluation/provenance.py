"""What a result was measured on and with: enough to repeat it."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.evaluation.answerers import Settings
from rag.evaluation.machine import commit, cores, cpu, machine_cores, threads
from rag.evaluation.scoring import DEPTH
from rag.evaluation.uncertainty import RESAMPLES, SEED


@dataclass(frozen=True, slots=True)
class Provenance:
    """`name` tells this configuration from others; `commit` ends in «-dirty» if tracked files
    differ from it; `cores` are those that the process was allowed of the `machine_cores`, `threads`
    those of PyTorch; `settings` hold the answerer's own and those of the evaluation."""

    name: str
    date: str
    commit: str
    cpu: str
    cores: int
    machine_cores: int
    threads: int
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
        commit=commit(),
        cpu=cpu(),
        cores=cores(),
        machine_cores=machine_cores(),
        threads=threads(),
        python=platform.python_version(),
        testset=testset.name,
        testset_sha256=hashlib.sha256(testset.read_bytes()).hexdigest(),
        manifest_sha256=manifest_sha256,
        settings={**settings, "hits": DEPTH, "resamples": RESAMPLES, "seed": SEED},
    )
