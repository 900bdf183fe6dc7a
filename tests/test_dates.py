"""Guards: dates of both Arab traditions, English and Hijri, in words and figures; words that only look like months."""

from typing import Any

import pytest

from rag.dates import find_dates


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("في 7 تشرين الأول/أكتوبر 2022", [{"year": 2022, "month": 10, "day": 7}]),
        ("يوم الثلاثاء 12/3/2024", [{"weekday": 1}, {"year": 2024, "month": 3, "day": 12}]),
        (
            "on March 12, 2024; 2026-01-31",
            [{"year": 2024, "month": 3, "day": 12}, {"year": 2026, "month": 1, "day": 31}],
        ),
        ("12th of May", [{"month": 5, "day": 12}]),
        ("May was late; it may rain in May", [{"month": 5}]),
        ("مارس الرجل الرياضة في مارس", [{"month": 3}]),
        ("الخامس والعشرين من يناير", [{"month": 1, "day": 25}]),
        ("الثامن من كانون الأول/ديسمبر ٢٠٢٥", [{"year": 2025, "month": 12, "day": 8}]),
        ("وفي شباط من العام 2023", [{"year": 2023, "month": 2}]),
        ("in 2024, 2,024 ships and 5,150 megawatts", [{"year": 2024}]),
        ("في 1521، وعلى عمق 1500 متر", [{"year": 1521}]),
    ],
)
def test_parts(text: str, parts: list[dict[str, Any]]) -> None:
    assert [date.parts() for date in find_dates(text)] == parts


def test_hijri_dates_are_told_apart() -> None:
    hijri, gregorian = find_dates("9 رمضان 1445 هـ الموافق 19 مارس 2024")
    assert (hijri.hijri, hijri.parts()) == (True, {"year": 1445, "month": 9, "day": 9})
    assert (gregorian.hijri, gregorian.parts()) == (False, {"year": 2024, "month": 3, "day": 19})


def test_a_span_is_that_of_the_text() -> None:
    text = "افتُتح يوم الثلاثاء."
    [date] = find_dates(text)
    assert text[date.start : date.end] == "يوم الثلاثاء"
