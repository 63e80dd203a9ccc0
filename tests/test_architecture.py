"""The import floors of docs/architecture.md, read from the code's own imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

RAG = Path(__file__).parent.parent / "rag"

FLOORS = {
    "types": 0,
    "errors": 0,
    "settings": 1,
    "logistic": 1,
    "chat_settings": 1,
    "jsonlines": 1,
    "feedback": 1,
    "candidates": 1,
    "questions": 1,
    "records": 1,
    "language": 1,
    "tokens": 1,
    "analyser": 1,
    "translation": 1,
    "intent": 1,
    "sides": 1,
    "expectation": 1,
    "documents": 1,
    "chunker": 1,
    "encoder": 1,
    "citations": 1,
    "phrases": 1,
    "suspicion": 1,
    "index": 2,
    "reranker": 2,
    "support": 2,
    "retriever": 3,
    "langchain_retriever": 3,
    "evidence": 4,
    "generator": 4,
    "chat_model": 4,
    "langchain_chain": 4,
    "conversation": 4,
    "abstention": 4,
    "found": 4,
    "reading": 4,
    "assistant": 4,
    "beir": 5,
    "evaluation": 5,
    "doctor": 5,
    "ui": 5,
    "terminal": 5,
    "cli": 5,
}


def imports() -> Iterator[tuple[str, str, Path]]:
    """(importing module, imported module, file) for every import of rag inside rag."""
    for file in sorted(RAG.rglob("*.py")):
        module = file.relative_to(RAG).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
                if node.module == "rag":
                    names = [f"rag.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                parts = name.split(".")
                if parts[0] == "rag" and len(parts) > 1 and parts[1] != "__version__":
                    yield module, parts[1], file


def test_every_module_has_a_floor() -> None:
    modules = {
        p.stem if p.is_file() else p.name
        for p in RAG.iterdir()
        if (p.suffix == ".py" and p.stem != "__init__") or (p / "__init__.py").exists()
    }
    assert modules == set(FLOORS)


def test_imports_go_down_only() -> None:
    upward = [
        f"{file.relative_to(RAG.parent)}: {importing} → {imported}"
        for importing, imported, file in imports()
        if importing != "__init__" and FLOORS[imported] > FLOORS[importing]
    ]
    assert upward == []


def test_only_the_faces_are_unknown_to_the_assistant() -> None:
    faces = {name for name, floor in FLOORS.items() if floor == 5}
    known = {imported for importing, imported, _ in imports() if importing not in faces}
    assert not known & faces
