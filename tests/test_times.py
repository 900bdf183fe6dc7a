"""Guards: seasons, parts of the day and single spans of time are found in both languages; look-alikes are not."""

import pytest

from rag.facts import has_time, read_facts
from rag.times import find_times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("أُرجئ الإطلاق من الربيع إلى فصل الشتاء", ["spring", "winter"]),
        ("وبالصيف وللخريف", ["summer", "autumn"]),
        ("put off until next fall, after the fall of the city", ["autumn"]),
        ("في 3 ربيع الأول", []),
        ("صباحَ الأحد، بعد الظهر، منتصفَ الليل", ["morning", "noon", "evening"]),
        ("ظهر الرجل في العصر الحديث", []),
        ("from 9 p.m. to 7am", ["noon", "evening", "morning"]),
        ("تدوم الحملة شهراً، ثم سنة واحدة", ["month", "year"]),
        ("ثمانية عشر شهراً، وثلاثين أسبوعاً، و85 عاماً", []),
        ("It lasted for a week and took one year; for a year and a half, a little over a year", ["week", "year"]),
    ],
)
def test_times_are_found(text: str, expected: list[str]) -> None:
    assert [time.value for time in find_times(text)] == expected


@pytest.mark.parametrize(
    ("claim", "passage", "said"),
    [
        ("تنتهي قبل الصيف", "It ends before the summer.", True),
        ("تنتهي قبل الصيف", "It ends before the spring.", False),
        ("تنتهي قبل الصيف", "It ends in July.", True),
        ("عاد مساء الأحد", "He was back by 9 pm on Sunday.", True),
        ("عاد مساء الأحد", "He was back on Sunday morning.", False),
        ("لن يستغرق أكثر من سنة واحدة", "لن يتجاوز عاماً ونصف العام", False),
        ("لن يستغرق أكثر من سنة واحدة", "It will take no more than 12 months.", True),
        ("It lasted for a month.", "استمرت ثلاثة أسابيع", False),
        ("It lasted for a month.", "استمرت شهراً", True),
    ],
)
def test_a_time_is_said_where_no_other_of_its_kind_stands_in_its_place(claim: str, passage: str, said: bool) -> None:
    [time] = read_facts(claim).times
    assert has_time(time, read_facts(passage)) is said
