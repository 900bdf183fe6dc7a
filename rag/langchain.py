"""The edges to LangChain: our search, encoder and answers as its own kinds of thing, and its chat models as ours.

>>> from rag import open_rag
>>> from rag.langchain import to_retriever
>>> retriever = to_retriever(open_rag(), k=5)              # doctest: +SKIP
>>> retriever.invoke("رقائق H200")[0].metadata["title"]    # doctest: +SKIP
"""

from __future__ import annotations

import atexit
import itertools
import logging
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.exceptions import ModelAPIError, ModelConnectionError, ModelRateLimitError, ModelTimeoutError
from langchain_core.language_models import BaseChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import run_in_executor
from langchain_core.tracers.langchain import get_client
from langsmith.utils import tracing_is_enabled
from pydantic import ConfigDict
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from rag.chat import ChatModel
from rag.encode import Encoder
from rag.errors import MissingExtraError, ReaderError, SettingsError
from rag.pipeline import Rag
from rag.prompts import Message
from rag.settings import Settings
from rag.types import Answer, Failed, Language

_log = logging.getLogger(__name__)
_ATTEMPTS = 3
_LONGEST_WAIT = 8.0  # seconds between two of them
_backoff = wait_exponential_jitter(multiplier=0.5, max=_LONGEST_WAIT, jitter=0.5)
_FIXED_TEMPERATURE = re.compile(r"(?:o\d|gpt-5)")  # OpenAI's reasoning models reject any
_LAST_MOMENT = 2.0  # seconds that LangSmith gets when the process ends
_ENDS = ("finish_reason", "done_reason", "stop_reason", "stopReason")


def to_retriever(rag: Rag, k: int = 10, language: Language | None = None) -> BaseRetriever:
    """Return a retriever whose documents are passages: their text, and as metadata all else that is known of them."""
    return SanadRetriever(rag=rag, k=k, language=language)


def to_embeddings(encoder: Encoder) -> Embeddings:
    """Return embeddings that encode as the index does: one unit vector a text."""
    return _Embeddings(encoder)


def to_runnable(rag: Rag) -> Runnable[str, Answer]:
    """Return a runnable from a question to its `Answer`; it takes what `Rag.ask` takes, by `bind` too.

    Its stream gives the answer as it grows, each time whole.
    """
    return _Answers(rag)


def open_chat_model(settings: Settings) -> ChatModel:
    """Return the chat model that `RAG_MODEL` names; nothing is sent to it yet.

    Raises:
        SettingsError: there is no such provider, or the name does not say which.
        MissingExtraError: the provider's package is not installed.
    """
    name = settings.model or ""
    provider, _, model = name.partition(":")
    options: dict[str, Any] = {"temperature": 0.0, "timeout": settings.model_timeout, "max_retries": 0}
    if provider == "ollama":
        client = {"timeout": settings.model_timeout}
        options = {"temperature": 0.0, "num_ctx": settings.model_context, "client_kwargs": client}
        options |= {"base_url": settings.ollama_host} if settings.ollama_host else {}
    elif provider == "openai":
        if settings.openai_base_url:
            options |= {"base_url": settings.openai_base_url, "use_responses_api": False}
        key = settings.openai_api_key or ("none" if settings.openai_base_url else None)  # local servers want any
        options |= {"api_key": key} if key else {}
    if _FIXED_TEMPERATURE.match(model):
        del options["temperature"]
    try:
        chat = init_chat_model(name, **options)
    except ImportError as error:
        package = re.search(r"pip install (?:-U )?`?([\w-]+)", str(error))
        install = package.group(1) if package else f"langchain-{provider}"
        raise MissingExtraError(f"RAG_MODEL={name!r} needs a package; get it with: pip install {install}") from error
    except Exception as error:
        line = " ".join(str(error).split())
        raise SettingsError(
            f"RAG_MODEL={name!r}: {line[:200]}; give provider:model, such as ollama:qwen3:8b, openai:gpt-4o-mini"
        ) from error
    if tracing_is_enabled():  # by LangSmith; the command line ends its process at once
        atexit.register(get_client().flush, timeout=_LAST_MOMENT)
    return _ChatModel(name, chat)


class _ChatModel:
    """A LangChain chat model; retried with a growing wait while it is busy and has not begun to write."""

    def __init__(self, name: str, chat: BaseChatModel) -> None:
        self.name = name
        self._chat = chat

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """See `rag.chat.ChatModel.stream`."""
        written, ended = "", False
        try:
            first, rest = Retrying(
                retry=retry_if_exception(_is_passing), stop=stop_after_attempt(_ATTEMPTS), wait=_wait, reraise=True
            )(self._begin, [(message.role, message.text) for message in messages])
            for chunk in itertools.chain([first] if first else [], rest):
                ended = ended or any(chunk.response_metadata.get(key) for key in _ENDS)
                if text := str(chunk.text):
                    written += text
                    yield text
        except Exception as error:  # each provider has its own; what they have in common is sorted out below
            reason = _reason(error, begun=bool(written))
            _log.warning("%s: %s: %s", self.name, reason, " ".join(str(error).split())[:300])
            raise ReaderError(reason, f"{self.name}: {' '.join(str(error).split())[:300]}") from error
        if not ended and written:
            raise ReaderError("cut", f"{self.name} broke off")

    def _begin(self, messages: list[tuple[str, str]]) -> tuple[Any, Iterator[Any]]:
        rest = self._chat.stream(messages)
        return next(rest, None), rest


def _is_passing(error: BaseException) -> bool:
    """Whether a fault may be gone in a moment: too many requests, or a server's own error."""
    return isinstance(error, (ModelRateLimitError, ModelAPIError)) or _status(error) in {429, 500, 502, 503, 504, 529}


def _wait(state: RetryCallState) -> float:
    """Return how many seconds to wait: what the server asks for, else twice as long each time."""
    error = state.outcome.exception() if state.outcome else None
    asked = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", asked):
        return min(float(asked), _LONGEST_WAIT)
    return _backoff(state)


def _status(error: BaseException) -> int | None:
    return getattr(error, "status_code", None)


def _reason(error: Exception, *, begun: bool) -> Failed:
    """Return why a model failed, in one of the words that the reader is told."""
    status = _status(error)
    if isinstance(error, ModelTimeoutError) or "Timeout" in type(error).__name__:
        return "timeout"
    if isinstance(error, ModelRateLimitError) or status == 429:
        return "busy"
    if isinstance(error, ModelAPIError) or (status is not None and status >= 500):
        return "server_error"
    if status is not None and status >= 400:
        return "rejected"
    if begun:
        return "cut"
    return "unreachable" if isinstance(error, (ModelConnectionError, OSError)) or _is_connection(error) else "garbage"


def _is_connection(error: Exception) -> bool:
    return any("Connect" in kind.__name__ or "Transport" in kind.__name__ for kind in type(error).__mro__)


class SanadRetriever(BaseRetriever):
    """Finds passages; traces show it by this class's name."""

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


class _Answers(Runnable[str, Answer]):
    """Answers questions, as a run of its own in traces; the chat model's run, if there is one, stands below it."""

    def __init__(self, rag: Rag) -> None:
        self.name = "Sanad"
        self._rag = rag

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        return self._call_with_config(self._rag.ask, input, config, **kwargs)

    def stream(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Answer]:
        def grow(questions: Iterator[str]) -> Iterator[Answer]:
            for question in questions:
                yield from self._rag.stream(question, **kwargs)

        yield from self._transform_stream_with_config(iter([input]), grow, config)

    async def astream(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Answer]:
        async def questions() -> AsyncIterator[str]:
            yield input

        async def grow(questions: AsyncIterator[str]) -> AsyncIterator[Answer]:
            async for question in questions:
                answers = self._rag.stream(question, **kwargs)
                while answer := await run_in_executor(None, next, answers, None):
                    yield answer

        async for answer in self._atransform_stream_with_config(questions(), grow, config):
            yield answer


class _Embeddings(Embeddings):
    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._encoder.encode_sentences(texts).vectors.tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        row: list[float] = self._encoder.encode_question(text).vectors[0].tolist()
        return row
