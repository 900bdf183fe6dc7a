"""A Markdown or plain text file, with front matter or without → an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from rag.errors import SourceError
from rag.load.details import parse_published
from rag.load.draft import Draft, Source
from rag.load.encoding import decode

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"\A#{1,6}[ \t]+(.+?)[ \t#]*(?:\n|\Z)")


def load_markdown(source: Source) -> Iterator[Draft]:
    """Read an article with its front matter: id, title, language, published, source, author, url, licence.

    Raises:
        SourceError: the front matter does not parse, or a value in it cannot be used.
        ValueError: the encoding is unknown.
    """
    fields, text = _split_front_matter(source.name, decode(source.read()))
    heading = _HEADING.match(text.lstrip())
    title = str(fields.get("title") or (heading.group(1) if heading else ""))
    if heading and "title" not in fields:
        text = text.lstrip()[heading.end() :]
    yield Draft(
        text,
        title=title.strip(),
        id=_field(fields, "id"),
        published=_date(source.name, fields.get("published")),
        source=_field(fields, "source"),
        author=_field(fields, "author"),
        url=_field(fields, "url"),
        language=_language(source.name, fields.get("language")),
        licence=_field(fields, "licence", "license"),
        modified=source.modified,
    )


def _field(fields: dict[str, Any], *names: str) -> str:
    return next((str(fields[name]).strip() for name in names if fields.get(name) is not None), "")


def _split_front_matter(name: str, text: str) -> tuple[dict[str, Any], str]:
    opening = _FENCE.match(text)
    if not opening:
        return {}, text
    closing = _FENCE.search(text, opening.end() + 1)
    if not closing:
        raise SourceError(f"{name}, line 1: the front matter has no closing line of ---")
    try:
        fields = yaml.safe_load(text[opening.end() : closing.start()])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SourceError(f"{name}, line {line}: the front matter does not parse: {error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise SourceError(f"{name}: the front matter does not parse: {reason}") from error
    if not isinstance(fields, dict | None):
        raise SourceError(f"{name}, line 2: the front matter must be lines of key: value")
    return fields or {}, text[closing.end() :].lstrip("\n")


def _language(name: str, value: Any) -> str:
    if value not in (None, "ar", "en"):
        raise SourceError(f"{name}: language is {value!r}; it must be ar or en")
    return value or ""


def _date(name: str, value: Any) -> date | None:
    if value is None or value == "":
        return None
    if (day := parse_published(value)) is None:
        raise SourceError(f"{name}: published is {value!r}; it must be a date such as 2026-01-31")
    return day
