"""A saved web page → the article on it, by trafilatura: menus, share rows, related links and comments are left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from rag.errors import SourceError
from rag.load.draft import Draft, Source
from rag.load.encoding import decode
from rag.load.markup import parse_html, to_text


def load_page(source: Source) -> Iterator[Draft]:
    """Read the article of a page; what the page declares its encoding to be is not believed."""
    yield read_page(decode(source.read()), url=source.url, modified=source.modified)


def read_page(text: str, *, url: str = "", modified: date | None = None) -> Draft:
    """Return what a page says of its article.

    Args:
        text: the page, decoded.
        url: where it came from; else what the page itself says.
        modified: the day the file was changed.

    Raises:
        SourceError: no article is found on it; the message lacks the file's name.
    """
    import trafilatura  # takes half a second to import, and only pages need it

    tree = parse_html(text)
    whole = to_text(tree)
    found: Any = trafilatura.bare_extraction(
        tree,
        url=url or None,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # A date is only taken where the page names it as its own: any date in a text may be one that it tells of.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    body = to_text(found.body) if found is not None and found.body is not None else ""
    if not body:
        raise SourceError("no article was found on the page")
    title = " ".join((found.title or "").split())
    if title and body.partition("\n")[0] == title:
        body = body[len(title) :].lstrip("\n")
    taken = {title, *body.split("\n")}
    return Draft(
        text=body,
        title=title,
        published=found.date or None,
        source=found.sitename or _host(found.url),
        author=found.author or "",
        url=url or found.url or "",
        modified=modified,
        removed=tuple(line for line in whole.split("\n") if line and line not in taken),
    )


def _host(url: str | None) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


def markup_to_text(markup: str) -> str:
    r"""Return the text of a fragment of HTML, as feeds and tables of articles hold it; plain text is left as it is.

    >>> markup_to_text("<p>Ships &amp; ports</p><p>x &lt; y</p>")
    'Ships & ports\n\nx < y'
    >>> markup_to_text("a < b")
    'a < b'
    """
    if not any(f"<{name}" in markup.lower() for name in ("p", "br", "div", "span", "a ", "strong", "b>", "li", "h")):
        return markup
    try:
        return to_text(html.fragment_fromstring(markup, create_parent="div"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return markup
