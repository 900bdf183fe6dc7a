"""Guards: "this week", أمس and منذ يناير become days; what only tells of a date does not."""

from datetime import date

import pytest

from rag.period import Period, find_period, resolve_days

TODAY = date(2026, 11, 26)  # a Thursday


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("ماذا حدث أمس؟", date(2026, 11, 25), TODAY),
        ("what happened yesterday in the strait?", date(2026, 11, 25), TODAY),
        ("ما أخبار اليوم؟", TODAY, TODAY),
        ("كم سعر الذهب اليوم؟", TODAY, TODAY),
        ("ما أخبار القناة هذا الأسبوع؟", date(2026, 11, 21), TODAY),
        ("شو صار هالأسبوع؟", date(2026, 11, 21), TODAY),
        ("What did they say last week?", date(2026, 11, 14), date(2026, 11, 22)),
        ("ما الذي تقرر الشهر الماضي؟", date(2026, 10, 1), date(2026, 10, 31)),
        ("ما الذي تغيّر منذ يناير؟", date(2026, 1, 1), None),
        ("منذ ديسمبر كم سفينة عبرت؟", date(2025, 12, 1), None),
        ("منذ بداية عام 2025 كم سفينة عبرت؟", date(2025, 1, 1), None),
        ("ماذا جرى منذ ١٥ تشرين الثاني ٢٠٢٦؟", date(2026, 11, 15), None),
        ("How many ships have crossed since 3 March 2026?", date(2026, 3, 3), None),
        ("What is new over the past month?", date(2026, 10, 27), TODAY),
        ("news of the last 2 weeks", date(2026, 11, 12), TODAY),
        ("أخبار آخر أسبوعين", date(2026, 11, 12), TODAY),
        ("ماذا حدث في الأيام العشرة الماضية؟", date(2026, 11, 16), TODAY),
        ("كم بلغت الإيرادات العام الماضي؟", date(2025, 1, 1), None),
        ("What changed this year?", date(2026, 1, 1), TODAY),
    ],
)
def test_days_told_by_their_distance(question: str, since: date, until: date | None) -> None:
    assert find_period(question, TODAY) == Period(since, until)


@pytest.mark.parametrize(
    "question",
    [
        "كم منتخبًا يشارك في كأس العالم 2026؟",
        "How much electricity did data centres use in 2024?",
        "ما آخر أخبار القناة؟",
        "منذ متى تستخدم غوغل رقائق TPU؟",
        "هل اليوم العالمي للغة العربية مهم؟",
        "What has changed since the war began?",
        "How long did the last strike take?",
        "since 2031",
        "كم رغيفًا يبيع المخبز في اليوم؟",
    ],
)
def test_other_dates_are_no_days_of_publication(question: str) -> None:
    assert find_period(question, TODAY) is None


def test_distant_days_of_an_article_are_counted_from_its_own() -> None:
    assert resolve_days("He said yesterday that prices rose last year.", date(2026, 1, 1)) == [
        ("yesterday", date(2025, 12, 31)),
        ("last year", 2025),
    ]
    assert resolve_days("وبدأ العمل في العام الماضي وينتهي غدًا.", date(2026, 1, 31)) == [
        ("العام الماضي", 2025),
        ("غدًا", date(2026, 2, 1)),
    ]
    assert resolve_days("He said yesterday.", None) == []
