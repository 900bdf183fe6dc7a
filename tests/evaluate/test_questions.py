"""Guards: every kind of question file is read as it says, questions meet by id, and a bad line is named."""

import json
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.evaluate import Support, join_sets, read_corpus, read_questions


def write_lines(path: Path, *records: object) -> Path:
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records) + "\n", encoding="utf-8")
    return path


def write_squad(path: Path, *paragraphs: tuple[str, str, str, str], title: str = "Suez") -> Path:
    """Paragraphs as (context, question id, question, answer); an empty answer makes it impossible."""
    entries = [
        {
            "context": context,
            "qas": [
                {
                    "id": identifier,
                    "question": question,
                    "answers": [{"text": answer, "answer_start": context.index(answer)}] if answer else [],
                    "is_impossible": not answer,
                }
            ],
        }
        for context, identifier, question, answer in paragraphs
    ]
    path.write_text(json.dumps({"data": [{"title": title, "paragraphs": entries}]}), encoding="utf-8")
    return path


ARABIC = ("عبرت السفن قناة السويس عام 1869.", "q1", "متى عبرت السفن؟", "1869")
ENGLISH = ("Ships crossed the Suez canal in 1869.", "q1", "When did ships cross?", "1869")


def test_own_format(tmp_path: Path) -> None:
    record = {
        "id": "ar-1", "question": "ومتى؟", "language": "ar", "answerable": True, "answers": ["1869"],
        "relevant": ["a"], "support": [{"article": "a", "quote": "عام 1869"}], "tags": ["when"], "as_of": "2026-01-31",
        "history": [{"role": "user", "text": "من؟"}], "standalone": "متى؟",
    }  # fmt: skip
    question = read_questions(write_lines(tmp_path / "q.jsonl", record)).questions[0]
    assert (question.language, question.answers, question.relevant, question.tags) == (
        "ar",
        ("1869",),
        ("a",),
        ("when",),
    )
    assert question.support == (Support("a", "عام 1869"),)
    assert question.history[0].text == "من؟"
    assert str(question.as_of) == "2026-01-31"


def test_names_of_ragas_are_understood(tmp_path: Path) -> None:
    record = {"user_input": "When?", "reference": "1869", "reference_contexts": ["Ships crossed in 1869."]}
    question = read_questions(write_lines(tmp_path / "q.jsonl", record)).questions[0]
    assert (question.question, question.answers, question.id) == ("When?", ("1869",), "1")
    assert question.support == (Support("", "Ships crossed in 1869."),)


def test_paragraphs_of_squad_are_articles_without_a_title(tmp_path: Path) -> None:
    found = read_questions(write_squad(tmp_path / "squad.json", ARABIC))
    (article,), (question,) = found.articles, found.questions
    assert (article.language, article.title) == ("ar", "")
    assert question.relevant == (article.id,)
    assert found.subjects == {article.id: "Suez"}


def test_a_question_without_spans_is_answerable_unless_it_is_impossible(tmp_path: Path) -> None:
    path = write_squad(tmp_path / "squad.json", ("Nothing.", "q1", "When?", ""))
    assert not read_questions(path).questions[0].answerable
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["data"][0]["paragraphs"][0]["qas"][0]["is_impossible"]
    path.write_text(json.dumps(data), encoding="utf-8")
    question = read_questions(path).questions[0]
    assert (question.answerable, len(question.relevant), question.answers) == (True, 1, ())


def test_questions_meet_the_articles_of_another_language_by_id(tmp_path: Path) -> None:
    asked = read_questions(write_squad(tmp_path / "ar.json", ARABIC))
    corpus = read_corpus(write_squad(tmp_path / "en.json", ENGLISH))
    across = join_sets([asked], [corpus])
    assert [a.language for a in across.articles] == ["en"]
    assert across.questions[0].relevant == (corpus.articles[0].id,)
    assert across.questions[0].answers == ("1869",)
    mixed = join_sets([asked], [corpus], mixed=True)
    assert sorted(a.language for a in mixed.articles) == ["ar", "en"]
    assert len(mixed.questions[0].relevant) == 2


def test_without_a_corpus_the_question_files_own_articles_are_asked(tmp_path: Path) -> None:
    asked = read_questions(write_squad(tmp_path / "ar.json", ARABIC))
    assert join_sets([asked], []).articles == asked.articles


def test_article_lines_keep_their_ids_and_stand_beside(tmp_path: Path) -> None:
    asked = read_questions(write_squad(tmp_path / "en.json", ENGLISH))
    lines = write_lines(
        tmp_path / "news.jsonl", {"id": 7, "title": "خبر", "text": "نصّ الخبر.", "published": "2013-05-01T10:00"}
    )
    joined = join_sets([asked], [read_corpus(tmp_path / "en.json"), read_corpus(lines)])
    assert [a.id for a in joined.articles][1:] == ["7"]
    assert str(joined.articles[1].published) == "2013-05-01"
    assert joined.questions[0].relevant == asked.questions[0].relevant


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("q.jsonl", '{"question": "a"}\n{"question"', "line 2: not JSON"),
        ("q.jsonl", "[1]", "line 1: not a JSON object"),
        ("q.jsonl", '{"question": ""}', "line 1: question must be a text"),
        ("q.jsonl", json.dumps({"question": "a" * 4001}), "line 1: the question has 4,001 characters"),
        ("q.jsonl", '{"question": "a", "language": "fr"}', "line 1: language is 'fr'"),
        ("q.jsonl", '{"question": "a", "as_of": "soon"}', "line 1: 'soon' is no date"),
        ("q.jsonl", '{"question": "a", "support": [{"quote": "x"}]}', "line 1: article is missing"),
        ("q.jsonl", '{"question": "a", "answers": {"x": 1}}', "must be a list of texts"),
        ("q.jsonl", '{"id": 1, "question": "a"}\n{"id": 1, "question": "b"}', "two questions have the id '1'"),
        ("q.jsonl", '{"text": "an article"}', "holds no questions"),
        ("q.jsonl", '{"title": "t"}', "line 1: neither a question nor an article"),
        ("q.json", "{", "line 1: not JSON"),
        ("q.json", '{"data": [{"title": "t"}]}', "not in SQuAD's format"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, name: str, content: str, reason: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=reason) as error:
        read_questions(path)
    assert str(path) in str(error.value)


def test_a_missing_file_or_a_corpus_without_articles_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(SourceError, match="holds no articles"):
        read_corpus(write_lines(tmp_path / "q.jsonl", {"question": "a"}))
