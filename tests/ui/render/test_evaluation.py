"""Guards: a run tells only what was measured, each in its unit, and what went wrong with the reason."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rag.evaluate import Comparison, Run
from ui.render import render_evaluation_tools, render_run
from ui.render.evaluation import MEASURES
from ui.strings import Locale

AR, EN = Locale("ar"), Locale("en")


def a_record(**fields: Any) -> dict[str, Any]:
    return {
        "id": "1", "question": "Who?", "language": "en", "answerable": True, "relevant": ["a"], "abstained": False,
        "ranking": [{"article": "b", "rank": 1}], "answers": ["Ann", "Bob"], "answer": "Eve.", "confidence": 0.9,
        "milliseconds": 10.0,
    } | fields  # fmt: skip


def a_run(*records: dict[str, Any], **measures: float | None) -> Run:
    return Run("", {}, {}, {}, {"questions": float(len(records))} | measures, {}, {}, {}, {}, list(records))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"answerable": False, "relevant": [], "answers": []}, "Answered, though the articles do not say:"),
        ({"abstained": True, "ranking": []}, "Did not answer, though the articles do:"),
        ({}, "The right article was not first:"),
    ],
)
def test_what_went_wrong_is_told_with_its_reason(fields: dict[str, Any], why: str) -> None:
    html = render_run(a_run(a_record(**fields)), EN)
    assert why in html
    assert html.count('<ol class="misses"><li>') == 1
    assert ("Wanted: <bdi>Ann, Bob</bdi>" in html) is bool(a_record(**fields)["answers"])


def test_where_nothing_went_wrong_that_is_said() -> None:
    html = render_run(a_run(a_record(ranking=[{"article": "a", "rank": 1}])), EN)
    assert "Nothing went wrong." in html
    assert "1 question</p>" in html


def test_only_what_was_measured_is_told() -> None:
    html = render_run(a_run(**{"success@1": 0.5, "false_answers": None, "AP": 0.7}), EN)
    assert re.findall(r'<th scope="row">([^<]*)</th><td>([^<]*)</td>', html) == [("Right article first", "50%")]


def test_every_measure_has_its_name_and_unit_in_both_languages() -> None:
    run = a_run(**dict.fromkeys(MEASURES, 1.0))
    for locale in (AR, EN):
        html = render_run(run, locale)
        assert html.count('<th scope="row">') == len(MEASURES)
        assert "_" not in "".join(re.findall(r'<th scope="row">([^<]*)</th>', html))
    figures = re.findall(r"<td>([^<]*)</td>", render_run(run, EN))
    assert set(figures) == {"1.00", "100%", "1\u00a0ms"}


def test_the_full_report_is_offered_where_it_is_kept() -> None:
    assert 'href="/run/20260101T000000-mine"' in render_run(a_run(), EN, name="20260101T000000-mine")
    assert "/run/" not in render_run(a_run(), EN)


def test_a_measure_of_which_less_is_better_is_worse_when_it_grows() -> None:
    told = [Comparison("false_answers", 10, 0.1, 0.5, 0.01), Comparison("success@1", 10, 0.1, 0.5, 0.01)]
    html = render_run(a_run(), EN, comparisons=told)
    assert re.findall(r"<td>(worse|better)</td></tr>", html) == ["worse", "better"]
    assert "<td>0.100</td><td>0.500</td>" in html


def test_nothing_from_a_question_set_is_markup() -> None:
    hostile = '"><script>x</script>'
    record = a_record(question=hostile, answer=hostile, answers=[hostile])
    html = render_run(a_run(record), EN, name=hostile)
    assert "<script" not in html
    assert "<script" not in render_evaluation_tools(EN, [(hostile, hostile)], [(hostile, hostile)], folder=hostile)
    assert "<script" not in render_evaluation_tools(EN, [], [], folder=hostile)


def test_a_run_is_offered_for_comparison_with_every_other() -> None:
    runs = [("r1", "One"), ("r2", "Two"), ("r3", "Three")]
    html = render_evaluation_tools(AR, [("s", "Set")], runs, shown="r2", other="r3")
    [shown, other] = re.findall(r'<select name="(?:shown|other)">(.*?)</select>', html)
    assert re.findall(r'value="(\w*)"( selected)?', shown) == [("r1", ""), ("r2", " selected"), ("r3", "")]
    assert re.findall(r'value="(\w*)"( selected)?', other) == [("", ""), ("r1", ""), ("r3", " selected")]


def test_where_no_run_was_kept_there_is_none_to_choose() -> None:
    html = render_evaluation_tools(EN, [("s", "Set")], [])
    assert 'data-do="submit" data-manual="1"' in html
    assert 'name="shown"' not in html
