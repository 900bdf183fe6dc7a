"""Guards: a number, an ordinal or a date counts as said in whatever form it is said, and no other does."""

import pytest

from rag.facts import has_date, has_number, has_ordinal, read_facts


@pytest.mark.parametrize(
    ("claim", "text", "said"),
    [
        ("1.7 tonnes", "1700 كيلوغرام", True),
        ("90 minutes", "ساعة ونصف", True),
        ("18 months", "سنة ونصف السنة", True),
        ("3 km", "3 أمتار", False),
        ("the 200m race", "سباق 200 متر", True),
        ("$200m", "200 دولار", False),
        ("children under five", "أطفال دون الخامسة", True),
        ("children under six", "أطفال دون الخامسة", False),
        ("أرباحاً تقارب ٢١٣ مليوناً", "212.6 million", True),
    ],
)
def test_numbers(claim: str, text: str, said: bool) -> None:
    [number] = read_facts(claim).numbers
    assert has_number(number, read_facts(text)) == said


@pytest.mark.parametrize(
    ("claim", "text", "said"),
    [
        ("for the seventh time", "للمرة السابعة", True),
        ("for the seventh time", "للمرة الخامسة", False),
        ("the seventeenth stage", "المرحلة 17", True),
    ],
)
def test_ordinals(claim: str, text: str, said: bool) -> None:
    [ordinal] = read_facts(claim).ordinals
    assert has_ordinal(ordinal, read_facts(text)) == said


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("15 August", "بين ١ و١٥ أغسطس"),
        ("١٥ أيلول ٢٠٢٤", "12 ربيع الأول 1446هـ الموافق 15 سبتمبر 2024م"),
        ("غرة المحرم ١٤٤٧هـ", "1 Muharram 1447"),
        ("10 ديسمبر", "الجمعة 6 كانون الأول. وستُستأنف في العاشر من الشهر نفسه."),
    ],
)
def test_dates(claim: str, text: str) -> None:
    said = read_facts(claim)
    assert said.dates
    assert all(has_date(day, read_facts(text), None) for day in said.dates)
