"""The command line: `sanad …`, or `python -m rag …`. What a command needs is loaded when it runs."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import rag
from rag import show
from rag.access import keys, users
from rag.errors import SanadError, SettingsError
from rag.options import AsJson, IndexFolder, open_existing
from rag.saving import backup, restore
from rag.serving import chat, mcp, serve

app = typer.Typer(
    no_args_is_help=True,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Language = Annotated[str | None, typer.Option(help="Search articles of this language only: ar or en.")]
Source = Annotated[str | None, typer.Option(help="Search articles of this source only.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, such as 2026-01-31.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; the one place where errors become one line and an exit code: 1, or 2 for wrong usage."""
    show.use_utf8()
    try:
        app(arguments)
    except (SettingsError, ValueError) as error:
        show.error(str(error))
        sys.exit(2)
    except SanadError as error:
        show.error(str(error))
        sys.exit(1)


def run() -> None:
    """Run the command line and end the process; what was loaded is not taken apart first, which takes half a second."""
    show.tell_notes()
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Ask a collection of news articles, in Arabic or English; every statement cites its passage."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"sanad {installed('sanad-rag')}")
        raise typer.Exit


@app.command()
def index(
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|URL]...", help="Files, folders, patterns; pages, feeds, sitemaps."),
    ] = None,
    sync: Annotated[bool, typer.Option("--sync", help="Remove articles whose files are gone from these.")] = False,
    fields: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=NAME", help="Which column of a table holds what: --map title=العنوان"),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on: bring it in step whenever a file changes.")] = False,
    cleaning: Annotated[
        Path | None,
        typer.Option("--show-cleaning", metavar="FILE", help="Show what is taken of a file; index nothing."),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option("--ray", metavar="auto|ADDRESS", help="Read and encode on all machines of a Ray cluster."),
    ] = None,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring the index in step with files and pages; without any, with all that were indexed before."""
    from rag.load import load_articles, read_columns

    columns = read_columns(fields or [])
    if cleaning:
        show.cleaning(load_articles(cleaning, columns), as_json=as_json)
        return
    settings = rag.Settings(index=index, encoder_threads=1 if ray else None)  # a task of the cluster has one core
    target = rag.open_index(settings, ray)
    try:
        with show.progress("indexing") as progress:
            if places:
                report = target.add(*places, sync=sync, fields=columns, progress=progress)
            elif target.exists:
                report = target.refresh(progress)
            else:
                report = target.add(settings.sources, progress=progress)
        show.index_report(report, as_json=as_json)
        if watch:
            from rag.watch import watch as watching

            show.note("watching; end with Ctrl-C")
            for report in watching(target):
                show.index_report(report, as_json=as_json)
    except KeyboardInterrupt:
        show.note("stopped; what was read so far is kept, go on with: sanad index")
        raise typer.Exit(130) from None
    if report.failed:
        raise typer.Exit(1)


@app.command()
def articles(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """List what is indexed."""
    settings = rag.Settings(index=index)
    show.articles(open_existing(settings).index.articles(), as_json=as_json)


@app.command()
def remove(article_ids: Annotated[list[str], typer.Argument(metavar="ID...")], index: IndexFolder = None) -> None:
    """Remove articles from the index; their files stay."""
    report = rag.open_index(rag.Settings(index=index)).remove(*article_ids)
    show.index_report(report, as_json=False)


@app.command()
def search(
    query: str,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    language: Language = None,
    since: Day = None,
    until: Day = None,
    source: Source = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say for each hit why it was found.")] = False,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Find passages."""
    from rag.pipeline import check_question

    only = _filter(language, since, until, source)
    check_question(query)
    hits = open_existing(rag.Settings(index=index)).search(query, k, explain=explain, **only)
    show.hits(hits, as_json=as_json)


@app.command()
def ask(
    question: str,
    language: Language = None,
    since: Day = None,
    until: Day = None,
    source: Source = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help='The day that "this week" or "أمس" are counted from.')
    ] = None,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with citations; JSON to a pipe."""
    from rag.pipeline import check_question

    only = _filter(language, since, until, source)
    check_question(question)
    answers = open_existing(rag.Settings(index=index)).stream(question, as_of=as_of and as_of.date(), **only)
    show.answer(answers, as_json=as_json or not sys.stdout.isatty())


for _command in (chat, serve, mcp, backup, restore):
    app.command()(_command)
app.add_typer(users, name="users")
app.add_typer(keys, name="keys")


@app.command(name="eval")
def evaluate(
    questions: Annotated[list[Path], typer.Argument(help="Question sets: JSONL, or JSON in SQuAD's format.")],
    corpus: Annotated[
        list[Path] | None,
        typer.Option(help="What is asked: files to index, article JSONL, or SQuAD-format JSON.  [may be repeated]"),
    ] = None,
    mixed: Annotated[bool, typer.Option("--mixed", help="Ask the question files' own articles too.")] = False,
    holdout: Annotated[
        bool,
        typer.Option("--holdout", help="Ask again with what answers each question, and its subject, taken out."),
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask this many of the questions, evenly spread.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for run.json and report.html.")] = None,
    compare: Annotated[
        Path | None, typer.Option(help="run.json of another run; exits with 1 on a significant loss.")
    ] = None,
    index: Annotated[
        Path | None, typer.Option("--index", help="Folder of the index; with a corpus, where it is made and kept.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure answers on a question set."""
    from rag.evaluate import compare_runs, read_run, write_report
    from rag.evaluate.session import measure

    other = read_run(compare) if compare else None
    with show.progress("indexing") as indexing, show.progress("asking") as asking:
        run = measure(
            rag.Settings(index=index),
            questions,
            corpus or [],
            mixed=mixed,
            holdout=holdout,
            limit=limit,
            keep=index is not None,
            progress=(indexing, asking),
        )
    comparisons = compare_runs(run, other) if other else []
    show.run(run, comparisons, as_json=as_json)
    if out:
        show.note(f"The report is {write_report(run, out, comparisons)}")
    if any(comparison.is_loss for comparison in comparisons):
        raise typer.Exit(1)


@app.command()
def check(
    claims: Annotated[Path, typer.Argument(metavar="FILE", help='JSONL: {"claim", "passage", "supported"} a line.')],
    as_json: AsJson = False,
) -> None:
    """Measure the claim checker on claims whose truth is known."""
    from rag.evaluate.claims import check_claims
    from rag.open import open_checker

    show.checked_claims(check_claims(claims, open_checker(rag.Settings())), as_json=as_json)


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend the index first, where it is wrong.")] = False,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say what is installed, which encoder and index are in use, and whether the index agrees with itself."""
    from rag.doctor import examine

    if repair:
        for line in rag.open_index(rag.Settings(index=index)).repair() or ["the index is in order: nothing to mend"]:
            show.note(line)
    show.findings(examine(rag.Settings(index=index)), as_json=as_json)


def _filter(language: str | None, since: datetime | None, until: datetime | None, source: str | None) -> Any:
    if language not in (None, "ar", "en"):
        raise ValueError(f"--language is {language!r}; it must be ar or en")
    return {"language": language, "since": since and since.date(), "until": until and until.date(), "source": source}


if __name__ == "__main__":
    run()
