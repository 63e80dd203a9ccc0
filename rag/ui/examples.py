"""Questions to begin with, offered when the default documents are in the collection."""

from __future__ import annotations

from collections.abc import Mapping

from rag.types import Document

# Each with the file that answers it: no question is offered about documents that are not there.
_EXAMPLES = (
    ("Combien de Membres ont signé la déclaration conjointe ?", "003_5a8c004ef5bddac6.txt"),
    ("Que propose la Russie de créer à l’OMC ?", "001_506f2558a00a0d42.txt"),
    ("Who submitted the 2016 proposal?", "002_f1286081fca64da7.txt"),
    ("Until when does the Bali decision suspend customs duties?", "004_b6b5869a84e0baf4.txt"),
)


def examples(documents: Mapping[str, Document]) -> list[str]:
    sources = {document.source for document in documents.values()}
    return [question for question, source in _EXAMPLES if source in sources]
