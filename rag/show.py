"""Answers, hits and reports → the terminal or one JSON object; the only module of `rag` that prints."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rag.clean import clean_article, removed_lines
from rag.index_report import Failure, IndexReport
from rag.language import detect_language
from rag.phrases import say_failed, say_period
from rag.progress import Progress, Step
from rag.types import Answer, Hit

if TYPE_CHECKING:
    from rag.evaluate import Comparison, Run
    from rag.load import Loaded
    from rag.summary import ArticleSummary

_DATED_BY = {
    "source": "the day that the file names",
    "text": "the day that the text names",
    "file": "the day on which the file was changed",
}
_RIGHT_TO_LEFT_ISOLATE, _END_OF_ISOLATE = "\u2067", "\u2069"


def use_utf8() -> None:
    """Write UTF-8 whatever the terminal's locale says: Arabic must not fail in a pipe or under `LANG=C`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


def tell_notes() -> None:
    """Show what the engine tells of its doing (`logging`) on stderr; what other libraries tell stays unsaid."""
    logger = logging.getLogger("rag")
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler())


def error(message: str) -> None:
    """Print one line to stderr."""
    _stderr().print(f"[bold red]sanad:[/] {escape(' '.join(message.split()))}", soft_wrap=True, highlight=False)


def note(message: str) -> None:
    """Print a line for the person at the terminal, to stderr."""
    _stderr().print(message, soft_wrap=True, highlight=False, markup=False)


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """Show a progress bar on stderr from the first call on; nothing where there is nothing to do."""
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    bar = Bar(*columns, console=_stderr())
    task, begun = None, time.monotonic()

    def advance(step: Step) -> None:
        nonlocal task
        if task is None:
            bar.start()
            task = bar.add_task(label, total=step.total, told="")
        told = f"{step.done:.0f} of {step.total}"
        if step.articles:
            rate = step.passages / max(time.monotonic() - begun, 0.001)
            told = f"{step.articles:,} articles, {step.passages:,} passages, {rate:.0f} a second"
        bar.update(task, completed=step.done, total=step.total, told=told)

    try:
        yield advance
    finally:
        if task is not None:
            bar.stop()


def index_report(report: IndexReport, *, as_json: bool) -> None:
    """Show what changed; each failed source with its reason."""
    if as_json:
        _print_json(report.to_dict())
        return
    parts = [
        f"{len(getattr(report, name))} {name}"
        for name in ("added", "changed", "unchanged", "removed", "copies", "failed")
    ]
    note(", ".join(part for part in parts if not part.startswith("0 ")) or "nothing to do")
    failures(report)


def failures(report: IndexReport) -> None:
    """Show each source that failed, on stderr."""
    for failure in report.failed:
        error(failure.reason)


def cleaning(loaded: Iterable[Loaded | Failure], *, as_json: bool) -> None:
    """Show what of a file is taken, and which of its lines are left out."""
    found: list[dict[str, Any]] = []
    for one in loaded:
        if isinstance(one, Failure):
            found.append({"failed": one.reason})
            continue
        removed = [*one.removed, *removed_lines(one.article.text)]
        found.append({"article": clean_article(one.article).to_dict(), "removed": removed})
    if as_json:
        _print_json({"articles": found})
        return
    console = Console(highlight=False)
    for each in found:
        if "failed" in each:
            error(each["failed"])
            continue
        article = each["article"]
        console.print(f"[bold]{escape(_isolate(article['title'], article['language']))}[/]")
        dated = f"{article['published']} ({_DATED_BY[article['dated_by']]})" if article["published"] else ""
        about = (dated, article["source"], article["author"], article["url"])
        console.print(f"[dim]{escape('  '.join(filter(None, about)))}[/]\n")
        console.print(escape(article["text"]))
        for line in each["removed"]:
            console.print(f"[red]- {escape(line)}[/]")
        console.print()


def articles(summaries: Sequence[ArticleSummary], *, as_json: bool) -> None:
    """Show a line for each article."""
    if as_json:
        _print_json({"articles": [summary.to_dict() for summary in summaries]})
        return
    table = Table("id", "language", "published", "source", "title", box=None, pad_edge=False)
    table.add_column("passages", justify="right")
    for s in summaries:
        row = (s.id, s.language, s.published.isoformat() if s.published else "", s.source, s.title, str(s.passages))
        table.add_row(*map(escape, row))
    Console().print(table)


def hits(found: Sequence[Hit], *, as_json: bool) -> None:
    """Show hits, best first."""
    if as_json:
        _print_json({"hits": [hit.to_dict() for hit in found]})
        return
    console = Console(highlight=False)
    for hit in found:
        passage = hit.passage
        console.print(
            f"[bold]{hit.rank}.[/] {escape(_isolate(passage.title, passage.language))}  [dim]{hit.score:.2f}[/]"
        )
        console.print(f"   [dim]{escape(_origin(hit))}[/]")
        if len(hit.sources) > 1 or hit.copies:
            also = ", ".join(_isolate(copy.source or copy.article_id, copy.language) for copy in hit.copies)
            console.print(f"   [dim]{len(hit.copies)} near-identical: {escape(also)}[/]")
        console.print(f"   {escape(_isolate(passage.text, passage.language))}")
        if hit.matches:
            _explain(console, hit)
        console.print()
    if not found:
        note("nothing found")


def _explain(console: Console, hit: Hit) -> None:
    """Show what each signal gave, and the words that were found."""
    signals = "  ".join(f"{name} {value:.2f}" for name, value in hit.signals.items())
    console.print(f"   [dim]{signals}[/]", soft_wrap=True)
    for match in hit.matches:
        found = "، ".join(match.found) if hit.passage.language == "ar" else ", ".join(match.found)
        asked = _isolate(match.asked, detect_language(match.asked))
        words = f"{escape(asked)} → {escape(_isolate(found, hit.passage.language))}"
        console.print(f"   [dim]{match.form:<10}[/] {words}", soft_wrap=True)


def answer(answers: Iterable[Answer], *, as_json: bool) -> None:
    """Show an answer as it grows, then its citations; or the last one as JSON."""
    last = None
    shown = ""
    for last in answers:
        if not as_json:
            if not last.text.startswith(shown):  # what was said is taken back: begin again on a new line
                sys.stdout.write("\n")
                shown = ""
            sys.stdout.write(last.text[len(shown) :])
            sys.stdout.flush()
            shown = last.text
    if last is None:
        return
    if as_json:
        _print_json(last.to_dict())
        return
    sys.stdout.write("\n")
    _footnotes(last)


def _footnotes(answer: Answer) -> None:
    """Show how an answer came about, its sources, and where there is none what came nearest."""
    for remark in (
        say_failed(answer.failed, answer.language),
        say_period(answer.since, answer.until, answer.language),
    ):
        if remark:
            note(_isolate(remark, answer.language))
    console = Console(highlight=False)
    for citation in answer.citations:
        passage = citation.passage
        console.print(f"\n[bold]\\[{citation.number}][/] {escape(_isolate(passage.title, passage.language))}")
        day = passage.published.isoformat() if passage.published else ""
        console.print(f"    [dim]{escape(' · '.join(filter(None, (passage.source, day, passage.article_id))))}[/]")
    if answer.abstained:
        for hit in answer.nearest:
            passage = hit.passage
            console.print(f"  [dim]~ {escape(_isolate(passage.title, passage.language))} ({escape(_origin(hit))})[/]")


def run(measured: Run, comparisons: Sequence[Comparison], *, as_json: bool) -> None:
    """Show the measures of an evaluation, a row each and a column for each language pair; then what moved."""
    from rag.evaluate.report import TABLE, format_measure

    if as_json:
        plain = {name: value for name, value in measured.to_dict().items() if name != "questions"}
        _print_json(plain | {"comparison": [asdict(c) for c in comparisons]})
        return
    columns = {"all": measured.measures, **(measured.by_pair if len(measured.by_pair) > 1 else {})}
    table = Table(box=None, pad_edge=False)
    table.add_column("measure", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", style="dim", no_wrap=True)
    for name in TABLE:
        if any(name in column for column in columns.values()):
            low, high = measured.intervals.get(name, (None, None))
            interval = f"{format_measure(low, name)}–{format_measure(high, name)}" if low is not None else ""
            table.add_row(name, *(format_measure(column.get(name), name) for column in columns.values()), interval)
    # Wide, but never cut: a line may wrap.
    Console(width=max(Console().width, Console(width=1000).measure(table).maximum)).print(table)
    for c in comparisons:
        moved = f"{format_measure(c.before, c.measure)} → {format_measure(c.after, c.measure)}"
        note(f"{'LOSS ' if c.is_loss else ''}{c.measure}: {moved}, p = {c.p:.3f} over {c.questions} questions")


def checked_claims(result: dict[str, Any], *, as_json: bool) -> None:
    """Show how many claims were judged rightly, by group; then those that were not."""
    if as_json:
        _print_json(result)
        return
    table = Table("group", box=None, pad_edge=False)
    table.add_column("claims", justify="right")
    table.add_column("accuracy", justify="right")
    table.add_row("all", str(result["claims"]), f"{result['accuracy']:.3f}")
    for name, group in (result["by_pair"] | result["by_group"]).items():
        table.add_row(name, str(group["claims"]), f"{group['accuracy']:.3f}")
    console = Console(highlight=False)
    console.print(table)
    for wrong in result["wrong"]:
        claim = _isolate(wrong["claim"], detect_language(wrong["claim"]))
        judged = f"{wrong['flaw'] or 'supported'} {wrong['words']}".strip()
        console.print(f"[dim]{escape(wrong['id'])}: {escape(judged)}[/]  {escape(claim)}", soft_wrap=True)


def findings(found: dict[str, Any], *, as_json: bool) -> None:
    """Show what `doctor` found, a line each."""
    if as_json:
        _print_json(found)
        return
    width = max(map(len, found))
    for name, value in found.items():
        Console(highlight=False).print(f"[bold]{name:<{width}}[/]  {escape(str(value))}", soft_wrap=True)


def _origin(hit: Hit) -> str:
    passage = hit.passage
    day = passage.published.isoformat() if passage.published else ""
    return " · ".join(filter(None, (passage.source, day, passage.id)))


def _isolate(text: str, language: str) -> str:
    """Keep an Arabic line's direction from reordering what stands around it."""
    return f"{_RIGHT_TO_LEFT_ISOLATE}{text}{_END_OF_ISOLATE}" if language == "ar" else text


def _stderr() -> Console:
    return Console(stderr=True)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
