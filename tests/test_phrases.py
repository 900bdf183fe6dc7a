"""Guards: what the engine says itself is said in the asker's language, as an editor would write it."""

from datetime import date

from rag.phrases import say_day, say_missing, say_report


def test_a_report_says_who_and_when() -> None:
    day = date(2025, 1, 10)
    assert say_report("وكالة سند", day, "ar", newest=True) == "وكالة سند (10 يناير 2025، الأحدث): "
    assert say_report("Reuters", None, "en") == "Reuters: "
    assert say_report("", day, "en") == "10 January 2025: "
    assert say_report("", None, "en") == ""


def test_a_day_and_what_is_missing() -> None:
    assert say_day(date(2025, 8, 3), "ar") == "3 أغسطس 2025"
    assert say_missing("بنما", "ar") == "وأقربها إلى السؤال لا يذكر «بنما»."
    assert say_missing("Panama", "en") == "The nearest ones do not mention “Panama”."
