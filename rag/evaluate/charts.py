"""Numbers → small charts as SVG, for a page that needs nothing from elsewhere. Colours come from the page's style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 440, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 10, 34


def line_chart(series: Mapping[str, Sequence[tuple[float, float]]], x_label: str, *, title: str) -> Markup:
    """Return lines of y from 0 to 1 over a logarithmic x from 1."""
    last = max((x for points in series.values() for x, _ in points), default=1)
    spread = max(np.log(last), 1e-9)

    def place(x: float, y: float) -> tuple[float, float]:
        return _across(float(np.log(x) / spread)), _up(y)

    parts = [_frame([(y, f"{y:.1f}") for y in (0, 0.2, 0.4, 0.6, 0.8, 1.0)])]
    parts += [_tick(place(x, 0)[0], f"{x:g}") for x in (1, 3, 5, 10, 20, 50, 100) if x <= last]
    for number, (name, points) in enumerate(series.items()):
        path = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in points)
        parts.append(Markup('<polyline class="line c{}" points="{}"/>').format(number % 6, path))
        # At the bottom, on the right: curves that rise to 1 leave that corner free.
        parts.append(_legend(number, name, _WIDTH - 110, _HEIGHT - _BOTTOM - 10 - 15 * (len(series) - 1 - number)))
    return _svg(parts, x_label, title)


def histogram(series: Mapping[str, Sequence[float]], x_label: str, *, title: str, bins: int = 30) -> Markup:
    """Return bars of how many values fall where, one colour a series, each as a share of its own."""
    values = [value for some in series.values() for value in some]
    if not values:
        return Markup("")
    edges = np.linspace(min(values), max(values) + 1e-9, bins + 1)
    shares = {name: np.histogram(some, edges)[0] / max(len(some), 1) for name, some in series.items()}
    highest = max(float(share.max()) for share in shares.values()) or 1.0
    parts = [_frame([(y, f"{y * highest:.0%}") for y in (0, 0.5, 1.0)])]
    width = (_WIDTH - _LEFT - _RIGHT) / bins
    for number, (name, share) in enumerate(shares.items()):
        for place, value in enumerate(share):
            top = _up(float(value) / highest)
            parts.append(
                Markup('<rect class="bar c{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                    number % 6, _across(place / bins), top, width, _up(0) - top
                )
            )
        parts.append(_legend(number, f"{name} ({len(series[name])})", _LEFT + 10, _TOP + 12 + 15 * number))
    parts += [_tick(_across(at), f"{edges[0] + at * (edges[-1] - edges[0]):.3g}") for at in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return _svg(parts, x_label, title)


def _across(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _up(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)


def _frame(ticks: Sequence[tuple[float, str]]) -> Markup:
    lines = []
    for y, label in ticks:
        lines.append(
            Markup(
                '<line class="grid" x1="{0}" x2="{1}" y1="{2:.1f}" y2="{2:.1f}"/>'
                '<text class="tick" x="{3}" y="{4:.1f}" text-anchor="end">{5}</text>'
            ).format(_LEFT, _WIDTH - _RIGHT, _up(y), _LEFT - 5, _up(y) + 4, label)
        )
    return Markup("").join(lines)


def _tick(x: float, label: str) -> Markup:
    return Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
        x, _HEIGHT - _BOTTOM + 14, label
    )


def _legend(number: int, name: str, x: int, y: int) -> Markup:
    return Markup(
        '<rect class="bar c{}" x="{}" y="{}" width="10" height="10"/><text class="key" x="{}" y="{}">{}</text>'
    ).format(number % 6, x, y - 9, x + 15, y, name)


def _svg(parts: Sequence[Markup], x_label: str, title: str) -> Markup:
    label = Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
        (_WIDTH + _LEFT) / 2, _HEIGHT - 4, x_label
    )
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>').format(
        _WIDTH, _HEIGHT, escape(title), Markup("").join(parts), label
    )
