"""The index on disk: build it with `build`, open it with `Index.open`."""

from rag.index.builder import BuildReport, build
from rag.index.reader import Index

__all__ = ["BuildReport", "Index", "build"]
