"""Name of a part → the module that measures it, makes its tables and draws its plots."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from tests.benchmarks.options import Figures, Options

TITLES = {
    "retrieval": "Finding, beside LangChain",
    "indexing": "Indexing, beside the encoders and LangChain",
    "growth": "Growth: questions, indexing, memory, disk",
    "news": "Memory of indexing news",
    "askers": "Ten people at once",
    "server": "A Chroma server beside a folder",
    "cluster": "Two machines of a Ray cluster",
}
"""Part, a module here → its heading."""


class Part(Protocol):
    """What each of these modules has."""

    def measure(self, options: Options) -> Figures:
        """Return what was measured; `skipped` says why nothing was."""
        ...

    def tables(self, figures: Figures) -> list[str]:
        """Return what was measured as lines of Markdown."""
        ...

    def plots(self, figures: Figures, folder: Path) -> list[Path]:
        """Draw what was measured into files of a folder; return them."""
        ...


def open_part(name: str) -> Part:
    """Return the module of a part; what it needs is loaded for it alone."""
    return cast("Part", import_module(f"tests.benchmarks.{name}"))


def measure_part(name: str, options: Options) -> Figures:
    """Return what a part measures."""
    return open_part(name).measure(options)
