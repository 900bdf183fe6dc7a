"""The edges to LangChain: our search as a retriever, our encoder as embeddings, our answers as a runnable.

>>> from rag import open_rag
>>> from rag.langchain import to_retriever
>>> retriever = to_retriever(open_rag(), k=5)              # doctest: +SKIP
>>> retriever.invoke("رقائق H200")[0].metadata["title"]    # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from rag.encode import Encoder
from rag.pipeline import Rag
from rag.types import Answer, Language


def to_retriever(rag: Rag, k: int = 10, language: Language | None = None) -> BaseRetriever:
    """Return a retriever whose documents are passages: their text, and as metadata all else that is known of them."""
    return _Retriever(rag=rag, k=k, language=language)


def to_embeddings(encoder: Encoder) -> Embeddings:
    """Return embeddings that encode as the index does: one unit vector a text."""
    return _Embeddings(encoder)


def to_runnable(rag: Rag) -> Runnable[str, Answer]:
    """Return a runnable from a question to its `Answer`."""
    return RunnableLambda(rag.ask)


class _Retriever(BaseRetriever):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    rag: Any
    k: int
    language: str | None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        hits = self.rag.search(query, k or self.k, language=self.language)
        documents = []
        for hit in hits:
            known = hit.passage.to_dict()
            text = known.pop("text")
            documents.append(Document(id=hit.passage.id, page_content=text, metadata=known | {"score": hit.score}))
        return documents


class _Embeddings(Embeddings):
    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._encoder.encode_sentences(texts).vectors.tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        row: list[float] = self._encoder.encode_question(text).vectors[0].tolist()
        return row
