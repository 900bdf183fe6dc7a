"""A source → what it holds: which loader reads it is told by its name, and by its first bytes where the name lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from rag.errors import SourceError
from rag.index_report import Failure
from rag.load.archive import load_gzip, load_tar, load_zip
from rag.load.book import load_book
from rag.load.draft import Draft, Loader, Source
from rag.load.feed import load_feed
from rag.load.mail import load_mailbox, load_message, load_web_archive
from rag.load.markdown import load_markdown
from rag.load.office import load_docx, load_open_document, load_slides
from rag.load.page import load_page
from rag.load.pdf import load_pdf
from rag.load.records import load_csv, load_json, load_jsonl, load_workbook

_LOADERS: Final[dict[str, Loader]] = {
    **dict.fromkeys((".md", ".markdown", ".txt"), load_markdown),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".shtml"), load_page),
    **dict.fromkeys((".mht", ".mhtml"), load_web_archive),
    ".pdf": load_pdf,
    ".docx": load_docx,
    **dict.fromkeys((".odt", ".odp"), load_open_document),
    ".pptx": load_slides,
    ".epub": load_book,
    ".json": load_json,
    **dict.fromkeys((".jsonl", ".ndjson"), load_jsonl),
    **dict.fromkeys((".csv", ".tsv"), load_csv),
    ".xlsx": load_workbook,
    ".eml": load_message,
    ".mbox": load_mailbox,
    **dict.fromkeys((".xml", ".rss", ".atom"), load_feed),
    ".zip": load_zip,
    **dict.fromkeys((".tar", ".tgz", ".tbz2", ".txz"), load_tar),
    ".gz": load_gzip,
}

READABLE: Final = ", ".join(sorted(_LOADERS))
"""Endings of the files that can be read, as they are named to people."""

_HINTS: Final = {
    ".doc": "save it as .docx",
    ".rtf": "save it as .docx",
    ".xls": "save it as .xlsx",
    ".ppt": "save it as .pptx",
    ".rar": "pack it as .zip",
    ".7z": "pack it as .zip",
    ".mobi": "convert it to .epub",
    ".pages": "export it as .docx",
}
_IN_PROCESS: Final = frozenset({load_markdown})
"""Loaders of our own that no file can make hang or fall: they need no process of their own."""

_MOST_DEPTH = 3  # archives in archives


def is_readable(name: str) -> bool:
    """Whether a file of this name can be read."""
    return _ending(name) in _LOADERS


def is_simple(name: str) -> bool:
    """Whether a file of this name is read by plain means: at once, in any process."""
    return _LOADERS.get(_ending(name)) in _IN_PROCESS


def say_unreadable(name: str) -> str:
    """Return why a file of this name cannot be read, and what to do."""
    ending = PurePosixPath(name).suffix.lower()
    hint = _HINTS.get(ending, f"readable are {READABLE}")
    return f"{name}: cannot read {ending or 'such'} files; {hint}"


def load(source: Source, depth: int = 0) -> Iterator[tuple[str, Draft] | Failure | None]:
    """Yield what a source holds, and what the sources in it hold: the name of each and a draft, or a failure.

    None is a sign of life. Nothing is raised: whatever is wrong with a source is its failure, and the others are read.
    """
    try:
        for found in _loader(source)(source):
            if isinstance(found, Draft):
                yield (source.name, found) if found.text.strip() else _failure(source, "holds no text")
            elif found is None or isinstance(found, Failure):
                yield found
            elif not is_readable(found.name):  # pictures, styles: passed over, as in a folder
                continue
            elif depth == _MOST_DEPTH:
                yield _failure(found, "archives are nested too deeply")
            else:
                yield from load(found, depth + 1)
    except OSError as error:
        yield _failure(source, f"cannot be read: {error.strerror or error}")
    except (SourceError, ValueError) as error:
        text = str(error)
        yield Failure(source.name, text) if text.startswith(source.name) else _failure(source, text)
    except MemoryError:
        yield _failure(source, "takes too much memory to be read")
    except Exception as error:  # a library fell over a file: the others are to be read
        yield _failure(source, f"damaged: it cannot be read ({type(error).__name__})")


def _loader(source: Source) -> Loader:
    ending = _ending(source.file or source.name)
    head = source.stream.read(1024)
    source.stream.seek(0)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%PDF-"):
        return load_pdf
    if ending in (".pdf", ".docx", ".md", ".txt", ".xml") and start.startswith((b"<!doctype html", b"<html")):
        return load_page
    return _LOADERS[ending]


def _ending(name: str) -> str:
    """Return the ending that tells the format; that of `x.tar.gz` is .tar, that of `x.html.gz` .gz."""
    path = PurePosixPath(name.lower())
    if path.suffix in (".gz", ".bz2", ".xz") and PurePosixPath(path.stem).suffix == ".tar":
        return ".tar"
    return path.suffix


def _failure(source: Source, reason: str) -> Failure:
    return Failure(source.name, f"{source.name}: {reason}")
