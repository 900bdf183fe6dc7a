"""Pictures of every page, in both languages, three widths, light and dark: `make screenshots` writes and looks at them.

Not among the tests that `make test` runs; each picture is still held to the rule that no page scrolls sideways.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ARABIC, ENGLISH, Open, ask, shoot

pytestmark = pytest.mark.browser

WIDTHS = {390: 844, 820: 1100, 1440: 900}
NOWHERE = {"ar": "من يملك القمر؟", "en-US": "Who owns the moon?"}
QUESTION = {"ar": ARABIC, "en-US": ENGLISH}


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.mark.parametrize("locale", ["ar", "en-US"])
def test_every_page_is_shot(open_page: Open, locale: str, width: int, theme: str) -> None:
    page = open_page(locale, width=width, height=WIDTHS[width], theme=theme)
    end = f"{locale[:2]}-{width}-{theme}"
    keep(page, f"first-{end}")
    ask(page, QUESTION[locale])
    page.locator(".turn.answer a.mark").first.hover()
    page.wait_for_timeout(200)
    keep(page, f"answer-{end}")
    talk = page.url.split("talk=")[1]
    ask(page, NOWHERE[locale])
    page.wait_for_timeout(200)
    keep(page, f"abstention-{end}")
    if page.locator("[data-toggle=talks]").is_visible():
        page.click("[data-toggle=talks]")
    page.locator(".more summary").click()
    page.wait_for_timeout(200)
    keep(page, f"talks-{end}")
    page.keyboard.press("Escape")
    base = page.url.split("/?")[0]
    for name in ("corpus", "settings", "evaluation"):
        page.goto(f"{base}/{name}")
        page.wait_for_selector("html[data-ready]")
        if name == "evaluation" and not page.locator("table.measures").count():
            page.locator("select[name=limit]").select_option("25")
            page.locator("button[type=submit]").click()
            expect(page.locator("table.measures")).to_be_visible(timeout=60_000)
        page.wait_for_timeout(300)
        keep(page, f"{name}-{end}")
    page.goto(f"{base}/article/{'ar' if locale == 'ar' else 'en'}-h200-orders?start=0&end=120#quote")
    keep(page, f"article-{end}")
    page.goto(f"{base}/talk/{talk}")
    keep(page, f"print-{end}")


def keep(page: Page, name: str) -> None:
    shoot(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name  # type: ignore[index]
