"""Guards: LangChain's own tests pass on our adapters, and documents carry what a citation needs."""

from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests

from rag.errors import MissingExtraError, SettingsError
from rag.langchain import open_chat_model, to_embeddings, to_retriever, to_runnable
from rag.pipeline import Rag
from rag.settings import Settings
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


def test_a_provider_whose_package_is_missing_is_named_with_the_line_that_installs_it() -> None:
    with pytest.raises(MissingExtraError, match="pip install langchain-groq"):
        open_chat_model(Settings(model="groq:llama"))


@pytest.mark.parametrize("name", ["nobody:model", "model-of-nobody"])
def test_a_model_without_a_provider_is_no_setting(name: str) -> None:
    with pytest.raises(SettingsError, match=f"RAG_MODEL='{name}'.*give provider:model"):
        open_chat_model(Settings(model=name))


def test_a_reasoning_model_is_sent_no_temperature() -> None:
    settings = Settings(model="openai:gpt-5-mini", openai_api_key="none")
    assert open_chat_model(settings)._chat.temperature is None  # type: ignore[attr-defined]
    plain = settings.model_copy(update={"model": "openai:any"})
    assert open_chat_model(plain)._chat.temperature == 0  # type: ignore[attr-defined]
