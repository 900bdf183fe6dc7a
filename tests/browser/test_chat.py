"""Guards: what a person sees and does in the chat, in both languages, in a real browser over the real engine.

Over an engine that is told, what only that can show: an answer still growing, errors, quotes of one sentence.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARABIC, ENGLISH, Open, ToldRag, ask, shoot

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("locale", "heading", "hint"),
    [
        ("ar", "اسأل المقالات بالعربية أو بالإنجليزية", "أضف مقالاتك"),
        ("en-US", "Ask the articles in Arabic or English", "Add your own"),
    ],
    ids=["ar", "en"],
)
def test_the_first_screen_says_what_this_is_and_what_to_ask(
    open_page: Open, locale: str, heading: str, hint: str
) -> None:
    page = open_page(locale)
    expect(page.locator("h1")).to_contain_text(heading)
    expect(page.locator(".welcome")).to_contain_text(hint)
    expect(page.locator(".welcome")).to_contain_text("31")
    expect(page.locator(".welcome button.example")).to_have_count(4)
    assert page.evaluate("document.documentElement.lang") == locale[:2]
    assert page.title() == ("المحادثة · سند" if locale == "ar" else "Chat · Sanad")


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
    mark = page.locator(".turn.answer a.mark").first
    mark.hover()
    expect(page.locator("#tip")).to_contain_text(named)
    mark.click()
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
    expect(page.locator("#tip")).to_contain_text("علي بابا")
    page.keyboard.press("Escape")
    expect(page.locator("#tip")).to_have_count(0)
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
    expect(page.locator(".welcome")).to_have_count(0)
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
    page.locator(".better button").first.click()
    expect(page.locator(".turn.answer:not(.abstained) a.mark").first).to_be_visible()


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
    page.click("[data-toggle=talks]")
    expect(page.locator("ul.talks li")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    expect(page.locator("ul.talks li")).to_be_hidden()
    page.click("[data-toggle=talks]")
    expect(page.locator("ul.talks li")).to_be_visible()
    page.mouse.click(20 if locale == "ar" else width - 20, 700)
    expect(page.locator("ul.talks li")).to_be_hidden()


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
    expect(page.locator(".turn.problem p")).to_have_text(line)
    expect(page.locator(".turn.answer, .waiting")).to_have_count(0)
    expect(page.get_by_label("السؤال", exact=True)).to_have_value(question)


def test_stop_keeps_what_was_there_and_it_can_be_asked_again(open_page: Open, told_rag: ToldRag) -> None:
    page = open_page("en-US", of="served_page")
    page.fill("#question textarea", "Tell me [slow]")
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.answer")).to_contain_text("word word")
    expect(page.locator("#send")).to_be_hidden()
    page.click("#stop")
    expect(page.locator(".turn.answer .note").first).to_have_text("This stopped before it was finished.")
    expect(page.locator("#send")).to_be_visible()
    written = page.locator(".turn.answer > p").inner_text()
    page.wait_for_timeout(700)
    assert page.locator(".turn.answer > p").inner_text() == written
    page.reload()
    expect(page.locator(".turn.answer")).to_contain_text("This stopped")


def test_answer_again_and_edit_take_the_place_of_the_last_question(open_page: Open) -> None:
    page = open_page("en-US")
    ask(page, ENGLISH)
    page.locator(".turn.answer").evaluate("answer => answer.dataset.before = 'yes'")
    page.get_by_role("button", name="Answer again").click()
    expect(page.locator(".talk[aria-busy=false] .turn.answer:not([data-before])")).to_have_count(1)
    expect(page.locator(".turn.asked")).to_have_count(1)
    page.get_by_role("button", name="Edit the question").click()
    expect(page.locator("#question textarea")).to_have_value(ENGLISH)
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator(".editing")).to_contain_text("the new one will replace it")
    page.get_by_role("button", name="Leave it as it was").click()
    expect(page.locator(".editing")).to_have_count(0)
    expect(page.locator("#question textarea")).to_have_value("")
    page.get_by_role("button", name="Edit the question").click()
    expect(page.locator(".editing")).to_be_visible()
    page.fill("#question textarea", "How much electricity did data centres use in 2024?")
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.asked")).to_contain_text("electricity")
    expect(page.locator(".turn.asked")).to_have_count(1)


def test_an_answer_is_copied_with_its_sources(open_page: Open) -> None:
    page = open_page("en-US")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, ENGLISH)
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Alibaba" in copied
    assert "[1] " in copied.split("\n\n")[1]
    assert "16 January 2026" in copied


def test_an_unsupported_claim_stands_out_and_the_carriers_of_a_story_are_told(open_page: Open) -> None:
    page = open_page("en-US", of="served_page")
    ask(page, "What happened? [unsupported]")
    expect(page.locator(".unsupported")).to_have_text("unsupported")
    expect(page.locator(".evidence.current")).to_contain_text("Carried by 2 sources: Wire, Daily")


def test_a_follow_up_says_what_was_asked(open_page: Open) -> None:
    page = open_page("en-US")
    ask(page, "How much electricity did data centres use in 2024?")
    ask(page, "and who said so?")
    expect(page.locator(".turn.answer").last).to_contain_text(
        "Asked as: How much electricity did data centres use in 2024?"
    )


def test_filters_hold_for_the_questions_that_follow(open_page: Open) -> None:
    page = open_page("ar")
    page.click(".filters summary")
    page.get_by_label("لغة المقال").select_option("en")
    expect(page.locator(".chosen-filters")).to_have_text("بالإنجليزية")
    page.get_by_label("من تاريخ").fill("2026-01-01")
    expect(page.locator(".chosen-filters")).to_have_text("بالإنجليزية · المقالات المنشورة منذ 1 يناير 2026")
    page.get_by_label("إلى تاريخ").fill("2025-01-01")
    expect(page.locator(".filters [role=alert]")).to_have_text("يبدأ المدى بعد نهايته؛ صحّح أحد التاريخين.")
    page.get_by_label("إلى تاريخ").fill("")
    expect(page.locator(".filters [role=alert]")).to_have_count(0)
    ask(page, ARABIC)
    expect(page.locator(".turn.asked .note")).to_contain_text("بالإنجليزية")
    expect(page.locator(".evidence.current .origin").first).to_contain_text("بالإنجليزية")
    page.get_by_role("button", name="ابحث في كل المقالات").click()
    expect(page.locator(".chosen-filters")).to_have_text("")
    ask(page, ARABIC)
    expect(page.locator(".evidence.current .origin").first).to_contain_text("بالعربية")


def test_an_empty_corpus_says_what_to_do(open_page: Open) -> None:
    page = open_page("ar", of="empty_page")
    expect(page.locator("h1")).to_have_text("لا مقالات بعد")
    page.get_by_role("link", name="إلى صفحة المقالات").click()
    expect(page.locator(".welcome")).to_contain_text("أفلت ملفات Markdown")


def test_another_talk_can_be_begun_while_an_answer_grows(open_page: Open) -> None:
    page = open_page("en-US", of="served_page")
    page.fill("#question textarea", "Tell me [slow]")
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.answer")).to_contain_text("word word")
    page.get_by_role("button", name="New talk").click()
    expect(page.locator(".welcome")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#send")).to_be_visible()
    page.locator(".talk-title").first.click()
    expect(page.locator(".turn.answer")).to_contain_text("This stopped")
