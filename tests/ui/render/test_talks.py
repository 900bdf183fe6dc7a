"""Guards: each talk of the list can be opened, renamed, exported and deleted, and none is markup."""

import re
from datetime import datetime

from ui.render import render_talks, render_talks_tools
from ui.strings import Locale
from ui.types import TalkSummary

AR, EN = Locale("ar"), Locale("en")
DAY = datetime(2026, 1, 16)
HOSTILE = '"><script>x</script>'
TALKS = [TalkSummary("a1", "من أعلن؟", DAY), TalkSummary("b2", "", DAY), TalkSummary("c3", "Third", DAY)]


def test_every_action_names_its_own_talk() -> None:
    html = render_talks(TALKS, "c3", EN)
    for do in ("select", "edit", "delete"):
        assert re.findall(rf'data-do="{do}" data-talk="(\w+)"', html) == ["a1", "b2", "c3"], do
    assert re.findall(r'href="/talk/(\w+)\.md"', html) == ["a1", "b2", "c3"]
    assert re.findall(r'href="/talk/(\w+)" target', html) == ["a1", "b2", "c3"]


def test_only_the_open_talk_is_marked() -> None:
    assert re.findall(r'<li aria-current="true">.*?data-talk="(\w+)"', render_talks(TALKS, "c3", EN)) == ["c3"]
    assert "aria-current" not in render_talks(TALKS, "", EN)


def test_what_opens_the_menu_names_the_talk() -> None:
    html = render_talks(TALKS, "", AR)
    assert 'aria-label="خيارات المحادثة: من أعلن؟"' in html
    assert 'aria-label="خيارات المحادثة: بلا عنوان"' in html


def test_titles_and_ids_are_never_markup() -> None:
    html = render_talks([TalkSummary(HOSTILE, HOSTILE, DAY)], HOSTILE, EN)
    assert "<script" not in html
    assert 'value="&quot;&gt;&lt;script&gt;' in html


def test_an_empty_list_says_why_it_is_empty() -> None:
    assert "No talks yet." in render_talks([], "", EN)
    assert "No talk holds what you search for." in render_talks([], "", EN, searched=True)


def test_above_the_list_one_can_begin_and_search() -> None:
    html = render_talks_tools(AR, kept=True)
    assert 'data-do="clear"' in html
    assert '<form data-do="input" role="search">' in html
    assert 'name="search" type="search"' in html
    assert "للقراءة فقط" in render_talks_tools(AR, kept=False)
