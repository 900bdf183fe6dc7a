"""A process that does one thing with an index, says "done", and holds what it has until it is let go.

    python -m tests.benchmarks.held encoder|sanad|index|chroma INDEX QUESTIONS      # a JSON list of questions

`tests.benchmarks.memory` looks at it from outside; it ends when its input does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_NEAREST = 50  # of the vectors, as many as rag.retrieve asks for


def encode(folder: Path, questions: list[str]) -> object:
    """Encode questions, and no more; returns what must stay in memory."""
    from rag import Settings, open_index

    index = open_index(Settings(index=folder))
    for question in questions:
        index.encoder.encode_question(question)
    return index


def answer(folder: Path, questions: list[str]) -> object:
    """Answer questions."""
    from rag import Settings, open_rag

    rag = open_rag(Settings(index=folder))
    rag.warm_up()
    for question in questions:
        rag.ask(question)
    return rag


def index(folder: Path, questions: list[str]) -> object:
    """Index each question as an article, and take them all out again."""
    from rag import Article, Settings, open_index

    index = open_index(Settings(index=folder))
    articles = [Article(f"held-{n}", "", text, "ar", None, "held") for n, text in enumerate(questions)]
    index.remove(*index.put(articles).added)
    return index


def query(folder: Path, questions: list[str]) -> object:
    """Open the vectors by Chroma alone, without any of Sanad, and look for as many points by chance as questions."""
    import chromadb
    import numpy as np
    from chromadb.config import Settings

    client = chromadb.PersistentClient(folder / "vectors", Settings(anonymized_telemetry=False))
    collection = client.get_collection("passages", embedding_function=None)
    first = collection.get(limit=1, include=["embeddings"])["embeddings"]
    chance = np.random.default_rng(5)
    for _ in questions:
        vector = chance.standard_normal((1, np.asarray(first).shape[1]), dtype=np.float32)
        collection.query(query_embeddings=vector / np.linalg.norm(vector), n_results=min(_NEAREST, collection.count()))
    return client


KINDS = {"encoder": encode, "sanad": answer, "index": index, "chroma": query}

if __name__ == "__main__":
    kind, place, asked = sys.argv[1:]
    kept = KINDS[kind](Path(place), json.loads(Path(asked).read_text(encoding="utf-8")))
    print("done", flush=True)
    sys.stdin.read()
