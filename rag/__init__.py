"""Sanad: ask a collection of news articles, in Arabic or English; every statement cites the passage it rests on.

    >>> from rag import Settings, open_rag
    >>> rag = open_rag(Settings())                       # doctest: +SKIP
    >>> answer = rag.ask("من طلب رقائق H200؟")            # doctest: +SKIP

The flow, one module a stage (each imports only those before it):

    offline   load, clean, chunk, encode, catalog and store      wired by `rag.index`
    online    rewrite, retrieve, read, cite                      wired by `rag.pipeline`
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# The products of matrices here are small: threads of BLAS would wait for each other, and for other askers, longer than
# they work (a question of 43 ms took 160 beside other work). What runs the encoders has threads of its own. A program
# that has loaded numpy before chooses for itself.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
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

_HOMES = {
    "rag.errors": tuple(name for name in __all__ if name.endswith("Error")),
    "rag.index_report": ("IndexReport",),
    "rag.open": ("open_index", "open_rag"),
    "rag.pipeline": ("Rag",),
    "rag.settings": ("Settings",),
    "rag.types": ("Answer", "Article", "Citation", "Hit", "Passage", "Sentence", "Turn"),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: `sanad --help` needs none of them."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
