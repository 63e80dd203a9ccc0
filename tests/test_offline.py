"""Nothing contacts an outside host at run time, in a process that is free to try."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Chat, Rag
from guarded import is_local

QUESTIONS = "À quelle date la Russie a-t-elle présenté sa communication ?", "Who wrote the slides?"


def test_the_guard_records_and_refuses(tmp_path: Path) -> None:
    """Else the other tests would prove nothing."""
    record = tmp_path / "attempts.txt"
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'tests')!r})\n"
        "import socket, urllib.request, guarded, pathlib\n"
        f"guarded.guard(pathlib.Path({str(record)!r}))\n"
        "for url in ('http://example.org/', 'http://192.0.2.1/'):\n"
        "    try: urllib.request.urlopen(url, timeout=1)\n"
        "    except OSError: pass\n"
        "    else: sys.exit('reached')\n"
        "with socket.socket() as served:\n"
        "    served.bind(('127.0.0.1', 0)); served.listen()\n"
        "    socket.create_connection(served.getsockname()).close()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    attempts = record.read_text(encoding="utf-8")
    assert "example.org" in attempts
    assert "192.0.2.1" in attempts
    assert "127.0.0.1" not in attempts


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "localhost", "0.0.0.0", "", None, b"127.0.0.9"]
)
def test_this_machine_is_local(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["huggingface.co", "10.0.0.1", "192.168.1.2", "2001:db8::1"])
def test_any_other_machine_is_not(host: str) -> None:
    assert not is_local(host)


def test_the_command_line_reaches_no_other_machine(
    rag: Rag, index: Path, attempts: Path, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    lines = [json.dumps({"id": str(n), "question": q}) for n, q in enumerate(QUESTIONS)]
    file.write_text("\n".join(lines), encoding="utf-8")
    for arguments in (("search", "--from", file), ("ask", "--from", file)):
        done = rag(*arguments, "--index", index)
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == len(QUESTIONS)
    # The record also holds what building the index did.
    assert attempts.read_text(encoding="utf-8") == ""


def test_the_served_chat_starts_without_any_other_machine(chat: Chat) -> None:
    assert chat.attempts.read_text(encoding="utf-8") == ""
