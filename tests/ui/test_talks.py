"""Guards: a talk is kept as it was, found by its words in any spelling, and seen by its own visitor alone."""

import os
from datetime import date
from pathlib import Path

import pytest

from rag.filter import Filter
from rag.home import Home
from rag.types import Answer, Citation, Hit
from tests.fakes import a_passage
from ui.talks import Talks
from ui.types import Exchange

PASSAGE = a_passage("One.", "Two.")
CITED = Citation(1, "One.", PASSAGE, 0, 4, ("Wire", "Daily"))
ANSWER = Answer(
    "q",
    "One. [1]",
    "en",
    citations=(CITED,),
    nearest=(Hit(1, 0.5, PASSAGE, (0.1, 0.2), {"dense": 1.0}),),
    since=date(2026, 1, 1),
)
WHOLE = Exchange("q", ANSWER, only=Filter("ar", date(2025, 1, 1)), seconds=0.2, liked=True, note="ملاحظة")


def test_a_talk_is_read_as_it_was_saved_also_by_another_process(tmp_path: Path) -> None:
    talk = Talks(Home(tmp_path)).save("me", "", [WHOLE, Exchange("second", problem="no index")])
    assert Talks(Home(tmp_path)).read("me", talk) == [WHOLE, Exchange("second", problem="no index")]


def test_saving_again_replaces_and_keeps_the_id(tmp_path: Path) -> None:
    talks = Talks(Home(tmp_path))
    talk = talks.save("me", "", [WHOLE, WHOLE])
    assert talks.save("me", talk, [WHOLE]) == talk
    assert len(talks.read("me", talk)) == 1


def test_no_visitor_reaches_anothers_talk(tmp_path: Path) -> None:
    talks = Talks(Home(tmp_path))
    talk = talks.save("me", "", [WHOLE])
    talks.rename("you", talk, "stolen")
    talks.delete("you", talk)
    assert talks.read("you", talk) == []
    assert talks.title("you", talk) == ""
    assert talks.find("you") == []
    assert talks.save("you", talk, [Exchange("mine")]) != talk
    assert talks.read("me", talk) == [WHOLE]
    assert talks.title("me", talk) == "q"


def test_nothing_is_kept_of_a_browser_without_cookies(tmp_path: Path) -> None:
    talks = Talks(Home(tmp_path))
    assert talks.save("", "", [WHOLE]) == ""
    assert talks.find("") == []


def test_talks_are_found_by_question_answer_and_title_the_last_one_first(tmp_path: Path) -> None:
    talks = Talks(Home(tmp_path))
    first = talks.save("me", "", [Exchange("من أطلق المبادرة؟", Answer("", "أطلقتها القاهرة.", "ar"))])
    second = talks.save("me", "", [Exchange("100% sure?")])
    talks.rename("me", second, " قضية الرقائق ")
    assert [talk.id for talk in talks.find("me")] == [second, first]
    assert [talk.id for talk in talks.find("me", "القاهره")] == [first]
    assert [talk.title for talk in talks.find("me", "رقائق")] == ["قضية الرقائق"]
    assert [talk.id for talk in talks.find("me", "0%")] == [second]
    assert talks.find("me", "_") == []
    talks.save("me", first, [WHOLE])
    assert talks.find("me")[0].id == first


def test_an_empty_name_changes_nothing_and_a_deleted_talk_is_gone(tmp_path: Path) -> None:
    talks = Talks(Home(tmp_path))
    talk = talks.save("me", "", [WHOLE])
    talks.rename("me", talk, "  ")
    assert talks.title("me", talk) == "q"
    talks.delete("me", talk)
    assert talks.find("me") == []
    assert talks.read("me", talk) == []


def test_a_talk_that_was_deleted_does_not_come_back(tmp_path: Path) -> None:
    talks = Talks(Home(tmp_path))
    talk = talks.save("me", "", [WHOLE])
    changed = Exchange("other")
    assert talks.update("me", talk, 0, changed)
    assert talks.read("me", talk) == [changed]
    assert not talks.update("me", talk, 1, changed)
    assert not talks.update("you", talk, 0, WHOLE)
    talks.delete("me", talk)
    assert not talks.update("me", talk, 0, changed)
    assert talks.find("me") == []


@pytest.mark.skipif(os.getuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_keeps_talks_until_the_end(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    talks = Talks(Home(tmp_path))
    tmp_path.chmod(0o700)
    assert not talks.kept
    assert talks.read("me", talks.save("me", "", [WHOLE])) == [WHOLE]


def test_a_place_that_is_no_folder_keeps_talks_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    talks = Talks(Home(tmp_path / "file"))
    assert not talks.kept
    assert talks.read("me", talks.save("me", "", [WHOLE])) == [WHOLE]
