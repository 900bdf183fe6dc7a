"""Files and folders → articles, one module a format. What is loaded is still raw: `clean` comes next."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rag.errors import SourceError
from rag.index_report import Failure
from rag.load.draft import Loaded
from rag.load.formats import READABLE, is_readable, is_simple, say_unreadable
from rag.load.isolated import read_isolated
from rag.load.read import read_file
from rag.load.records import FIELDS
from rag.types import Article

__all__ = ["FIELDS", "Loaded", "find_files", "load_article", "load_articles", "read_columns"]


def find_files(place: str | Path) -> list[Path]:
    """Return the readable files of a folder (with its subfolders), of a glob pattern, or the one file named.

    In a folder, hidden files and README files, which describe a folder rather than report, are passed over. Of a
    folder that holds `articles/`, only that is read: beside it lie question sets and notes.

    Raises:
        SourceError: there is no such place, or it holds nothing that can be read.
    """
    path = Path(place).expanduser()
    if path.is_file():
        if not is_readable(path.name):
            raise SourceError(say_unreadable(str(path)))
        return [path]
    if path.is_dir():
        found = sorted(_walk(path / "articles" if (path / "articles").is_dir() else path))
    elif glob.has_magic(str(path)):
        found = sorted(p for p in map(Path, glob.glob(str(path), recursive=True)) if _is_article(p))
    else:
        raise SourceError(f"{path}: there is no such file or folder")
    if not found:
        raise SourceError(f"{path}: holds nothing that can be read; readable are {READABLE}")
    return found


def load_articles(path: Path, fields: Mapping[str, str] | None = None, name: str = "") -> Iterator[Loaded | Failure]:
    """Yield the articles of one file, and a failure for each part of it that cannot be read; nothing is raised.

    Args:
        path: whose name tells the format.
        fields: for tables of articles, names of their fields → what they hold, one of `FIELDS`; the others are told by
            their names.
        name: what the file is called in messages; its path where it is "".
    """
    if is_simple(path.name):
        return (found for found in read_file(path, fields or {}, name) if found is not None)
    return read_isolated(path, fields or {}, name)


def read_columns(said: Sequence[str]) -> dict[str, str]:
    """Return which columns of a table hold what, as `load_articles` takes it.

    >>> read_columns(["title=العنوان", "text=المتن"])
    {'العنوان': 'title', 'المتن': 'text'}

    Args:
        said: a `field=column` for each.

    Raises:
        ValueError: one is none such, or its field is not one of `FIELDS`.
    """
    columns = {}
    for one in said:
        field, _, column = one.partition("=")
        if field.strip() not in FIELDS or not column.strip():
            raise ValueError(f"--map is {one!r}; it must be FIELD=NAME, where FIELD is one of {', '.join(FIELDS)}")
        columns[column.strip()] = field.strip()
    return columns


def load_article(path: Path) -> Article:
    """Return the first article of a file.

    Raises:
        SourceError: there is none that can be read; names the file, the line where one is to blame, and what to do.
    """
    for found in load_articles(path):
        if isinstance(found, Failure):
            raise SourceError(found.reason)
        return found.article
    raise SourceError(f"{path}: holds no articles")


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if _is_article(path) and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _is_article(path: Path) -> bool:
    return path.is_file() and is_readable(path.name) and path.stem.split(".")[0].upper() != "README"
