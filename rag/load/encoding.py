"""The bytes of a text → the text, whatever encoding they are in; what a file says of itself is not believed.

>>> decode("نشرت الصحيفة تقريرًا عن أسعار النفط".encode("windows-1256"))
'نشرت الصحيفة تقريرًا عن أسعار النفط'
>>> decode("Arabic: مقال".encode("utf-16"))
'Arabic: مقال'
"""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO

from charset_normalizer import from_bytes

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, which it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What Arabic and English newsrooms have written in; any other is far more often a wrong guess.
_ARABIC = ["cp1256", "iso8859_6", "mac_arabic", "cp720"]
_LATIN = ["cp1252"]
_EXPECTED = re.compile(r"[\s\u0020-\u024f\u0600-\u06ff\u2010-\u203f]")  # what a text in UTF-16 mostly consists of
_READ = 200_000  # bytes that are looked at to tell the encoding


def decode(data: bytes) -> str:
    r"""Return the text, its line ends as `\n`.

    Raises:
        ValueError: it is no text, or its encoding cannot be told.
    """
    try:
        text = data.decode(_marked(data) or "utf-8")
    except UnicodeDecodeError:
        text = data.decode(_guess(data), errors="replace")
    if "\x00" in text:
        raise ValueError("not a text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def open_text(stream: BinaryIO) -> io.TextIOWrapper:
    """Return a stream of bytes as one of text, its encoding told from its beginning; line ends are left as they are.

    Raises:
        ValueError: as for `decode`.
    """
    start = stream.read(_READ)
    stream.seek(0)
    encoding = _marked(start)
    if encoding is None:
        try:
            codecs.getincrementaldecoder("utf-8")().decode(start)  # which a character cut at the end does not stop
            encoding = "utf-8"
        except UnicodeDecodeError:
            encoding = _guess(start)
    return io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")


def _marked(data: bytes) -> str | None:
    """Return the encoding that a byte-order mark or the zeros of UTF-16 tell; None where nothing does."""
    start = data[:_READ]
    if marked := next((name for mark, name in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), None):
        return marked
    if start.count(0) > len(start) / 50:  # every space of UTF-16 has one; no other text does
        wide = "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
        if len(_EXPECTED.findall(start.decode(wide, errors="replace"))) > len(start) / 4:
            return wide
    return None


def _guess(data: bytes) -> str:
    letters = sum(byte >= 0x80 or chr(byte).isalpha() for byte in data[:_READ])
    accented = sum(byte >= 0x80 for byte in data[:_READ])
    # Of English most letters are ASCII's; a few words of Arabic can look like accented letters.
    likely = _ARABIC if accented > letters / 2 else _ARABIC + _LATIN
    best = from_bytes(data[:_READ], cp_isolation=likely).best()
    if best is None:
        raise ValueError("not a text file, or in an encoding that cannot be told: save it in UTF-8")
    return best.encoding
