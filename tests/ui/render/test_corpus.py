"""Guards: the list of articles counts, pages and names what it removes; a report tells each file that failed."""

from __future__ import annotations

import re
from datetime import date

import pytest

from rag.index_report import Failure, IndexReport
from rag.progress import Step
from rag.summary import ArticleSummary
from ui.render import (
    render_articles,
    render_corpus_tools,
    render_drop_zone,
    render_index_report,
    render_progress,
)
from ui.strings import Locale

AR, EN = Locale("ar"), Locale("en")


def listed(count: int) -> list[ArticleSummary]:
    return [ArticleSummary(f"id{n}", f"Title {n}", "en", date(2026, 1, 1), "Wire", 2) for n in range(count)]


@pytest.mark.parametrize(
    ("page", "titles", "ways"),
    [(0, ["0", "1", "2"], ["1"]), (1, ["3", "4", "5"], ["0", "2"]), (2, ["6"], ["1"])],
)
def test_each_part_of_the_list_leads_to_those_beside_it(page: int, titles: list[str], ways: list[str]) -> None:
    html = render_articles(listed(7), EN, page=page, size=3, total=7)
    assert re.findall(r">Title (\d)</a>", html) == titles
    assert re.findall(r'data-do="select" data-page="(-?\d+)"', html) == ways
    assert f"Page {page + 1} of 3" in html


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_one_part_has_no_ways(count: int) -> None:
    assert 'class="pager"' not in render_articles(listed(count), EN, page=0, size=3, total=count)


def test_all_that_is_found_is_counted_not_only_what_is_seen() -> None:
    assert "7 articles · 14 passages" in render_articles(listed(7), EN, page=0, size=3, total=7)
    assert "7 articles of 9 · 14 passages" in render_articles(listed(7), EN, page=0, size=3, total=9)
    assert "No article matches" in render_articles([], EN, page=0, size=3, total=9)


def test_what_removes_an_article_names_it_and_must_be_pressed_twice() -> None:
    html = render_articles(listed(2), EN, page=0, size=3, total=2)
    assert re.findall(r'data-do="delete" data-article="(\w+)" data-sure="Sure\?" aria-label="([^"]*)"', html) == [
        ("id0", "Remove from the index: Title 0"),
        ("id1", "Remove from the index: Title 1"),
    ]


def test_an_article_has_its_own_direction_and_where_it_has_no_title_its_id() -> None:
    html = render_articles([ArticleSummary("w1", "", "ar", None, "", 1)], EN, page=0, size=3, total=1)
    assert '<th scope="row" lang="ar" dir="rtl"><a href="/article/w1" target="_blank">w1</a></th>' in html
    assert "undated" in html
    assert "<svg" not in html, "there is no day to be drawn"


def test_the_search_holds_what_is_searched_for() -> None:
    html = render_corpus_tools(EN, ["Daily", "Wire"], search='say "hi"', language="ar", source="Wire")
    assert 'value="say &quot;hi&quot;"' in html
    assert re.findall(r'<option value="(\w*)" selected>', html) == ["ar", "Wire"]
    assert 'data-do="retry"' in html


def test_files_are_dropped_or_chosen_several_at_once() -> None:
    html = render_drop_zone(EN)
    assert 'data-drop="upload"' in html
    assert '<input type="file" multiple>' in html
    assert 'data-sending="Sending file"' in html


def test_a_report_counts_each_kind_of_change() -> None:
    report = IndexReport(("a",), ("b", "c"), removed=("d", "e", "f"))
    assert "1 article added; 2 articles changed; 3 articles removed</p>" in render_index_report(report, EN)
    assert 'class="failed"' not in render_index_report(report, EN)


@pytest.mark.parametrize(
    "reason",
    ["/private/files/b.md: not a text file", "/private/files/b.md, line 2: no end", "cannot read /private/files/b.md"],
)
def test_why_a_file_failed_names_no_folder(reason: str) -> None:
    html = render_index_report(IndexReport(failed=(Failure("/private/files/b.md", reason),)), EN)
    assert '<bdi class="file">b.md</bdi>: ' in html
    assert "private" not in html
    assert "Nothing has changed; 1 file could not be read:" in html


def test_a_files_name_and_failure_are_never_markup() -> None:
    hostile = "<script>x<script>.md"
    html = render_index_report(IndexReport(failed=(Failure(hostile, f"{hostile}: {hostile}"),)), EN)
    assert "<script" not in html + render_progress(Step(1, 2, hostile), EN)


def test_progress_of_nothing_is_no_division_by_it() -> None:
    assert '<progress max="1" value="0"' in render_progress(Step(0, 0, ""), EN)
