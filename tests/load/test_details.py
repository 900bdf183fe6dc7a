"""Guards: what a source does not say of an article is told by its text, and what nothing tells is not made up."""

from datetime import date

import pytest

from rag.load.details import complete, parse_published
from rag.load.draft import Draft

DAY = date(2026, 3, 5)
TEXT = "وصلت السفينة الأولى إلى الميناء الجديد صباح الأحد، وكانت قد غادرت ميناءها في 1 شباط/فبراير 2026."


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05",
        "2026-03-05T23:30:00+03:00",
        "5/3/2026",
        "٥/٣/٢٠٢٦",
        "Thu, 05 Mar 2026 23:30:00 +0300",
        "March 5, 2026",
        "5 مارس 2026",
        "٥ آذار/مارس ٢٠٢٦",
        "الخميس 5 آذار 2026 - 10:30",
        "1772712000",
        "1772712000000",
        "5 مارس/آذار 2026",
    ],
)
def test_dates_as_sources_write_them(written: str) -> None:
    assert parse_published(written) == DAY


@pytest.mark.parametrize("written", ["", None, "soon", "2026-02-31", "مارس 2026", "12", "5 رمضان 1447"])
def test_what_is_no_day_is_none(written: object) -> None:
    assert parse_published(written) is None


@pytest.mark.parametrize(
    "text",
    [
        f"نُشر في 5 مارس 2026\n{TEXT}",
        f"عنوان\nنشر بتاريخ: ٥ آذار/مارس ٢٠٢٦\n{TEXT}",
        f"{TEXT}\nتاريخ النشر: 2026-03-05",
        f"Published: 5 March 2026\n{TEXT}",
        f"{TEXT}\nPosted on March 5, 2026",
        f"الخميس 5 مارس 2026 - 10:30 ص\n{TEXT}",
        f"سلمى عوّاد - 5 آذار 2026\n{TEXT}",
        f"Thursday, 5 March 2026\n{TEXT}",
        f"القاهرة 5 مارس 2026 (وكالة) - {TEXT}",
        f"PORT LARNE, March 5, 2026 (Agency) — {TEXT}",
    ],
)
def test_the_text_tells_its_day(text: str) -> None:
    article = complete(Draft(text, modified=date(2026, 11, 1)), "x.txt")
    assert (article.published, article.dated_by) == (DAY, "text")


@pytest.mark.parametrize(
    "text",
    [TEXT, f"قال الوزير إن المشروع بدأ في 5 مارس 2026 وإنه سينتهي بعد عامين من العمل المتواصل.\n{TEXT}",
     f"Published: 5 March 2999\n{TEXT}"],
)  # fmt: skip
def test_a_day_that_the_text_tells_of_is_not_its_own(text: str) -> None:
    article = complete(Draft(text, modified=date(2026, 11, 1)), "x.txt")
    assert (article.published, article.dated_by) == (date(2026, 11, 1), "file")
    assert complete(Draft(text), "x.txt").published is None


def test_what_the_source_says_comes_first() -> None:
    said = complete(Draft(f"نُشر في 1 مارس 2026\n{TEXT}", published="5/3/2026", author="هدى"), "x.txt")
    assert (said.published, said.dated_by, said.author) == (DAY, "source", "هدى")


@pytest.mark.parametrize(
    ("line", "author", "source"),
    [
        ("بقلم: سلمى عوّاد", "سلمى عوّاد", ""),
        ("By Mona Haddad", "Mona Haddad", ""),
        ("المصدر: وكالة الساحل", "", "وكالة الساحل"),
        ("Source: Coast Wire", "", "Coast Wire"),
        ("By the time the ship arrived it was late in the day already", "", ""),
    ],
)
def test_bylines_and_sources(line: str, author: str, source: str) -> None:
    article = complete(Draft(f"عنوان\n{line}\n{TEXT}"), "x.txt")
    assert (article.author, article.source) == (author, source)


def test_ids_are_of_the_source_or_of_its_name() -> None:
    assert complete(Draft(TEXT, id=" n1 "), "x.txt").id == "n1"
    one, other = complete(Draft(TEXT, key="1"), "a/x.txt").id, complete(Draft(TEXT, key="2"), "a/x.txt").id
    assert one != other
    assert one.startswith("x-")
    assert complete(Draft(TEXT, id="a\nb\x07" + "c" * 300), "x.txt").id.startswith("x-")
