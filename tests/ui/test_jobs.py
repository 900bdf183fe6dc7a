"""Guards: work in a thread tells how far it has come, gives its result, and raises where that is asked for."""

import threading

import pytest

from rag.progress import Progress, Step
from ui.jobs import Job


def test_progress_comes_in_order_and_ends_with_the_last() -> None:
    def work(progress: Progress) -> str:
        for done in range(1, 101):
            progress(Step(done, 100, f"file {done}"))
        return "report"

    job = Job(work)
    told = list(job.progress())
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert told[-1] == Step(100, 100, "file 100")
    assert job.result() == "report"


def test_each_step_is_told_while_the_work_goes_on() -> None:
    go_on = threading.Event()

    def work(progress: Progress) -> None:
        progress(Step(1, 2, "one"))
        go_on.wait(10)
        progress(Step(2, 2, "two"))

    steps = Job(work).progress()
    assert next(steps) == Step(1, 2, "one")
    go_on.set()
    assert list(steps) == [Step(2, 2, "two")]


def test_an_error_is_raised_with_the_result() -> None:
    def work(_progress: Progress) -> None:
        raise ValueError("no")

    job = Job(work)
    assert list(job.progress()) == []
    with pytest.raises(ValueError, match="no"):
        job.result()
