"""Questions to begin with, offered when the default documents are in the collection."""

from __future__ import annotations

from collections.abc import Mapping

from rag.types import Document

# Each with the file that answers it: no question is offered about documents that are not there.
_EXAMPLES = (
    ("Quelles mesures les dirigeants d’entreprise recommandent-ils ?", "002_f1286081fca64da7.txt"),
    (
        "Quand aura lieu la première réunion sur la déclaration conjointe ?",
        "000_dc57ce952d50d149.txt",
    ),
    ("How is electronic commerce defined?", "003_5a8c004ef5bddac6.txt"),
    ("What topics could the working group discuss?", "001_506f2558a00a0d42.txt"),
)


def examples(documents: Mapping[str, Document]) -> list[str]:
    files = {document.source.rpartition("/")[2] for document in documents.values()}
    return [question for question, file in _EXAMPLES if file in files]
