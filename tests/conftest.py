"""What tests share: no network beyond this machine, a small index of a fake encoder, the real encoder once."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rag.align import WordAligner
from rag.encode import SentenceTransformerEncoder
from rag.home import Home
from rag.index import Index
from rag.pipeline import Rag
from rag.read import QuoteReader
from rag.retrieve import HybridRetriever
from rag.settings import BUNDLED_ENCODER, Settings
from rag.snapshot import Reading
from tests.fakes import HashEncoder, an_aligner, write_article

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test that looks up or reaches another machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]  # type: ignore[index]
            assert host in ("127.0.0.1", "::1", "localhost"), f"a test reached for {host}"
        connect(self, address)  # type: ignore[arg-type]

    def look_up_here(host: object, *args: object, **kwargs: object) -> object:
        assert host in (None, "", "127.0.0.1", "::1", "localhost", "0.0.0.0"), f"a test looked up {host!r}"
        return look_up(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no test see or touch the developer's own index, settings or `.env`."""
    for name in ("RAG_CORPUS", "RAG_ENCODER", "RAG_PASSAGE_TOKENS", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RAG_INDEX", str(tmp_path / "index"))
    monkeypatch.setattr(Settings, "model_config", Settings.model_config | {"env_file": None})


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Three small articles: two English, one Arabic."""
    folder = tmp_path / "articles"
    write_article(folder, "chips", "Beijing told firms to prepare H200 orders. The shares rose on Friday.")
    write_article(folder, "canal", "Ships left the Suez canal. They sail around the Cape.", published="2025-03-01")
    write_article(
        folder, "water", "تعتمد المدن على تحلية المياه. وتستهلك المحطات الكهرباء.", language="ar", published=None
    )
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An index that is not there yet."""
    return Index(Home(tmp_path / "index"), HashEncoder(), passage_tokens=64)


@pytest.fixture(scope="session")
def aligner() -> WordAligner:
    """What compares words, with the second encoder loaded once."""
    return an_aligner()


@pytest.fixture
def rag(index: Index, articles: Path, aligner: WordAligner) -> Rag:
    """The three articles, found with the fake encoder."""
    index.add(articles)
    retriever = HybridRetriever(Reading(index.home, index.encoder), index.encoder)
    return Rag(index, retriever, QuoteReader(aligner), aligner)


@pytest.fixture(scope="session")
def encoder() -> SentenceTransformerEncoder:
    """The bundled encoder, loaded once."""
    return SentenceTransformerEncoder(BUNDLED_ENCODER, Settings().cache)


@pytest.fixture(scope="session")
def corpus_rag(
    encoder: SentenceTransformerEncoder, aligner: WordAligner, tmp_path_factory: pytest.TempPathFactory
) -> Rag:
    """The sample corpus, indexed with the bundled encoder."""
    index = Index(Home(tmp_path_factory.mktemp("corpus") / "index"), encoder, passage_tokens=Settings().passage_tokens)
    index.add(CORPUS)
    return Rag(index, HybridRetriever(Reading(index.home, encoder), encoder), QuoteReader(aligner), aligner)
