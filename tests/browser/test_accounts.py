"""Guards: logging in and out in the browser, in both languages; and that no page runs what its policy forbids."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from rag.home import Home
from tests.browser.conftest import Open, ToldRag, _serving, ask
from tests.browser.test_access import violations
from ui.accounts import Accounts

pytestmark = pytest.mark.browser

PASSWORD = "سمك وحليب 2026"


@pytest.fixture(scope="module")
def guarded_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the pages to those with an account."""
    folder = tmp_path_factory.mktemp("guarded")
    accounts = Accounts(Home(folder))
    accounts.add_user("سارة", PASSWORD, "manage")
    accounts.add_user("omar", PASSWORD)
    with _serving(ToldRag(), folder) as address:
        yield address


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit]").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "wrong"), [("ar", "لا يتوافقان"), ("en-US", "do not belong together")])
def test_the_login_says_what_is_wrong_and_breaks_no_rule(open_login: Open, locale: str, wrong: str, theme: str) -> None:
    page = open_login(locale, "/corpus", theme=theme)
    expect(page).to_have_url(f"{page.url.partition('/login')[0]}/login?next=%2Fcorpus")
    assert page.evaluate("document.documentElement.dir") == ("rtl" if locale == "ar" else "ltr")
    assert violations(page) == []
    log_in(page, "سارة", "not this one")
    expect(page.locator(".problem")).to_contain_text(wrong)
    expect(page.locator("input[name=name]")).to_have_value("سارة")
    assert violations(page) == []
    page.get_by_role("link", name="English" if locale == "ar" else "العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "ltr" if locale == "ar" else "rtl")


def test_one_who_manages_logs_in_asks_and_leaves(open_login: Open) -> None:
    page = open_login("ar", "/corpus")
    log_in(page, "سارة")
    expect(page.locator(".drop")).to_be_visible()
    expect(page.locator("header.frame .leave bdi")).to_have_text("سارة")
    page.get_by_role("link", name="المحادثة").click()
    ask(page, "كم ارتفعت الأسهم؟")
    expect(page.locator(".turn.answer a.mark").first).to_be_visible()
    page.get_by_role("button", name="تسجيل الخروج").click()
    expect(page.locator("input[name=password]")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.locator("input[name=password]")).to_be_visible()


def test_one_who_only_asks_sees_no_way_to_change_the_articles(open_login: Open) -> None:
    page = open_login("en-US", "/corpus")
    log_in(page, "omar")
    expect(page.locator(".articles, .welcome").first).to_be_visible()
    expect(page.locator(".drop")).to_have_count(0)
    expect(page.locator("[data-do=delete], [data-do=retry]")).to_have_count(0)
    page.get_by_role("link", name="Evaluation").click()
    expect(page.locator(".tools .hint")).to_contain_text("for those who manage the articles")


def test_where_the_session_has_ended_the_page_leads_to_the_login(open_login: Open) -> None:
    page = open_login("en-US", "/")
    log_in(page, "omar")
    expect(page.locator("#question textarea")).to_be_visible()
    page.context.clear_cookies(name="sanad_session")
    page.locator("#question textarea").fill("Who rose?")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=password]")).to_be_visible()


def test_an_injected_script_is_not_run(open_login: Open) -> None:
    """As if something had slipped through what is escaped."""
    first = open_login("en-US", "/")
    log_in(first, "omar")
    page = first.context.new_page()  # of the first one, whatever its policy forbids fails the test
    page.goto(first.url)
    expect(page.locator("#question textarea")).to_be_visible()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.hacked = 1";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.hacked = 1">');
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None


@pytest.fixture
def open_login(open_page: Open, guarded_page: str) -> Open:
    """Open a page where nobody is logged in."""

    def open_one(locale: str, path: str, theme: str = "light") -> Page:
        return open_page(locale, path, theme=theme, of="guarded_page", drawn="main.login")

    return open_one
