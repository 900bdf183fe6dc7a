"""The catalog's words → files that are memory-mapped: how they are spelt, and their vectors, by language.

The catalog is the truth, and only gains words; the files are a copy, which whoever finds it behind brings in step, one
process at a time. New words are written after those that are there, and count once `words.json` says so, which is
replaced as a whole: who reads meanwhile sees what it saw, and what one who was killed has left is written over.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from rag.calibrate import LANGUAGES
from rag.catalog import Catalog
from rag.encode import Matrix
from rag.home import Home
from rag.nearest import NearestRows, append_rows, append_to, map_file
from rag.segments import keyword_folder
from rag.types import Language

_BATCH = 2000  # words read at once
_WAIT = 30.0  # seconds for another process that brings the files in step
_FEW = 20_000  # words up to which files that have grown so many times are made anew, to be searched as quickly
_GROWN = 4


@dataclass(slots=True)
class _Listed:
    """What the files hold: how many words of a language, in how many bytes of letters; in which folder, of which index.

    Attributes:
        dim: of the vectors.
        made: how many words there were when the files were made.
    """

    identity: str
    folder: str
    dim: int = 0
    words: dict[Language, int] = field(default_factory=lambda: dict.fromkeys(LANGUAGES, 0))
    letters: dict[Language, int] = field(default_factory=lambda: dict.fromkeys(LANGUAGES, 0))
    made: dict[Language, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> _Listed | None:
        """Return what is there, None where there is nothing that is whole."""
        try:
            return cls(**json.loads((folder / "words.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Make it what is there, whole or not at all."""
        unfinished = folder / "words.unfinished"
        with unfinished.open("w", encoding="utf-8") as stream:
            json.dump(asdict(self), stream)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(folder / "words.json")

    @property
    def total(self) -> int:
        return sum(self.words.values())

    @property
    def outgrown(self) -> bool:
        return any(made < _FEW and self.words[name] > _GROWN * made for name, made in self.made.items())


class Vocabulary:
    """The words of one language.

    Args:
        folder: that their files lie in.
        count: how many there are.
        letters: bytes that they are written in.
        dim: of their vectors.

    Raises:
        OSError: a file is missing.
        ValueError: one is too short.
    """

    def __init__(self, folder: Path, count: int, letters: int, dim: int) -> None:
        self._rows = NearestRows(folder, count, dim) if count else None
        self._ends: NDArray[np.uint32] = map_file(folder / "ends", np.uint32, (count,))
        self._letters: NDArray[np.uint8] = map_file(folder / "letters", np.uint8, (letters,))

    def words(self) -> list[str]:
        """Return all of them, in the order that they were added in."""
        letters, ends = self._letters.tobytes(), self._ends.tolist()
        return [letters[start:end].decode() for start, end in zip([0, *ends], ends, strict=False)]

    def nearest(self, vectors: Matrix, most: int, least: float) -> list[list[tuple[str, float]]]:
        """Return the words nearest to each vector with their cosines, nearest first.

        Args:
            vectors: unit rows, shape (vectors, dim).
            most: how many for each.
            least: a cosine above 0 that they are above.
        """
        if self._rows is None:
            return [[] for _ in vectors]
        nearest = []
        for rows, cosines in self._rows.near(vectors, most, least):
            found = [(self._word(row), c) for row, c in zip(rows.tolist(), cosines.tolist(), strict=True) if c > least]
            nearest.append(sorted(found, key=lambda pair: (-round(pair[1], 6), pair[0]))[:most])
        return nearest

    def _word(self, row: int) -> str:
        start = int(self._ends[row - 1]) if row else 0
        return self._letters[start : int(self._ends[row])].tobytes().decode()


def open_vocabularies(home: Home, catalog: Catalog) -> dict[Language, Vocabulary]:
    """Return the words of an index in each language, from its files, which are brought in step where they are not.

    Where they cannot be written, or another process takes long to, files are made for the moment.

    Raises:
        OSError: not even those can be written.
    """
    folder = keyword_folder(home, catalog) / "words"
    if held := _open_in_step(folder, catalog):
        return held
    try:
        return _bring_in_step(folder, catalog)
    except (OSError, Timeout):
        # What is mapped stays although its name is gone; where it does not, the folder is left behind.
        with tempfile.TemporaryDirectory(prefix="sanad-words-", ignore_cleanup_errors=True) as name:
            return _write_missing(Path(name), catalog)


def update_vocabularies(home: Home, catalog: Catalog) -> None:
    """Bring the files in step, for who writes; not where another process, which does so, takes long."""
    with suppress(Timeout):
        _bring_in_step(keyword_folder(home, catalog) / "words", catalog)


def _bring_in_step(folder: Path, catalog: Catalog) -> dict[Language, Vocabulary]:
    """Return the words of the files, which are those of the catalog in the end.

    Raises:
        Timeout: another process has been at it for long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock", timeout=_WAIT):
        return _open_in_step(folder, catalog) or _write_missing(folder, catalog)


def _open_in_step(folder: Path, catalog: Catalog) -> dict[Language, Vocabulary] | None:
    """Return the words of the files; None where they are not those of the catalog, or damaged."""
    listed = _Listed.read(folder)
    # Words are never dropped: where one index has as many, they are the same.
    if listed is None or listed.identity != catalog.identity or listed.total != catalog.words.count():
        return None
    return _open(folder, listed)


def _open(folder: Path, listed: _Listed) -> dict[Language, Vocabulary] | None:
    files, words, letters = folder / listed.folder, listed.words, listed.letters
    try:
        return {name: Vocabulary(files / name, words[name], letters[name], listed.dim) for name in LANGUAGES}
    except (OSError, ValueError, EOFError, KeyError):
        return None


def _write_missing(folder: Path, catalog: Catalog) -> dict[Language, Vocabulary]:
    """Write what the files lack, or all of them anew, and return their words; for who holds the folder."""
    words, listed = catalog.words.all(), _Listed.read(folder)
    held = _open(folder, listed) if listed and listed.identity == catalog.identity else None
    known = {word for vocabulary in held.values() for word in vocabulary.words()} if held else set()
    if listed and held and known <= words:
        _append(folder, listed, catalog, words - known)
    if not listed or not held or not known <= words or listed.outgrown:
        listed = _Listed(catalog.identity, secrets.token_hex(4))
        _append(folder, listed, catalog, words)
        listed.made = dict(listed.words)
    listed.write(folder)
    for other in folder.iterdir():
        if other.is_dir() and other.name != listed.folder:
            shutil.rmtree(other, ignore_errors=True)
    opened = _open(folder, listed)
    if opened is None:
        raise OSError(f"{folder}: what was just written cannot be read")
    return opened


def _append(folder: Path, listed: _Listed, catalog: Catalog, words: Set[str]) -> None:
    """Write words, and list them."""
    ordered = sorted(words)
    if ordered:
        listed.dim = catalog.words.vectors(ordered[:1])[1].shape[1]
    for language in LANGUAGES:
        files = folder / listed.folder / language
        files.mkdir(parents=True, exist_ok=True)
        count, size = listed.words[language], listed.letters[language]
        with append_to(files / "letters", size) as letters, append_to(files / "ends", 4 * count) as ends:
            vectors = _write_words(ordered, language, catalog, letters, ends)
            listed.words[language] = append_rows(files, count, vectors, listed.dim)
            listed.letters[language] = letters.tell()


def _write_words(
    words: Sequence[str], language: Language, catalog: Catalog, letters: BinaryIO, ends: BinaryIO
) -> Iterator[Matrix]:
    """Write those of the words that are of a language, some at a time; yield their vectors."""
    for at in range(0, len(words), _BATCH):
        spelt, vectors = catalog.words.vectors(words[at : at + _BATCH], language)
        if spelt:
            of_each = [word.encode() for word in spelt]
            ends.write((letters.tell() + np.cumsum(list(map(len, of_each)))).astype(np.uint32).tobytes())
            letters.write(b"".join(of_each))
            yield vectors
