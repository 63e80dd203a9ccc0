"""A small document with its questions, as the recipe reads them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

DOCUMENT = {
    "family": "a1",
    "language": "fr",
    "title": "Le commerce de l'eau",
    "front": ["Le ministre, 3 mai 2019", "Lyon"],
    "parts": [
        {
            "heading": "1 Ventes",
            "lead": "Un enfant vend:",
            "text": "la maison",
            "fr": "Que vend un enfant ?",
            "en": "What does a child sell?",
        },
        {
            "heading": "",
            "lead": "",
            "text": "",
            "front": 1,
            "fr": "Où le ministre écrit-il ?",
            "en": "Where does the minister write?",
        },
    ],
    "near": [{"q": "Who takes the gold?", "part": 0}],
}


def write_document(folder: Path) -> Path:
    """The file `documents.jsonl.gz` of a folder, with this document alone."""
    file = folder / "documents.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps(DOCUMENT).encode()))
    return file
