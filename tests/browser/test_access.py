"""Guards: no page breaks a rule of accessibility (WCAG 2, A and AA) in either language or theme; keys are enough."""

import json
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARABIC, ENGLISH, Open, ask

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {json.dumps(RULES)})")["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["ar", "en-US"])
@pytest.mark.parametrize("path", ["/", "/corpus", "/evaluation", "/settings"])
def test_no_page_breaks_a_rule(open_page: Open, path: str, locale: str, theme: str) -> None:
    page = open_page(locale, path, theme=theme)
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["ar", "en-US"])
def test_no_talk_breaks_a_rule(open_page: Open, locale: str, theme: str) -> None:
    page = open_page(locale, theme=theme)
    ask(page, ARABIC if locale == "ar" else ENGLISH)
    page.locator(".turn.answer a.mark").first.click()
    page.locator(".turn.answer button[data-do=like]").first.click()
    expect(page.locator(".note-form")).to_be_visible()
    page.locator(".also summary").click()
    page.locator(".filters summary").click()
    page.locator(".more summary").click()
    ask(page, "من يملك القمر؟" if locale == "ar" else "Who owns the moon?")
    expect(page.locator(".turn.abstained")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["ar", "en-US"])
def test_no_document_breaks_a_rule(open_page: Open, locale: str, theme: str) -> None:
    page = open_page(locale, "/settings", theme=theme)
    page.locator("select[name=theme]").select_option(theme)
    expect(page.locator(f"header.frame[data-theme={theme}]")).to_be_visible()
    page.goto(page.url.replace("/settings", "/article/ar-h200-orders?start=0&end=60"))
    expect(page.locator("mark")).to_be_visible()
    assert violations(page) == []


def test_a_question_is_asked_and_its_quote_read_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("en-US")
    page.keyboard.press("Tab")
    for _ in range(40):
        if page.evaluate("document.activeElement.matches('#question textarea')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(ENGLISH)
    page.keyboard.press("Enter")
    expect(page.locator(".talk[aria-busy=false] a.mark").first).to_be_visible()
    for _ in range(40):
        if page.evaluate("document.activeElement.matches('a.mark')"):
            break
        page.keyboard.press("Shift+Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("mark.chosen")).to_be_focused()


@pytest.mark.parametrize("locale", ["ar", "en-US"])
@pytest.mark.parametrize("path", ["/", "/corpus", "/evaluation", "/settings"])
def test_pages_work_at_twice_the_size(open_page: Open, path: str, locale: str) -> None:
    page = open_page(locale, path, width=640, height=430)  # 1280 × 860 at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
