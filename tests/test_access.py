"""Guards: the commands that say who may come in (`sanad users`, `sanad keys`) and what they never print."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from rag.__main__ import main
from rag.home import Home
from ui.accounts import Accounts
from ui.sessions import Sessions

PASSWORD = "سمك وحليب 2026"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "index")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    try:
        main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_user_is_added_listed_changed_and_removed(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "users", "add", "سارة", "--role", "manage", typed=f"{PASSWORD}\n") == 0
    assert capsys.readouterr().err == "سارة can log in now\n"
    assert Sessions(Accounts(home)).begin("سارة", PASSWORD, "")
    assert run(monkeypatch, "users", "list") == 0
    listed = capsys.readouterr().out
    assert "سارة" in listed
    assert "manage" in listed
    assert run(monkeypatch, "users", "password", "سارة", typed="another password\n") == 0
    assert run(monkeypatch, "users", "role", "سارة", "ask") == 0
    [user] = Accounts(home).users()
    assert user.role == "ask"
    assert run(monkeypatch, "users", "remove", "سارة") == 0
    assert Accounts(home).users() == []
    told = capsys.readouterr()
    assert PASSWORD not in told.out + told.err


def test_a_key_is_printed_once_and_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "keys", "add", "prometheus", "--days", "30") == 0
    told = capsys.readouterr()
    [key] = told.out.splitlines()
    assert Accounts(home).person_of_key(key)
    assert told.err == "keep it now: it cannot be shown again\n"
    assert run(monkeypatch, "keys", "list") == 0
    listed = capsys.readouterr().out
    assert "prometheus" in listed
    assert "UTC" in listed
    assert key not in listed
    assert run(monkeypatch, "keys", "remove", "prometheus") == 0
    assert Accounts(home).person_of_key(key) is None


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("users", "add", "omar"), "short\n", "a password has 10 to 1000 characters"),
        (("users", "add", "a b"), PASSWORD, "'a b': a name has 1 to 64 letters"),
        (("users", "add", "omar", "--role", "king"), PASSWORD, "'king': a role is one of ask, manage"),
        (("users", "remove", "nobody"), "", "'nobody': there is none of this name; sanad users list lists them"),
        (("keys", "add", "x", "--days", "0"), "", "--days 0: a key is good for a day at least"),
    ],
)
def test_what_cannot_be_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], typed: str, told: str
) -> None:
    assert run(monkeypatch, *arguments, typed=typed) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"sanad: {told}")
    assert error.count("\n") == 1


def test_a_password_is_asked_for_twice_at_a_terminal(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter([PASSWORD, PASSWORD + "x", PASSWORD, PASSWORD])
    monkeypatch.setattr("rag.access.getpass", lambda _prompt: next(typed))
    monkeypatch.setattr("sys.stdin", Terminal())
    with pytest.raises(SystemExit):
        main(["users", "add", "omar"])
    assert "the two passwords differ" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["users", "add", "omar"])
    assert ended.value.code == 0
    assert [user.name for user in Accounts(home).users()] == ["omar"]
