"""Figures → tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, after an empty one."""
    lines = ["", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return lines + ["| " + " | ".join(cells) + " |" for cells in rows]


def show(value: float, digits: int = 1) -> str:
    """Return a figure with so many decimals, its thousands apart."""
    return f"{value:,.{digits}f}"
