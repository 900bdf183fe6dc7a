"""Guards: no file, however damaged or malicious, stops the reading of others, takes long, or much memory.

Takes minutes: `pytest -m slow tests/load/test_fuzz.py`.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import resource
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from rag.index_report import Failure
from rag.load import isolated, load_articles
from rag.load.read import read_file
from tests.load.documents import docx, epub, odt, pack, page, paragraph, pptx

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent.parent / "data" / "pdf"
SEED = 20261126
TEXT = (
    "وصلت السفينة الأولى إلى الميناء صباح الأحد وعلى متنها 418 حاوية. The first train left the new station on Monday."
)


def seeds() -> dict[str, bytes]:
    """A sound file of each format."""
    book, stream, tar = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["title", "text"])
    book.active.append(["Ships", TEXT])
    book.save(stream)
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(TEXT.encode())
        archive.addfile(info, io.BytesIO(TEXT.encode()))
    html = page(f"<p>{TEXT}</p>" * 4, title="Ships").encode()
    row = {"id": "1", "title": "Ships", "text": TEXT, "published": "2026-03-05"}
    mail = f"From: a@b\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{TEXT}\n"
    return {
        "x.md": f"---\ntitle: x\npublished: 2026-03-05\n---\n{TEXT}".encode(),
        "x.txt": TEXT.encode("windows-1256", errors="replace"),
        "x.html": html,
        "x.html.gz": gzip.compress(html),
        "x.pdf": (DATA / "ports-en.pdf").read_bytes(),
        "y.pdf": (DATA / "ports-ar.pdf").read_bytes(),
        "x.docx": docx(paragraph(TEXT) * 4),
        "x.odt": odt(f"<text:p>{TEXT}</text:p>"),
        "x.pptx": pptx([TEXT]),
        "x.epub": epub("Book", {"a.xhtml": f"<h1>x</h1><p>{TEXT * 5}</p>"}),
        "x.json": json.dumps([row]).encode(),
        "x.jsonl": "\n".join([json.dumps(row)] * 5).encode(),
        "x.csv": f'id,title,text\n1,x,"{TEXT}"\n'.encode(),
        "x.xlsx": stream.getvalue(),
        "x.eml": mail.encode(),
        "x.mbox": f"From x\n{mail}\nFrom y\n{mail}".encode(),
        "x.mhtml": b"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + html,
        "x.xml": f"<rss version='2.0'><channel><title>t</title><item><title>x</title><description>{TEXT}</description></item>"
        "</channel></rss>".encode(),
        "x.zip": pack({"a.html": html, "b.txt": TEXT}),
        "x.tgz": tar.getvalue(),
    }


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Cut a file, flip bytes of it, or put pieces of it elsewhere."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        kind = rng.randrange(5)
        at = rng.randrange(len(changed) or 1)
        if kind == 0:
            del changed[at:]
        elif kind == 1:
            for _ in range(rng.randint(1, 30)):
                if changed:
                    changed[rng.randrange(len(changed))] = rng.randrange(256)
        elif kind == 2:
            changed[at:at] = changed[: rng.randrange(2000)]
        elif kind == 3:
            del changed[at : at + rng.randrange(500)]
        else:
            changed[at : at + 8] = rng.choice(
                [b"\x00" * 8, b"\xff" * 8, b"<!--", b"]]>", b"%PDF-", b"PK\x03\x04", b"endstream"]
            )
    return bytes(changed)


def check(path: Path, within: float = 30.0) -> int:
    """Read a file; return how many articles it gave."""
    begun = time.monotonic()
    found = list(load_articles(path))
    assert time.monotonic() - begun < within + 5, path
    for one in found:
        if isinstance(one, Failure):
            assert one.reason
            assert "\n" not in one.reason
        else:
            assert one.article.text
            one.article.text.encode()  # no half characters
    return sum(not isinstance(one, Failure) for one in found)


@pytest.fixture(autouse=True)
def _memory() -> Iterator[None]:
    yield
    isolated.stop_readers()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert peak < 1_100_000_000, f"{peak:,} bytes"


def test_two_thousand_mutated_files(tmp_path: Path) -> None:
    rng, sound = random.Random(SEED), seeds()
    for name, data in sound.items():
        (tmp_path / name).write_bytes(data)
        assert check(tmp_path / name) >= 1, name
        (tmp_path / name).unlink()
    readable = 0
    for number in range(2000):
        name = list(sound)[number % len(sound)]
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(mutate(sound[name], rng))
        readable += check(path) > 0
        assert [p.name for p in tmp_path.iterdir()] == [path.name], "nothing else is written"
        path.unlink()
    assert readable > 200, "most are harmed, not all of them beyond reading"


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


def monsters() -> dict[str, bytes]:
    zeros = b"0" * 400_000_000
    deep = 1_000_000
    nested = pack({"a.txt": TEXT})
    for _ in range(6):
        nested = pack({"inner.zip": nested})
    return {
        "bomb.zip": pack({"bomb.txt": zeros}),
        "bomb.docx": pack({"word/document.xml": zeros}),
        "bomb.html.gz": gzip.compress(zeros),
        "nested.zip": nested,
        "deep.json": b"[" * deep + b"]" * deep,
        "deep.jsonl": b'{"text":' * deep + b"1" + b"}" * deep,
        "deep.html": b"<div>" * deep + TEXT.encode(),
        "deep.md": b"---\na: " + b"[" * 100_000 + b"\n---\nx",
        "laughs.xml": (LAUGHS + "<rss version='2.0'><channel><item><title>&j;</title></item></channel></rss>").encode(),
        "laughs.odt": pack({"content.xml": LAUGHS + "<x>&j;</x>", "meta.xml": "<x/>"}),
        "laughs.docx": pack(
            {"word/document.xml": LAUGHS + "<x>&j;</x>", "[Content_Types].xml": LAUGHS + "<Types>&j;</Types>"}
        ),
        "entity.xml": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>t</title>'
        b"<description>&e;</description></item></channel></rss>",
        "entity.odt": pack(
            {"content.xml": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "meta.xml": "<x/>"}
        ),
        "outside.zip": pack({"../../../../tmp/sanad-outside.txt": TEXT, "/tmp/sanad-outside.txt": TEXT}),
        "quotes.csv": b'title,text\n"' + b"x" * 60_000_000,
        "columns.csv": b",".join([b"a"] * 300_000) + b"\n" + b",".join([b"b"] * 300_000),
    }


@pytest.mark.parametrize("name", sorted(monsters()))
def test_what_is_made_to_harm(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(monsters()[name])
    check(path)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert not Path("/tmp/sanad-outside.txt").exists()
    if name.startswith("entity"):
        assert not [one for one in load_articles(path) if not isinstance(one, Failure) and "root:" in one.article.text]


def test_a_line_of_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"text": "')
        for _ in range(1000):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}\n' + json.dumps({"text": TEXT}).encode())
    assert check(path) == 1
    path.unlink()


def test_text_files_are_read_without_a_process_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * 150_000_000)
    (failure,) = read_file(path, {})
    assert "larger than 100 MB" in failure.reason  # type: ignore[union-attr]
