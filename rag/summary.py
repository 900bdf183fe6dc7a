"""One line of the list of articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from rag.types import Language


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """One line of the list of articles; `passages` counts them."""

    id: str
    title: str
    language: Language
    published: date | None
    source: str
    passages: int

    def to_dict(self) -> dict[str, Any]:
        """Return the summary's plain form, its date as ISO 8601."""
        return {
            "id": self.id,
            "title": self.title,
            "language": self.language,
            "published": self.published.isoformat() if self.published else None,
            "source": self.source,
            "passages": self.passages,
        }
