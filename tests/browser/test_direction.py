"""Guards: lines that mix Arabic, Latin, numbers and marks are seen in the right order, by where each piece is drawn."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from rag.types import Answer, Citation
from tests.browser.conftest import Open
from tests.fakes import a_passage
from ui.render import render_talk
from ui.strings import Locale
from ui.types import Exchange

pytestmark = pytest.mark.browser

# A line, and pieces of it in the order in which they are read: from right to left in an Arabic line.
RIGHT_TO_LEFT = [
    ("ارتفع سهم Nvidia بنسبة 3.5% في 2026. [1]", ["سهم", "Nvidia", "بنسبة", "3.5%", "2026", "[1]"]),
    ("طلبت بكين رقائق H200 من Alibaba وTencent. [1][2]", ["رقائق", "H200", "من", "Alibaba", "وTencent", "[1]"]),
    ("قال (المتحدث) إن السعر 415 دولارًا. [1]", ["قال", "المتحدث", "إن", "415", "دولارًا"]),
    ("بلغت الحصة 45٪ (نحو النصف) عام ٢٠٢٤. [1]", ["الحصة", "45٪", "نحو", "النصف", "عام", "٢٠٢٤", "[1]"]),
    ("«مشروع Stargate UAE» بقدرة 5 غيغاواط. [2]", ["مشروع", "Stargate", "بقدرة", "5", "غيغاواط", "[2]"]),
    ("من 1,200 إلى 3,400 وحدة. [1]", ["من", "1,200", "إلى", "3,400", "وحدة", "[1]"]),
    ("النتيجة 2-1 لصالح FC Barcelona أمس. [1]", ["النتيجة", "لصالح", "FC", "أمس", "[1]"]),
    ("في 11 ديسمبر 2024، وليس قبل ذلك؟ [1]", ["في", "11", "ديسمبر", "2024", "وليس", "ذلك", "[1]"]),
    ("شركة TSMC (تايوان) أسسها Morris Chang. [1]", ["شركة", "TSMC", "تايوان", "أسسها", "Morris", "[1]"]),
    ("السعر: $15–20 للوحدة. [1]", ["السعر", "للوحدة", "[1]"]),
]
LEFT_TO_RIGHT = [
    ("The paper الشرق الأوسط said 3.5% on Monday. [1]", ["paper", "الأوسط", "said", "3.5%", "Monday", "[1]"]),
    ("Prices (in دينار) rose by 48 million. [1][2]", ["Prices", "in", "دينار", "rose", "48", "million", "[1]"]),
    ("It costs 415 ريال, officials said. [2]", ["costs", "ريال", "officials", "said", "[2]"]),
    ("“قناة السويس” reopened in 2026. [1]", ["السويس", "reopened", "2026", "[1]"]),
]

PLACE = """([root, piece]) => {
  const mark = /^\\[(\\d+)\\]$/.exec(piece);
  if (mark) {
    const link = [...root.querySelectorAll("a.mark")].find((a) => a.textContent === mark[1]);
    const box = link.getBoundingClientRect();
    return [box.left + box.width / 2, box.top, box.height];
  }
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const at = node.data.indexOf(piece);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + piece.length);
    const box = range.getBoundingClientRect();
    return [box.left + box.width / 2, box.top, box.height];
  }
}"""


def draw(page: Page, line: str, language: str) -> None:
    """Put the line into the open page as its answer is drawn there."""
    passage = a_passage("One.", "Two.", language=language)
    citations = tuple(Citation(n, s.text, passage, s.start, s.end) for n, s in enumerate(passage.sentences, start=1))
    answer = Answer("?", line, language, citations=citations)  # type: ignore[arg-type]
    html = render_talk([Exchange("?", answer, seconds=1.0)], Locale("ar"))
    page.evaluate("([html]) => document.querySelector('#talk').innerHTML = html", [html])


def places(page: Page, pieces: list[str]) -> Iterator[float]:
    line = page.locator(".turn.answer > p")
    for piece in pieces:
        across, _, height = page.evaluate(PLACE, [line.element_handle(), piece])
        assert height < 60, "the line is broken in two: make the page wider"
        yield across


@pytest.mark.parametrize(("line", "pieces"), RIGHT_TO_LEFT)
def test_arabic_lines_run_from_right_to_left(open_page: Open, line: str, pieces: list[str]) -> None:
    page = open_page("ar", width=1600, of="served_page")
    draw(page, line, "ar")
    seen = list(places(page, pieces))
    assert seen == sorted(seen, reverse=True), dict(zip(pieces, seen, strict=True))


@pytest.mark.parametrize(("line", "pieces"), LEFT_TO_RIGHT)
def test_english_lines_run_from_left_to_right(open_page: Open, line: str, pieces: list[str]) -> None:
    page = open_page("ar", width=1600, of="served_page")
    draw(page, line, "en")
    seen = list(places(page, pieces))
    assert seen == sorted(seen), dict(zip(pieces, seen, strict=True))


def test_marks_side_by_side_keep_their_order_in_arabic(open_page: Open) -> None:
    page = open_page("ar", width=1600, of="served_page")
    draw(page, "قيل ذلك مرتين. [1][2]", "ar")
    first, second = places(page, ["[1]", "[2]"])
    assert first > second
