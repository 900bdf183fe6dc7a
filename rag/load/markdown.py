"""A Markdown or plain text file, with front matter or without → an article."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from rag.errors import SourceError
from rag.language import detect_language, parse_day
from rag.load.encoding import decode
from rag.types import Article, Language

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"\A#{1,6}[ \t]+(.+?)[ \t#]*(?:\n|\Z)")


def load_markdown(path: Path) -> Article:
    """Read an article; what the front matter does not say is taken from the text and the file's name.

    Front matter keys: id, title, language (`ar` or `en`), published (`2026-01-31`), source, licence; others are
    ignored. Without an id, one is made of the file's name and place.

    Raises:
        SourceError: the encoding is unknown, the front matter does not parse, or a value in it cannot be used.
        OSError: the file cannot be read.
    """
    fields, text = _split_front_matter(path, _decode(path))
    heading = _HEADING.match(text.lstrip())
    title = str(fields.get("title") or (heading.group(1) if heading else _first_words(text)))
    if heading and "title" not in fields:
        text = text.lstrip()[heading.end() :]
    return Article(
        id=str(fields.get("id") or _id_from(path)).strip(),
        title=title.strip(),
        text=text,
        language=_language(path, fields.get("language"), f"{title} {text}"),
        published=_date(path, fields.get("published")),
        source=str(fields.get("source") or ""),
        licence=str(fields.get("licence") or fields.get("license") or ""),
    )


def _decode(path: Path) -> str:
    try:
        return decode(path.read_bytes())
    except ValueError as error:
        raise SourceError(f"{path}: {error}") from error


def _split_front_matter(path: Path, text: str) -> tuple[dict[str, Any], str]:
    opening = _FENCE.match(text)
    if not opening:
        return {}, text
    closing = _FENCE.search(text, opening.end() + 1)
    if not closing:
        raise SourceError(f"{path}, line 1: the front matter has no closing line of ---")
    try:
        fields = yaml.safe_load(text[opening.end() : closing.start()])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SourceError(f"{path}, line {line}: the front matter does not parse: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise SourceError(f"{path}: the front matter does not parse: {reason}") from error
    if not isinstance(fields, dict | None):
        raise SourceError(f"{path}, line 2: the front matter must be lines of key: value")
    return fields or {}, text[closing.end() :].lstrip("\n")


def _language(path: Path, value: Any, text: str) -> Language:
    match value:
        case None:
            return detect_language(text)
        case "ar" | "en":
            return value  # type: ignore[no-any-return]
    raise SourceError(f"{path}: language is {value!r}; it must be ar or en")


def _date(path: Path, value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return parse_day(str(value))
    except ValueError:
        raise SourceError(f"{path}: published is {value!r}; it must be a date such as 2026-01-31") from None


def _first_words(text: str) -> str:
    """Return the first line, cut at a word where it is longer than a headline."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 100 else line[:100].rsplit(" ", 1)[0] + "…"


def _id_from(path: Path) -> str:
    place = hashlib.sha256(path.resolve().as_posix().encode()).hexdigest()[:6]
    return f"{path.stem}-{place}"
