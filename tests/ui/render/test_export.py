"""Guards: an export, read by a Markdown reader, shows each text as it was; each mark has its footnote and no other."""

from __future__ import annotations

import re
from html import unescape

import pytest
from markdown_it import MarkdownIt

from rag.types import Answer, Citation
from tests.fakes import a_passage
from ui.render import as_markdown, as_print
from ui.render.export import as_text
from ui.strings import Locale
from ui.types import Exchange

AR, EN = Locale("ar"), Locale("en")
PASSAGE = a_passage("Beijing asked.", "Shares rose.", "Talks go on.")
CITED = tuple(Citation(n, s.text, PASSAGE, s.start, s.end) for n, s in enumerate(PASSAGE.sentences, start=1))
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def an_answer(text: str, *citations: Citation) -> Exchange:
    return Exchange("q", Answer("q", text, "en", citations=citations))


@pytest.mark.parametrize(
    "text",
    [
        "- item", "+ item", "* item", "---", "===", "# heading", "> quote", "```", "*a* _b_ **c**", "`code`", "~~no~~",
        "[a](https://example.org)", "![a](b.png)", "<b>bold</b>", "| a | b |", "[a]: b", "<!-- hidden -->",
        r"5 \! 6 \*b",
    ],
)  # fmt: skip
def test_what_an_article_says_is_shown_as_it_is_written(text: str) -> None:
    """Read as Markdown, an answer is one paragraph that holds its text and nothing else."""
    html = READER.render(as_markdown("t", [an_answer(text)], EN))
    body = html.split("</h2>")[1].strip()
    assert body.startswith("<p>")
    assert body.endswith("</p>")
    assert unescape(body.removeprefix("<p>").removesuffix("</p>")) == text


@pytest.mark.parametrize("text", ["a *b* [c](d)", "<script>x</script>", "a `b` | c"])
def test_titles_and_questions_are_shown_as_they_are_written(text: str) -> None:
    html = READER.render(as_markdown(text, [Exchange(text, problem=text)], EN))
    assert unescape(html).count(text) == 3
    assert not re.search(r"<(?!/?(?:h1|h2|p)>)", html)


def test_every_mark_has_one_footnote_and_every_footnote_a_mark_through_the_whole_talk() -> None:
    talk = [an_answer("A. [1] B. [2]", *CITED[:2]), Exchange("q", problem="x"), an_answer("C. [3][1] D [9]", *CITED)]
    text = as_markdown("t", talk, EN)
    notes = re.findall(r"^\[\^([\d-]+)\]:", text, re.MULTILINE)
    marks = re.findall(r"\[\^([\d-]+)\](?!:)", text)
    assert notes == ["1-1", "1-2", "3-1", "3-2", "3-3"]
    assert marks == ["1-1", "1-2", "3-3", "3-1"]
    assert "D \\[9\\]" in text, "a number nothing is cited for is text"


def test_a_quote_of_several_lines_is_one_footnote() -> None:
    lines = a_passage("One\n\n- two\n# three.")
    citation = Citation(1, lines.text, lines, 0, len(lines.text))
    text = as_markdown("t", [an_answer("[1]", citation)], EN)
    [note] = [line for line in text.split("\n") if line.startswith("[^1-1]:")]
    assert "three." in note


def test_the_printed_page_links_each_mark_to_a_note_that_is_there() -> None:
    html = as_print("t", [an_answer("A. [1] B. [2] [9]", *CITED[:2]), an_answer("C. [1]", *CITED[:1])], AR, "/s.css")
    links = re.findall(r'href="#(note-[\d-]+)"', html)
    assert links == ["note-1-1", "note-1-2", "note-2-1"]
    assert re.findall(r'id="(note-[\d-]+)"', html) == links


def test_the_printed_page_is_light_and_escapes_all_it_is_given() -> None:
    hostile = '"><script>x</script>'
    passage = a_passage(hostile, title=hostile, source=hostile)
    quoted = Citation(1, hostile, passage, 0, len(hostile))
    talk = [
        Exchange(hostile, Answer(hostile, f"{hostile} [1]", "en", citations=(quoted,))),
        Exchange("q", problem=hostile),
    ]
    html = as_print(hostile, talk, EN, "/s.css")
    assert "<script" not in html
    assert (
        html.count("&lt;script&gt;") == 8
    )  # title and heading, question, answer, quote, its title and source, problem
    assert 'data-theme="light"' in html
    assert 'class="dark"' not in html


def test_what_was_stopped_before_it_began_says_so_in_the_pages_language() -> None:
    talk = [Exchange("q", stopped=True)]
    assert "This stopped before it was finished." in as_markdown("t", talk, EN)
    assert "توقّف الجواب قبل أن يكتمل." in as_print("t", talk, AR, "/s.css")


def test_a_copied_answer_carries_its_sources_below_it() -> None:
    text = as_text(an_answer("A. [1]", *CITED[:1]), EN)
    assert text == "A. [1]\n\n[1] Beijing asked. — Title, Wire, 16 January 2026"
    assert as_text(an_answer("Hello."), EN) == "Hello."


def test_a_source_without_a_date_or_name_leaves_no_gap() -> None:
    passage = a_passage("One.", source="", published=None)
    text = as_text(an_answer("[1]", Citation(1, "One.", passage, 0, 4)), EN)
    assert text.endswith("[1] One. — Title, undated")
