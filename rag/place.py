"""What was named to be indexed → `Place`: the files that are there now, or an address on the web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """What was named to be indexed.

    Attributes:
        path: of a file or folder, a pattern, or an address on the web.
        files: that are there now; none for an address.
        fields: how tables of articles among them name what they hold; see `load_articles`.
    """

    path: str
    files: Sequence[Path] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """What its files are called, or the address itself."""
        return [str(path.absolute()) for path in self.files] or [self.path]

    @property
    def is_address(self) -> bool:
        """Whether it is on the web."""
        from rag.load.web import is_address

        return is_address(self.path)


def find_place(name: str | Path, fields: Mapping[str, str] | None = None) -> Place:
    """Return a place with the files that are there.

    Raises:
        SourceError: there is no such place, or it holds nothing that can be read. The web is not asked.
    """
    from rag.load import find_files  # what reads files takes a while to load, and a question need not wait for it
    from rag.load.web import is_address

    if is_address(str(name)):
        return Place(str(name), (), fields or {})
    return Place(str(Path(name).expanduser().absolute()), find_files(name), fields or {})
