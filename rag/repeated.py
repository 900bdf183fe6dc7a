"""The lines that a site repeats → out of its articles: of those that come, and of those that came before."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.boilerplate import REPEATED, edge_lines, without_lines
from rag.catalog import Catalog
from rag.types import Article
from rag.write import Writer

_BEFORE = 64  # articles beyond the few that make a line repeated which may have come before that was known


@dataclass
class RepeatedLines:
    """Takes repeated lines out of the articles of one run.

    Args:
        writer: writes those that came before it was known that a line of theirs is repeated.
    """

    writer: Writer
    _crossed: dict[str, set[str]] = field(default_factory=dict)  # article id → lines to be rid of

    def strip(self, article: Article, was: str = "") -> Article:
        """Return an article without the lines at its edges that stand at those of others of its source.

        Args:
            article: cleaned.
            was: the id of its version before, which does not count as another.
        """
        if not article.source:
            return article
        edges, repeated = edge_lines(article), set()
        for line, articles in self._catalog.provenance.sharing(article.source, list(edges)).items():
            others = articles - {was}
            if len(others) >= REPEATED - 1:
                repeated.add(edges[line])
                for other in others if len(others) < REPEATED + _BEFORE else ():
                    self._crossed.setdefault(other, set()).add(edges[line])
        return without_lines(article, repeated)

    def record(self, article: Article, unstripped: Article) -> None:
        """Remember the lines at the edges of an article as it was before it was stripped, for the next ones."""
        if article.source and (edges := edge_lines(unstripped)):
            with self._catalog.change() as change:
                change.record_edges(article, edges)

    def settle(self) -> None:
        """Write the articles anew that came before one of their lines was known to be repeated."""
        self.writer.flush()
        for article_id, lines in self._crossed.items():
            article = self._catalog.article(article_id)
            if article and (stripped := without_lines(article, lines)) != article:
                self.writer.put(stripped, None)
        self._crossed.clear()
        self.writer.flush()

    @property
    def _catalog(self) -> Catalog:
        return self.writer.catalog
