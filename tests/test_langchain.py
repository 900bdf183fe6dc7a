"""Guards: LangChain's own tests pass on our adapters, and documents carry what a citation needs."""

from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests

from rag.langchain import to_embeddings, to_retriever, to_runnable
from rag.pipeline import Rag
from tests.fakes import HashEncoder


class _FakeEmbeddings(Embeddings):
    """Our adapter over the fake encoder, as a class that LangChain's tests can construct."""

    def __init__(self) -> None:
        self._inner = to_embeddings(HashEncoder())

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._inner.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._inner.embed_query(text)


class TestEmbeddings(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return _FakeEmbeddings


class TestRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _with_rag(self, rag: Rag) -> None:
        self._retriever = to_retriever(rag, k=3)

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return type(self._retriever)

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"rag": self._retriever.rag, "k": 3, "language": None}  # type: ignore[attr-defined]

    @property
    def retriever_query_example(self) -> str:
        return "Beijing H200 orders"


def test_documents_carry_their_source(rag: Rag) -> None:
    [document] = to_retriever(rag, k=1, language="en").invoke("Beijing H200 orders")
    assert document.page_content.startswith("Beijing told firms")
    assert document.metadata["article_id"] == "chips"
    assert document.metadata["published"] == "2026-01-16"
    assert document.id == document.metadata["id"]


def test_the_runnable_answers_one_many_and_async(rag: Rag) -> None:
    runnable = to_runnable(rag)
    assert runnable.invoke("Beijing H200 orders").citations[0].passage.article_id == "chips"
    assert len(runnable.batch(["Beijing H200 orders", "Who wrote Hamlet?"])) == 2
