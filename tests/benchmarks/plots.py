"""Figures → plots as SVG files, by matplotlib, which is loaded where something is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (7.0, 4.0)  # inches
_LINES = ("o-", "s--", "^-.", "D:", "v-")  # told apart without colours too


def lines(path: Path, series: Mapping[str, Sequence[tuple[float, float]]], y: str, *, bar: float | None = None) -> Path:
    """Draw lines over passages, which grow by factors, to a file; return it.

    Args:
        path: of the file.
        series: what a line is → its points.
        y: what is drawn upwards.
        bar: drawn across: what no line should exceed.
    """
    axes = _axes()
    for (name, points), style in zip(series.items(), _LINES, strict=False):
        axes.plot(*zip(*points, strict=True), style, label=name)
    if bar is not None:
        axes.axhline(bar, color="black", linewidth=1, linestyle=(0, (1, 2)), label=f"{bar:g}")
    axes.set_xscale("log")
    ticks = sorted({x for points in series.values() for x, _ in points})
    axes.set_xticks(ticks)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    axes.minorticks_off()
    axes.set_ylim(0, 1.1 * max(bar or 0, *(height for points in series.values() for _, height in points)))
    axes.set_xlabel("passages")
    return _save(axes, path, y)


def bars(path: Path, places: Sequence[str], groups: Mapping[str, Sequence[float]], y: str) -> Path:
    """Draw a bar of each group at each place to a file; return it."""
    axes = _axes()
    width = 0.8 / len(groups)
    for number, (name, heights) in enumerate(groups.items()):
        at = [place + (number - (len(groups) - 1) / 2) * width for place in range(len(places))]
        axes.bar(at, heights, width, label=name)
    axes.set_xticks(range(len(places)), places)
    return _save(axes, path, y)


def _axes() -> Axes:
    from matplotlib.figure import Figure

    axes: Axes = Figure(_SIZE, layout="constrained").subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", linewidth=0.4)
    return axes


def _save(axes: Axes, path: Path, y: str) -> Path:
    from matplotlib import rc_context

    axes.set_ylabel(y)
    figure = axes.get_figure(root=True)
    figure.legend(loc="outside upper left", ncols=2, frameon=False)
    with rc_context({"svg.hashsalt": path.stem}):  # the same figures make the same file
        figure.savefig(path, metadata={"Date": None})
    return path
