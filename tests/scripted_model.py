"""An endpoint that plays a part of `scripted_parts`, which the name of the model chooses, in the
protocol of one provider."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scripted_dialects import Dialect, OpenAI
from scripted_parts import PARTS
from scripted_steps import Part, Prompt, Raw, Status, Step, Wait


@dataclass
class Played:
    """What happened in one request; times are of `time.monotonic`."""

    model: str
    prompt: Prompt
    authorization: str
    body: dict[str, object]
    path: str = ""
    first_token: float = 0.0
    gone: float = 0.0
    done: bool = False


class ScriptedModel:
    """The served endpoint: `url`, and what was `played`. `say` replaces the part of one name."""

    def __init__(self, url: str, dialect: Dialect) -> None:
        self.url = url
        self.dialect = dialect
        self.played: list[Played] = []
        self.said: dict[str, Part] = {}
        self.lock = threading.Lock()

    def say(self, name: str, *steps: Step) -> str:
        """Play these steps for a model of this name, whose `{1}` are the markers shown."""

        def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
            markers = ["", *(one.marker for one in prompt.paragraphs)]
            for step in steps:
                yield _filled(step, markers) if isinstance(step, str) else step

        self.said[name] = part
        return name

    def part(self, name: str) -> Part:
        return self.said.get(name) or PARTS[name]

    def attempts(self, name: str) -> list[Played]:
        return [one for one in self.played if one.model == name]

    def left(self, name: str) -> bool:
        """Whether it noticed, within some seconds, that nobody listens any more."""
        for _ in range(500):
            if all(one.gone for one in self.attempts(name)):
                return True
            time.sleep(0.01)
        return False


def _filled(text: str, markers: list[str]) -> str:
    return re.sub(r"\{(\d)\}", lambda found: markers[int(found[1])], text)


@contextmanager
def served(dialect: Dialect | None = None) -> Iterator[ScriptedModel]:
    """Serve the repertoire on a free port of this machine, in OpenAI's dialect or another."""
    dialect = dialect or OpenAI()
    server = _Server(("127.0.0.1", 0), _Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    server.model = ScriptedModel(f"{address}{dialect.root}", dialect)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.model
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    model: ScriptedModel

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.stopping = threading.Event()

    def handle_error(self, *_: object) -> None:
        """Clients that go away are part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._json(200, json.dumps({"object": "list", "data": [{"id": n} for n in PARTS]}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        dialect = self.server.model.dialect
        prompt, key = dialect.prompt(body), dialect.key(self.headers)
        played = Played(body["model"], prompt, key, body, self.path)
        with self.server.model.lock:
            attempt = len(self.server.model.attempts(played.model))
            self.server.model.played.append(played)
        try:
            self._play(played, self.server.model.part(played.model)(prompt, attempt))
            played.done = True
        except (BrokenPipeError, ConnectionResetError):
            played.gone = time.monotonic()
        self.close_connection = True

    def _play(self, played: Played, steps: Iterator[Step]) -> None:
        begun = False
        dialect = self.server.model.dialect
        for step in steps:
            if isinstance(step, Status):
                self._json(step.code, step.body or dialect.refusal(step.message), step.headers)
                return
            if isinstance(step, Wait):
                self._wait(step.seconds)
                continue
            if not begun:
                self.send_response(200)
                self.send_header("Content-Type", dialect.content_type)
                self.send_header("Transfer-Encoding", "chunked")
                self.send_header("Connection", "close")
                self.end_headers()
                if opening := dialect.begin():
                    self._chunk(opening)
                begun = True
            if isinstance(step, Raw):
                self._chunk(step.data)
            elif isinstance(step, str):
                played.first_token = played.first_token or time.monotonic()
                self._chunk(dialect.text(step))
            else:
                if closing := dialect.end(step.reason):
                    self._chunk(closing)
                self._chunk(b"")

    def _wait(self, seconds: float) -> None:
        """Notice at once when the client goes away, as servers of models do."""
        self.connection.setblocking(False)
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until and not self.server.stopping.wait(0.01):
                try:
                    if self.connection.recv(1) == b"":
                        raise BrokenPipeError
                except BlockingIOError:
                    continue
        finally:
            self.connection.setblocking(True)

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(self, code: int, body: str, headers: dict[str, str] | None = None) -> None:
        data = body.encode()
        self.send_response(code)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        # Said, or a client would now and then try the closed connection once more.
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
