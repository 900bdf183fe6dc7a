"""Guards: the filters say what is chosen, offer what can be, and tell what cannot."""

from datetime import date

import pytest

from rag.filter import Filter
from ui.render import render_filters
from ui.render.filters import say_filter
from ui.strings import Locale

AR, EN = Locale("ar"), Locale("en")


@pytest.mark.parametrize(
    ("only", "said"),
    [
        (Filter(), ""),
        (Filter("ar"), "in Arabic"),
        (Filter(source="Wire"), "Wire"),
        (Filter("en", source="Wire"), "in English · Wire"),
        (Filter(since=date(2026, 1, 1)), "Articles since 1 January 2026"),
    ],
)
def test_what_is_chosen_is_said_in_words(only: Filter, said: str) -> None:
    assert say_filter(only, EN) == said


def test_both_ends_of_a_period_are_said_in_the_pages_digits() -> None:
    said = say_filter(Filter(since=date(2026, 1, 1), until=date(2026, 2, 3)), Locale("ar", "arabic"))
    assert "١ يناير ٢٠٢٦" in said
    assert "٣ فبراير ٢٠٢٦" in said


def test_the_form_holds_what_is_chosen() -> None:
    html = render_filters(Filter("en", date(2026, 1, 1), date(2026, 2, 3), "Wire"), ["Daily", "Wire"], EN)
    assert html.count(" selected>") == 2
    assert '<option value="en" selected>' in html
    assert '<option value="Wire" selected>' in html
    assert 'name="since" type="date" value="2026-01-01"' in html
    assert 'name="until" type="date" value="2026-02-03"' in html
    assert 'data-do="clear"' in html


def test_where_nothing_is_chosen_all_are_searched() -> None:
    html = render_filters(Filter(), ["Wire"], EN)
    assert html.count('<option value="" selected>All</option>') == 2
    assert 'data-do="clear"' not in html
    assert " open>" not in html
    assert " open>" in render_filters(Filter(), ["Wire"], EN, opened=True)


def test_a_problem_is_read_aloud_and_what_was_written_stays() -> None:
    only = Filter(since=date(2026, 2, 1), until=date(2026, 1, 1))
    html = render_filters(only, [], AR)
    assert '<p class="problem" role="alert">يبدأ المدى بعد نهايته؛ صحّح أحد التاريخين.</p>' in html
    assert 'value="2026-02-01"' in html
    assert 'value="2026-01-01"' in html


def test_a_source_is_never_markup() -> None:
    hostile = '"><script>x</script>'
    html = render_filters(Filter(source=hostile), [hostile], EN)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 3  # beside the name, as value, as words


def test_that_a_question_is_being_edited_is_told_with_the_way_out() -> None:
    html = render_filters(Filter(), [], AR, editing=True)
    assert "تعدّل سؤالك الأخير؛ سيحلّ الجديد محلّه." in html
    assert 'data-do="undo"' in html
    assert "undo" not in render_filters(Filter(), [], AR)
