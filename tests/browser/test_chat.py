"""Guards: what a person sees and does in the chat, in both languages, in a real browser over the real engine.

Over an engine that is told, what only that can show: an answer still growing, errors, quotes of one sentence.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OUTPUT, ToldRag

pytestmark = pytest.mark.browser

Open = Callable[..., Page]

ARABIC = "ما الشركات التي طلبت منها بكين الاستعداد لشراء رقائق H200؟"
ENGLISH = "Which companies did Beijing tell to prepare H200 orders?"


def ask(page: Page, question: str) -> None:
    before = page.locator(".turn.answer, .turn.problem").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.answer, .turn.problem")).to_have_count(before + 1)


def shoot(page: Page, name: str) -> Path:
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / f"{name}.png"
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)  # colours fade when the pointer leaves
    page.screenshot(path=path)
    return path


@pytest.mark.parametrize(
    ("locale", "question", "named", "name"),
    [("ar", ARABIC, "علي بابا", "chat-ar"), ("en-US", ENGLISH, "Alibaba", "chat-en")],
    ids=["ar", "en"],
)
def test_a_mark_leads_to_the_highlighted_quote(
    open_page: Open, locale: str, question: str, named: str, name: str
) -> None:
    page = open_page(locale)
    ask(page, question)
    page.click(".turn.answer a.mark >> nth=0")
    quote = page.locator(".evidence.current mark.chosen")
    expect(quote).to_contain_text(named)
    expect(quote).to_be_in_viewport()
    expect(page.locator(".evidence.current .card:has(mark.chosen) .origin")).to_contain_text("2026")
    assert quote.evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"
    direction = page.locator(".turn.answer").evaluate("e => getComputedStyle(e).direction")
    assert direction == ("rtl" if locale == "ar" else "ltr")
    assert shoot(page, name).stat().st_size > 10_000


def test_a_mark_works_by_keyboard(open_page: Open) -> None:
    page = open_page()
    ask(page, ARABIC)
    page.locator(".turn.answer a.mark").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".evidence.current mark.chosen")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_question_box_shows_its_edge_and_its_focus(open_page: Open, theme: str) -> None:
    page = open_page(of="served_page", theme=theme)
    box = page.locator("#question textarea")
    looks = "e => [getComputedStyle(e).borderTopColor, getComputedStyle(e).boxShadow].join()"
    box.focus()
    focused = box.evaluate(looks)
    box.blur()
    assert focused != box.evaluate(looks)
    assert "rgba(0, 0, 0, 0)" not in box.evaluate("e => getComputedStyle(e).borderTopColor")


def test_the_page_is_mirrored_in_arabic(open_page: Open) -> None:
    def starts(locale: str) -> tuple[float, float]:
        page = open_page(locale)
        return tuple(page.locator(c).bounding_box()["x"] for c in ("#talk-column", "#evidence-column"))  # type: ignore[index, return-value]

    talk, evidence = starts("ar")
    assert talk > evidence
    talk, evidence = starts("en-US")
    assert talk < evidence


def test_an_example_asks_itself_and_older_marks_bring_their_evidence_back(open_page: Open) -> None:
    page = open_page("en-US")
    page.get_by_role("button", name="How much electricity").click()
    expect(page.locator(".turn.answer")).to_have_count(1)
    expect(page.locator("#examples")).to_be_hidden()
    ask(page, ENGLISH)
    expect(page.locator(".evidence.current")).to_contain_text("Alibaba")
    page.locator(".turn.answer a.mark").first.click()
    expect(page.locator(".evidence.current mark.chosen")).to_contain_text("415 terawatt-hours")


def test_an_abstention_shows_what_came_nearest(open_page: Open) -> None:
    page = open_page()
    ask(page, "من فاز بكأس العالم عام 1998؟")
    expect(page.locator(".turn.abstained")).to_contain_text("لا تتضمّن المقالات")
    expect(page.locator(".evidence.current h2")).to_have_text("أقرب ما وُجد في المقالات")
    expect(page.locator(".evidence.current .card")).not_to_have_count(0)
    expect(page.locator(".evidence.current mark")).to_have_count(0)


def test_hostile_texts_are_shown_inertly(open_page: Open) -> None:
    page = open_page("en-US")
    ask(page, "When did the Zanzibar ferry timetable change? <img src=x onerror=window.hacked=1> **bold**")
    ask(page, "Zanzibar ferry timetable changed")
    expect(page.locator(".evidence.current")).to_contain_text("<script>window.hacked=1</script>")
    expect(page.locator(".turn.asked").first).to_contain_text("<img src=x onerror=window.hacked=1> **bold**")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#talk img, #evidence img, #evidence script, a[href^='javascript']").count() == 0


def test_bad_questions_get_a_line_and_lose_nothing(open_page: Open) -> None:
    page = open_page("en-US")
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.problem")).to_have_text("Write a question first.")
    expect(page.locator("#examples")).to_be_visible()
    page.fill("#question textarea", "x" * 5000)
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.problem")).to_contain_text("4,000 characters or fewer")
    assert len(page.input_value("#question textarea")) == 5000


@pytest.mark.parametrize("locale", ["ar", "en-US"])
@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (820, "light")])
def test_narrow_pages_do_not_scroll_sideways(open_page: Open, locale: str, width: int, theme: str) -> None:
    page = open_page(locale, width=width, height=844, theme=theme)
    ask(page, ARABIC if locale == "ar" else ENGLISH)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shoot(page, f"chat-{locale[:2]}-{width}-{theme}")


def test_an_answer_grows_and_its_marks_become_links_at_the_end(open_page: Open, told_rag: ToldRag) -> None:
    page = open_page("en-US", of="served_page")
    page.fill("#question textarea", "What happened? [hold]")
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.answer")).to_have_text("Shares rose. [1] And")
    expect(page.locator(".turn.answer a")).to_have_count(0)
    told_rag.go_on.set()
    expect(page.locator(".turn.answer a.mark")).to_have_text(["1", "2"])
    expect(page.locator(".turn.answer")).to_contain_text("Item [7]:")
    assert page.evaluate("window.hacked") is None, "a text was read as one of Gradio's templates"
    expect(page.locator(".evidence.current")).to_contain_text("${window.hacked=1} {{7*7}}")
    expect(page.locator(".evidence.current h3")).to_have_text("{{title}}")


def test_both_marks_of_one_sentence_lead_to_it(open_page: Open) -> None:
    page = open_page("en-US", of="served_page")
    ask(page, "What happened? [twice]")
    for mark in page.locator(".turn.answer a.mark").all():
        mark.click()
        expect(page.locator("mark.chosen")).to_have_text("Shares rose by 3.5%.")


@pytest.mark.parametrize(
    ("question", "line"),
    [
        pytest.param("[reader fails]", "the chat model did not answer: start it with ollama serve", id="foreseen"),
        pytest.param("[breaks]", "حدث خلل غير متوقَّع ولم يكتمل الجواب؛ أعد المحاولة.", id="unforeseen"),
    ],
)
def test_an_error_is_one_line_in_the_talk(open_page: Open, question: str, line: str) -> None:
    page = open_page(of="served_page")
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.problem")).to_have_text(line)
    expect(page.locator(".turn.answer, .waiting")).to_have_count(0)
    expect(page.get_by_label("السؤال")).to_have_value(question)
