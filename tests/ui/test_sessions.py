"""Guards: sessions (`ui.sessions`) begin with the right password only, end in time, and keep who guesses waiting."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rag.home import Home
from ui import accounts as accounts_module
from ui import sessions as module
from ui.accounts import Accounts
from ui.people import Person
from ui.sessions import LockedOut, Sessions

PASSWORD = "سمك وحليب 2026"


class Clock:
    """A time that only moves when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1)

    def now(self) -> datetime:
        return self.time

    def pass_by(self, **period: float) -> None:
        self.time += timedelta(**period)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "now", clock.now)
    monkeypatch.setattr(accounts_module, "now", clock.now)
    return clock


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    accounts = Accounts(Home(tmp_path))
    accounts.add_user("سارة", PASSWORD, "manage")
    return accounts


@pytest.fixture
def sessions(accounts: Accounts, clock: Clock) -> Sessions:
    return Sessions(accounts)


def begin(sessions: Sessions, password: str = PASSWORD, name: str = "سارة", address: str = "10.0.0.1") -> str | None:
    return sessions.begin(name, password, address)


def test_the_right_password_begins_a_session_however_it_is_typed(sessions: Sessions) -> None:
    token = begin(sessions)
    assert token is not None
    assert sessions.person(token) == Person("user:1", "سارة", "manage")
    assert begin(sessions, "ﺳمك وﺣليب 2026"), "another keyboard sends the letters in their shapes"
    assert begin(sessions, PASSWORD + "x") is None
    assert begin(sessions, name="nobody") is None
    for wrong in ("", token[:-1], token + "x", "' OR 1=1 --"):
        assert sessions.person(wrong) is None


def test_a_session_ends_when_it_is_not_used_and_after_a_week(sessions: Sessions, clock: Clock) -> None:
    token = begin(sessions) or ""
    clock.pass_by(hours=23)
    assert sessions.person(token)
    clock.pass_by(hours=23)
    assert sessions.person(token), "it was in use"
    clock.pass_by(hours=25)
    assert sessions.person(token) is None
    token = begin(sessions) or ""
    for _ in range(8):
        clock.pass_by(hours=20)
        sessions.person(token)
    assert sessions.person(token)
    clock.pass_by(hours=9)
    assert sessions.person(token) is None, "a week has passed"


def test_a_session_ends_with_the_account_the_password_or_when_it_is_left(
    sessions: Sessions, accounts: Accounts
) -> None:
    token = begin(sessions) or ""
    accounts.set_role("سارة", "ask")
    assert sessions.person(token) == Person("user:1", "سارة", "ask"), "a role counts at once"
    sessions.end(token)
    assert sessions.person(token) is None
    token = begin(sessions) or ""
    accounts.set_password("سارة", "another password")
    assert sessions.person(token) is None
    token = begin(sessions, "another password") or ""
    accounts.remove_user("سارة")
    assert sessions.person(token) is None


def test_who_guesses_is_kept_waiting(sessions: Sessions, clock: Clock) -> None:
    for _ in range(5):
        assert begin(sessions, "wrong password") is None
        clock.pass_by(minutes=1)
    with pytest.raises(LockedOut) as locked:
        begin(sessions)
    assert 590 <= locked.value.seconds <= 601, "until the first of the five is 15 minutes old"
    with pytest.raises(LockedOut):
        begin(sessions, address="10.0.0.2")
    clock.pass_by(seconds=locked.value.seconds)
    assert begin(sessions), "trying while it was locked did not make it longer"
    assert [begin(sessions, "wrong password") for _ in range(5)] == [None] * 5, "the right password begins anew"


def test_an_address_that_tries_many_names_is_kept_waiting(sessions: Sessions) -> None:
    for number in range(20):
        assert begin(sessions, "wrong password", f"name{number}") is None
    with pytest.raises(LockedOut):
        begin(sessions, "wrong password", "name21")
    assert begin(sessions, address="10.0.0.2"), "others are not"


def test_many_guesses_at_once_are_no_way_around_it(sessions: Sessions) -> None:
    told: list[str] = []

    def guess(number: int) -> None:
        try:
            told.append(str(begin(sessions, f"wrong password {number}", address=f"10.0.1.{number}")))
        except LockedOut:
            told.append("locked")

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count("None"), told.count("locked")) == (5, 7)


def test_no_session_or_password_is_in_the_file(sessions: Sessions, tmp_path: Path) -> None:
    token = begin(sessions) or ""
    begin(sessions, "wrong password", "إسم")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("accounts.sqlite*"))
    for secret in (token, "wrong password", PASSWORD, "إسم"):
        assert secret.encode() not in kept
