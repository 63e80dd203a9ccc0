"""Checks for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict

from rag.doctor.checks import Check, State

_SIGNS: dict[State, str] = {"ok": "✓", "off": "–", "missing": "!", "failed": "✗"}


class CheckRecord(TypedDict):
    subject: str
    state: str
    text: str
    works_offline: bool
    downloads: str


class DoctorRecord(TypedDict):
    healthy: bool
    works_offline: list[str]
    needs_network: list[str]
    downloads: list[str]
    checks: list[CheckRecord]


def lines(checks: Sequence[Check]) -> Iterator[str]:
    """One line a check, then what would be downloaded and what needs the network."""
    for check in checks:
        yield f"{_SIGNS[check.state]} {check.subject}: {check.text}"
    found = record(checks)
    yield ""
    yield f"would be downloaded: {', '.join(found['downloads']) or 'nothing'}"
    yield f"needs the network: {', '.join(found['needs_network']) or 'nothing'}"


def record(checks: Sequence[Check]) -> DoctorRecord:
    """Healthy if nothing that is configured fails."""
    working = [check for check in checks if check.state == "ok"]
    return {
        "healthy": all(check.state != "failed" for check in checks),
        "works_offline": [check.subject for check in working if check.offline],
        "needs_network": [
            check.subject for check in checks if not check.offline and check.state != "off"
        ],
        "downloads": [check.downloads for check in checks if check.downloads],
        "checks": [
            {
                "subject": check.subject,
                "state": check.state,
                "text": check.text,
                "works_offline": check.offline,
                "downloads": check.downloads,
            }
            for check in checks
        ],
    }
