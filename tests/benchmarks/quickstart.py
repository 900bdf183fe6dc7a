"""Articles → LangChain's quickstart over them: RecursiveCharacterTextSplitter, HuggingFaceEmbeddings, Chroma."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_community.embeddings import HuggingFaceEmbeddings
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag import Settings
from rag.encode.bundled import unpack_bundled_encoder
from rag.types import Article

_BATCH = 2000  # texts a call; Chroma takes at most 5,461


def split(articles: Sequence[Article]) -> list[Document]:
    """Return articles in pieces of 1000 characters, 200 of them shared, as the quickstart cuts them."""
    documents = [Document(page_content=a.text, metadata={"id": a.id}) for a in articles]
    return RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)


def open_embeddings(settings: Settings) -> HuggingFaceEmbeddings:
    """Return the quickstart's embeddings, with the weights of the encoder that comes with Sanad."""
    return HuggingFaceEmbeddings(model_name=str(unpack_bundled_encoder(settings.cache)))


def open_store(name: str, embeddings: Embeddings, folder: Path | None = None, beside: Chroma | None = None) -> Chroma:
    """Return a collection, empty where it is new.

    Args:
        name: of the collection.
        embeddings: encode what is added and asked.
        folder: where it lies; in memory when None.
        beside: a store whose client is used.
    """
    where: dict[str, Any] = {"client": beside._client} if beside else {"persist_directory": folder and str(folder)}
    return Chroma(name, embeddings, collection_metadata={"hnsw:space": "cosine"}, **where)


def add_pieces(store: Chroma, pieces: Sequence[Document]) -> None:
    """Add pieces, as many at once as Chroma takes."""
    for at in range(0, len(pieces), _BATCH):
        store.add_documents(list(pieces[at : at + _BATCH]))
