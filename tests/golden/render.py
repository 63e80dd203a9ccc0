"""The expected paragraphs of real and made-up documents, one readable file each.

`python tests/golden/render.py` writes them anew; read the difference line by line before
committing it. Every block of a document is shown, in order: headings and separators as they are,
paragraphs with label, heading and context (the document's title, which every context begins
with, is shown as «§»).
"""

from __future__ import annotations

from pathlib import Path

from rag import documents
from rag.chunker import blocks, chunk
from rag.types import Document, Paragraph

HERE = Path(__file__).parent
SEEDS = HERE.parent.parent / "seeds"
CASES = {path.name: path for path in documents.collect([SEEDS, HERE / "texts"])}


def golden(name: str) -> Path:
    return HERE / f"{name}.golden"


def render(path: Path) -> str:
    document = documents.read(path, path.parent)
    paragraphs = {paragraph.start: paragraph for paragraph in chunk(document)}
    lines = [f"title     {document.title}", f"language  {document.language}", ""]
    for block in blocks(document.text):
        lines.append(f"{block.kind} {block.start}–{block.end}")
        if block.kind == "paragraph":
            lines += _fields(document, paragraphs[block.start])
        text = document.text[block.start : block.end]
        lines += [f"    {_visible(line)}".rstrip() for line in text.split("\n")] + [""]
    return "\n".join(lines)


def _fields(document: Document, paragraph: Paragraph) -> list[str]:
    context = paragraph.context.removeprefix(document.title)
    fields = {"label": paragraph.label, "heading": paragraph.heading, "context": f"§{context}"}
    return [f"  {name:8} {value}" for name, value in fields.items() if value]


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() else f"<{ord(c):04X}>" for c in line)


def main() -> None:
    for name, path in CASES.items():
        golden(name).write_text(render(path) + "\n", encoding="utf-8")
        print(golden(name))


if __name__ == "__main__":
    main()
