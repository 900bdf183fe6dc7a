"""How many articles of each language there are over time, as a chart in SVG that runs in the page's direction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from html import escape

from rag.types import Language
from ui.strings import Locale

_WIDTH, _HEIGHT, _SIDE, _BELOW, _ABOVE = 960, 170, 32, 26, 20
_MOST_BARS = 40
_LANGUAGES: tuple[Language, ...] = ("ar", "en")


def render_timeline(articles: Iterable[tuple[date, Language]], locale: Locale) -> str:
    """Return bars of articles by month, or by year where the months are too many; "" for no article.

    Args:
        articles: the day and the language of each.
        locale: the interface's; in Arabic time runs from right to left.
    """
    dated = list(articles)
    if not dated:
        return ""
    first, last = min(day for day, _ in dated), max(day for day, _ in dated)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    yearly = months > _MOST_BARS
    start = first.year if yearly else first.year * 12 + first.month - 1
    bars = last.year - first.year + 1 if yearly else months
    counts = Counter(((day.year if yearly else day.year * 12 + day.month - 1) - start, tongue) for day, tongue in dated)
    highest = max(sum(counts[at, tongue] for tongue in _LANGUAGES) for at in range(bars))
    width = (_WIDTH - _SIDE - 10) / bars
    parts = []
    for at in range(bars):
        floor = float(_HEIGHT - _BELOW)
        for tongue in _LANGUAGES:
            height = (_HEIGHT - _BELOW - _ABOVE) * counts[at, tongue] / highest
            floor -= height
            left = _across(at * width + 1, width - 2, locale)
            parts.append(
                f'<rect class="bar {tongue}" x="{left:.1f}" y="{floor:.1f}" width="{max(width - 2, 1):.1f}" '
                f'height="{height:.1f}"/>'
            )
        if at % max(1, bars // 8) == 0:
            year, month = (start + at, 1) if yearly else divmod(start + at, 12)
            name = str(year) if yearly else f"{year}-{month + 1:02}"
            middle = _across(at * width + width / 2, 0, locale)
            parts.append(
                f'<text x="{middle:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{locale.in_digits(name)}</text>'
            )
    scale = _across(-6, 0, locale)
    anchor = "end" if locale.language == "en" else "start"
    parts.append(f'<text x="{scale:.1f}" y="{_ABOVE + 4}" text-anchor="{anchor}">{locale.number(highest)}</text>')
    label = locale.say("timeline_label", first=locale.date(first), last=locale.date(last))
    keys = "".join(
        f'<li class="{tongue}">{locale.html(f"in_{tongue}")} '
        f"({locale.number(sum(1 for _, other in dated if other == tongue))})</li>"
        for tongue in _LANGUAGES
    )
    return (
        f'<figure class="timeline" {locale.run}><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" direction="ltr" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg><figcaption><ul>{keys}</ul></figcaption></figure>'
    )


def _across(start: float, width: float, locale: Locale) -> float:
    """Return where something stands that begins at `start` on the way of time and is so wide."""
    return _WIDTH - _SIDE - start - width if locale.language == "ar" else _SIDE + start
