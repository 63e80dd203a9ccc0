"""The retriever as a LangChain `BaseRetriever`, for chains built by others."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.records import hit_record
from rag.retriever import Retriever
from rag.types import Hit


def as_langchain_retriever(retriever: Retriever, k: int = 5) -> BaseRetriever:
    """A LangChain retriever of the k nearest paragraphs.

    `page_content` is the paragraph's text, verbatim; `metadata` holds the fields of a hit as the
    command line prints them (source, title, label, heading, page, offsets, score) and `language`.
    """
    return _ParagraphRetriever(retriever=retriever, k=k)


class _ParagraphRetriever(BaseRetriever):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in self.retriever.search(query, self.k)]


def _document(hit: Hit) -> Document:
    fields = dict(hit_record(hit))
    text = str(fields.pop("text"))
    return Document(
        id=hit.paragraph.id,
        page_content=text,
        metadata={
            **fields,
            # Stores that filter by metadata take single values only.
            "suspicions": ", ".join(hit.paragraph.suspicions),
            "language": hit.paragraph.language,
        },
    )
