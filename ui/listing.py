"""An index → the list of its articles, read anew only when the index has changed."""

from __future__ import annotations

from rag.index import Index
from rag.summary import ArticleSummary


class Listing:
    """What is in an index, for those who ask often.

    Args:
        index: it may not exist yet.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: tuple[int, list[ArticleSummary]] = (0, [])

    def articles(self) -> list[ArticleSummary]:
        """Return a line for each article, newest first; none where there is no index.

        Raises:
            IndexStateError: there is an index that cannot be used.
        """
        generation = self._index.generation
        if generation != self._known[0]:
            self._known = generation, self._index.articles()
        return self._known[1]
