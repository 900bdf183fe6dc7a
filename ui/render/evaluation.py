"""Question sets to choose, a run with its plots and misses, and two runs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from ui.render.markup import select
from ui.strings import Locale, run

if TYPE_CHECKING:  # what measures takes a while to load, and a server has other things to do first
    from rag.evaluate import Comparison, Run

MEASURES: Final = (
    "right_article_cited", "answer_in_text", "quotes_verbatim", "false_answers", "false_refusals", "success@1",
    "success@5", "claims_supported", "quoted_sentences", "first_words_ms_p50", "question_ms_p95",
)  # fmt: skip
"""What the page tells of a run; the full report has all."""

_RATES: Final = frozenset(MEASURES) - {"quoted_sentences", "first_words_ms_p50", "question_ms_p95"}
_MISSES = 20  # that are shown


def render_evaluation_tools(
    locale: Locale,
    sets: Sequence[tuple[str, str]],
    runs: Sequence[tuple[str, str]],
    *,
    shown: str = "",
    other: str = "",
    folder: str = "",
    managed: bool = True,
) -> str:
    """Return the choices of the page.

    Args:
        locale: the interface's.
        sets: question sets that are at hand, each its value and its name.
        runs: runs that were kept, the newest first, likewise.
        shown: the run that is shown.
        other: the run that it is compared with.
        folder: where question sets can be put.
        managed: whether who sees the page may ask them.
    """
    if not managed:
        start = f'<p class="hint">{locale.html("only_managers")}</p>'
    elif sets:
        limits = [("0", locale.say("all_questions")), *((str(n), locale.number(n)) for n in (10, 25, 100))]
        start = (
            f'<form data-do="submit" data-manual="1">{select("questions", locale.say("question_set"), sets, "")}'
            f"{select('limit', locale.say('how_many'), limits, '0')}"
            f'<button type="submit" class="primary">{locale.html("start_run")}</button></form>'
        )
    else:
        told = locale.say("no_question_set", folder="\0")
        start = f'<p class="hint">{escape(told).replace(chr(0), f"<code dir=ltr>{escape(folder)}</code>")}</p>'
    kept = ""
    if runs:
        none = ("", locale.say("no_other"))
        kept = (
            f'<form data-do="apply">{select("shown", locale.say("shown_run"), runs, shown)}'
            f"{select('other', locale.say('compare_with'), [none, *(r for r in runs if r[0] != shown)], other)}</form>"
        )
    return f'<div class="tools" {locale.run}>{start}{kept}</div>'


def render_run(run_: Run | None, locale: Locale, *, name: str = "", comparisons: Sequence[Comparison] = ()) -> str:
    """Return what a run found; `name` is the one it is kept under, for the way to its full report."""
    if run_ is None:
        return f'<p class="hint" {locale.run}>{locale.html("no_run")}</p>'
    from rag.evaluate.report import draw_charts, worst_misses

    figures = "".join(
        f'<tr><th scope="row">{escape(_name(measure, locale))}</th>'
        f"<td>{_figure(measure, run_.measures[measure], locale)}</td></tr>"
        for measure in MEASURES
        if run_.measures.get(measure) is not None
    )
    charts = "".join(f'<figure lang="en" dir="ltr">{chart}</figure>' for chart in draw_charts(run_))
    misses = worst_misses(run_.questions)[:_MISSES]
    listed = "".join(_miss(record, locale) for record in misses)
    missed = f'<ol class="misses">{listed}</ol>' if listed else f"<p>{locale.html('no_misses')}</p>"
    asked = locale.count("questions", int(run_.measures["questions"] or 0))
    report = f'<p><a href="/run/{escape(name)}" target="_blank">{locale.html("full_report")}</a></p>'
    return (
        f'<section class="run" {locale.run} aria-label="{locale.html("result")}">'
        f"<h2>{locale.html('result')}</h2><p>{escape(asked)}</p>{_compared(comparisons, locale)}"
        f'<table class="measures"><tbody>{figures}</tbody></table>{report if name else ""}'
        f'<div class="charts">{charts}</div><h2>{locale.html("misses")}</h2>{missed}</section>'
    )


def _compared(comparisons: Sequence[Comparison], locale: Locale) -> str:
    if not comparisons:
        return ""
    heads = "".join(f'<th scope="col">{locale.html(key)}</th>' for key in ("measure", "before", "after", "verdict"))
    rows = "".join(
        f'<tr><th scope="row">{escape(_name(c.measure, locale))}</th><td>{locale.number(c.before, 3)}</td>'
        f"<td>{locale.number(c.after, 3)}</td><td>{locale.html(_verdict(c))}</td></tr>"
        for c in comparisons
    )
    return (
        f'<h3>{locale.html("comparison")}</h3><table class="compared"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _name(measure: str, locale: Locale) -> str:
    return locale.say(f"measure_{measure.replace('@', '_at_')}")


def _verdict(comparison: Comparison) -> str:
    if comparison.is_loss:
        return "worse"
    if comparison.before == comparison.after:
        return "same"
    return "better_run" if comparison.is_gain else "no_difference"


def _figure(measure: str, value: float | None, locale: Locale) -> str:
    if value is None:
        return "–"
    if measure in _RATES:
        return escape(locale.percent(value))
    if measure.endswith(("_p50", "_p95")):
        return locale.html("milliseconds", n=locale.number(value))
    return escape(locale.number(value, 2))


def _miss(record: Mapping[str, Any], locale: Locale) -> str:
    what = "miss_made_up" if not record["answerable"] else "miss_refused" if record["abstained"] else "miss_wrong"
    wanted = "، ".join(record["answers"]) if locale.language == "ar" else ", ".join(record["answers"])
    right = f'<p class="note">{locale.html("wanted")}: <bdi>{escape(wanted)}</bdi></p>' if wanted else ""
    return (
        f"<li><p {run(record['language'])}><strong>{escape(record['question'])}</strong></p>"
        f'<p class="note">{locale.html(what)}</p><p dir="auto">{escape(record["answer"])}</p>{right}</li>'
    )
