"""Where an index lies: in a folder, or its catalog and its vectors on servers that any number of processes share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Home:
    """Where an index lies.

    Attributes:
        folder: of all of it; where the catalog is on a server, of this machine's copies of the keyword index.
        database: address of the PostgreSQL database that holds the catalog; None: it is a file of the folder.
        chroma: address of the Chroma server that holds the vectors; None: they lie in the folder.
        chroma_key: for Chroma Cloud.
    """

    folder: Path
    database: str | None = field(default=None, repr=False)  # it may hold a password
    chroma: str | None = field(default=None, repr=False)
    chroma_key: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Say what messages call it: never a password."""
        return public_address(self.database) if self.database else str(self.folder)

    def command(self, words: str) -> str:
        """Return the command line by which Sanad does something to it, such as `sanad index`."""
        return f"sanad {words}" if self.database else f"sanad {words} --index {self.folder}"


def public_address(address: str) -> str:
    """Return the address of a server without the name, password and options that it is given with."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme.partition('+')[0]}://{parts.hostname or ''}{port}{parts.path.rstrip('/')}"
