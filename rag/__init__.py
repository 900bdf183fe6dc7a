"""Sanad: ask a collection of news articles, in Arabic or English; every statement cites the passage it rests on.

    >>> from rag import Settings, open_rag
    >>> rag = open_rag(Settings())                       # doctest: +SKIP
    >>> answer = rag.ask("من طلب رقائق H200؟")            # doctest: +SKIP

The flow, one module a stage (each imports only those before it):

    offline   load, clean, chunk, encode, catalog and store      wired by `rag.index`
    online    rewrite, retrieve, read, cite                      wired by `rag.pipeline`
"""

from rag.errors import (
    IndexBusyError,
    IndexStateError,
    MissingExtraError,
    ReaderError,
    SanadError,
    SettingsError,
    SourceError,
)
from rag.index_report import IndexReport
from rag.open import open_index, open_rag
from rag.pipeline import Rag
from rag.settings import Settings
from rag.types import Answer, Article, Citation, Hit, Passage, Sentence, Turn

__all__ = [
    "Answer",
    "Article",
    "Citation",
    "Hit",
    "IndexBusyError",
    "IndexReport",
    "IndexStateError",
    "MissingExtraError",
    "Passage",
    "Rag",
    "ReaderError",
    "SanadError",
    "Sentence",
    "Settings",
    "SettingsError",
    "SourceError",
    "Turn",
    "open_index",
    "open_rag",
]
