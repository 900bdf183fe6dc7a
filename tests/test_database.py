"""Guards: what is looked up by an article's id is found by it, however many articles there are; older databases too."""

from pathlib import Path

import sqlalchemy as sa

from rag import database as tables
from rag.home import Home

NAMES = {"ix_articles_added", "ix_articles_digest", "ix_articles_gone", "ix_articles_id"}


def names(engine: sa.Engine) -> set[str]:
    return {str(index["name"]) for index in sa.inspect(engine).get_indexes("articles")}


def test_an_id_that_is_not_dropped_is_found_by_the_id(tmp_path: Path) -> None:
    engine = tables.open_database(Home(tmp_path), writable=True)
    mine = tables.among(tables.articles.c.id, ["a", "b"]) & tables.articles.c.dropped.is_(None)
    query = sa.select(tables.articles.c.row).where(mine).compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        plan = " ".join(row.detail for row in connection.execute(sa.text(f"EXPLAIN QUERY PLAN {query}")))
    assert "ix_articles_id" in plan
    engine.dispose()


def test_an_older_database_gets_the_indexes_of_a_new_one(tmp_path: Path) -> None:
    engine = tables.open_database(Home(tmp_path), writable=True)
    assert names(engine) == NAMES
    with engine.begin() as connection:
        connection.execute(sa.text("DROP INDEX ix_articles_gone"))
        connection.execute(sa.text("DROP INDEX ix_articles_added"))
        connection.execute(sa.text("CREATE INDEX ix_articles_dropped ON articles (dropped)"))
    engine.dispose()
    renewed = tables.open_database(Home(tmp_path), writable=True)
    assert names(renewed) == NAMES
    renewed.dispose()
