"""Runs `rag` with every connection to another machine recorded and refused.

Usage: python tests/guarded.py RECORD ARGUMENTS…

Each attempt adds a line to RECORD. The hook sees what Python's own sockets do: names looked up,
connections and datagrams.
"""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path


def is_local(host: object) -> bool:
    """Whether a host, in the forms that sockets take, is this machine or nothing at all."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def guard(record: Path) -> None:
    record.touch()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None  # a Unix socket has a path
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
            host = arguments[0]
        else:
            return
        if not is_local(host):
            with record.open("a", encoding="utf-8") as lines:
                lines.write(f"{event} {host!r}\n")
            raise OSError(f"no network in this test: {event} {host!r}")

    sys.addaudithook(hook)


if __name__ == "__main__":
    guard(Path(sys.argv[1]))
    from rag.cli import main

    sys.exit(main(sys.argv[2:]))
