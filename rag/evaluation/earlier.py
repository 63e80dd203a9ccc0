"""The newest result of one configuration in a folder: what a new one is compared with."""

from __future__ import annotations

import re
from pathlib import Path

_DATE, _COMMIT = r"(\d{4}-\d{2}-\d{2})", r"(?:[0-9a-f]{7,40}(?:-dirty)?|unknown)"


def newest(folder: Path, name: str) -> Path | None:
    """The file `<date>-<commit>-<name>.json` of the latest date, of one day the one written last;
    None if there is none."""
    named = re.compile(rf"{_DATE}-{_COMMIT}-{re.escape(name)}\.json")
    found = [
        (match[1], path.stat().st_mtime_ns, path)
        for path in folder.glob("*.json")
        if (match := named.fullmatch(path.name))
    ]
    return max(found)[-1] if found else None
