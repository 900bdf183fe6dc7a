"""Tables of articles (JSON, JSONL, CSV, TSV, XLSX) → an article a row.

Which field holds what is told by its name, in either language, or by whoever asks (`--map title=العنوان`). Rows that
cannot be read are named and the others are taken.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, Final

from rag.clean import fold
from rag.errors import SourceError
from rag.index_report import Failure
from rag.load.draft import Draft, Source
from rag.load.encoding import decode, open_text
from rag.load.page import markup_to_text

# What a field of an article may be called; the first that a table has is taken.
_NAMES: Final = {
    "text": "text body content articlebody articletext fulltext contenthtml bodyhtml contenttext maincontent story "
    "النص نص نصالخبر نصالمقال المحتوى محتوى المتن متنالخبر الخبر التفاصيل",
    "title": "title headline heading articletitle newstitle العنوان عنوان عنوانالخبر عنوانالمقال",
    "published": "published datepublished publishedat publisheddate publicationdate publishdate pubdate date datetime "
    "publishedon createdat created timestamp time التاريخ تاريخ تاريخالنشر تاريخالخبر تاريخالإصدار",
    "source": "source publisher outlet newspaper site sitename sourcename provider media المصدر مصدر الموقع الصحيفة "
    "الجريدة الناشر الوكالة",
    "author": "author authors byline creator writer reporter الكاتب كاتب المؤلف بقلم المحرر المراسل",
    "url": "url link permalink sourceurl articleurl href canonicalurl الرابط رابط",
    "id": "id articleid guid uuid docid newsid المعرف معرف رقم رقمالخبر",
    "language": "language lang اللغة لغة",
    "licence": "licence license الترخيص رخصة",
    "summary": "summary description abstract standfirst lead excerpt snippet subtitle الملخص ملخص الموجز مقدمة",
}
FIELDS: Final = tuple(name for name in _NAMES if name != "summary")
"""What a field of a table can be said to hold."""

_LISTS = (
    "articles",
    "items",
    "entries",
    "posts",
    "news",
    "data",
    "results",
    "records",
    "rows",
    "documents",
    "docs",
    "hits",
)
_LONGEST = 20_000_000  # characters of a line
_LARGEST_JSON = 60_000_000  # bytes of a file that is one JSON value: it takes many times as much in memory


def load_json(source: Source) -> Iterator[Draft | Failure]:
    """Read a JSON file: a list of articles, an object that holds one, or one article.

    Raises:
        SourceError: it is not JSON, or holds no articles.
    """
    try:
        whole = json.loads(decode(source.read(_LARGEST_JSON)))
    except RecursionError as error:
        raise SourceError(f"{source.name}: nested too deeply for a table of articles") from error
    except ValueError as error:
        if source.stream.seek(0) == 0 and _is_lines(source):
            yield from load_jsonl(source)
            return
        line = getattr(error, "lineno", None)
        raise SourceError(f"{source.name}{f', line {line}' if line else ''}: not JSON") from error
    rows = _find_rows(whole)
    if rows is None:
        raise SourceError(f"{source.name}: holds no list of articles")
    yield from _drafts(
        source, ((f"item {n}", row) for n, row in enumerate(rows, start=1)), alone=isinstance(whole, dict)
    )


def load_jsonl(source: Source) -> Iterator[Draft | Failure]:
    """Read JSON lines: an article a line."""
    yield from _drafts(source, _parse_lines(source))


def load_csv(source: Source) -> Iterator[Draft | Failure]:
    """Read a table whose first line names its columns; separated by commas, semicolons, tabs or bars.

    Raises:
        SourceError: it has no such line.
    """
    csv.field_size_limit(_LONGEST)
    with open_text(source.stream) as text:
        header = text.readline(_LONGEST)
        text.seek(0)
        separator = max(",;\t|", key=header.count)
        yield from _drafts(source, _parse_table(source, csv.reader(_lines(text), delimiter=separator)))


def load_workbook(source: Source) -> Iterator[Draft | Failure]:
    """Read every sheet of an XLSX workbook as a table whose first row names its columns.

    Raises:
        SourceError: it is damaged.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(source.stream, read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = ([("" if cell is None else cell) for cell in row] for row in sheet.iter_rows(values_only=True))
            yield from _drafts(source, _parse_table(source, rows, f"{sheet.title}, "))
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        AttributeError,
        TypeError,
    ) as error:
        raise SourceError(f"{source.name}: damaged: it cannot be read as a workbook") from error


def _is_lines(source: Source) -> bool:
    """Whether a file that is not JSON is JSON lines after all."""
    first = source.stream.readline(_LONGEST).strip()
    source.stream.seek(0)
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _find_rows(whole: Any) -> Sequence[Any] | None:
    """Return the list of articles in a JSON value; an article by itself is a list of one."""
    if isinstance(whole, list):
        return whole
    if not isinstance(whole, dict):
        return None
    for name in _LISTS:
        inner = whole.get(name)
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            return inner
        if isinstance(inner, dict) and (rows := _find_rows(inner)) is not None:
            return rows
    return [whole] if _columns(whole, {}).get("text") else None


Row = tuple[str, Any]
"""Where a row stands, and what it holds; a `Failure` for one that cannot be read."""


def _parse_lines(source: Source) -> Iterator[Row]:
    try:
        text = open_text(source.stream)
    except ValueError as error:
        raise SourceError(f"{source.name}: {error}") from error
    with text:
        for number, line in enumerate(_lines(text), start=1):
            place = f"line {number}"
            if not line.strip():
                continue
            if line is _TOO_LONG:
                yield place, Failure(source.name, f"{source.name}, {place}: longer than {_LONGEST // 1_000_000} MB")
                continue
            try:
                yield place, json.loads(line)
            except (ValueError, RecursionError):
                yield place, Failure(source.name, f"{source.name}, {place}: not JSON; one object a line is read")


_TOO_LONG = "…"


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines of a text; `_TOO_LONG` in place of one that would fill the memory."""
    while line := text.readline(_LONGEST):
        if len(line) < _LONGEST or line.endswith("\n"):
            yield line.removeprefix("\ufeff")
            continue
        while rest := text.readline(_LONGEST):
            if rest.endswith("\n"):
                break
        yield _TOO_LONG


def _parse_table(source: Source, rows: Iterator[Sequence[Any]], within: str = "") -> Iterator[Row]:
    try:
        header = [str(name).strip() for name in next(rows, ())]
        if header == [_TOO_LONG] or not any(header):
            raise SourceError(f"{source.name}: its first line must name its columns")
        for number, row in enumerate(rows, start=2):
            if any(str(cell).strip() for cell in row):
                yield f"{within}row {number}", dict(zip_longest(header[: len(row)], row[: len(header)], fillvalue=""))
    except csv.Error as error:
        yield "", Failure(source.name, f"{source.name}: the rest of the table cannot be read: {error}")


def _drafts(source: Source, rows: Iterator[Row], *, alone: bool = False) -> Iterator[Draft | Failure]:
    """Yield an article for each row, or what is wrong with it."""
    found = False
    for place, row in rows:
        if isinstance(row, Failure):
            yield row
            continue
        if not isinstance(row, dict):
            yield Failure(source.name, f"{source.name}, {place}: not an object of named fields")
            continue
        row = row.get("_source", row) if isinstance(row.get("_source"), dict) else row
        columns = _columns(row, dict(source.fields))
        values = {field: row[name] for field, name in columns.items()}
        text = _text(values.get("text")) or _text(values.get("summary"))
        if not text:
            names = ", ".join(map(str, list(row)[:8]))
            yield Failure(
                source.name,
                f"{source.name}, {place}: no text; its fields are {names}. Say which holds it: --map text=NAME"
                if "text" not in columns
                else f"{source.name}, {place}: no text",
            )
            continue
        identifier = _word(values.get("id"))
        yield Draft(
            text,
            title=" ".join(_text(values.get("title")).split()),
            key="" if alone else identifier or place,
            id=identifier,
            published=_date(values.get("published")),
            source=_word(values.get("source")),
            author=_word(values.get("author")),
            url=_word(values.get("url")),
            language=_word(values.get("language")),
            licence=_word(values.get("licence")),
        )
        found = True
    if not found and alone:
        raise SourceError(f"{source.name}: holds no articles")


def _columns(row: Mapping[Any, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return which field of a row holds what: as was said, else as its name tells."""
    names = {_plain(str(name)): name for name in row}
    columns = {}
    for field, usual in _NAMES.items():
        said = next((name for name, held in given.items() if held == field and name in row), None)
        for name in map(_plain, usual.split()):
            if name in names and said is None and names[name] not in given:
                columns[field] = names[name]
                break
        if said is not None:
            columns[field] = said
    return columns


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


def _text(value: Any) -> str:
    """Return the text of a field, whose markup is taken away; the paragraphs of a list of texts."""
    if isinstance(value, list):
        return "\n\n".join(filter(None, map(_text, value)))
    return markup_to_text(value).strip() if isinstance(value, str) else ""


def _word(value: Any) -> str:
    """Return a short field as one line; the name of an object that has one, the first few of a list."""
    if isinstance(value, dict):
        value = next((value[name] for name in ("name", "title", "id") if value.get(name)), "")
    if isinstance(value, list):
        return "، ".join(filter(None, map(_word, value[:5])))
    return " ".join(str(value).split())[:500] if isinstance(value, str | int | float) else ""


def _date(value: Any) -> str | date | None:
    if isinstance(value, datetime | date) or value is None:
        return value.date() if isinstance(value, datetime) else value
    return _word(value)
