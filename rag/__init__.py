"""Alinéa: answers from a document collection, each sentence cited to the paragraph behind it."""

__version__ = "0.1.0"
