"""Pictures of pages → their text, by Tesseract, where it is installed (`pip install '.[ocr]'`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec

HOW_TO = "install Tesseract with its Arabic data and Sanad's [ocr] extra to have them recognised"

_SCALE = 300 / 72  # dots an inch, in those of a PDF
_MOST_PAGES = 200


@cache
def can_recognise() -> bool:
    """Whether Tesseract is here, with what Python needs to call it."""
    return bool(shutil.which("tesseract") and find_spec("pytesseract"))


def recognise_pages(data: bytes) -> Iterator[str]:
    """Yield the text of each page of a PDF, as it is seen; "" for one that cannot be recognised.

    Args:
        data: of the PDF; of one that has more than 200 pages, only those are looked at.
    """
    import pypdfium2
    import pytesseract

    there = set(pytesseract.get_languages())
    languages = "+".join(name for name in ("ara", "eng") if name in there)
    document = pypdfium2.PdfDocument(data)
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            picture = document[number].render(scale=_SCALE, grayscale=True).to_pil()
            try:
                yield pytesseract.image_to_string(picture, lang=languages or None, timeout=60)
            except RuntimeError:  # it took too long
                yield ""
    finally:
        document.close()
