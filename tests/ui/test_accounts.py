"""Guards: accounts and keys (`ui.accounts`) keep no secret that can be read back, and say what is wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from rag.errors import IndexStateError
from rag.home import Home
from ui import accounts as module
from ui.accounts import Accounts, open_accounts
from ui.people import Person

PASSWORD = "سمك وحليب 2026"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(Home(tmp_path))


def test_there_is_nobody_at_first(accounts: Accounts) -> None:
    assert not accounts.exist()
    accounts.add_user("سارة", PASSWORD, "manage")
    assert accounts.exist()
    accounts.remove_user("سارة")
    assert not accounts.exist()
    accounts.add_key("robot")
    assert accounts.exist()


def test_no_secret_is_in_the_file_and_nobody_else_may_read_it(accounts: Accounts, tmp_path: Path) -> None:
    accounts.add_user("omar", PASSWORD)
    key = accounts.add_key("robot")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("accounts.sqlite*"))
    assert b"omar" in kept
    assert b"$argon2id$" in kept
    assert PASSWORD.encode() not in kept
    assert key.encode() not in kept
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("accounts.sqlite*")} == {0}


def test_a_key_says_who_it_is_until_it_ends_or_is_removed(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    key = accounts.add_key("wire", "manage", days=2)
    assert accounts.person_of_key(key) == Person("key:1", "wire", "manage")
    for wrong in ("", "sanad_", key[:-1], key + "x", key.upper(), "\udcff"):
        assert accounts.person_of_key(wrong) is None, wrong
    [listed] = accounts.keys()
    assert (listed.name, listed.role) == ("wire", "manage")
    assert listed.ends is not None
    later = listed.ends + timedelta(seconds=1)
    monkeypatch.setattr(module, "now", lambda: later)
    assert accounts.person_of_key(key) is None
    monkeypatch.undo()
    accounts.remove_key("wire")
    assert accounts.person_of_key(key) is None


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "-x", "x" * 65, "a\nb", "a\u202eb", "<b>"])
def test_a_name_is_one_word(accounts: Accounts, name: str) -> None:
    with pytest.raises(ValueError, match="a name has 1 to 64 letters"):
        accounts.add_user(name, PASSWORD)


def test_a_name_is_the_same_in_other_letters(accounts: Accounts) -> None:
    accounts.add_user("Omar", PASSWORD)
    with pytest.raises(ValueError, match="there is one of this name; sanad users list"):
        accounts.add_user("OMAR", PASSWORD)
    accounts.set_role("omar", "manage")
    assert [(user.name, user.role) for user in accounts.users()] == [("Omar", "manage")]


@pytest.mark.parametrize(
    ("password", "told"),
    [("short", "10 to 1000"), ("x" * 1001, "10 to 1000"), ("aaaaaaaaaaaa", "easy to guess"), ("omar-12345!", "easy")],
)
def test_a_password_that_is_easily_guessed_is_refused(accounts: Accounts, password: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as refused:
        accounts.add_user("omar", password)
    assert password not in str(refused.value)
    assert not accounts.exist()


def test_roles_and_names_that_are_none_say_so(accounts: Accounts) -> None:
    accounts.add_user("omar", PASSWORD)
    with pytest.raises(ValueError, match="a role is one of ask, manage"):
        accounts.set_role("omar", "king")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a day at least"):
        accounts.add_key("robot", days=0)
    for change in (accounts.remove_user, accounts.remove_key, lambda name: accounts.set_password(name, PASSWORD)):
        with pytest.raises(ValueError, match="there is none of this name"):
            change("nobody")


def test_an_id_is_never_given_again(accounts: Accounts) -> None:
    """Talks are kept under it: a new user must not find those of one who left."""
    first = accounts.person_of_key(accounts.add_key("one"))
    accounts.remove_key("one")
    second = accounts.person_of_key(accounts.add_key("one"))
    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_a_place_where_nothing_can_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(IndexStateError, match="the accounts cannot be kept there"):
        open_accounts(Home(tmp_path / "file"))
