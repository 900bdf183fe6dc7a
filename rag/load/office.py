"""Documents of word processors and slides: DOCX by mammoth; ODT, ODP and PPTX from their XML."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress

from lxml import etree

from rag.errors import SourceError
from rag.load.details import parse_published
from rag.load.draft import Draft, Source, sensible_title
from rag.load.markup import first_heading, local_name, parse_html, parse_xml, to_text

_UNPACKED = 300_000_000  # bytes that the parts of a document may come to


def load_docx(source: Source) -> Iterator[Draft]:
    """Read a Word document: headings, tables, footnotes at its end; heads and feet of pages are left out."""
    import mammoth

    with open_zip(source) as archive:
        about = _properties(archive, "docProps/core.xml")
    source.stream.seek(0)
    try:
        markup = mammoth.convert_to_html(source.stream, convert_image=mammoth.images.img_element(lambda _: {})).value
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, SyntaxError, RecursionError) as error:
        raise SourceError(f"{source.name}: damaged: it cannot be read as a Word document") from error
    # Marks of footnotes: [1] at the place, an arrow back from the note.
    markup = re.sub(r'<a href="#(?:foot|end)note(?:-ref)?-\d+"[^>]*>[^<]*</a>', "", markup)
    markup = re.sub(r"<sup>\s*\(?\s*</sup>\s*<sup>\s*\)?\s*</sup>|<sup>\s*\(?\)?\s*</sup>", "", markup)
    tree = parse_html(f"<body>{markup}</body>")
    yield Draft(
        re.sub(r"(?m)^\(\)\s+", "", to_text(tree)),
        title=first_heading(tree) or sensible_title(about.get("title", "")),
        modified=parse_published(about.get("modified") or about.get("created")) or source.modified,
    )


def load_open_document(source: Source) -> Iterator[Draft]:
    """Read a text or slides in OpenDocument format (ODT, ODP); footnotes stand where they are called."""
    with open_zip(source) as archive:
        content = parse_xml(read_member(source, archive, "content.xml"))
        about = _properties(archive, "meta.xml")
    title = first_heading(content) or sensible_title(about.get("title", ""))
    yield Draft(
        to_text(content, without={"note-citation", "annotation", "sequence-decls", "notes"}),
        title=title,
        modified=parse_published(about.get("date")) or source.modified,
    )


def load_slides(source: Source) -> Iterator[Draft]:
    """Read the slides of a PPTX in their order."""
    with open_zip(source) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
        names.sort(key=lambda name: int(re.findall(r"\d+", name)[-1]))
        slides = [parse_xml(read_member(source, archive, name)) for name in names]
        about = _properties(archive, "docProps/core.xml")
    texts = ["\n\n".join(filter(None, map(_paragraph, slide.iter("{*}p")))) for slide in slides]
    yield Draft(
        "\n\n".join(texts),
        title=sensible_title(about.get("title", "")),
        modified=parse_published(about.get("modified")) or source.modified,
    )


def open_zip(source: Source) -> zipfile.ZipFile:
    """Open a document that is a ZIP archive inside.

    Raises:
        SourceError: it is damaged, or would come to more than it may when it is unpacked.
    """
    try:
        archive = zipfile.ZipFile(source.stream)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise SourceError(f"{source.name}: damaged: it cannot be opened") from error
    if sum(member.file_size for member in archive.infolist()) > _UNPACKED:
        raise SourceError(f"{source.name}: larger than {_UNPACKED // 1_000_000} MB when it is unpacked")
    return archive


def read_member(source: Source, archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a part of a document; SourceError where it is missing, damaged, locked or larger than it says."""
    try:
        with archive.open(name) as stream:
            data = stream.read(_UNPACKED + 1)
    except KeyError as error:
        raise SourceError(f"{source.name}: damaged: {name} is missing in it") from error
    except Exception as error:  # what its compressions raise has no common base
        raise SourceError(f"{source.name}: damaged or locked: {name} in it cannot be read") from error
    if len(data) > _UNPACKED:
        raise SourceError(f"{source.name}: larger than {_UNPACKED // 1_000_000} MB when it is unpacked")
    return data


def _properties(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Return what a document says of itself by the local names of its properties; nothing where it says nothing."""
    with suppress(Exception):  # whatever is wrong with it, the document itself may be sound
        root = parse_xml(archive.read(name))
        return {local_name(element): (element.text or "").strip() for element in root.iter(etree.Element)}
    return {}


def _paragraph(element: etree._Element) -> str:
    return " ".join("".join(run.text or "" for run in element.iter("{*}t")).split())
