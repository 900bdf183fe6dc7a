"""A small real index, served as `sanad serve` serves it; and an engine that answers for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from rag.align import WordAligner
from rag.home import Home
from rag.index import Index
from rag.pipeline import Rag
from rag.read import QuoteReader
from rag.retrieve import HybridRetriever
from rag.settings import Settings
from rag.snapshot import Reading
from rag.stages import Listeners, heard
from rag.types import Answer
from tests.fakes import HashEncoder, write_article
from tests.serving import prepared, serving

ENGLISH = "What did Beijing tell firms to prepare?"
ARABIC = "على ماذا تعتمد المدن في المياه؟"


@pytest.fixture(scope="package")
def small_rag(tmp_path_factory: pytest.TempPathFactory, aligner: WordAligner) -> Rag:
    """Three articles that no test changes."""
    folder = tmp_path_factory.mktemp("small")
    texts = folder / "articles"
    write_article(
        texts, "chips", "Beijing told firms to prepare H200 orders. The shares rose on Friday.", source="Wire"
    )
    write_article(texts, "canal", "Ships left the Suez canal. They sail around the Cape.", published="2025-03-01")
    write_article(
        texts, "water", "تعتمد المدن على تحلية المياه. وتستهلك المحطات الكهرباء.", language="ar", published=None
    )
    return open_small(folder / "index", aligner, texts)


def open_small(folder: Path, aligner: WordAligner, *texts: Path) -> Rag:
    index = Index(Home(folder), HashEncoder(), passage_tokens=64)
    if texts:
        index.add(*texts)
    return Rag(index, HybridRetriever(Reading(index.home, index.encoder), index.encoder), QuoteReader(aligner), aligner)


@pytest.fixture(scope="package")
def address(small_rag: Rag) -> Iterator[str]:
    with serving(small_rag, small_rag.index.home.folder, programs=True) as address:
        yield address


@pytest.fixture(scope="package")
def client(small_rag: Rag) -> TestClient:
    """The same server without a port, for what is told by status and body."""
    return a_client(small_rag, small_rag.index.home.folder)


def a_client(rag: Any, folder: Path) -> TestClient:
    app = prepared(rag, Settings(index=folder), programs=True)
    return TestClient(app, base_url="http://127.0.0.1")


class EndlessRag:
    """Goes on answering until it is closed; keeps how many are at it, and how many were closed."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.listeners = Listeners()
        self.running = self.closed = 0
        self._lock = threading.Lock()

    def stream(self, question: str, **options: Any) -> Iterator[Answer]:
        return heard(self.listeners.asked(), self._answer(question))

    def _answer(self, question: str) -> Iterator[Answer]:
        with self._lock:
            self.running += 1
        try:
            for words in range(1, 10_000):
                yield Answer(question, "word " * words, "en")
                time.sleep(0.01)
        finally:
            with self._lock:
                self.running -= 1
                self.closed += 1


def figures(text: str) -> dict[str, float]:
    """Return what `/metrics` says."""
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def counted(address: str) -> tuple[float, float]:
    """Return how many questions a server says that it answers, and how many wait."""
    told = figures(httpx.get(f"{address}/metrics").text)
    return told["sanad_questions_running"], told["sanad_questions_waiting"]
