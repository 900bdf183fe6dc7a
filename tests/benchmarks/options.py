"""Command line → what is to be measured, and how long."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANGUAGES = ("ar", "en")
Figures = dict[str, Any]
"""What a part measured, as it is written to JSON."""


@dataclass(frozen=True)
class Options:
    """What is to be measured.

    Attributes:
        xquad: folder with xquad.ar.json and xquad.en.json.
        news: folder or file of articles, whose indexing is watched; None leaves that out.
        out: folder for the figures, tables and plots.
        sizes: passages of the index as it grows, ascending.
        among: passages of the index that ten people ask.
        seconds: how long one person asks, and then ten.
        asked: questions of a round.
        warm: questions before the clock.
        repeats: rounds.
        step: of the question sets, every so many-th question is asked.
    """

    xquad: Path
    news: Path | None = None
    out: Path = Path(__file__).parent / "output"
    sizes: tuple[int, ...] = (1000, 5000, 20_000, 50_000, 100_000, 200_000)
    among: int = 5000
    seconds: float = 60.0
    asked: int = 48  # with three rounds of six sizes, no question of XQuAD is asked twice
    warm: int = 300
    repeats: int = 3
    step: int = 1

    def xquad_file(self, language: str) -> Path:
        """Return the file of questions and paragraphs in a language."""
        return self.xquad / f"xquad.{language}.json"


def read_options(parts: Sequence[str], about: str) -> tuple[Options, list[str]]:
    """Return what the command line says, and which of the parts it names: all when it names none."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=about)
    default = Options(Path())
    parser.add_argument("xquad", type=Path, help="folder with xquad.ar.json and xquad.en.json")
    parser.add_argument("--parts", nargs="+", choices=parts, default=list(parts), metavar="PART", help=", ".join(parts))
    parser.add_argument("--news", type=Path, help="folder or file of articles: the memory that indexing takes")
    parser.add_argument("--out", type=Path, default=default.out, help="folder for figures, tables, plots")
    parser.add_argument("--sizes", type=int, nargs="+", default=default.sizes, help="passages of the growing index")
    parser.add_argument("--among", type=int, default=default.among, help="passages of the index that ten people ask")
    parser.add_argument("--seconds", type=float, default=default.seconds, help="how long one asks, and then ten")
    parser.add_argument("--asked", type=int, default=default.asked, help="questions of a round")
    parser.add_argument("--warm", type=int, default=default.warm, help="questions before the clock")
    parser.add_argument("--repeats", type=int, default=default.repeats, help="rounds")
    parser.add_argument("--step", type=int, default=default.step, help="ask every so many-th question of the sets")
    values = vars(parser.parse_args())
    chosen = values.pop("parts")
    values["sizes"] = tuple(sorted(values["sizes"]))
    options = Options(**values)
    for language in LANGUAGES:
        if not options.xquad_file(language).is_file():
            parser.error(f"{options.xquad} does not hold xquad.{language}.json")
    if options.news and not options.news.exists():
        parser.error(f"{options.news} is not there")
    return options, [part for part in parts if part in chosen]
