"""Figures of the parts ↔ speed.json; figures → speed.md, with a plot beside each table that has one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.machine import describe_machine
from tests.benchmarks.options import Figures
from tests.benchmarks.parts import TITLES, open_part
from tests.benchmarks.plan import Assumptions, write_plan

_FIGURES, _REPORT = "speed.json", "speed.md"


def record(folder: Path, part: str, figures: Figures, spent: float) -> None:
    """Put what a part measured into the file of figures, in place of what it measured before."""
    folder.mkdir(parents=True, exist_ok=True)
    when = datetime.now(UTC).isoformat(timespec="minutes")
    known = read(folder) | {
        part: {"machine": describe_machine(), "made": when, "minutes": spent / 60, "figures": figures}
    }
    (folder / _FIGURES).write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")


def read(folder: Path) -> dict[str, Figures]:
    """Return what was recorded: part → `machine`, `made`, `minutes` it took, `figures`."""
    path = folder / _FIGURES
    known: dict[str, Figures] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return known


def write_report(folder: Path) -> str:
    """Write tables and plots of all that was recorded; return the text."""
    known = read(folder)
    measured = {part: one["figures"] for part, one in known.items() if "skipped" not in one["figures"]}
    text = render(known, {part: open_part(part).plots(figures, folder) for part, figures in measured.items()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _REPORT).write_text(text, encoding="utf-8")
    return text


def render(known: Mapping[str, Figures], plots: Mapping[str, list[Path]]) -> str:
    """Return the report in Markdown.

    Args:
        known: as `read` returns it.
        plots: files of the parts, which lie beside the report.
    """
    lines = ["# Benchmarks", "", "Medians of rounds; ratios are medians of the ratios within each round."]
    for part, title in TITLES.items():
        if part not in known:
            continue
        one = known[part]
        lines += ["", f"## {title}", "", f"{one['machine']}; {one['made']}, {one['minutes']:.1f} minutes."]
        if "skipped" in one["figures"]:
            lines += ["", f"Not measured: {one['figures']['skipped']}."]
            continue
        lines += open_part(part).tables(one["figures"])
        for path in plots.get(part, []):
            lines += ["", f"![{title}: {path.stem}]({path.name})"]
    lines += ["", "## The plan on paper"]
    lines += write_plan({part: one["figures"] for part, one in known.items()}, Assumptions())
    return "\n".join(lines) + "\n"
