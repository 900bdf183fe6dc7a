"""Files and folders → articles, one module a format. What is loaded is still raw: `clean` comes next."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.errors import SourceError
from rag.load.markdown import load_markdown
from rag.types import Article

_LOADERS: dict[str, Callable[[Path], Article]] = {
    ".md": load_markdown,
    ".markdown": load_markdown,
    ".txt": load_markdown,
}


def find_files(place: str | Path) -> list[Path]:
    """Return the readable files of a folder (with its subfolders), of a glob pattern, or the one file named.

    In a folder, hidden files and README files, which describe a folder rather than report, are passed over. Of a
    folder that holds `articles/`, only that is read: beside it lie question sets and notes.

    Raises:
        SourceError: there is no such place, or it holds nothing that can be read.
    """
    path = Path(place).expanduser()
    if path.is_file():
        if path.suffix.lower() not in _LOADERS:
            raise SourceError(f"{path}: cannot read {path.suffix or 'such'} files; readable are {_readable()}")
        return [path]
    if path.is_dir():
        found = sorted(_walk(path / "articles" if (path / "articles").is_dir() else path))
    elif glob.has_magic(str(path)):
        found = sorted(p for p in map(Path, glob.glob(str(path), recursive=True)) if _is_article(p))
    else:
        raise SourceError(f"{path}: there is no such file or folder")
    if not found:
        raise SourceError(f"{path}: holds nothing that can be read; readable are {_readable()}")
    return found


def load_article(path: Path) -> Article:
    """Read one file.

    Raises:
        SourceError: it cannot be read; names the file, the line where one is to blame, and what to do.
    """
    try:
        article = _LOADERS[path.suffix.lower()](path)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    if not article.text.strip():
        raise SourceError(f"{path}: holds no text")
    return article


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if _is_article(path) and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _is_article(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in _LOADERS and path.stem.split(".")[0].upper() != "README"


def _readable() -> str:
    return ", ".join(sorted(_LOADERS))
