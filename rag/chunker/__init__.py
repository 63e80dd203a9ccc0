"""Documents → paragraphs (the unit of citation) → passages (the unit of indexing).

`document.text[p.start:p.end] == p.text` for every paragraph `p`. The document's own number is in
`label`, outside the text; so are bullets and emphasis around a whole paragraph. Line breaks and
page breaks inside a paragraph stay in its text: `flow` joins them for embedding and display.
"""

from rag.chunker.flow import flow
from rag.chunker.paragraphs import Block, blocks, chunk, find_title
from rag.chunker.passages import passages

# Changes whenever the same text gives other paragraphs or contexts: an index names it.
VERSION = "2"

__all__ = ["VERSION", "Block", "blocks", "chunk", "find_title", "flow", "passages"]
