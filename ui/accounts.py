"""Names, passwords and keys → people: the accounts of those who may come in, and the keys of their programs.

Of a password its Argon2 hash is kept, of a key or a session only a SHA-256 digest: both are random, and too long to be
guessed. Nothing of them can be read back.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from argon2 import PasswordHasher

from rag.errors import IndexStateError
from rag.home import Home
from ui.database import open_tables
from ui.people import ROLES, Person, Role

SHORTEST_PASSWORD: Final = 10
"""Characters."""

_LONGEST_PASSWORD = 1000  # characters: to hash more would keep the processor busy
_NAME = re.compile(r"[\w][\w.@+-]{0,63}")
_KEY_BEGINS = "sanad_"

schema = sa.MetaData()
users = sa.Table(
    "users",
    schema,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("folded", sa.String, nullable=False, unique=True),  # the name as it is looked up
    sa.Column("password", sa.String, nullable=False),  # hashed
    sa.Column("role", sa.String, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),  # UTC, as all times here
    sqlite_autoincrement=True,  # the id of who is removed, by which their talks are known, is never given again
)
keys = sa.Table(
    "keys",
    schema,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("folded", sa.String, nullable=False, unique=True),
    sa.Column("digest", sa.String, nullable=False, unique=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("ends", sa.DateTime, nullable=True),
    sqlite_autoincrement=True,
)
sessions = sa.Table(
    "sessions",
    schema,
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("user", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("begun", sa.DateTime, nullable=False),
    sa.Column("seen", sa.DateTime, nullable=False),
)
attempts = sa.Table(  # logins that failed, or are not decided yet
    "attempts",
    schema,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("who", sa.String, nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A user or a key as it is listed; `ends` is None for what does not end."""

    name: str
    role: Role
    created: datetime
    ends: datetime | None = None


class Accounts:
    """The accounts and keys that are kept beside an index.

    Args:
        home: of the index.

    Raises:
        OSError: the folder cannot be made.
        sqlalchemy.exc.DatabaseError: they cannot be read or written.
    """

    def __init__(self, home: Home) -> None:
        self.engine = open_tables(home, "accounts", schema)
        self.hasher = PasswordHasher()  # RFC 9106's second choice: 64 MiB, 3 passes, 4 lanes

    def exist(self) -> bool:
        """Whether there is any account or key: then nobody comes in without one."""
        with self.engine.connect() as connection:
            return any(connection.scalar(sa.select(table.c.id).limit(1)) is not None for table in (users, keys))

    def users(self) -> list[Account]:
        """Return the users by name."""
        rows = users.c["name", "role", "created"]
        with self.engine.connect() as connection:
            return [Account(*row) for row in connection.execute(sa.select(*rows).order_by(users.c.folded))]

    def add_user(self, name: str, password: str, role: Role = "ask") -> None:
        """Make an account.

        Raises:
            ValueError: the name, the password or the role cannot be used, or there is a user of this name.
        """
        name = _plain(name)
        values = {"password": self.hasher.hash(_usable(password, name)), "role": _known(role)}
        self._add(users, name, values)

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password; all their sessions end.

        Raises:
            ValueError: there is no such user, or the password cannot be used.
        """
        hashed = self.hasher.hash(_usable(password, name))
        with self.engine.begin() as connection:
            user = self._find(connection, users, name)
            connection.execute(users.update().where(users.c.id == user).values(password=hashed))
            connection.execute(sessions.delete().where(sessions.c.user == user))

    def set_role(self, name: str, role: Role) -> None:
        """Let a user do more, or less, from now on.

        Raises:
            ValueError: there is no such user or role.
        """
        with self.engine.begin() as connection:
            user = self._find(connection, users, name)
            connection.execute(users.update().where(users.c.id == user).values(role=_known(role)))

    def remove_user(self, name: str) -> None:
        """Take an account away, and end all its sessions.

        Raises:
            ValueError: there is no such user.
        """
        self._remove(users, name)

    def keys(self) -> list[Account]:
        """Return the keys by name; what they are cannot be told again."""
        rows = keys.c["name", "role", "created", "ends"]
        with self.engine.connect() as connection:
            return [Account(*row) for row in connection.execute(sa.select(*rows).order_by(keys.c.folded))]

    def add_key(self, name: str, role: Role = "ask", days: int | None = None) -> str:
        """Make a key and return it, this once.

        Args:
            name: by which it is listed and removed.
            role: what a program may do with it.
            days: for which it can be used; None for ever.

        Raises:
            ValueError: the name or the role cannot be used, or there is a key of this name.
        """
        if days is not None and days < 1:
            raise ValueError(f"--days {days}: a key is good for a day at least")
        key = _KEY_BEGINS + secrets.token_urlsafe(32)
        ends = None if days is None else now() + timedelta(days=days)
        self._add(keys, _plain(name), {"digest": digest(key), "role": _known(role), "ends": ends})
        return key

    def remove_key(self, name: str) -> None:
        """Make a key useless.

        Raises:
            ValueError: there is no such key.
        """
        self._remove(keys, name)

    def person_of_key(self, key: str) -> Person | None:
        """Return whose program has a key; None where it is unknown or has ended."""
        query = sa.select(*keys.c["id", "name", "role", "ends"]).where(keys.c.digest == digest(key))
        with self.engine.connect() as connection:
            found = connection.execute(query).one_or_none()
        if found is None or (found.ends and found.ends <= now()):
            return None
        return Person(f"key:{found.id}", found.name, found.role)

    def _add(self, table: sa.Table, name: str, values: Mapping[str, object]) -> None:
        row = {"name": name, "folded": folded(name), "created": now(), **values}
        try:
            with self.engine.begin() as connection:
                connection.execute(table.insert(), [row])
        except sa.exc.IntegrityError:
            raise ValueError(f"{name!r}: there is one of this name; {_kind(table)} lists them") from None

    def _remove(self, table: sa.Table, name: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(table.delete().where(table.c.id == self._find(connection, table, name)))

    def _find(self, connection: sa.Connection, table: sa.Table, name: str) -> int:
        found = connection.scalar(sa.select(table.c.id).where(table.c.folded == folded(name)))
        if found is None:
            raise ValueError(f"{name!r}: there is none of this name; {_kind(table)} lists them")
        return int(found)


def open_accounts(home: Home) -> Accounts:
    """Return the accounts beside an index.

    Raises:
        IndexStateError: they cannot be read or written.
    """
    try:
        return Accounts(home)
    except (OSError, sa.exc.DatabaseError) as error:
        raise IndexStateError(f"{home}: the accounts cannot be kept there ({error})") from error


def folded(name: str) -> str:
    """Return a name as it is looked up: case and ways of writing the same letter make no difference."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def normal(password: str) -> str:
    """Return a password as it is hashed: the same letters, however a keyboard sends them."""
    return unicodedata.normalize("NFKC", password)


def digest(secret: str) -> str:
    """Return what is kept of a random secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def now() -> datetime:
    """Return the time in UTC, as it is kept."""
    return datetime.now(UTC).replace(tzinfo=None)


def _plain(name: str) -> str:
    name = unicodedata.normalize("NFC", name.strip())
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r}: a name has 1 to 64 letters, digits and . @ + - _, and no spaces")
    return name


def _usable(password: str, name: str) -> str:
    password = normal(password)
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise ValueError(f"a password has {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters")
    if folded(name) in folded(password) or len(set(password)) < SHORTEST_PASSWORD // 2:
        raise ValueError("the password is too easy to guess: it holds the name, or few different characters")
    return password


def _known(role: str) -> str:
    if role not in ROLES:
        raise ValueError(f"{role!r}: a role is one of {', '.join(ROLES)}")
    return role


def _kind(table: sa.Table) -> str:
    return f"sanad {table.name} list"
