"""Guards: LangChain's own tests pass on our adapters, and documents carry what a citation needs."""

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langchain_core.tracers.base import BaseTracer
from langchain_core.tracers.schemas import Run
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from rag.encode import SentenceTransformerEncoder
from rag.errors import MissingExtraError, SettingsError
from rag.langchain import open_chat_model, to_embeddings, to_retriever, to_runnable
from rag.pipeline import Rag
from rag.settings import Settings
from tests import scripted_server
from tests.fakes import write_article

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "Which companies were told to prepare orders for the H200?",
    "ما الشركات التي طلبت منها بكين الاستعداد لشراء رقائق H200؟",
    "Who wrote Hamlet?",
)


class _OverTheBundledEncoder:
    """What LangChain's tests of embeddings are told: the class, and what it is made of."""

    @pytest.fixture(autouse=True)
    def _with_encoder(self, encoder: SentenceTransformerEncoder) -> None:
        self._encoder = encoder

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return type(to_embeddings(self._encoder))

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"encoder": self._encoder}


class TestEmbeddingsUnit(_OverTheBundledEncoder, EmbeddingsUnitTests):
    pass


class TestEmbeddings(_OverTheBundledEncoder, EmbeddingsIntegrationTests):
    pass


class TestRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _with_rag(self, corpus_rag: Rag) -> None:
        self._retriever = to_retriever(corpus_rag, k=3)

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return type(self._retriever)

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"rag": self._retriever.rag, "k": 3, "language": None}  # type: ignore[attr-defined]

    @property
    def retriever_query_example(self) -> str:
        return QUESTIONS[0]


def test_documents_carry_their_source(rag: Rag) -> None:
    [document] = to_retriever(rag, k=1, language="en").invoke("Beijing H200 orders")
    assert document.page_content.startswith("Beijing told firms")
    assert document.metadata["article_id"] == "chips"
    assert document.metadata["published"] == "2026-01-16"
    assert document.id == document.metadata["id"]


async def test_the_runnable_gives_each_question_the_same_answer_however_it_is_asked(corpus_rag: Rag) -> None:
    runnable = to_runnable(corpus_rag)
    alone = [corpus_rag.ask(question) for question in QUESTIONS]
    assert [answer.abstained for answer in alone] == [False, False, True]
    assert [runnable.invoke(question) for question in QUESTIONS] == alone
    assert [await runnable.ainvoke(question) for question in QUESTIONS] == alone
    many = list(QUESTIONS) * 4
    at_once: RunnableConfig = {"max_concurrency": 8}
    assert runnable.batch(many, at_once) == alone * 4
    assert await runnable.abatch(many, at_once) == alone * 4


async def test_the_runnable_streams_the_answer_as_it_grows(corpus_rag: Rag) -> None:
    runnable = to_runnable(corpus_rag)
    grown = list(corpus_rag.stream(QUESTIONS[0]))
    assert len(grown) > 1
    assert list(runnable.stream(QUESTIONS[0])) == grown
    assert [answer async for answer in runnable.astream(QUESTIONS[0])] == grown
    async for first in runnable.astream(QUESTIONS[0]):
        assert first == grown[0]
        break  # who leaves is not waited for
    texts = (runnable | (lambda answer: answer.text)).stream(QUESTIONS[0])
    assert list(texts) == [grown[-1].text]


def test_the_runnable_takes_what_ask_takes_and_says_its_types(rag: Rag) -> None:
    runnable = to_runnable(rag)
    bound = runnable.bind(without=("chips",))
    assert runnable.invoke("Beijing H200 orders").citations
    assert bound.invoke("Beijing H200 orders").abstained
    assert [answer.abstained for answer in bound.stream("Beijing H200 orders")] == [True]
    assert runnable.get_input_jsonschema()["type"] == "string"
    assert {"text", "citations", "abstained"} <= set(runnable.get_output_jsonschema()["$defs"]["Answer"]["properties"])


class _Recorder(BaseTracer):
    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Run] = []

    def _persist_run(self, run: Run) -> None:
        self.runs.append(run)


async def test_a_tracer_sees_what_went_in_and_out(rag: Rag) -> None:
    recorder = _Recorder()
    config: RunnableConfig = {"callbacks": [recorder]}
    runnable, question = to_runnable(rag), "What did Beijing tell firms to prepare?"
    answer = runnable.invoke(question, config)
    list(runnable.stream(question, config))
    [_ async for _ in runnable.astream(question, config)]
    for run in recorder.runs:
        assert (run.name, run.run_type, run.error) == ("Sanad", "chain", None)
        assert run.inputs == {"input": question}
        assert run.outputs == {"output": answer}
    assert len(recorder.runs) == 3

    documents = to_retriever(rag, k=2).invoke(question, config)
    run = recorder.runs[-1]
    assert (run.name, run.run_type) == ("SanadRetriever", "retriever")
    assert run.inputs == {"query": question}
    assert run.outputs == {"documents": documents}
    assert run.extra["metadata"]["ls_retriever_name"] == "sanad"

    with pytest.raises(ValueError, match="empty"):
        runnable.invoke(" ", config)
    assert "the question is empty" in str(recorder.runs[-1].error)


class _LangSmith(ThreadingHTTPServer):
    """Takes runs as LangSmith does; keeps the paths that were asked, and each run's last state by its name."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _LangSmithHandler)
        self.paths: list[str] = []
        self.runs: dict[str, dict[str, Any]] = {}


class _LangSmithHandler(BaseHTTPRequestHandler):
    server: _LangSmith

    def do_GET(self) -> None:
        limits = {"size_limit": 100, "size_limit_bytes": 20_000_000, "scale_up_nthreads_limit": 1}
        scale = {"scale_up_qsize_trigger": 1000, "scale_down_nempty_trigger": 4, "use_multipart_endpoint": False}
        self._reply({"batch_ingest_config": limits | scale})

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for run in itertools.chain(*sent.values()):
            self.server.runs.setdefault(run["name"], {}).update({k: v for k, v in run.items() if v})
        self._reply({})

    def _reply(self, value: dict[str, Any]) -> None:
        self.server.paths.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *args: object) -> None:
        """Keep the tests' output clean."""


@contextmanager
def _langsmith() -> Iterator[_LangSmith]:
    with _LangSmith() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


PROGRAM = """
from rag import Settings, open_rag
from rag.langchain import to_retriever, to_runnable
rag = open_rag(Settings())
to_runnable(rag).invoke("What did Beijing tell firms to prepare?")
to_retriever(rag, k=1).invoke("Beijing H200 orders")
"""


def _run(*arguments: str, **environment: str) -> None:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("LANGSMITH_", "LANGCHAIN_"))}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=known | {"LANGSMITH_API_KEY": "none"} | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr


@pytest.mark.usefixtures("encoder")
def test_langsmith_gets_runs_where_it_is_asked_to_and_nothing_where_not(tmp_path: Path) -> None:
    write_article(tmp_path, "chips", "Beijing told firms to prepare H200 orders. The shares rose on Friday.")
    with _langsmith() as langsmith, scripted_server.serve() as model:
        corpus = {"RAG_CORPUS": str(tmp_path / "chips.md"), "RAG_MODEL": "openai:right", "OPENAI_BASE_URL": model.url}
        settings = corpus | {"LANGSMITH_ENDPOINT": f"http://127.0.0.1:{langsmith.server_port}"}
        _run("-c", PROGRAM, **settings)
        assert not langsmith.paths

        _run("-c", PROGRAM, **settings, LANGSMITH_TRACING="true")
        assert set(langsmith.runs) == {"Sanad", "ChatOpenAI", "SanadRetriever"}
        answered, found = langsmith.runs["Sanad"], langsmith.runs["SanadRetriever"]
        assert answered["inputs"] == {"input": "What did Beijing tell firms to prepare?"}
        assert answered["outputs"]["output"]["text"] == scripted_server.RIGHT
        assert langsmith.runs["ChatOpenAI"]["parent_run_id"] == answered["id"]
        assert found["outputs"]["documents"][0]["metadata"]["article_id"] == "chips"

        langsmith.runs.clear()
        _run("-m", "rag", "ask", "What did Beijing tell firms to prepare?", **settings, LANGSMITH_TRACING="true")
        assert set(langsmith.runs) == {"ChatOpenAI"}


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
