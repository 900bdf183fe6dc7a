"""Guards: what is seen of a chat model, whatever it does: an answer that is checked, or quotes and why."""

import time
from collections.abc import Iterator

import pytest

from rag.chat import ChatReader, is_written_in
from rag.errors import ReaderError
from rag.langchain import open_chat_model
from rag.phrases import ABSTENTION, UNSUPPORTED, say_failed
from rag.pipeline import Rag
from rag.settings import Settings
from rag.tokens import ChatTokens
from rag.types import Answer, Turn
from tests.fakes import FakeModel, HashEncoder, a_hit, a_passage
from tests.scripted_server import RIGHT, ScriptedServer, serve

QUESTION = "Which firms did Beijing tell to prepare H200 orders?"
QUOTED = "Beijing told firms to prepare H200 orders. [1]"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve() as running:
        yield running


def chat_reader(server: ScriptedServer, model: str, timeout: float = 5.0) -> ChatReader:
    settings = Settings(model=f"openai:{model}", openai_base_url=server.url, model_timeout=timeout)
    return ChatReader(open_chat_model(settings), ChatTokens(HashEncoder().count_tokens), settings.model_context)


def ask(rag: Rag, server: ScriptedServer, model: str, *says: str, question: str = QUESTION) -> Answer:
    server.says[model] = list(says) or [RIGHT]
    rag._reader = chat_reader(server, model)
    return rag.ask(question)


def test_an_answer_in_the_models_words_cites_what_supports_it(rag: Rag, server: ScriptedServer) -> None:
    answer = ask(rag, server, "good", "Firms were told by Beijing to prepare H200 orders [1].")
    assert answer.text == "Firms were told by Beijing to prepare H200 orders. [1]"
    assert [c.quote for c in answer.citations] == [QUOTED.removesuffix(" [1]")]
    assert (answer.written_by, answer.failed, answer.abstained) == ("openai:good", "", False)
    assert [claim.supported for claim in answer.claims] == [True]


def test_the_passages_are_sent_numbered_with_source_and_date(rag: Rag, server: ScriptedServer) -> None:
    ask(rag, server, "right")
    rules, asked = server.asked[0]
    assert (rules["role"], asked["role"]) == ("system", "user")
    assert '<passage number="1" title="Chips" date="2026-01-16">\nBeijing told firms' in asked["content"]
    assert QUESTION in asked["content"]


def test_a_slow_answer_grows_before_ones_eyes(rag: Rag, server: ScriptedServer) -> None:
    rag._reader = chat_reader(server, "slow")
    seen, times = [], []
    for answer in rag.stream(QUESTION):
        seen.append(answer.text)
        times.append(time.perf_counter())
    assert len(seen) >= 4
    assert seen[0] == "Beijing"
    assert times[-1] - times[0] >= 0.05  # words came while the model was still writing
    assert seen[-1] == QUOTED


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("cut", "cut"), ("without-an-end", "cut"), ("busy", "busy"), ("broken", "server_error"),
        ("rejected", "rejected"), ("garbage", "garbage"), ("endless-sentence", "endless"),
    ],
)  # fmt: skip
def test_where_the_model_fails_the_articles_are_quoted_and_the_reason_is_told(
    rag: Rag, server: ScriptedServer, model: str, reason: str
) -> None:
    answer = ask(rag, server, model)
    assert answer.failed == reason
    assert answer.text == QUOTED
    assert answer.written_by == ""
    assert say_failed(answer.failed, "en").endswith("; this is what the articles say, word for word.")


def test_a_silent_model_is_waited_for_so_long_and_no_longer(rag: Rag, server: ScriptedServer) -> None:
    rag._reader = chat_reader(server, "silent", timeout=0.3)
    start = time.perf_counter()
    answer = rag.ask(QUESTION)
    assert time.perf_counter() - start < 2.5
    assert (answer.failed, answer.text) == ("timeout", QUOTED)


def test_no_server_at_all(rag: Rag) -> None:
    settings = Settings(model="openai:any", openai_base_url="http://127.0.0.1:9/v1")
    rag._reader = ChatReader(open_chat_model(settings), ChatTokens(HashEncoder().count_tokens), 4096)
    answer = rag.ask(QUESTION)
    assert (answer.failed, answer.text) == ("unreachable", QUOTED)


def test_a_busy_model_is_asked_again(rag: Rag, server: ScriptedServer) -> None:
    answer = ask(rag, server, "busy-at-first", RIGHT)
    assert (answer.failed, answer.written_by) == ("", "openai:busy-at-first")
    assert len(server.asked) == 2


def test_a_model_that_fails_for_good_is_asked_three_times(rag: Rag, server: ScriptedServer) -> None:
    ask(rag, server, "broken")
    assert len(server.asked) == 3


def test_the_wrong_language_is_asked_for_again(rag: Rag, server: ScriptedServer) -> None:
    arabic = "طلبت بكين من الشركات تحضير طلبات شراء الرقائق الجديدة. [1]"
    answer = ask(rag, server, "wrong-at-first", arabic, RIGHT)
    assert (answer.text, answer.failed) == (QUOTED, "")
    assert server.asked[1][-1]["content"].startswith("Give the same answer again in English")


def test_the_wrong_language_twice_is_not_shown(rag: Rag, server: ScriptedServer) -> None:
    answer = ask(rag, server, "wrong", "طلبت بكين من الشركات تحضير طلبات شراء الرقائق الجديدة. [1]")
    assert (answer.text, answer.failed) == (QUOTED, "language")
    assert len(server.asked) == 2


def test_invented_marks_are_removed_and_false_claims_marked(rag: Rag, server: ScriptedServer) -> None:
    answer = ask(rag, server, "inventing", "Beijing told firms to prepare H200 orders [7]. The shares fell by 40% [1].")
    assert answer.text == f"Beijing told firms to prepare H200 orders. [1] The shares fell by 40%. {UNSUPPORTED['en']}"
    assert [(c.supported, c.flaw, c.words) for c in answer.claims] == [(True, "", ""), (False, "number", "40")]
    assert [c.number for c in answer.citations] == [1]


def test_a_claim_is_moved_to_the_passage_that_supports_it(rag: Rag, server: ScriptedServer) -> None:
    answer = ask(rag, server, "mistaken", "Beijing told firms to prepare H200 orders [2].")
    [citation] = answer.citations
    assert (answer.text, citation.passage.article_id) == (QUOTED, "chips")


def test_an_answer_without_any_support_is_replaced_by_quotes(rag: Rag, server: ScriptedServer) -> None:
    answer = ask(rag, server, "dreaming", "Paris ordered 900 aircraft carriers in 1987 [1].")
    assert (answer.text, answer.failed) == (QUOTED, "unsupported")


def test_a_model_that_goes_round_in_circles_is_stopped(rag: Rag, server: ScriptedServer) -> None:
    answer = ask(rag, server, "endless")
    assert (answer.text, answer.failed) == (QUOTED, "")
    assert server.stopped.wait(5), "the model goes on writing to nobody"


@pytest.mark.parametrize("says", ["NO ANSWER", "NO ANSWER.", "لا جواب", "NO ANSWER. The passages do not say."])
def test_a_model_that_finds_nothing_abstains(rag: Rag, server: ScriptedServer, says: str) -> None:
    answer = ask(rag, server, "declining", says)
    assert answer.abstained
    assert answer.text == ABSTENTION["en"]
    assert answer.nearest


def test_an_answer_may_begin_with_the_words_for_no_answer(rag: Rag, server: ScriptedServer) -> None:
    answer = ask(rag, server, "denying", "No answer is needed: Beijing told firms to prepare H200 orders [1].")
    assert not answer.abstained
    assert answer.text.startswith("No answer is needed")


def test_the_words_for_no_answer_after_an_answer_are_left_out(rag: Rag, server: ScriptedServer) -> None:
    assert ask(rag, server, "wavering", f"{RIGHT}\nNO ANSWER").text == QUOTED


def test_closing_the_answer_stops_the_model(rag: Rag, server: ScriptedServer) -> None:
    rag._reader = chat_reader(server, "endless-sentence")
    answers = rag.stream(QUESTION)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert server.stopped.wait(5), "the model goes on writing to nobody"


def test_a_follow_up_is_rewritten_by_the_model(rag: Rag, server: ScriptedServer) -> None:
    history = [Turn("user", QUESTION), Turn("assistant", QUOTED)]
    server.says["rewriting"] = ["When did Beijing tell firms to prepare H200 orders?", RIGHT]
    rag._reader = chat_reader(server, "rewriting")
    answer = rag.ask("and when?", history)
    assert answer.searched == "When did Beijing tell firms to prepare H200 orders?"
    assert QUESTION in server.asked[0][0]["content"]


@pytest.mark.parametrize(
    "says",
    [
        "Paris ordered aircraft carriers in 1987.",
        "متى طلبت بكين ذلك من الشركات الكبرى؟",
        "",
        "One line.\nAnother line.",
    ],
)
def test_a_rewriting_that_cannot_be_used_gives_way_to_the_rule(rag: Rag, server: ScriptedServer, says: str) -> None:
    server.says["rewriting"] = [says, RIGHT]
    rag._reader = chat_reader(server, "rewriting")
    answer = rag.ask("and when?", [Turn("user", QUESTION), Turn("assistant", QUOTED)])
    assert answer.searched == f"{QUESTION} and when?"


def read(model: FakeModel, context: int, *passages: str) -> list[str]:
    hits = [a_hit(a_passage(*text.split("|")), rank) for rank, text in enumerate(passages, 1)]
    return list(ChatReader(model, ChatTokens(HashEncoder().count_tokens), context).read("Who?", hits, "en"))


def test_as_many_passages_are_sent_as_the_model_takes_in() -> None:
    model = FakeModel(RIGHT)
    read(model, 1024, "One two three.", "word " * 400 + ".", "Not reached.")
    assert "One two three." in model.sent[-1].text
    assert "word word" not in model.sent[-1].text


def test_of_a_passage_that_is_too_long_the_best_sentences_are_sent() -> None:
    model = FakeModel(RIGHT)
    read(model, 1024, "word " * 400 + ".|The best.")
    assert "\nThe best.\n" in model.sent[-1].text


def test_thoughts_and_markdown_are_not_shown() -> None:
    drafts = read(
        FakeModel("<think>The user ", "asks.</think>\n", "**Answer:** ", "**Firms** did. [1]"), 4096, "Firms did."
    )
    assert drafts[-1] == "Firms did. [1]"
    assert not any("user" in draft or "*" in draft for draft in drafts)


def test_noise_is_no_answer() -> None:
    with pytest.raises(ReaderError) as caught:
        read(FakeModel("%%% ### --- \ufffd\ufffd"), 4096, "Firms did.")
    assert caught.value.reason == "garbage"


@pytest.mark.parametrize(
    ("text", "language", "right"),
    [
        ("قالت شركة NVIDIA إن رقائق H200 ستصل قريبًا.", "ar", True),
        ("The firm, “بايت دانس”, ordered chips.", "en", True),
        ("NVIDIA. [1]", "ar", True),
        ("The firm ordered chips.", "ar", False),
        ("该公司订购了芯片 and that is all.", "en", False),
    ],
)
def test_the_language_of_an_answer_is_told_by_its_own_words(text: str, language: str, right: bool) -> None:
    assert is_written_in(text, language) is right  # type: ignore[arg-type]
