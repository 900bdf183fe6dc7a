"""Guards: every format gives its articles, whole and in order, with what it says of them; the damaged is one line."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pypdf
import pytest

from rag.index_report import Failure
from rag.load import Loaded, load_articles
from rag.load.recognise import can_recognise
from tests.load.documents import docx, epub, odt, pack, page, paragraph, pptx

DATA = Path(__file__).parent.parent / "data"
SHIPS = "وصلت السفينة الأولى إلى الميناء صباح الأحد وعلى متنها 418 حاوية من القمح، بحسب هيئة الموانئ."
TRAINS = "The first train left the new station on Monday with 212 passengers, the railways said in a statement."


def read(path: Path, content: bytes | str, **fields: str) -> list[Loaded | Failure]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(load_articles(path, fields))


def texts(found: list[Loaded | Failure]) -> list[str]:
    assert not [one for one in found if isinstance(one, Failure)]
    return [one.article.text for one in found]  # type: ignore[union-attr]


def f1(found: str, expected: str) -> float:
    one, other = Counter(found.split()), Counter(expected.split())
    return 2 * (one & other).total() / (one.total() + other.total())


# -- documents -------------------------------------------------------------------------------------------------------


def test_a_word_document_keeps_headings_tables_and_footnotes(tmp_path: Path) -> None:
    table = "".join(
        f"<w:tr><w:tc>{paragraph(month)}</w:tc><w:tc>{paragraph(count)}</w:tc></w:tr>"
        for month, count in (("آذار", "418"), ("نيسان", "530"))
    )
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>أرقام أولية.</w:t></w:r></w:p></w:footnote>'
    body = (
        paragraph("حركة الميناء", "Heading1")
        + f'<w:p><w:r><w:t>{SHIPS}</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        + f"<w:tbl>{table}</w:tbl>"
    )
    (found,) = read(tmp_path / "report.docx", docx(body, footnotes=note))
    assert isinstance(found, Loaded)
    assert found.article.text == f"حركة الميناء\n\n{SHIPS}\n\nآذار | 418\n\nنيسان | 530\n\nأرقام أولية."
    assert (found.article.title, found.article.language) == ("حركة الميناء", "ar")
    assert (found.article.published, found.article.dated_by) == (date(2026, 3, 5), "file")


def test_titles_that_programs_make_up_are_not_taken(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "x.docx", docx(paragraph(SHIPS), title="Microsoft Word - Document1"))
    assert found.article.title.startswith("وصلت السفينة")  # type: ignore[union-attr]


def test_an_open_document(tmp_path: Path) -> None:
    body = (
        f"<text:h>حركة الميناء</text:h><text:p>{SHIPS}<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>أرقام أولية.</text:p></text:note-body></text:note></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>آذار</text:p></table:table-cell>"
        "<table:table-cell><text:p>418</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p>السطر<text:line-break/>التالي<text:s/>هنا</text:p>"
    )
    (found,) = read(tmp_path / "report.odt", odt(body))
    assert isinstance(found, Loaded)
    assert found.article.text == f"حركة الميناء\n\n{SHIPS}\n\nأرقام أولية.\n\nآذار | 418\n\nالسطر\nالتالي هنا"
    assert found.article.title == "حركة الميناء"


def test_slides_in_their_order(tmp_path: Path) -> None:
    slides = [[f"Slide {number}"] for number in range(1, 12)]
    assert texts(read(tmp_path / "x.pptx", pptx(*slides)))[0].split("\n\n") == [s for (s,) in slides]


def test_a_book_is_an_article_for_each_chapter(tmp_path: Path) -> None:
    chapters = {
        "cover.xhtml": "<p>الغلاف</p>",
        "b.xhtml": f"<h2>السفن</h2><p>{SHIPS * 3}</p>",
        "a.xhtml": f"<h2>Trains</h2><p>{TRAINS * 3}</p>",
    }
    found = read(tmp_path / "book.epub", epub("مجلة الموانئ", chapters))
    assert [one.article.title for one in found] == ["السفن", "Trains"]  # type: ignore[union-attr]
    first = found[0].article  # type: ignore[union-attr]
    assert (first.source, first.author, first.published) == ("مجلة الموانئ", "سلمى عوّاد", date(2026, 3, 5))
    assert len({one.article.id for one in found}) == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_pdf_is_read_in_logical_order_without_its_running_heads(language: str) -> None:
    """Printed by Chromium from a page of our own: three pages, justified, a head and a number on each."""
    (found,) = load_articles(DATA / "pdf" / f"ports-{language}.pdf")
    assert isinstance(found, Loaded)
    article, expected = found.article, (DATA / "pdf" / f"ports-{language}.txt").read_text(encoding="utf-8")
    assert f1(article.text, expected) >= 0.97
    assert article.title not in article.text
    assert len(article.pages) == 3
    assert {"1", "2", "3"} <= set(found.removed)
    assert not any(head in article.text for head in ("تقرير الموانئ", "Weekly Ports"))
    assert "12.5%" in article.text or "12.5 percent" in article.text


def test_what_is_no_text_in_a_pdf_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.load import pdf
    from rag.load.draft import Source

    monkeypatch.setattr(pdf, "can_recognise", lambda: False)
    writer, stream = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(stream)
    (failure,) = read(tmp_path / "scan.pdf", stream.getvalue())
    assert "pictures without text" in failure.reason  # type: ignore[union-attr]
    writer.encrypt("secret")
    locked = io.BytesIO()
    writer.write(locked)
    (failure,) = read(tmp_path / "locked.pdf", locked.getvalue())
    assert "locked with a password" in failure.reason  # type: ignore[union-attr]
    # A wrong table of letters, as broken fonts have it: each word there, none of them a word.
    wrong = str.maketrans("ابتلمنوي", "ظثذضغءخؤ")
    monkeypatch.setattr(pdf, "_read_with_pypdf", lambda *_: ([SHIPS.translate(wrong) * 4], "", None))
    monkeypatch.setattr(pdf, "_read_with_pdfium", lambda *_: [SHIPS.translate(wrong) * 4])
    with pytest.raises(Exception, match="its text layer is corrupt"):
        list(pdf.load_pdf(Source("x.pdf", io.BytesIO(b"%PDF-"))))


@pytest.mark.skipif(not can_recognise(), reason="Tesseract is not installed")
def test_pictures_of_pages_are_recognised_and_marked(tmp_path: Path) -> None:
    import pypdfium2

    picture = pypdfium2.PdfDocument(DATA / "pdf" / "ports-ar.pdf")[0].render(scale=3).to_pil()
    picture.save(tmp_path / "scan.pdf", format="PDF")
    (found,) = load_articles(tmp_path / "scan.pdf")
    assert isinstance(found, Loaded)
    assert found.article.recognised
    assert "حركة الحاويات" in found.article.text
    expected = (DATA / "pdf" / "ports-ar.txt").read_text(encoding="utf-8")[:1300]
    assert f1(found.article.text, expected) >= 0.6


def test_a_text_layer_from_left_to_right_is_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.load import pdf
    from rag.load.draft import Source

    line = "وصلت 418 حاوية من شركة Nordkran إلى الميناء صباح الأحد (بحسب الهيئة) بعد تأخير دام ثلاثة أيام كاملة."
    turned = pdf._reversed(line)
    assert turned != line == pdf._reversed(turned)
    monkeypatch.setattr(pdf, "_read_with_pypdf", lambda *_: (["\n".join([turned] * 5)], "", None))
    monkeypatch.setattr(pdf, "_read_with_pdfium", lambda *_: ["\n".join([turned] * 5)])
    (draft,) = pdf.load_pdf(Source("x.pdf", io.BytesIO(b"%PDF-")))
    assert draft.text == " ".join([line] * 5)


# -- tables ----------------------------------------------------------------------------------------------------------


def test_json_lines_name_what_cannot_be_read_and_go_on(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {"id": "n1", "headline": "سفن", "body": f"<p>{SHIPS}</p>", "date": "05/03/2026", "url": "https://x/1"}
        ),
        "{broken",
        json.dumps(
            {"id": "n2", "title": "Trains", "content": TRAINS, "source": {"name": "Wire"}, "authors": ["A", "B"]}
        ),
        json.dumps({"id": "n3", "title": "No text"}),
        "[1]",
    ]
    found = read(tmp_path / "news.jsonl", "\n".join(lines))
    articles = [one.article for one in found if isinstance(one, Loaded)]
    assert [(a.id, a.title, a.text, a.source, a.author) for a in articles] == [
        ("n1", "سفن", SHIPS, "", ""),
        ("n2", "Trains", TRAINS, "Wire", "A، B"),
    ]
    assert (articles[0].published, articles[0].dated_by, articles[0].url) == (date(2026, 3, 5), "source", "https://x/1")
    assert articles[1].published is None, "the day of the file tells nothing of one of its rows"
    reasons = [one.reason for one in found if isinstance(one, Failure)]
    assert [
        "line 2: not JSON" in reasons[0],
        "line 4: no text" in reasons[1],
        "line 5: not an object" in reasons[2],
    ] == [True] * 3


@pytest.mark.parametrize("shape", ["list", "nested", "one", "elasticsearch", "lines"])
def test_json_in_its_usual_shapes(tmp_path: Path, shape: str) -> None:
    row = {"title": "Trains", "text": TRAINS}
    whole = {
        "list": [row],
        "nested": {"status": "ok", "articles": [row]},
        "one": row,
        "elasticsearch": {"hits": {"hits": [{"_id": 1, "_source": row}]}},
        "lines": None,
    }[shape]
    assert (
        texts(
            read(
                tmp_path / "x.json", json.dumps(whole or row) + ("\n" + json.dumps(row | {"text": SHIPS})) * (not whole)
            )
        )[0]
        == TRAINS
    )


@pytest.mark.parametrize(
    ("name", "separator", "encoding"),
    [("x.csv", ",", "utf-8"), ("x.csv", ";", "windows-1256"), ("x.tsv", "\t", "utf-16"), ("x.csv", ",", "utf-8-sig")],
)
def test_tables_with_arabic_columns(tmp_path: Path, name: str, separator: str, encoding: str) -> None:
    table = separator.join(("العنوان", "نص الخبر", "تاريخ النشر", "المصدر")) + "\n"
    table += separator.join(("السفن", f'"{SHIPS}\nوسطر ثانٍ."', "٥ آذار ٢٠٢٦", "وكالة")) + "\n"
    (found,) = read(tmp_path / name, table.replace("٥ آذار ٢٠٢٦", "5 آذار 2026").encode(encoding))
    assert isinstance(found, Loaded)
    assert (found.article.title, found.article.source, found.article.published) == ("السفن", "وكالة", date(2026, 3, 5))
    assert found.article.text == f"{SHIPS}\nوسطر ثانٍ."


def test_columns_can_be_named(tmp_path: Path) -> None:
    (failure,) = read(tmp_path / "x.csv", f"a,b\nسفن,{SHIPS.replace('،', '')}\n")
    assert "its fields are a, b. Say which holds it: --map text=NAME" in failure.reason  # type: ignore[union-attr]
    (found,) = read(tmp_path / "x.csv", f"a,b\nسفن,{SHIPS.replace('،', '')}\n", b="text", a="title")
    assert found.article.title == "سفن"  # type: ignore[union-attr]


def test_a_workbook(tmp_path: Path) -> None:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in (["العنوان", "النص", "التاريخ"], ["السفن", SHIPS, date(2026, 3, 5)], [None, None, None]):
        book.active.append(row)
    book.save(stream)
    (found,) = read(tmp_path / "x.xlsx", stream.getvalue())
    assert found.article.published == date(2026, 3, 5)  # type: ignore[union-attr]


# -- mail, feeds, archives -------------------------------------------------------------------------------------------

MESSAGE = (
    "From: =?utf-8?b?{name}?= <press@ports.example>\nSubject: =?utf-8?b?{subject}?=\nMessage-ID: <1@x>\n"
    "Date: Thu, 05 Mar 2026 23:30:00 +0300\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n"
    "--B\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    '--B\nContent-Type: application/octet-stream; name="trains.txt"\n'
    'Content-Disposition: attachment; filename="trains.txt"\n\n{attached}\n--B--\n'
)


def message() -> str:
    from base64 import b64encode

    encode = lambda text: b64encode(text.encode()).decode()  # noqa: E731
    return MESSAGE.format(name=encode("هيئة الموانئ"), subject=encode("بيان"), text=SHIPS, attached=TRAINS)


def test_a_message_with_its_attachment(tmp_path: Path) -> None:
    body, attached = read(tmp_path / "x.eml", message())
    assert isinstance(body, Loaded)
    assert isinstance(attached, Loaded)
    assert (body.article.title, body.article.author, body.article.source) == ("بيان", "هيئة الموانئ", "ports.example")
    assert (body.article.text.strip(), body.article.published) == (SHIPS, date(2026, 3, 5))
    assert (attached.article.text.strip(), attached.article.published) == (TRAINS, date(2026, 3, 5))


def test_a_mailbox(tmp_path: Path) -> None:
    found = read(tmp_path / "x.mbox", f"From a\n{message()}\nFrom b\n{message().replace('1@x', '2@x')}")
    assert len({one.key for one in found if isinstance(one, Loaded)}) == 4


def test_a_page_saved_as_one_file(tmp_path: Path) -> None:
    html = page(f"<p>{TRAINS}</p><p>{TRAINS[::-1]}</p>", title="Trains")
    saved = (
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n--B\n"
        f"Content-Type: text/html; charset=utf-8\n\n{html}\n--B--\n"
    )
    (found,) = read(tmp_path / "x.mhtml", saved)
    assert found.article.text.startswith(TRAINS)  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feeds(tmp_path: Path, kind: str) -> None:
    rss = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>جريدة</title><item>'
        "<title>سفن</title><link>https://x/1</link><pubDate>Thu, 05 Mar 2026 23:30:00 +0300</pubDate>"
        f"<description>short</description><content:encoded><![CDATA[<p>{SHIPS}</p>]]></content:encoded></item></channel></rss>"
    )
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>جريدة</title><entry><id>1</id><title>سفن</title>'
        f'<link href="https://x/1"/><published>2026-03-05T23:30:00+03:00</published><content>{SHIPS}</content></entry></feed>'
    )
    (found,) = read(tmp_path / "feed.xml", rss if kind == "rss" else atom)
    assert isinstance(found, Loaded)
    a = found.article
    assert (a.title, a.text, a.source, a.url, a.published) == ("سفن", SHIPS, "جريدة", "https://x/1", date(2026, 3, 5))


def test_archives_hold_articles_and_archives(tmp_path: Path) -> None:
    inner = pack({"ar.txt": SHIPS, "picture.png": b"\x89PNG"})
    members: dict[str, str | bytes] = {
        "site/trains.html": page(f"<p>{TRAINS}</p><p>{TRAINS[::-1]}</p>", title="Trains"),
        "inner.zip": inner,
        "__MACOSX/._x.txt": "x",
        ".hidden.txt": "x",
        "README.md": "x",
        "../../outside.txt": TRAINS,
        "broken.pdf": b"%PDF-1.4 nothing",
    }
    found = read(tmp_path / "x.zip", pack(members))
    assert {one.key for one in found if isinstance(one, Loaded)} == {
        "site/trains.html", "inner.zip/ar.txt", "../../outside.txt",
    }  # fmt: skip
    (failure,) = [one for one in found if isinstance(one, Failure)]
    assert "x.zip/broken.pdf: damaged" in failure.reason
    assert [p.name for p in tmp_path.iterdir()] == ["x.zip"], "nothing is unpacked to disk"


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives(tmp_path: Path, mode: str) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo("a.txt")
        info.size, info.mtime = len(SHIPS.encode()), 1772668800
        archive.addfile(info, io.BytesIO(SHIPS.encode()))
        link = tarfile.TarInfo("b.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    name = "x.tar" + {"w": "", "w:gz": ".gz", "w:bz2": ".bz2", "w:xz": ".xz"}[mode]
    (found,) = read(tmp_path / name, stream.getvalue())
    assert (found.article.text, found.article.published) == (SHIPS, date(2026, 3, 5))  # type: ignore[union-attr]


def test_compressed_files(tmp_path: Path) -> None:
    html = page(f"<p>{SHIPS}</p><p>{SHIPS[::-1]}</p>", title="سفن")
    assert texts(read(tmp_path / "x.html.gz", gzip.compress(html.encode())))[0].startswith(SHIPS)
    assert "cannot be unpacked" in read(tmp_path / "y.txt.gz", b"\x1f\x8b" + b"x" * 50)[0].reason  # type: ignore[union-attr]


@pytest.mark.parametrize("content", ["pdf", "page"])
def test_the_content_tells_the_format_where_the_name_lies(tmp_path: Path, content: str) -> None:
    if content == "pdf":
        (found,) = read(tmp_path / "x.html", (DATA / "pdf" / "ports-en.pdf").read_bytes())
        assert "container traffic" in found.article.text  # type: ignore[union-attr]
    else:
        (found,) = read(tmp_path / "x.pdf", page(f"<p>{TRAINS}</p><p>{TRAINS[::-1]}</p>", title="Trains"))
        assert found.article.text.startswith(TRAINS)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name",
    ["x.docx", "x.odt", "x.pptx", "x.epub", "x.xlsx", "x.pdf", "x.zip", "x.tar", "x.tgz", "x.html.gz", "x.json",
     "x.xml", "x.eml", "x.mbox", "x.mhtml", "x.csv", "x.jsonl", "x.html"],
)  # fmt: skip
@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe garbage \x9d" * 30, b"PK\x03\x04" + b"\x00" * 40])
def test_what_is_damaged_is_one_line_that_names_it(tmp_path: Path, name: str, content: bytes) -> None:
    found = read(tmp_path / name, content)
    assert all(isinstance(one, Failure) for one in found) or name.endswith(("eml", "mbox"))
    for one in found:
        if isinstance(one, Failure):
            assert name.removesuffix(".gz") in one.reason
            assert "\n" not in one.reason
            assert "Traceback" not in one.reason
