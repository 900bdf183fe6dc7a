"""The words of an index that were encoded, with their vectors: what its dictionary is made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa

from rag import database as tables
from rag.encode import Matrix
from rag.types import Language


class KnownWords:
    """What the catalog remembers of words; they outlive the articles that they came from.

    Args:
        engine: of the catalog's database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, words: dict[str, Language], vectors: Matrix) -> None:
        """Remember words with their calibrated vectors, a row each; those that are known are left as they are."""
        rows = [
            {"word": word, "language": language, "vector": row.astype(np.float16).tobytes()}
            for (word, language), row in zip(words.items(), vectors, strict=True)
        ]
        with self._engine.begin() as connection:
            tables.insert_unknown(connection, tables.words, rows)

    def all(self) -> set[str]:
        """Return every remembered word."""
        with self._engine.connect() as connection:
            return set(connection.scalars(sa.select(tables.words.c.word)))

    def count(self) -> int:
        """Return how many are remembered."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(tables.words)) or 0

    def vectors(self, words: Sequence[str], language: Language | None = None) -> tuple[list[str], Matrix]:
        """Return those of the words that are remembered, and of a language, with their vectors, shape (words, dim)."""
        query = sa.select(*tables.words.c["word", "vector"]).where(tables.among(tables.words.c.word, words))
        if language:
            query = query.where(tables.words.c.language == language)
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(tables.words.c.word)).all()
        vectors = np.frombuffer(b"".join(row.vector for row in found), dtype=np.float16).astype(np.float32)
        return [row.word for row in found], vectors.reshape(len(found), -1 if found else 0)
