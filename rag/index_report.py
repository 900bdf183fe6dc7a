"""What bringing an index in step did: `IndexReport`, and a `Failure` for each source that could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.types import Value


@dataclass(frozen=True, slots=True)
class Failure(Value):
    """A source that could not be read, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport(Value):
    """What bringing the index in step did; article ids, but for `failed`.

    Attributes:
        added: new in the index.
        changed: replaced by a newer version.
        unchanged: as they were.
        removed: no longer in the index.
        copies: those that a further source holds word for word, once for each such source.
        failed: what could not be read, and why.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = field(default=())
