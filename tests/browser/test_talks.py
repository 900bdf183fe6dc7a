"""Guards: talks outlive reloads, are found, renamed, exported, deleted; language and digits change at once."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARABIC, ENGLISH, Open, Served, ask

pytestmark = pytest.mark.browser


def test_a_talk_goes_on_after_a_reload(open_page: Open) -> None:
    page = open_page("en-US")
    ask(page, ENGLISH)
    assert "talk=" in page.url
    page.reload()
    expect(page.locator(".turn.answer")).to_contain_text("Alibaba")
    page.locator(".turn.answer a.mark").first.click()
    expect(page.locator(".evidence.current mark.chosen")).to_contain_text("Alibaba")
    ask(page, "How much electricity did data centres use in 2024?")
    expect(page.locator(".turn.asked")).to_have_count(2)


def test_the_language_is_switched_mid_talk_and_remembered(open_page: Open) -> None:
    page = open_page("en-US")
    ask(page, ENGLISH)
    page.fill("#question textarea", "half a question")
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("#send")).to_have_text("اسأل")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir].join()") == "ar,rtl"
    expect(page.locator("#question textarea")).to_have_value("half a question")
    expect(page.locator(".turn.answer")).to_contain_text("Alibaba")
    expect(page.locator(".turn.answer .about")).to_contain_text("منقول من المقالات بنصّه")
    expect(page.locator(".evidence.current .origin").first).to_contain_text("16 يناير 2026")
    page.goto(page.url.split("/?")[0] + "/corpus")
    expect(page.locator("header.frame nav")).to_contain_text("الإعدادات")
    assert page.evaluate("document.documentElement.dir") == "rtl"


def test_talks_are_listed_searched_renamed_opened_and_deleted(open_page: Open) -> None:
    page = open_page("ar")
    ask(page, ARABIC)
    page.get_by_role("button", name="محادثة جديدة").click()
    expect(page.locator(".welcome")).to_be_visible()
    assert "talk=" not in page.url
    ask(page, "كم منتخبًا يشارك في كأس العالم 2026؟")
    talks = page.locator("ul.talks li")
    expect(talks).to_have_count(2)
    page.get_by_label("ابحث في المحادثات").fill("علي بابا")
    expect(talks).to_have_count(1)
    page.get_by_label("ابحث في المحادثات").fill("")
    expect(talks).to_have_count(2)
    page.locator(".more summary").last.click()
    name = page.locator(".more[open] input")
    name.fill("قضية الرقائق")
    name.press("Enter")
    expect(page.locator(".talk-title").last).to_have_text("قضية الرقائق")
    page.locator(".talk-title").last.click()
    expect(page.locator(".turn.answer")).to_contain_text("علي بابا")
    page.go_back()
    expect(page.locator(".turn.asked")).to_contain_text("كأس العالم")
    page.locator(".talk-title").last.click()
    expect(page.locator(".turn.answer")).to_contain_text("علي بابا")
    page.locator(".more summary").last.click()
    delete = page.locator(".more[open] button.danger")
    delete.click()
    expect(delete).to_have_text("اضغط ثانيةً لتأكيد الحذف")
    delete.click()
    expect(talks).to_have_count(1)
    expect(page.locator(".welcome")).to_be_visible()


def test_a_talk_is_exported_with_its_footnotes_and_only_to_its_visitor(open_page: Open) -> None:
    page = open_page("ar")
    ask(page, ARABIC)
    page.locator(".more summary").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="نزّلها بصيغة Markdown").click()
    text = downloading.value.path().read_text(encoding="utf-8")
    assert text.startswith("# ما الشركات")
    assert "[^1-1]" in text
    assert "\n[^1-1]: " in text
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="صفحة للطباعة").click()
    printed = opening.value
    expect(printed.locator("li blockquote").first).to_contain_text("علي بابا")
    expect(printed.locator("sup a").first).to_have_attribute("href", "#note-1-1")
    assert printed.evaluate("document.scripts.length") == 0
    stranger = open_page("ar")
    assert stranger.goto(printed.url).status == 404  # type: ignore[union-attr]
    expect(stranger.locator("h1")).to_have_text("لا توجد محادثة بهذا العنوان.")


def test_a_judged_answer_becomes_a_question_of_the_feedback_set(open_page: Open, served: Served) -> None:
    page = open_page("ar")
    ask(page, ARABIC)
    page.get_by_role("button", name="مفيد", exact=True).click()
    expect(page.get_by_role("button", name="مفيد", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("ملاحظة").fill("دقيق")
    page.get_by_label("ملاحظة").press("Enter")
    wanted = page.url.split("talk=")[1]

    def record() -> dict[str, object]:
        lines = (served.index / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
        return next(found for found in map(json.loads, lines) if found["id"] == f"{wanted}-1")

    wait_until(page, lambda: record().get("note") == "دقيق")
    assert record()["question"] == ARABIC
    assert record()["relevant"] == ["ar-h200-orders"]


def test_digits_theme_and_passages_are_chosen_in_the_settings(open_page: Open) -> None:
    page = open_page("ar", "/settings")
    page.get_by_label("الأرقام في الصفحات العربية").select_option("arabic")
    expect(page.get_by_label("أقصى عدد من المقاطع")).to_contain_text("٥")
    page.get_by_label("المظهر").select_option("dark")
    expect(page.locator("body.dark")).to_be_visible()
    expect(page.locator("table")).to_contain_text("RAG_INDEX")
    expect(page.locator(".hint")).to_contain_text("لا نموذج لغوي مُعدّ")
    page.get_by_role("link", name="المحادثة").click()
    expect(page.locator("body.dark .welcome")).to_contain_text("في الفهرس ٣١ مقالًا.")
    ask(page, ARABIC)
    expect(page.locator(".turn.answer a.mark").first).to_have_text("١")
    expect(page.locator(".evidence.current .origin").first).to_contain_text("١٦ يناير ٢٠٢٦")


def wait_until(page: Page, holds: object) -> None:
    for _ in range(50):
        try:
            if holds():  # type: ignore[operator]
                return
        except (OSError, StopIteration):
            pass
        page.wait_for_timeout(100)
    raise AssertionError("it never came to hold")
