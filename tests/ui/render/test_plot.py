"""Guards: the timeline has a bar for every month, stacked by language, labelled in the page's digits."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest

from rag.types import Language
from ui.render.plot import render_timeline
from ui.strings import Locale

AR, EN = Locale("ar"), Locale("en")
Bar = tuple[str, float, float, float, float]  # language, x, y, width, height


def bars(html: str) -> list[Bar]:
    found = re.findall(
        r'<rect class="bar (\w+)" x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/>', html
    )
    return [(tongue, float(x), float(y), float(w), float(h)) for tongue, x, y, w, h in found]


def on(*days: str, language: Language = "ar") -> list[tuple[date, Language]]:
    return [(date.fromisoformat(day), language) for day in days]


def test_months_without_an_article_have_their_place() -> None:
    html = render_timeline(on("2025-11-30", "2026-02-01"), EN)
    arabic = [bar for bar in bars(html) if bar[0] == "ar"]
    assert [height > 0 for *_, height in arabic] == [True, False, False, True]
    steps = [b[1] - a[1] for a, b in pairwise(arabic)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.11)
    assert re.findall(r">(\d{4}-\d{2})</text>", html) == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_a_month_is_as_high_as_its_articles_and_languages_stand_on_each_other() -> None:
    html = render_timeline([*on("2026-01-01", "2026-01-31", "2026-02-02"), *on("2026-01-15", language="en")], EN)
    (_, _, low, _, arabic), (_, _, high, _, english), (_, _, _, _, next_month), _ = bars(html)
    assert arabic == pytest.approx(2 * english, abs=0.11)
    assert next_month == pytest.approx(english, abs=0.11)
    assert high + english == pytest.approx(low, abs=0.11)
    assert ">3</text>" in html, "the scale tells the highest"


@pytest.mark.parametrize("locale", [AR, EN])
def test_every_bar_is_inside_the_picture(locale: Locale) -> None:
    html = render_timeline(on("2020-01-01", "2023-04-01"), locale)
    assert len(bars(html)) == 80, "two languages in forty months"
    for _, x, y, width, height in bars(html):
        assert x >= 0
        assert x + width <= 960
        assert y >= 0
        assert y + height <= 170


def test_one_month_more_than_there_is_room_for_makes_years() -> None:
    html = render_timeline(on("2020-01-01", "2023-05-01"), EN)
    assert len(bars(html)) == 8
    assert re.findall(r">(\d{4})</text>", html) == ["2020", "2021", "2022", "2023"]


def test_one_day_is_one_bar() -> None:
    html = render_timeline(on("2026-01-16"), AR)
    assert [height > 0 for *_, height in bars(html)] == [True, False]


def test_it_is_described_in_words_and_in_the_pages_digits() -> None:
    html = render_timeline(on("2025-11-30", "2026-02-01"), Locale("ar", "arabic"))
    assert 'role="img"' in html
    assert "من ٣٠ نوفمبر ٢٠٢٥ إلى ١ فبراير ٢٠٢٦" in html
    assert ">٢٠٢٥-١١</text>" in html
    assert "بالعربية (٢)" in html
    assert "بالإنجليزية (٠)" in html
