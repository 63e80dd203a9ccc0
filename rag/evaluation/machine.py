"""The machine and the code that a figure was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path


def commit() -> str:
    """The commit of the working tree that this code is in, or «unknown» outside one."""
    found = _git("rev-parse", "--short=10", "HEAD")
    if not found:
        return "unknown"
    return f"{found}-dirty" if _git("status", "--porcelain", "--untracked-files=no") else found


def cpu() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def cores() -> int:
    """The cores that this process may use: fewer than the machine's where it is held to some."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return machine_cores()


def machine_cores() -> int:
    """The cores of the machine, whether or not this process may use them."""
    return os.cpu_count() or 1


def threads() -> int:
    """The threads that PyTorch computes with here: as many as cores, unless OMP_NUM_THREADS or a
    setting says otherwise. A question by itself is encoded on one."""
    import torch

    return torch.get_num_threads()


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
