"""Which articles are searched: `Filter`, and `Only`, its fields as keyword arguments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from rag.types import Language, Value


@dataclass(frozen=True, slots=True)
class Filter(Value):
    """Which articles are searched.

    Attributes:
        language: theirs; both when None.
        since: the first day of publication; an article without a date passes only when neither day is given.
        until: the last.
        source: who published them, in any spelling that folds alike ("القاهره" for "القاهرة"); all when None.
        without: ids of articles that are left out.
    """

    language: Language | None = None
    since: date | None = None
    until: date | None = None
    source: str | None = None
    without: frozenset[str] = frozenset()


class Only(TypedDict, total=False):
    """The fields of a `Filter`, as keyword arguments."""

    language: Language | None
    since: date | None
    until: date | None
    source: str | None
    without: Collection[str]


def make_filter(only: Only) -> Filter | None:
    """Return the filter that the arguments say; None where they say none."""
    fields = {name: value for name, value in only.items() if value}
    if "without" in fields:
        fields["without"] = frozenset(only["without"])
    return Filter(**fields) if fields else None  # type: ignore[arg-type]
