"""Where articles come from: which files and pages were read, what each gave, what lines they share."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from rag import database as tables
from rag.change import OriginRecord, SourceRecord


class Provenance:
    """What the catalog knows of the sources of its articles; `Change` writes it.

    Args:
        engine: of the catalog's database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def places(self) -> dict[str, dict[str, str]]:
        """Return the places that were ever added, each with how its fields are read."""
        with self._engine.connect() as connection:
            known = connection.scalar(sa.select(tables.facts.c.value).where(tables.facts.c.name == "places"))
        return dict(json.loads(known or "{}"))

    def sources(self, places: Sequence[str] | None = None) -> dict[str, SourceRecord]:
        """Return what is known of sources by their places; of all where none are named."""
        with self._engine.connect() as connection:
            query = sa.select(tables.sources)
            if places is not None:
                query = query.where(tables.among(tables.sources.c.place, places))
            rows = connection.execute(query).all()
        return {
            row.place: SourceRecord(row.place, row.digest, row.read, tuple(json.loads(row.failures))) for row in rows
        }

    def places_of(self, digest: str) -> list[str]:
        """Return the places of the sources whose content has this digest."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(tables.sources.c.place).where(tables.sources.c.digest == digest)))

    def origins(self, *, place: str | None = None, article_id: str | None = None) -> list[OriginRecord]:
        """Return which article each part of a source gave, or what an article came from."""
        query = sa.select(tables.origins)
        if place is not None:
            query = query.where(tables.origins.c.place == place)
        if article_id is not None:
            query = query.where(tables.origins.c.article_id == article_id)
        with self._engine.connect() as connection:
            return [OriginRecord(**row._mapping) for row in connection.execute(query)]

    def origins_of(self, places: Sequence[str]) -> dict[str, list[OriginRecord]]:
        """Return which article each part of these sources gave, by their places."""
        found: dict[str, list[OriginRecord]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(
                sa.select(tables.origins).where(tables.among(tables.origins.c.place, places))
            ):
                found.setdefault(row.place, []).append(OriginRecord(**row._mapping))
        return found

    def sharing(self, source: str, lines: Sequence[str]) -> dict[str, set[str]]:
        """Return which articles of a source have each of these lines, by its digest, at their edges."""
        found: dict[str, set[str]] = {}
        where = (tables.edges.c.source == source) & tables.edges.c.line.in_(lines)
        with self._engine.connect() as connection:
            for row in connection.execute(sa.select(tables.edges).where(where)):
                found.setdefault(row.line, set()).add(row.article_id)
        return found
