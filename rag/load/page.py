"""A saved web page → the article on it: menus, share rows, promotions, related links and comments are left out.

trafilatura finds where the article is. Around that stands what is ours: menus told by their links are taken out first,
the whole element that holds the article is read, and title and day are looked for where readers see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import etree, html

from rag.errors import SourceError
from rag.load.draft import Draft, Source
from rag.load.encoding import decode
from rag.load.markup import local_name, parse_html, to_text
from rag.load.trim import LEAST_PROSE, repeats, told_day, trim

_ASIDE: Final = re.compile(
    r"promo|paywall|newsletter|subscri|sign-?up|related|recirc|consent|cookie|weather|most-?read|pull-?quote|author-?box|"
    r"comment(?!ary|ator)|disqus|sharebar|sharing|complementary"
)
"""Parts of names that sites give to what stands beside an article."""

_MENUS: Final = frozenset("td div ul ol nav p section".split())
_LEAST_LINKS = 2
_MOST_ASIDE = 0.25  # of the prose of a page, that something beside the article may hold
_LINKED = 0.75  # how much of the text of a block is links, from which it is a menu
_LEAST_LOST = 60  # characters of a paragraph that is worth finding again
_ENTRIES = 3  # of one kind beside each other, from which they are entries of a live blog
_LEAST_PIECE = 30  # characters of a text by which it is found again
_NEARLY_ALL = 0.85
_MOST_MORE = 2.5  # times what was found, that an element may hold which is the article
_LONGEST_SITE = 6  # words of a site's name
_SEPARATORS = re.compile(r"\s+[|\-–—:•·»«]+\s+|(?<=\w):\s+")
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
    named = " ".join((tree.findtext(".//title") or "").split())
    title = _title(tree, named)
    _prune(tree)
    found: Any = trafilatura.bare_extraction(
        html.fromstring(html.tostring(tree, encoding="unicode")),
        url=url or None,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        fast=True,  # its other ways take whole pages, consent walls and all, where the first finds little
        # A date is only taken where the page names it as its own: any date in a text may be one that it tells of.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    body = to_text(found.body).split("\n") if found is not None and found.body is not None else []
    title = title or " ".join(((found and found.title) or "").split())
    first = next((at for at, line in enumerate(whole) if line and repeats(line, title)), 0)
    after = set(whole[first:])
    body = _whole_article(tree, [line for line in body if line in after])
    body = [*_between(tree, title, body), *body]
    lines, about = trim(body, title, after, _headings(tree))
    if not any(lines):
        raise SourceError("no article was found on the page")
    taken = {title, *lines}
    beside = [line for line in whole[first : first + 2 * _NEAR] + whole[max(0, first - _NEAR) : first] if line]
    day = found.date or next(filter(None, map(told_day, beside[1:])), None)
    return Draft(
        text="\n".join(lines).strip("\n"),
        title=title,
        published=day,
        dated_by="source" if found.date else "text" if day else "",
        source=found.sitename or _site(named, title) or _host(found.url),
        author=found.author or "",
        url=url or found.url or "",
        modified=modified,
        about=(*about, *beside),
        removed=tuple(line for line in whole if line and line not in taken),
    )


def _title(tree: etree._Element, named: str) -> str:
    """Return the headline: the heading that the page's own title names too, with the site's name beside it."""
    headings = {_line(e) for e in tree.iter("h1", "h2", "h3", "b", "strong", "font")}
    return max((part for part in _parts(named) & headings if part), key=len, default=_longest_part(named))


def _parts(named: str) -> set[str]:
    """Return what a page's title may consist of: all of it, or what stands before, between and after its separators."""
    cuts = [0, *(at for found in _SEPARATORS.finditer(named) for at in found.span()), len(named)]
    return {named[a:b] for a in cuts[::2] for b in cuts[1::2] if a < b}


def _longest_part(named: str) -> str:
    return max(_SEPARATORS.split(named), key=len) if _SEPARATORS.search(named) else ""


def _site(named: str, title: str) -> str:
    """Return the name of the site that stands beside the headline in a page's title."""
    rest = [part.strip() for part in _SEPARATORS.split(named.replace(title, " | ")) if part.strip()] if title else []
    rest = [part for part in (re.sub(r"^\W+|\W+$", "", part) for part in rest) if part]
    return rest[0] if named != title and rest and len(rest[0].split()) <= _LONGEST_SITE else ""


def _prune(tree: etree._Element) -> None:
    """Take out of a page what is no part of its article: by the names of its elements, and menus by their links."""
    whole = _prose(tree)
    for element in list(tree.iter(etree.Element)):
        if element.getparent() is None or local_name(element) in ("html", "body", "main", "article", "head", "form"):
            continue
        names = f"{element.get('class', '')} {element.get('id', '')} {element.get('role', '')}".lower()
        beside = bool(_ASIDE.search(names)) or element.get("data-nosnippet") is not None
        # A name may deceive: what "subscribers-only" holds can be the article.
        if (
            (beside and ("comment" in names or _prose(element) <= _MOST_ASIDE * whole))
            or local_name(element) in ("figcaption", "noscript")
            or (local_name(element) in _MENUS and _is_menu(element))
        ):
            element.drop_tree()


def _prose(element: etree._Element) -> int:
    """Return how many characters of paragraphs that are worth the name an element holds."""
    lengths = (len(_line(paragraph)) for paragraph in element.iter("p"))
    return sum(length for length in lengths if length >= _LEAST_LOST)


def _is_menu(element: etree._Element) -> bool:
    links = [_line(link) for link in element.iter("a")]
    text = _line(element)
    linked = sum(map(len, links))
    return len(links) >= _LEAST_LINKS and bool(text) and linked >= _LINKED * len(text) and linked < 3000


def _whole_article(tree: etree._Element, lines: Sequence[str]) -> list[str]:
    """Return all the lines of the element that holds an article, of which only a part may have been found.

    That is the innermost one with nearly all that was found. Where it holds much else too, what was found is returned.
    """
    found = " ".join(line for line in lines if len(line) >= _LEAST_LOST)
    held: dict[etree._Element, int] = {}
    total = 0
    for element in tree.iter(etree.Element):
        pieces = (" ".join(piece.split()) for piece in (element.text or "", *(child.tail or "" for child in element)))
        size = sum(len(piece) for piece in pieces if len(piece) >= _LEAST_PIECE and piece in found)
        if size:
            total += size
            for above in (element, *element.iterancestors()):
                held[above] = held.get(above, 0) + size
    holding = [element for element, size in held.items() if size >= _NEARLY_ALL * total]
    if not holding:
        return list(lines)
    innermost = max(holding, key=lambda element: sum(1 for _ in element.iterancestors()))
    while (
        local_name(innermost) in ("p", "span", "font", "b", "em", "strong", "a") and innermost.getparent() is not None
    ):
        innermost = innermost.getparent()
    if (entries := _entries_around(innermost)) is not None:
        return to_text(entries).split("\n")
    whole = to_text(innermost)
    return whole.split("\n") if len(whole) <= _MOST_MORE * max(len("".join(lines)), 1) else list(lines)


def _between(tree: etree._Element, title: str, lines: Sequence[str]) -> list[str]:
    """Return what stands between the headline and an article and is long enough to be a part of it: a standfirst."""
    page = to_text(tree).split("\n")
    first = next((at for at, line in enumerate(page) if line and repeats(line, title)), None)
    begin = next((line for line in lines if len(line) >= _LEAST_LOST), None)
    if first is None or begin not in page[first:]:
        return []
    between = page[first + 1 : page.index(begin, first)]
    return [line for line in between if len(line) >= LEAST_PROSE and line not in lines and " | " not in line]


def _entries_around(element: etree._Element) -> etree._Element | None:
    """Return what holds an element and others like it, where it is one of the entries of a live blog; else None."""
    for inner in (element, *element.iterancestors()):
        parent = inner.getparent()
        if parent is None or local_name(inner) in ("body", "main"):
            return None
        alike = [child for child in parent if _kind(child) == _kind(inner) and _prose(child)]
        if len(alike) >= _ENTRIES and inner.get("class") and local_name(inner) != "p":
            return parent
    return None


def _kind(element: etree._Element) -> tuple[str, str]:
    return local_name(element), re.sub(r"[\d_-]+", "", element.get("class") or "")


def _headings(tree: etree._Element) -> set[str]:
    """Return the headings of a page that are no links to other pages."""
    return {_line(element) for element in tree.iter("h2", "h3", "h4") if element.find(".//a") is None}


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
