"""A saved web page → the article on it: menus, share rows, promotions, related links and comments are left out.

trafilatura finds the article. Around it stands what is ours: menus told by their links are taken out first, pieces that
trafilatura lost are found by their likeness to those it found, and title and day are looked for where readers see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import etree, html

from rag.clean import is_debris
from rag.errors import SourceError
from rag.load.details import find_day
from rag.load.draft import Draft, Source
from rag.load.encoding import decode
from rag.load.markup import local_name, parse_html, to_text

_ASIDE: Final = (
    "promo", "paywall", "newsletter", "subscri", "signup", "sign-up", "related", "recirc", "consent", "cookie",
    "weather", "most-read", "mostread", "pullquote", "pull-quote", "author-box", "authorbox", "comment", "disqus",
    "sharebar", "sharing", "complementary",
)  # fmt: skip
"""Parts of names that sites give to what stands beside an article."""

_MENUS: Final = frozenset("td div ul ol nav p section".split())
_LEAST_LINKS = 2
_LINKED = 0.75  # how much of the text of a block is links, from which it is a menu
_LEAST_LOST = 60  # characters of a paragraph that is worth finding again
_SEPARATORS = re.compile(r"\s+(?:[|\-–—:•·»«]+|::)\s+")
_NEAR = 6  # lines beside the title in which a page tells its day


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
    whole = to_text(tree).split("\n")
    title = _title(tree)
    _prune(tree)
    found: Any = trafilatura.bare_extraction(
        html.fromstring(html.tostring(tree, encoding="unicode")),
        url=url or None,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # A date is only taken where the page names it as its own: any date in a text may be one that it tells of.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    body = to_text(found.body).split("\n") if found is not None and found.body is not None else []
    title = title or " ".join(((found and found.title) or "").split())
    lines, about = _without_head(_with_lost(tree, body), title)
    if not any(lines):
        raise SourceError("no article was found on the page")
    taken = {title, *lines}
    near = next((at for at, line in enumerate(whole) if line == title), None)
    if near is not None:
        about += [line for line in whole[max(0, near - _NEAR) : near + 2 * _NEAR] if line]
    return Draft(
        text="\n".join(lines).strip("\n"),
        title=title,
        published=found.date or None,
        source=found.sitename or _host(found.url),
        author=found.author or "",
        url=url or found.url or "",
        modified=modified,
        about=tuple(about),
        removed=tuple(line for line in whole if line and line not in taken),
    )


def _title(tree: etree._Element) -> str:
    """Return the headline: the heading that the page's own title names too, with the site's name beside it."""
    named = " ".join((tree.findtext(".//title") or "").split())
    headings = {_line(e) for e in tree.iter("h1", "h2", "h3", "b", "strong")}
    parts = {named, *_SEPARATORS.split(named)}
    for separator in _SEPARATORS.finditer(named):
        parts |= {named[: separator.start()], named[separator.end() :]}
    return max((part for part in parts & headings if part), key=len, default="")


def _prune(tree: etree._Element) -> None:
    """Take out of a page what is no part of its article: by the names of its elements, and menus by their links."""
    for element in list(tree.iter(etree.Element)):
        if element.getparent() is None or local_name(element) in ("html", "body", "main", "article", "head", "form"):
            continue
        names = f"{element.get('class', '')} {element.get('id', '')} {element.get('role', '')}".lower()
        beside = any(part in names for part in _ASIDE) or element.get("data-nosnippet") is not None
        if beside or (local_name(element) in _MENUS and _is_menu(element)):
            element.drop_tree()


def _is_menu(element: etree._Element) -> bool:
    links = [_line(link) for link in element.iter("a")]
    text = _line(element)
    linked = sum(map(len, links))
    return len(links) >= _LEAST_LINKS and bool(text) and linked >= _LINKED * len(text) and linked < 3000


def _with_lost(tree: etree._Element, lines: Sequence[str]) -> list[str]:
    """Return the lines of an article with the paragraphs that stand where others of it do, but were lost."""
    taken = {line for line in lines if line}
    paragraphs = [(element, _line(element)) for element in tree.iter("p")]
    places = {_place(element) for element, text in paragraphs if text in taken and len(text) >= _LEAST_LOST}
    own = [text for element, text in paragraphs if _place(element) in places and len(text) >= _LEAST_LOST]
    if not any(text not in taken for text in own) or not places:
        return list(lines)
    result, waiting = list(lines), list(own)
    before = ""
    for text in waiting:
        if text not in taken:
            at = result.index(before) + 1 if before in result else 0
            result[at:at] = ["", text, ""] if at else [text, ""]
            taken.add(text)
        before = text
    return result


def _place(element: etree._Element) -> tuple[str, ...]:
    """Return where an element stands: the names and classes of those around it, without what numbers them."""
    above = (element, *element.iterancestors())
    return tuple(re.sub(r"\d+", "", f"{local_name(e)}.{e.get('class', '')}") for e in above)


def _without_head(lines: Sequence[str], title: str) -> tuple[list[str], list[str]]:
    """Return the lines of an article without the headline, lines that only tell its day, and debris; and the day's."""
    kept: list[str] = []
    about: list[str] = []
    for line in lines:
        if line == title or (line and not re.search(r"\w", line)) or is_debris(line):
            continue
        if sum(bool(k) for k in kept) < 3 and find_day([line]):
            about.append(line)
            continue
        kept.append(line)
    return kept, about


def _line(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


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
