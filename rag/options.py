"""What several commands take and do: the folder of the index; opening it for questions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rag
from rag import show

IndexFolder = Annotated[Path | None, typer.Option("--index", help="Folder of the index.  [env: RAG_INDEX]")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object; progress goes to stderr.")]


def open_existing(settings: rag.Settings) -> rag.Rag:
    """Open for questions; builds the index first, with a progress bar, where there is none."""
    with show.progress("indexing") as progress:
        return rag.open_rag(settings, progress)
