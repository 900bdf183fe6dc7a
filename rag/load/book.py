"""An e-book (EPUB) → an article for each of its chapters, in reading order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from rag.errors import SourceError
from rag.index_report import Failure
from rag.load.draft import Draft, Source
from rag.load.encoding import decode
from rag.load.markup import first_heading, local_name, parse_html, parse_xml, to_text
from rag.load.office import open_zip, read_member

_LEAST = 200  # characters; what is shorter is a cover or a title page


def load_book(source: Source) -> Iterator[Draft | Failure]:
    """Read the chapters of a book, whose title becomes their source.

    Raises:
        SourceError: it is damaged, or its list of contents is missing.
    """
    with open_zip(source) as archive:
        container = parse_xml(read_member(source, archive, "META-INF/container.xml"))
        place = next((e.get("full-path") for e in container.iter("{*}rootfile")), None)
        if not place:
            raise SourceError(f"{source.name}: damaged: its list of contents is missing")
        package = parse_xml(read_member(source, archive, place))
        about = {
            local_name(e): (e.text or "").strip() for e in package.iter(etree.Element) if "elements/1.1" in str(e.tag)
        }
        items = {e.get("id"): e.get("href", "") for e in package.iter("{*}item")}
        for reference in package.iter("{*}itemref"):
            name = posixpath.normpath(
                posixpath.join(posixpath.dirname(place), unquote(items.get(reference.get("idref"), "")))
            )
            try:
                tree = parse_html(decode(read_member(source, archive, name)))
            except (SourceError, ValueError) as error:
                yield Failure(f"{source.name}/{name}", str(error))
                continue
            text = to_text(tree, without={"nav"})
            if len(text) >= _LEAST:
                yield Draft(
                    text,
                    title=first_heading(tree) or about.get("title", ""),
                    key=name,
                    published=about.get("date"),
                    source=about.get("title", ""),
                    author=about.get("creator", ""),
                    modified=source.modified,
                )
