"""Settings → ready objects; the one place that builds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rag.align import WordAligner
from rag.check import ClaimChecker
from rag.encode import Encoder, SentenceTransformerEncoder
from rag.index import Index
from rag.passage_encoder import PassageEncoder
from rag.pipeline import Rag
from rag.progress import Progress
from rag.read import QuoteReader
from rag.retrieve import HybridRetriever
from rag.settings import Settings
from rag.snapshot import Reading

if TYPE_CHECKING:
    from rag.chat import ChatReader
    from rag.load.web import Fetcher
    from rag.rerank import Reranker
    from rag.workers import Workers


def open_index(settings: Settings, ray: str | None = None) -> Index:
    """Return the index that the settings name, which need not exist yet; nothing is read or loaded.

    Args:
        settings: say where it lies, and what encodes.
        ray: address of the Ray cluster that reads and encodes what is added, or `auto`; None for this machine.
    """
    encoder = _encoder(settings)

    def fetcher() -> Fetcher:
        from rag.load.web import Fetcher  # what reads files and pages takes a while to load

        return Fetcher(private=settings.private_addresses)

    return Index(
        settings.home,
        encoder,
        settings.passage_tokens,
        late=settings.late,
        fetcher=fetcher,
        cache=settings.cache,
        workers=partial(_open_cluster, address=ray) if ray else None,
    )


def open_checker(settings: Settings) -> ClaimChecker:
    """Return what checks claims against passages, with the encoder of the settings."""
    encoder = _encoder(settings)
    return ClaimChecker(_aligner(encoder, settings))


def open_rag(settings: Settings | None = None, progress: Progress | None = None) -> Rag:
    """Return what answers questions; builds the index of `settings.sources` first where there is none.

    Args:
        settings: read from the environment when None.
        progress: called after each article of an index that is built.

    Raises:
        SettingsError: a setting cannot be used.
        MissingExtraError: the package of the chat model is not installed.
        SourceError: there is no index, and nothing to build it of.
        IndexStateError: there is an index that cannot be used.
    """
    settings = settings or Settings()
    index = open_index(settings)
    if not index.exists:
        index.add(settings.sources, progress=progress)
    retriever = HybridRetriever(Reading(index.home, index.encoder), index.encoder, _reranker(settings))
    aligner = _aligner(index.encoder, settings)
    quoting = QuoteReader(aligner)
    rag = Rag(index, retriever, _chat_reader(settings, index.encoder) or quoting, aligner, quoting)
    if settings.otlp_endpoint:
        from rag.trace import open_traces  # OpenTelemetry is needed here only

        rag.listeners.add(open_traces(settings.otlp_endpoint))
    return rag


def _open_cluster(encoder: PassageEncoder, address: str) -> Workers:
    from rag.cluster import RayWorkers  # Ray takes a second to load

    return RayWorkers(encoder, address)


def _reranker(settings: Settings) -> Reranker | None:
    if not settings.reranker:
        return None
    from rag.rerank import CrossEncoderReranker

    return CrossEncoderReranker(settings.reranker)


def _chat_reader(settings: Settings, encoder: Encoder) -> ChatReader | None:
    """Return what answers by the chat model of the settings; None where they name none."""
    if not settings.model:
        return None
    from rag.chat import ChatReader
    from rag.langchain import open_chat_model  # LangChain takes a second to load, and is needed here only
    from rag.tokens import ChatTokens

    name = settings.model.partition(":")[2]
    tokens = ChatTokens(encoder.count_tokens, name, settings.tiktoken_cache_dir)
    return ChatReader(open_chat_model(settings), tokens, settings.model_context)


def _encoder(settings: Settings) -> Encoder:
    return SentenceTransformerEncoder(
        settings.encoder, settings.cache, settings.encoder_runtime, settings.encoder_threads
    )


def _aligner(encoder: Encoder, settings: Settings) -> WordAligner:
    return WordAligner(encoder.encode_words, encoder.encode_in_context, settings.cache)
