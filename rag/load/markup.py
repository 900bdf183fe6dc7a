"""A tree of elements → its text: paragraphs, headings, list items and table rows, each on its own line.

The names of HTML, of trafilatura's output and of office documents are all known here, so that one walk serves all.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree, html

from rag.errors import SourceError

# Elements that stand on lines of their own; every other is part of a line.
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h h1 h2 h3 h4 h5 h6 head header hr item li list list-item main nav ol option p page pre quote row section "
    "select summary table table-row tbody tfoot thead tr ul".split()
)
_ROWS = frozenset("tr row table-row".split())
_CELLS = frozenset("td th cell table-cell".split())
_BREAKS = frozenset("br lb line-break".split())
_SPACES = frozenset("tab s".split())
_UNSEEN = frozenset(
    "annotation button iframe input noscript object script style svg template textarea title tracked-changes".split()
)
_LONGEST_CELL = 200  # characters; a longer one is a piece of layout, not of a table


def parse_html(text: str) -> html.HtmlElement:
    """Return the tree of a page, whatever its markup.

    Raises:
        SourceError: there is no element in it; the message lacks the file's name.
    """
    # lxml refuses a text that declares an encoding of its own.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        return html.document_fromstring(text, parser=html.HTMLParser(remove_comments=True, remove_pis=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError("holds no text") from error


def parse_xml(data: bytes) -> etree._Element:
    """Return the tree of an XML file; entities are not resolved, nothing is fetched.

    Raises:
        SourceError: it is not XML; the message lacks the file's name.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError("damaged: it is not XML") from error
    if root is None:
        raise SourceError("damaged: it is not XML")
    return root


def to_text(root: etree._Element, without: Collection[str] = ()) -> str:
    """Return the text of a tree: an empty line between its blocks, ` | ` between the cells of a row.

    Args:
        root: read iteratively, so that no depth of nesting is too much.
        without: local names of further elements that are passed over with what they hold.
    """
    reading = _Reading(_UNSEEN.union(without))
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            reading.enter(element)
        else:
            reading.leave(element, is_root=element is root)
    reading.end_line()
    return "\n\n".join(reading.lines)


class _Reading:
    """The text of a tree as far as it was read."""

    def __init__(self, unseen: Collection[str]) -> None:
        self.lines: list[str] = []
        self._unseen = unseen
        self._parts: list[str] = []  # of the line that is being read
        self._hidden: etree._Element | None = None  # the element whose content is passed over
        self._row: etree._Element | None = None  # the table row that is being read

    def enter(self, element: etree._Element) -> None:
        name = local_name(element)
        if self._hidden is not None:
            return
        if name in self._unseen:
            self._hidden = element
            return
        if self._row is not None:
            if name in _CELLS and "".join(self._parts).strip():
                self._parts.append(" | ")
            elif name in _BLOCKS or name in _BREAKS or name in _SPACES:
                self._parts.append(" ")
        elif name in _BREAKS:
            self._parts.append("\v")
        elif name in _SPACES:
            self._parts.append(" ")
        elif name in _BLOCKS or name in _CELLS:
            self.end_line()
            if name in _ROWS and _is_data(element):
                self._row = element
        self._parts.append(element.text or "")

    def leave(self, element: etree._Element, *, is_root: bool) -> None:
        if self._hidden is element:
            self._hidden = None
        elif self._hidden is not None:
            return
        else:
            if element is self._row:
                self._row = None
            name = local_name(element)
            if self._row is None and (name in _BLOCKS or name in _CELLS):
                self.end_line()
        if not is_root:
            self._parts.append(element.tail or "")

    def end_line(self) -> None:
        pieces = (" ".join(piece.split()) for piece in "".join(self._parts).split("\v"))
        if line := "\n".join(filter(None, pieces)):
            self.lines.append(line)
        self._parts.clear()


def first_heading(root: etree._Element) -> str:
    """Return the text of the first heading of the highest level there is, "" where there is none."""
    for names in (("h1", "h"), ("h2",), ("h3",)):
        for element in root.iter(etree.Element):
            if local_name(element) in names and (text := " ".join("".join(element.itertext()).split())):
                return text
    return ""


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace, lower case; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _is_data(row: etree._Element) -> bool:
    """Whether a table row holds data; a row of layout holds long texts or tables of its own."""
    cells = [child for child in row if local_name(child) in _CELLS]
    if any(local_name(below) == "table" for below in row.iterdescendants(etree.Element)):
        return False
    return all(len(" ".join("".join(cell.itertext()).split())) <= _LONGEST_CELL for cell in cells)
