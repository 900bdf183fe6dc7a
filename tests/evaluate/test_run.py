"""Guards: a run holds every question with its ranking, counts copies as right, and takes articles out for a holdout."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from rag import __main__ as cli
from rag.chat import ChatReader
from rag.errors import SourceError
from rag.evaluate import QuestionSet, Run, compare_runs, evaluate, join_sets, read_corpus, read_questions, read_run
from rag.evaluate.questions import Question, Support
from rag.evaluate.report import TABLE, format_measure, render_report, worst_misses, write_report
from rag.pipeline import Rag
from rag.tokens import ChatTokens
from tests.evaluate.test_questions import ARABIC, ENGLISH, write_lines, write_squad
from tests.fakes import FakeModel, HashEncoder, write_article

BEIJING = "Which firms did Beijing tell to prepare H200 orders?"
SUEZ = "Which ships left the Suez canal?"
ASKED = QuestionSet(
    (
        Question("1", BEIJING, "en", answers=("H200",), relevant=("chips",)),
        Question("2", SUEZ, "en", answers=("Suez",), relevant=("canal",), tags=("which",)),
        Question("3", "Who painted the ceiling?", "en", answerable=False),
        Question("4", "zebra quartz", "en", answers=("Suez",), relevant=("canal",)),
    )
)


@pytest.fixture
def run(rag: Rag) -> Run:
    return evaluate(rag, ASKED, holdout=True)


def test_measures_and_questions(run: Run) -> None:
    assert run.measures["questions"] == 4
    assert run.measures["success@1"] == pytest.approx(2 / 3)
    assert run.measures["right_article_cited"] == pytest.approx(2 / 3)
    assert run.measures["quotes_verbatim"] == 1
    assert run.measures["false_refusals"] == pytest.approx(1 / 3)
    assert run.measures["question_ms_p50"] > 0  # type: ignore[operator]
    assert run.measures["peak_mb"] > 10  # type: ignore[operator]
    assert run.by_tag["which"]["success@1"] == 1
    assert set(run.by_pair) == {"en→en"}
    ranking = run.questions[0]["ranking"]
    assert ranking[0]["article"] == "chips"
    assert [entry["rank"] for entry in ranking] == list(range(1, len(ranking) + 1))


def test_a_holdout_takes_the_right_article_out(rag: Rag, run: Run) -> None:
    assert [("holdout" in question) for question in run.questions] == [True, True, False, True]
    assert run.questions[0]["holdout"]["confidence"] < run.questions[0]["confidence"]
    assert run.measures["abstention_auroc"] is not None
    # The whole subject goes, not only the part that answers.
    subjects = {"chips": "trade", "canal": "trade"}
    wide = evaluate(rag, QuestionSet(ASKED.questions[:1], (), subjects), holdout=True)
    assert "H200" not in wide.questions[0]["holdout"]["answer"]


def test_a_copy_of_a_right_article_is_right(rag: Rag, articles: Path) -> None:
    write_article(
        articles, "agency", "Beijing told firms to prepare H200 orders. The shares rose on Friday.", source="Agency"
    )
    rag.index.add(articles)
    for identifier in ("chips", "agency"):
        asked = Question("1", BEIJING, "en", relevant=(identifier,))
        assert evaluate(rag, QuestionSet((asked,))).measures["success@1"] == 1


def test_where_only_a_quote_is_known_its_article_is_right(rag: Rag) -> None:
    support = (Support("", "Ships left the Suez canal."),)
    found = evaluate(rag, QuestionSet((Question("1", SUEZ, "en", support=support),)))
    assert found.measures["success@1"] == 1
    assert found.measures["sentence_success@1"] == 1


def test_a_run_is_written_and_read_again(run: Run, tmp_path: Path) -> None:
    page = write_report(run, tmp_path / "out")
    assert read_run(tmp_path / "out" / "run.json").measures == run.measures
    html = page.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=|url\(|@import", html)  # nothing is fetched
    assert html.count("<svg") == 3
    with pytest.raises(SourceError, match="not a run"):
        read_run(write_lines(tmp_path / "x.json", {"a": 1}))
    with pytest.raises(SourceError, match="cannot be read"):
        read_run(tmp_path / "none.json")


def test_the_report_shows_hostile_text_as_text(rag: Rag) -> None:
    asked = Question("<script>", "<script>alert(1)</script> \u202e", "en", relevant=("canal",), answers=("<b>",))
    html = render_report(evaluate(rag, QuestionSet((asked,))))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_worst_misses_come_first(run: Run) -> None:
    assert worst_misses(run.questions)[0]["id"] == "4"


def test_every_measure_of_the_table_is_made(run: Run) -> None:
    of_chat_models = {"claims_supported", "right_language", "fell_back"}
    assert set(TABLE) - of_chat_models <= set(run.measures)
    assert format_measure(0.5, "success@1") == ".500"


def test_the_same_run_is_no_loss_and_a_worse_one_is(run: Run) -> None:
    assert not any(c.is_loss for c in compare_runs(run, run))

    def many(right: float) -> Run:
        parts = {"success@1": (right, 1), "false_answers": (1 - right, 1)}
        questions = [{"id": str(n), "language": "en", "parts": parts} for n in range(40)]
        return Run(**(run.to_dict() | {"questions": questions}))

    assert {c.measure for c in compare_runs(many(0), many(1)) if c.is_loss} == {"success@1", "false_answers"}
    assert not any(c.is_loss for c in compare_runs(many(1), many(0)))
    with pytest.raises(ValueError, match="no question in common"):
        compare_runs(run, Run(**(run.to_dict() | {"questions": []})))


@pytest.fixture
def _fake_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.open.SentenceTransformerEncoder", lambda *_: HashEncoder())


def command(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


@pytest.mark.usefixtures("_fake_encoder")
def test_the_command_asks_the_files_own_paragraphs_and_compares(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    squad = write_squad(tmp_path / "en.json", ENGLISH, ("A dam holds water.", "q2", "What holds water?", "dam"))
    code, out, err = command(capsys, "eval", squad, "--holdout", "--out", tmp_path / "out")
    assert code == 0
    assert "success@1" in out
    assert "report.html" in err
    kept: dict[str, Any] = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert kept["measures"]["index_passages_per_second"] > 0
    assert kept["corpus"]["articles"] == 2
    code, out, _ = command(capsys, "eval", squad, "--limit", 1, "--compare", tmp_path / "out" / "run.json", "--json")
    assert code == 0
    assert json.loads(out)["measures"]["questions"] == 1


@pytest.mark.usefixtures("_fake_encoder")
def test_the_command_crosses_languages_and_keeps_an_index(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked, corpus = write_squad(tmp_path / "ar.json", ARABIC), write_squad(tmp_path / "en.json", ENGLISH)
    arguments = ("eval", asked, "--corpus", corpus, "--index", tmp_path / "kept", "--json")
    run = json.loads(command(capsys, *arguments)[1])
    assert list(run["by_pair"]) == ["ar→en"]
    assert json.loads(command(capsys, *arguments)[1])["measures"]["index_passages_per_second"] is None
    assert "holds 1 articles that are not in" in command(capsys, "eval", asked, "--index", tmp_path / "kept")[2]
    mixed = json.loads(command(capsys, "eval", asked, "--corpus", corpus, "--mixed", "--json")[1])
    assert list(mixed["by_pair"]) == ["ar→ar+en"]


@pytest.mark.usefixtures("_fake_encoder")
def test_the_command_asks_the_default_index(capsys: pytest.CaptureFixture[str], articles: Path, tmp_path: Path) -> None:
    assert command(capsys, "index", articles)[0] == 0
    questions = write_lines(tmp_path / "q.jsonl", {"question": "Which ships left the canal?", "relevant": ["canal"]})
    assert json.loads(command(capsys, "eval", questions, "--json")[1])["measures"]["success@1"] == 1
    code, _, err = command(capsys, "eval", tmp_path / "none.jsonl")
    assert code == 1
    assert "cannot be read" in err


def test_corpus_files_are_articles(articles: Path) -> None:
    found = read_corpus(articles)
    assert {article.id for article in found.articles} == {"chips", "canal", "water"}
    assert join_sets([read_questions("corpus/questions.jsonl")], [found]).articles == found.articles


def test_a_chat_models_answers_are_measured(rag: Rag) -> None:
    says = "Ships left the Suez canal [1]. They paid 900 dollars [1]."
    rag._reader = ChatReader(FakeModel(says), ChatTokens(HashEncoder().count_tokens), 4096)
    asked = Question("1", "Which ships left the Suez canal?", "en", relevant=("canal",), answers=("Suez",))
    run = evaluate(rag, QuestionSet((asked,)))
    assert run.measures["claims_supported"] == 0.5
    assert (run.measures["right_language"], run.measures["fell_back"], run.measures["answer_in_text"]) == (1, 0, 1)
    assert run.questions[0]["written_by"] == "test:fake"
    assert [claim["supported"] for claim in run.questions[0]["claims"]] == [True, False]
