"""Settings → ready objects; the one place that builds."""

from __future__ import annotations

from rag.align import WordAligner
from rag.encode import SentenceTransformerEncoder
from rag.index import Index
from rag.pipeline import Rag
from rag.read import QuoteReader
from rag.rerank import CrossEncoderReranker
from rag.retrieve import HybridRetriever
from rag.settings import Settings
from rag.snapshot import Reading
from rag.update import Progress


def open_index(settings: Settings) -> Index:
    """Return the index that the settings name, which need not exist yet; nothing is read or loaded."""
    encoder = SentenceTransformerEncoder(settings.encoder, settings.cache)
    return Index(settings.index, encoder, settings.passage_tokens, late=settings.late)


def open_rag(settings: Settings | None = None, progress: Progress | None = None) -> Rag:
    """Return what answers questions; builds the index of `settings.sources` first where there is none.

    Args:
        settings: read from the environment when None.
        progress: called after each article of an index that is built.

    Raises:
        SettingsError: a setting cannot be used.
        SourceError: there is no index, and nothing to build it of.
        IndexStateError: there is an index that cannot be used.
    """
    settings = settings or Settings()
    index = open_index(settings)
    if not index.exists:
        index.add(settings.sources, progress=progress)
    reranker = CrossEncoderReranker(settings.reranker) if settings.reranker else None
    retriever = HybridRetriever(Reading(index.folder, index.encoder), index.encoder, reranker)
    aligner = WordAligner(index.encoder.encode_words)
    return Rag(index, retriever, QuoteReader(aligner), aligner)
