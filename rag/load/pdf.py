"""A PDF → its text in logical order, by pypdf, or by where its glyphs stand, whichever reads this page right.

Where lines are what a printer needs, paragraphs are made of them; running heads and page numbers are left out. A text
layer whose letters make no Arabic is not indexed: its pages are recognised as pictures where that can be done, as are
those without a text, else it is reported.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from statistics import median

from rag.errors import SourceError
from rag.load.draft import Draft, Source, sensible_title
from rag.load.glyphs import read_lines
from rag.load.letters import ENOUGH, LEAST, count_arabic_letters, presentation_forms, reads_as_arabic
from rag.load.recognise import HOW_TO, can_recognise, recognise_pages

_MOST_PAGES = 2000
_EDGE = 2  # lines at the head and the foot of a page that may repeat on others
_FULL = 0.75  # of the usual width, from which a line is taken to run on into the next
_ARABIC_RUN = re.compile(r"[\u0590-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT_RUN = re.compile(r"[A-Za-z0-9\u0660-\u0669](?:[^\u0590-\u08ff\ufb50-\ufefc]*[A-Za-z0-9\u0660-\u0669])?")
_GLUED = re.compile(r"([\u0621-\u064a])([A-Za-z][\w.-]*)")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def load_pdf(source: Source) -> Iterator[Draft | None]:
    """Read a PDF as one article that knows its pages; yields None after each page that takes long.

    Raises:
        SourceError: it is damaged or locked; or it holds pictures only, or a corrupt text layer, and Tesseract is not
            at hand or makes nothing of it either.
    """
    data = source.read()
    pages, title, modified = _read_with_pypdf(source.name, data)
    if any(_is_doubtful(page) or _GLUED.search(page) for page in pages):
        others = _read_with_pdfium(source.name, data)
        pages = [_better(page, other) for page, other in zip(pages, others, strict=False)]
    pages = _in_logical_order([_fold_forms(page) for page in pages])
    recognised = bool(fault := _fault(pages)) and can_recognise()
    if recognised:
        pages = []
        for page in recognise_pages(data):
            pages.append(page)
            yield None
        fault = _fault(pages)
    if fault:
        raise SourceError(f"{source.name}: {fault}")
    lines, removed = _without_running_heads([page.split("\n") for page in pages])
    title = sensible_title(title)
    text, starts = _without_title(*_join(lines), title)
    yield Draft(
        text,
        title=title,
        pages=starts,
        modified=modified or source.modified,
        recognised=recognised,
        removed=removed,
    )


def _in_logical_order(pages: list[str]) -> list[str]:
    """Return pages as they are read, where all of them stand in visual order."""
    text = "\n".join(pages)
    if count_arabic_letters(text) >= ENOUGH and reads_as_arabic(_reversed(text)) > reads_as_arabic(text) + 0.2:
        return [_reversed(page) for page in pages]
    return pages


def _fault(pages: Sequence[str]) -> str:
    """Return why pages cannot be indexed, "" where they can."""
    text = "\n".join(pages)
    if not text.strip():
        return f"its pages are pictures without text; {HOW_TO}"
    if count_arabic_letters(text) >= ENOUGH and (measure := reads_as_arabic(text)) < LEAST:
        return f"its text layer is corrupt (the letters make no Arabic words: {measure:.2f}, below {LEAST}); {HOW_TO}"
    return ""


def _read_with_pypdf(name: str, data: bytes) -> tuple[list[str], str, date | None]:
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceError(f"{name}: is locked with a password; unlock it, then add it")
        if len(reader.pages) > _MOST_PAGES:
            raise SourceError(f"{name}: has more than {_MOST_PAGES} pages; split it")
        pages = [page.extract_text() for page in reader.pages]
        about = reader.metadata
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise SourceError(f"{name}: damaged: it cannot be read as a PDF ({type(error).__name__})") from error
    try:
        modified = about.modification_date if about else None
    except (ValueError, PyPdfError):
        modified = None
    return pages, str((about and about.title) or ""), modified and modified.date()


def _read_with_pdfium(name: str, data: bytes) -> list[str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise SourceError(f"{name}: damaged: it cannot be read as a PDF") from error
    try:
        return [read_lines(page.get_textpage()) for page in document]
    finally:
        document.close()


def _better(page: str, other: str) -> str:
    """Return the one of two readings of a page that is right, the first where both are."""
    if _faults(other) < _faults(page):
        return other
    # Where Arabic meets Latin letters pypdf may lose the space between them; pdfium keeps it.
    return _GLUED.sub(lambda glued: f"{glued[1]} {glued[2]}" if f"{glued[1]} {glued[2]}" in other else glued[0], page)


def _is_doubtful(page: str) -> bool:
    """Whether another reader should be asked: letters as glyphs, or few that make words."""
    return not page.strip() or _faults(page) > (0, 0.0)


def _faults(page: str) -> tuple[int, float]:
    """Return how wrong a page seems, less is better: glyphs instead of letters, then how little it reads as Arabic."""
    if not page.strip():
        return 3, 0.0
    if "\ufffd" in page or re.search(r"\(cid:\d+\)", page):
        return 2, 0.0
    if presentation_forms(page) > 0.05 or _begin_with_stops(page):
        return 1, 0.0
    measure = reads_as_arabic(page) if count_arabic_letters(page) >= ENOUGH else 0.0
    return 0, max(0.0, LEAST - measure)


def _begin_with_stops(page: str) -> bool:
    """Whether Arabic lines begin with what should end them: their words stand in the wrong order."""
    lines = [line for line in page.split("\n") if _ARABIC_RUN.search(line)]
    return sum(line.lstrip()[0] in ".،؛؟!:" for line in lines) > len(lines) / 8


def _fold_forms(page: str) -> str:
    """Return a page with presentation forms and ligatures as the letters they stand for."""
    return re.sub(
        r"[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]+", lambda forms: unicodedata.normalize("NFKC", forms[0]), page
    ).replace("\u00a0", " ")


def _reversed(text: str) -> str:
    """Return lines that stand in visual order in logical order: reversed, but for what runs from left to right."""
    lines = []
    for line in text.split("\n"):
        if _ARABIC_RUN.search(line):
            line = line[::-1].translate(_MIRRORED)
            line = _LEFT_TO_RIGHT_RUN.sub(lambda run: run[0][::-1].translate(_MIRRORED), line)
        lines.append(line)
    return "\n".join(lines)


def _without_running_heads(pages: Sequence[Sequence[str]]) -> tuple[list[list[str]], tuple[str, ...]]:
    """Return the lines of pages without those that stand at the edge of many pages, and those that were left out."""
    trimmed = [[" ".join(line.split()) for line in page] for page in pages]
    trimmed = [_without_outer_blanks(page) for page in trimmed]
    seen: Counter[str] = Counter()
    for page in trimmed:
        seen.update({_shape(line) for line in (*page[:_EDGE], *page[-_EDGE:])})
    many = max(3, len(pages) // 2)
    removed: list[str] = []

    def is_running(line: str) -> bool:
        shape = _shape(line)
        return seen[shape] >= many or (len(pages) > 1 and shape in ("#", "- # -", "# / #", "page #", "صفحة #"))

    for page in trimmed:
        for at in (0, -1):
            for _ in range(_EDGE):
                if page and is_running(page[at]):
                    removed.append(page.pop(at))
    return [_without_outer_blanks(page) for page in trimmed], tuple(removed)


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())


def _without_outer_blanks(lines: list[str]) -> list[str]:
    filled = [at for at, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _join(pages: Sequence[Sequence[str]]) -> tuple[str, tuple[int, ...]]:
    """Return the paragraphs that printed lines make, and where each page begins in them."""
    widths = [len(line) for page in pages for line in page if line]
    usual = median(sorted(widths)[len(widths) // 2 :]) if widths else 0.0  # short lines end paragraphs
    text, starts = "", []
    before = ""
    for page in pages:
        starts.append(-1)
        for line in page:
            if not line:
                before = ""
                continue
            if text:
                text = _append(text, _gap(before, line, usual))
            if starts[-1] < 0:
                starts[-1] = len(text)
            text += line
            before = line
        if starts[-1] < 0:
            starts[-1] = len(text)
    return text, tuple(starts)


def _without_title(text: str, starts: tuple[int, ...], title: str) -> tuple[str, tuple[int, ...]]:
    """Return a text and where its pages begin without the title before it, in however many lines that stands."""
    found = re.match(r"\s+".join(map(re.escape, title.split())) + r"\s+", text) if title else None
    if not found:
        return text, starts
    return text[found.end() :], tuple(max(0, start - found.end()) for start in starts)


def _append(text: str, gap: str) -> str:
    return text[:-1] if gap == "-" else text + gap


def _gap(before: str, line: str, usual: float) -> str:
    """Return what belongs between two lines: nothing for a word that was cut (`-`), a space, or an empty line."""
    if not before:
        return "\n\n"
    if re.search(r"[a-z]-$", before) and line[0].islower():
        return "-"
    if line[0] in "•▪-–—*●" or re.match(r"\(?[\d٠-٩]{1,2}[.)-]\s", line):
        return "\n\n"
    if len(before) >= _FULL * usual or line[0].islower():
        return " "
    return "\n\n"
