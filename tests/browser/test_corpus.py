"""Guards: an article is added, asked about, read in full, removed and told to be gone; what fails says why."""

import re

import pytest
from filelock import FileLock
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, Open, Served, ask

pytestmark = pytest.mark.browser

BRIDGE = """---
id: bridge
title: افتتاح جسر الوردة في مدينة النخيل
source: جريدة الجسر
language: ar
published: 2026-02-03
---

افتُتح جسر الوردة في مدينة النخيل يوم الثلاثاء بعد أعمال استمرت ست سنوات. وبلغت تكلفة الجسر 48 مليون دينار.
"""


def test_a_file_is_added_asked_about_read_removed_and_gone(open_page: Open) -> None:
    page = open_page("ar", "/corpus")
    expect(page.locator(".count")).to_contain_text("31 مقالًا")
    page.set_input_files(
        ".drop input",
        [
            {"name": "bridge.md", "mimeType": "text/markdown", "buffer": BRIDGE.encode()},
            {"name": "broken.md", "mimeType": "text/markdown", "buffer": b"---\ntitle: [\n---\n\nText.\n"},
        ],
    )
    report = page.locator(".report")
    expect(report).to_contain_text("أُضيف مقال واحد؛ تعذّرت قراءة ملف واحد:")
    expect(report.locator("li")).to_contain_text("broken.md")
    expect(report.locator("li")).to_contain_text("the front matter does not parse")
    assert "/" not in report.locator("li").inner_text()
    expect(page.locator(".count")).to_contain_text("32 مقالًا")
    row = page.locator("tr", has_text="جسر الوردة")
    expect(row).to_contain_text("3 فبراير 2026")

    page.get_by_role("link", name="المحادثة").click()
    ask(page, "كم بلغت تكلفة جسر الوردة؟")
    expect(page.locator(".turn.answer")).to_contain_text("48 مليون دينار")
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="اقرأ المقال كاملًا").first.click()
    article = opening.value
    expect(article.locator("mark#quote")).to_contain_text("48 مليون دينار")
    expect(article.locator("mark#quote")).to_be_in_viewport()
    expect(article.locator("h1")).to_have_text("افتتاح جسر الوردة في مدينة النخيل")

    page.get_by_role("link", name="المقالات", exact=True).click()
    remove = page.get_by_role("button", name="أزل من الفهرس: افتتاح جسر الوردة")
    remove.click()
    remove.click()
    expect(page.locator(".report")).to_have_text("أُزيل «افتتاح جسر الوردة في مدينة النخيل» من الفهرس؛ لم يُمسّ ملفه.")
    expect(row).to_have_count(0)
    page.get_by_role("link", name="المحادثة").click()
    ask(page, "كم بلغت تكلفة جسر الوردة؟")
    expect(page.locator(".turn.answer")).not_to_contain_text("48 مليون دينار")
    article.reload()
    expect(article.locator("h1")).to_have_text("لا يوجد هذا المقال في الفهرس، وقد يكون أُزيل منه.")


def test_the_list_is_searched_in_any_spelling_and_filtered(open_page: Open) -> None:
    page = open_page("ar", "/corpus")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(31)
    page.get_by_label("ابحث في العناوين").fill("الامريكيه")
    expect(rows).not_to_have_count(31)
    expect(rows.first).to_contain_text("الأمريكية")
    page.get_by_label("ابحث في العناوين").fill("لا شيء كهذا")
    expect(page.locator(".articles .hint")).to_have_text("لا مقال يطابق بحثك.")
    page.get_by_label("ابحث في العناوين").fill("")
    page.get_by_label("لغة المقال").select_option("en")
    expect(page.locator(".count")).to_contain_text("16 مقالًا من أصل 31")
    expect(page.locator(".timeline svg")).to_have_attribute("aria-label", re.compile("عدد المقالات عبر الزمن"))


def test_reading_the_files_again_says_what_changed(open_page: Open) -> None:
    page = open_page("en-US", "/corpus")
    page.get_by_role("button", name="Read the files again").click()
    expect(page.locator(".report")).to_contain_text("Nothing has changed")


def test_a_busy_index_says_so_and_answers_go_on(open_page: Open, served: Served) -> None:
    page = open_page("ar", "/corpus")
    with FileLock(served.index / "writer.lock"):
        page.get_by_role("button", name="أعد قراءة الملفات").click()
        expect(page.locator("#report [role=alert]")).to_have_text(
            "يُحدَّث الفهرس الآن؛ انتظر حتى ينتهي ذلك ثم أعد المحاولة."
        )
        page.get_by_role("link", name="المحادثة").click()
        ask(page, "كم منتخبًا يشارك في كأس العالم 2026؟")
        expect(page.locator(".turn.answer")).to_contain_text("48")


def test_a_question_set_is_measured_and_two_runs_are_compared(open_page: Open) -> None:
    page = open_page("ar", "/evaluation")
    for runs in (1, 2):
        page.get_by_label("عدد الأسئلة").select_option("10")
        page.get_by_role("button", name="ابدأ القياس").click()
        expect(page.get_by_label("القياس المعروض").locator("option")).to_have_count(runs, timeout=60_000)
    expect(page.locator("table.measures")).to_contain_text("الاقتباسات بحرفها")
    expect(page.locator("table.measures")).to_contain_text("100%")
    expect(page.locator(".charts svg")).not_to_have_count(0)
    other = page.get_by_label("قارنه بـ").locator("option").last.get_attribute("value")
    page.get_by_label("قارنه بـ").select_option(other)
    expect(page.locator("table.compared")).to_contain_text("لا فرق")
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="التقرير الكامل").click()
    expect(opening.value.locator("h1").first).to_be_visible()


def test_a_pdf_is_dropped_and_its_page_is_cited(open_page: Open) -> None:
    page = open_page("ar", "/corpus")
    page.set_input_files(".drop input", [str(ROOT / "tests" / "data" / "pdf" / "ports-ar.pdf")])
    expect(page.locator(".report")).to_contain_text("أُضيف مقال واحد", timeout=60_000)
    page.get_by_role("link", name="المحادثة").click()
    ask(page, "كم حاوية بلغت حركة ميناء المرسى في الربع الأول من 2026؟")
    expect(page.locator(".turn.answer")).to_contain_text("418 ألف حاوية")
    card = page.locator(".evidence.current .card").first
    expect(card.locator(".origin").first).to_contain_text(re.compile("ص. [12]"))  # it is told on both
    expect(card.locator(".origin").first).to_contain_text("تاريخ الملف")
    page.get_by_role("link", name="المقالات", exact=True).click()
    remove = page.get_by_role("button", name="أزل من الفهرس: ميناء المرسى")
    remove.click()
    remove.click()
    expect(page.locator(".report")).to_contain_text("أُزيل «ميناء المرسى")


@pytest.mark.parametrize(
    ("address", "told"),
    [("file:///etc/passwd", "هذا ليس عنوانًا على الويب"), ("http://127.0.0.1:9/", "which is not allowed")],
)
def test_an_address_that_may_not_be_fetched_is_told(open_page: Open, address: str, told: str) -> None:
    page = open_page("ar", "/corpus")
    box = page.get_by_label("أو عنوان صفحة على الويب")
    box.fill(address)
    box.press("Enter")
    expect(page.locator("#report")).to_contain_text(told)
