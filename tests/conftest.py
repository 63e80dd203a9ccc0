"""The product as its users run it: the command, an index of the default documents, the chat."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["scripted_assistants"]

ROOT = Path(__file__).parent.parent
HOSTILE = Path(__file__).parent / "data" / "hostile.md"
Rag = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Chat:
    """A served chat, and the file that names every outside host it tried to reach."""

    url: str
    attempts: Path


def environment(home: Path) -> dict[str, str]:
    """A user's first run: no setting, no cache, nothing that switches the network off."""
    prefixes = ("RAG_", "HF_", "GRADIO_", "TRANSFORMERS_", "TIKTOKEN_", "LANGCHAIN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    return {**kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}


@pytest.fixture(scope="session")
def attempts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `rag` records the outside hosts that it tried to reach, one a line."""
    return tmp_path_factory.mktemp("network") / "attempts.txt"


@pytest.fixture(scope="session")
def rag(attempts: Path, tmp_path_factory: pytest.TempPathFactory) -> Rag:
    """Run the command in a process that can reach no other machine."""
    home = tmp_path_factory.mktemp("home")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "tests" / "guarded.py", attempts, *arguments],
            cwd=ROOT,
            env=environment(home),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def index(rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the default documents and of a hostile one."""
    folder = tmp_path_factory.mktemp("index")
    built = rag("index", "seeds", HOSTILE, "--index", folder)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="session")
def chat(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """The chat over `index`, served by `rag chat` in a process of its own."""
    with serving(index, tmp_path_factory.mktemp("chat")) as served:
        yield served


@contextmanager
def serving(index: Path, folder: Path, **settings: str) -> Iterator[Chat]:
    """`rag chat` over an index, with these variables set."""
    attempts, log = folder / "attempts.txt", folder / "log.txt"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, ROOT / "tests" / "guarded.py", attempts]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "chat", "--index", index, "--port", str(port)],
            cwd=ROOT,
            env={**environment(folder), **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}/"
        for _ in range(600):
            if server.poll() is not None or answers(url):
                break
            time.sleep(0.2)
        assert answers(url), f"rag chat did not start: {log.read_text(encoding='utf-8')}"
        yield Chat(url, attempts)
    finally:
        server.terminate()
        server.wait(30)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, that can resolve no name. Without one: a failure in CI, a skip elsewhere.

    Of a module, not of the session: while it lives its thread has a running event loop, in which
    other modules' `asyncio.run` would fail.
    """
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        found = [path for name in names if (path := shutil.which(name))]
        executable = Path(
            os.environ.get("RAG_CHROMIUM") or (found or [playwright.chromium.executable_path])[0]
        )
        if not executable.exists():
            missing = "no Chromium for the browser tests; install one: make browser"
            if os.environ.get("CI"):
                pytest.fail(missing)
            pytest.skip(missing)
        started = playwright.chromium.launch(
            executable_path=executable,
            args=[
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
                *("--no-first-run", "--disable-background-networking"),
                *("--disable-component-update", "--disable-sync"),
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield started
        started.close()
