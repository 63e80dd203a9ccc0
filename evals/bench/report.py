"""What every benchmark writes: what it was measured on, Markdown tables, and the two files."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.evaluation.machine import commit, cores, cpu


@dataclass(frozen=True, slots=True)
class Setting:
    """The command, the code and the machine; `threads` are PyTorch's."""

    command: str
    date: str
    commit: str
    cpu: str
    cores: int
    threads: int
    python: str
    torch: str

    @classmethod
    def here(cls, command: str) -> Setting:
        """Of this process, now."""
        import torch

        return cls(
            command=command,
            date=datetime.now(UTC).date().isoformat(),
            commit=commit(),
            cpu=cpu(),
            cores=cores(),
            threads=torch.get_num_threads(),
            python=platform.python_version(),
            torch=torch.__version__,
        )

    def record(self) -> Mapping[str, object]:
        """As JSON values."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """As Markdown."""
        yield (
            f"{self.date}, commit {self.commit}; cores: {self.cores} of {self.cpu}; PyTorch "
            f"{self.torch}, threads: {self.threads}; Python {self.python}."
        )
        yield ""
        yield f"`{self.command}`"


def head(cells: Sequence[str], *, words: int = 1) -> Iterator[str]:
    """The head of a Markdown table whose first `words` columns hold words, the others figures."""
    yield row(cells)
    yield "|" + " --- |" * words + " ---: |" * (len(cells) - words)


def row(cells: Iterable[str]) -> str:
    """One row of a Markdown table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def publish(markdown: str, record: Mapping[str, object], path: Path) -> None:
    """Write the Markdown to `path`, and the record beside it as JSON."""
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    beside = path.with_suffix(".json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(markdown, encoding="utf-8", newline="\n")
    beside.write_text(text, encoding="utf-8", newline="\n")
    print(f"written: {path} and {beside}", file=sys.stderr)
