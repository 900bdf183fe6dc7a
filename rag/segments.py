"""Which segments make up the keyword index of a generation; where the catalog is on a server, copies of them there.

A segment never changes, and its name is never used again: whoever has it has it for good.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rag.catalog import Catalog
from rag.database import READING
from rag.errors import IndexStateError
from rag.home import Home

_PIECE = 16 * 2**20  # bytes of a file that the database holds in one value
_FETCHING = "fetching-"  # what the names of folders begin with that segments are copied into
_ABANDONED = 3600.0  # seconds after which nobody is copying into one any more
_COPIES = "keywords/"  # what the names of these begin with: keywords/<segment>/<file>/<number>


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which segments make up the keyword index of a generation, and which of their passages are gone."""

    segments: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()

    @classmethod
    def read(cls, folder: Path, generation: int) -> Manifest:
        """Return that of a generation; OSError or ValueError where there is none that is whole."""
        return cls.from_json(_path(folder, generation).read_text(encoding="utf-8"))

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what `to_json` wrote."""
        plain = json.loads(text)
        return cls(tuple(plain["segments"]), frozenset(plain["gone"]))

    def to_json(self) -> str:
        """Return it as it is stored."""
        return json.dumps({"segments": self.segments, "gone": sorted(self.gone)})

    def write(self, folder: Path, generation: int) -> None:
        """Make it that of a generation, whole or not at all."""
        path = _path(folder, generation)
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}.unfinished")
        unfinished.write_text(self.to_json(), encoding="utf-8")
        unfinished.replace(path)


def name_segment(generation: int) -> str:
    """Return a name for a new segment that none has had."""
    return f"{generation}-{secrets.token_hex(4)}"


def keyword_folder(home: Home, catalog: Catalog) -> Path:
    """Return the folder of this machine that the keyword index lies in; of several indexes each has its own."""
    return home.folder / catalog.identity if home.database else home.folder


def keyword_files(folder: Path, generation: int) -> list[Path]:
    """Return the files that the keyword index of a generation lies in; none where there is none that is whole."""
    try:
        segments = Manifest.read(folder, generation).segments
    except (OSError, ValueError):
        return []
    found = [path for name in segments for path in sorted((folder / "keywords" / name).rglob("*")) if path.is_file()]
    return [*found, _path(folder, generation)]


def fetch_keywords(home: Home, catalog: Catalog, generation: int) -> Path:
    """Return the folder that holds the keyword index of a generation, copied from the database where it is not there.

    Raises:
        IndexStateError: the database has no such copy.
    """
    folder = keyword_folder(home, catalog)
    if not home.database or generation == 0:
        return folder
    content = catalog.blob(f"{_COPIES}{generation}")
    if content is None:
        raise IndexStateError(f"{home}: the keyword index is missing; mend it: {home.command('doctor --repair')}")
    manifest = Manifest.from_json(content.decode())
    for segment in manifest.segments:
        if not (folder / "keywords" / segment).is_dir():
            _fetch(catalog, segment, folder)
    if not _path(folder, generation).is_file() or Manifest.read(folder, generation) != manifest:
        manifest.write(folder, generation)
        sweep_keywords(folder, generation, READING)
    return folder


def publish_keywords(home: Home, catalog: Catalog, generation: int) -> None:
    """Copy the keyword index of a generation to where every machine finds it, unless that is the folder."""
    if not home.database:
        return
    folder = keyword_folder(home, catalog)
    manifest = Manifest.read(folder, generation)
    for segment in manifest.segments:
        there = set(catalog.blob_names(f"{_COPIES}{segment}/"))
        for file in sorted(path for path in (folder / "keywords" / segment).rglob("*") if path.is_file()):
            name = f"{_COPIES}{segment}/{file.relative_to(folder / 'keywords' / segment)}"
            with file.open("rb") as stream:
                number = 0
                while (piece := stream.read(_PIECE)) or number == 0:
                    if f"{name}/{number:06d}" not in there:
                        catalog.set_blob(f"{name}/{number:06d}", piece)
                    number += 1
    catalog.set_blob(f"{_COPIES}{generation}", manifest.to_json().encode())


def sweep_keywords(folder: Path, generation: int, reading: float) -> None:
    """Delete from a folder what nobody needs: neither this generation nor one that was the present one a moment ago.

    Args:
        folder: that holds the keyword index.
        generation: the present one.
        reading: how long that moment is, in seconds: a question under way may still read it.
    """
    kept: set[str] = set()
    for path in folder.glob("keywords-*.json"):
        number = int(path.stem.rpartition("-")[2])
        if number < generation - 1 and path.stat().st_mtime < time.time() - reading:
            path.unlink(missing_ok=True)
        else:
            kept.update(Manifest.read(folder, number).segments)
    for segment in (folder / "keywords").glob("*"):  # what is being made has a moment to be listed
        if segment.name not in kept and _age(segment) >= reading:
            shutil.rmtree(segment, ignore_errors=True)
    for left in folder.glob(f"{_FETCHING}*"):
        if _age(left) > _ABANDONED:
            shutil.rmtree(left, ignore_errors=True)


def sweep_segments(home: Home, catalog: Catalog) -> None:
    """Delete the keyword indexes of generations that nobody reads any more, here and in the database."""
    sweep_keywords(keyword_folder(home, catalog), catalog.generation, READING)
    if not home.database:
        return
    completed = json.loads(catalog.fact("completed") or "{}")
    generations = {catalog.generation, catalog.generation - 1, *map(int, completed)}
    kept: set[str] = set()
    for generation in generations:
        if content := catalog.blob(f"{_COPIES}{generation}"):
            kept |= {str(generation), *Manifest.from_json(content.decode()).segments}
    names = catalog.blob_names(_COPIES)
    catalog.delete_blobs([name for name in names if name.split("/")[1] not in kept])


def _fetch(catalog: Catalog, segment: str, folder: Path) -> None:
    """Copy a segment from the database into a folder, whole or not at all."""
    (folder / "keywords").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_FETCHING, dir=folder, ignore_cleanup_errors=True) as name:
        fetched = Path(name) / segment
        prefix = f"{_COPIES}{segment}/"
        for piece in catalog.blob_names(prefix):
            path = fetched / piece.removeprefix(prefix).rpartition("/")[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as stream:
                stream.write(catalog.blob(piece) or b"")
        fetched.touch()
        try:
            fetched.rename(folder / "keywords" / segment)
        except OSError:
            if not (folder / "keywords" / segment).is_dir():  # else another process was sooner
                raise


def _age(path: Path) -> float:
    """Return how many seconds ago a folder was changed; 0 for one that is gone."""
    try:
        return max(time.time() - path.stat().st_mtime, 0.0)
    except OSError:
        return 0.0


def _path(folder: Path, generation: int) -> Path:
    return folder / f"keywords-{generation}.json"
