"""Guards: lists, forms, charts and reports say what they are given, in the page's words and direction, escaped."""

import re
from datetime import UTC, date, datetime

import pytest

from rag.evaluate import Comparison, Run
from rag.filter import Filter
from rag.index_report import Failure, IndexReport
from rag.progress import Step
from rag.summary import ArticleSummary
from ui.preferences import Preferences
from ui.render import (
    render_articles,
    render_corpus_tools,
    render_evaluation_tools,
    render_filters,
    render_index_report,
    render_notice,
    render_progress,
    render_run,
    render_settings,
    render_talks,
    render_talks_tools,
)
from ui.render.filters import say_filter
from ui.render.plot import render_timeline
from ui.strings import Locale
from ui.types import TalkSummary

AR, EN = Locale("ar"), Locale("en")
HOSTILE = '"><script>x</script>'


def listed(number: int, language: str = "ar", **fields: object) -> ArticleSummary:
    values: dict[str, object] = {"published": date(2026, 1, 1 + number), "source": "Wire"} | fields
    return ArticleSummary(f"id/{number}", f"Title {number}", language, passages=2, **values)  # type: ignore[arg-type]


def test_filters_are_said_beside_their_name_and_unfold_for_a_problem() -> None:
    only = Filter("en", date(2026, 1, 1), None, "Wire")
    html = render_filters(only, ["Daily", "Wire"], AR)
    assert "<bdi>بالإنجليزية · Wire · المقالات المنشورة منذ 1 يناير 2026</bdi>" in html
    assert '<option value="Wire" selected>' in html
    assert 'type="date" value="2026-01-01"' in html
    assert '<details class="filters" lang="ar" dir="rtl">' in html
    assert " open>" in render_filters(Filter(since=date(2026, 1, 2), until=date(2026, 1, 1)), [], AR)
    assert 'data-do="clear"' not in render_filters(Filter(), [], AR)
    assert say_filter(only, Locale("ar", "arabic")).endswith("منذ ١ يناير ٢٠٢٦")


def test_the_open_talk_is_marked_and_every_talk_can_be_deleted_in_two_steps() -> None:
    talks = [TalkSummary("a", HOSTILE, datetime.now(UTC)), TalkSummary("b", "", datetime.now(UTC))]
    html = render_talks(talks, "b", EN)
    assert HOSTILE not in html
    assert html.count("<li") == 2
    assert '<li aria-current="true"><button type="button" class="talk-title" data-do="select" data-talk="b"' in html
    assert ">Untitled</button>" in html
    assert html.count('data-sure="Press again to delete"') == 2
    assert "No talk holds" in render_talks([], "", EN, searched=True)
    assert "read-only" in render_talks_tools(EN, kept=False)
    assert "read-only" not in render_talks_tools(EN, kept=True)


def test_articles_are_counted_paged_and_escaped() -> None:
    found = [listed(number) for number in range(7)]
    html = render_articles(found, AR, page=1, size=3, total=9)
    assert "7 مقالات من أصل 9 · 14 مقطعًا" in html
    assert re.findall(r"Title (\d)</a>", html) == ["3", "4", "5"]
    assert "صفحة 2 من 3" in html
    assert 'href="/article/id%2F3"' in html
    hostile = ArticleSummary(HOSTILE, HOSTILE, "en", None, HOSTILE, 1)
    shown = render_articles([hostile], EN, page=0, size=3, total=1)
    assert "<script" not in shown
    assert "undated" in shown
    assert "No article matches" in render_articles([], EN, page=0, size=3, total=1)
    assert "No articles yet" in render_articles([], EN, page=0, size=3, total=0)
    assert "<script" not in render_corpus_tools(EN, [HOSTILE], search=HOSTILE)


def test_a_report_counts_and_names_failed_files_without_their_folders() -> None:
    failed = Failure("/home/me/secret/b.md", "/home/me/secret/b.md, line 2: no closing line")
    html = render_index_report(IndexReport(("a",), ("b", "c"), failed=(failed,)), AR)
    assert "أُضيف مقال واحد؛ حُدّث مقالان؛ تعذّرت قراءة ملف واحد:" in html
    assert "secret" not in html
    assert "line 2: no closing line" in html
    assert "Nothing has changed" in render_index_report(IndexReport(unchanged=("a",)), EN)


def test_progress_and_notices() -> None:
    html = render_progress(Step(3, 12, HOSTILE), Locale("ar", "arabic"))
    assert "قُرئ ٣ من ١٢:" in html
    assert '<progress max="12" value="3"' in html
    assert "<script" not in html + render_notice(HOSTILE, EN, wrong=True)
    assert 'role="alert"' in render_notice("x", EN, wrong=True)


def test_time_runs_in_the_direction_of_the_page() -> None:
    articles = [(date(2025, 1, 5), "ar"), (date(2025, 3, 5), "en"), (date(2025, 3, 9), "ar")]
    bars = {}
    for locale in (AR, EN):
        html = render_timeline(articles, locale)  # type: ignore[arg-type]
        found = re.findall(r'<rect class="bar (\w+)" x="([\d.]+)" y="[\d.]+" width="[\d.]+" height="([\d.]+)"', html)
        bars[locale.language] = [(float(x), float(h)) for tongue, x, h in found if tongue == "ar" and float(h)]
    (january, low), (march, high) = bars["en"]
    assert january < march
    assert low == pytest.approx(high)
    assert bars["ar"][0][0] > bars["ar"][1][0]
    assert "بالعربية (2)" in render_timeline(articles, AR)  # type: ignore[arg-type]
    assert render_timeline([], AR) == ""


def test_many_months_become_years() -> None:
    html = render_timeline([(date(1990, 1, 1), "ar"), (date(2020, 1, 1), "ar")], EN)
    assert ">1990</text>" in html
    assert html.count("<rect") == 62


def a_run(**measures: float | None) -> Run:
    record = {
        "id": "1", "question": HOSTILE, "language": "en", "answerable": True, "relevant": ["a"], "abstained": True,
        "ranking": [], "answers": ["yes"], "answer": "No.", "confidence": 0.2, "milliseconds": 10.0,
    }  # fmt: skip
    return Run("", {}, {}, {}, {"questions": 1.0} | measures, {}, {}, {}, {}, [record])


def test_a_run_shows_its_figures_and_what_went_wrong() -> None:
    html = render_run(a_run(false_refusals=1.0, question_ms_p95=12.4, quoted_sentences=1.5, f1=0.2), AR, name="n")
    assert "<td>100%</td>" in html
    assert "12\u00a0م.ث" in html
    assert "<td>1.50</td>" in html
    assert "لم يُجب، وفي المقالات جواب:" in html
    assert 'href="/run/n"' in html
    assert "<script" not in html
    assert "No run yet" in render_run(None, EN)


def test_two_runs_side_by_side_say_which_is_better() -> None:
    told = (
        Comparison("success@1", 10, 0.9, 0.5, 0.01),
        Comparison("false_refusals", 10, 0.5, 0.1, 0.01),
        Comparison("AP", 10, 0.5, 0.6, 0.5),
    )
    html = render_run(a_run(), EN, comparisons=told)
    assert re.findall(r"<td>(worse|better|no more than chance)</td>", html) == [
        "worse",
        "better",
        "no more than chance",
    ]


def test_what_can_be_measured_is_offered_and_a_run_is_not_compared_with_itself() -> None:
    html = render_evaluation_tools(EN, [("s", "Samples")], [("r1", "One"), ("r2", "Two")], shown="r1", other="")
    assert html.count('value="r1"') == 1
    assert html.count('value="r2"') == 2
    assert "<code dir=ltr>/x</code>" in render_evaluation_tools(EN, [], [], folder="/x")


def test_settings_offer_the_reader_only_where_there_is_a_model() -> None:
    facts = [("fact_index", HOSTILE, "RAG_INDEX")]
    without = render_settings(Preferences("ar", "arabic"), facts, model="")
    assert 'name="reader"' not in without
    assert "RAG_MODEL=" in without
    assert '<option value="5" selected>٥</option>' in without
    assert "<script" not in without
    with_model = render_settings(Preferences("en"), facts, model="qwen3:8b")
    assert "The language model qwen3:8b" in with_model
    assert "RAG_MODEL=" not in with_model
