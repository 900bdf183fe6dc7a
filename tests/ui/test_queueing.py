"""Guards: how many are answered and wait, whose turn it is next, what the others are told (`ui.queueing`)."""

from __future__ import annotations

import threading
import time

import anyio
import pytest

from ui.limits import Limits
from ui.queueing import Busy, Place, QuestionQueue, TooSlow


def entered(queue: QuestionQueue, *clients: str) -> list[Place]:
    return [queue.enter(client) for client in clients]


def refused(queue: QuestionQueue, client: str) -> str:
    with pytest.raises(Busy) as told:
        queue.enter(client)
    return told.value.reason


def test_so_many_are_answered_so_many_wait_the_next_is_told() -> None:
    queue = QuestionQueue(Limits(at_once=2, waiting=3, per_client=9))
    places = entered(queue, *"abcde")
    assert [place.is_called() for place in places] == [True, True, False, False, False]
    assert (queue.running, queue.waiting) == (2, 3)
    assert refused(queue, "f") == "queue"
    places[3].leave()  # from among those that wait
    assert (queue.running, queue.waiting) == (2, 2)
    places[0].leave()
    places[0].leave()
    assert [place.is_called() for place in places[1:]] == [True, True, False, False]
    assert (queue.running, queue.waiting) == (2, 1)
    for place in places:
        place.leave()
    assert (queue.running, queue.waiting) == (0, 0)


def test_one_client_may_ask_so_much() -> None:
    queue = QuestionQueue(Limits(at_once=1, waiting=9, per_client=2))
    mine = entered(queue, "me", "me")
    assert refused(queue, "me") == "client"
    entered(queue, "you")
    mine[1].leave()
    entered(queue, "me")


def test_who_asks_much_does_not_keep_the_others_waiting() -> None:
    queue = QuestionQueue(Limits(at_once=2, waiting=9, per_client=9))
    many = entered(queue, *["many"] * 5)
    one, other = entered(queue, "one", "other")
    many[0].leave()
    assert [place.is_called() for place in (many[2], one, other)] == [False, True, False]
    many[1].leave()  # now none of theirs is answered, and they have waited longer
    assert [place.is_called() for place in (many[2], one, other)] == [True, True, False]
    one.leave()
    assert [place.is_called() for place in (many[3], other)] == [False, True]


def test_no_turn_is_lost_among_many_threads() -> None:
    queue = QuestionQueue(Limits(at_once=3, waiting=100, per_client=100))
    most, now, done, lock = 0, 0, 0, threading.Lock()

    def ask(client: str) -> None:
        nonlocal most, now, done
        for _ in range(20):
            with queue.enter(client) as place:
                assert place.is_called(20)
                with lock:
                    now += 1
                    most = max(most, now)
                time.sleep(0.0005)
                with lock:
                    now -= 1
                    done += 1

    threads = [threading.Thread(target=ask, args=(str(n % 4),)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (done, most) == (400, 3)
    assert (queue.running, queue.waiting) == (0, 0)


def test_when_to_come_again_is_told_by_how_long_answers_took(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("ui.queueing.time.monotonic", lambda: now)
    queue = QuestionQueue(Limits(at_once=2, waiting=4, per_client=9, wait=1e9))
    assert queue.retry_after == 1, "where nothing is known"
    first = entered(queue, "a")[0]
    now += 10
    first.leave()
    assert queue.retry_after == 10
    entered(queue, *"abcd")
    assert queue.retry_after == 20, "two wait, two are answered at once"
    slow = entered(queue, "e")[0]
    now += 600
    slow.leave()
    entered(queue, "e")
    assert queue.retry_after == 25, "one that was never answered says nothing of how long that takes"


def test_who_waits_too_long_is_told() -> None:
    queue = QuestionQueue(Limits(at_once=1, wait=0.05))
    with queue.enter("a"), queue.enter("b") as waiting:
        assert not waiting.is_called()
        time.sleep(0.06)
        with pytest.raises(Busy, match="wait"):
            waiting.is_called()
    assert (queue.running, queue.waiting) == (0, 0)


def test_an_answer_may_take_so_long() -> None:
    queue = QuestionQueue(Limits(answer=0.05))
    with queue.enter("a") as place:
        place.check_time()
        time.sleep(0.06)
        with pytest.raises(TooSlow):
            place.check_time()


def test_a_queue_that_is_closed_lets_the_running_ones_end() -> None:
    queue = QuestionQueue(Limits(at_once=1))
    running, waiting = entered(queue, "a", "b")
    queue.close()
    running.check_time()
    assert running.is_called()
    with pytest.raises(Busy, match="stopping"):
        waiting.is_called()
    assert refused(queue, "c") == "stopping"
    waiting.leave()
    running.leave()
    assert (queue.running, queue.waiting) == (0, 0)


async def here() -> bool:
    return False


async def gone() -> bool:
    return True


async def test_turns_are_waited_for_without_a_thread() -> None:
    queue = QuestionQueue(Limits(at_once=1))
    order: list[str] = []

    async def ask(name: str) -> None:
        with queue.enter(name) as place:
            assert await place.arrive(here)
            order.append(name)
            await anyio.sleep(0.01)

    with anyio.fail_after(0.9):  # sooner than who waits is looked at
        async with anyio.create_task_group() as tasks:
            for name in "abc":
                tasks.start_soon(ask, name)
    assert order == ["a", "b", "c"]


async def test_who_has_gone_or_is_cancelled_waits_no_longer() -> None:
    queue = QuestionQueue(Limits(at_once=1))
    with queue.enter("a"):
        with queue.enter("b") as left:
            assert not await left.arrive(gone)
        with anyio.move_on_after(0.05):
            with queue.enter("c") as cancelled:
                await cancelled.arrive(here)
        assert (queue.running, queue.waiting) == (1, 0)
