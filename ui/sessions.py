"""A name and a password → a session, and a session → a person; who guesses is kept waiting.

A session ends by itself a week after it has begun, or a day after it was last used.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Final

import sqlalchemy as sa
from argon2.exceptions import VerificationError

from ui.accounts import Accounts, attempts, digest, folded, normal, now, sessions, users
from ui.people import Person

LONGEST: Final = timedelta(days=7)
"""After which a session ends though it is in use."""

_UNUSED = timedelta(days=1)  # after which it ends
_NOTED = timedelta(minutes=5)  # how often it is noted that a session is in use
_WINDOW = timedelta(minutes=15)  # in which failed logins count
_OF_A_NAME = 5  # failed logins, after which there is a pause
_OF_AN_ADDRESS = 20  # likewise; an office may have one address
_AT_ONCE = 2  # passwords that are checked side by side: each takes 64 MB and a core


class LockedOut(Exception):
    """Too many logins failed.

    Args:
        seconds: to wait.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many logins failed; wait {seconds} seconds")
        self.seconds = seconds


class Sessions:
    """Who is logged in.

    Args:
        accounts: of those who can be.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._engine = accounts.engine
        self._checking = BoundedSemaphore(_AT_ONCE)
        self._nobody = accounts.hasher.hash(secrets.token_urlsafe(16))

    def begin(self, name: str, password: str, address: str) -> str | None:
        """Return the token of a new session; None where name and password do not belong together.

        That there is no such name takes as long to tell, and counts the same, as that the password is wrong.

        Args:
            name: of the user.
            password: theirs.
            address: of the machine that asks.

        Raises:
            LockedOut: too many have failed for this name, or from this address.
        """
        name = folded(name)
        tried = self._note_attempt({f"name {digest(name)}": _OF_A_NAME, f"address {address}": _OF_AN_ADDRESS})
        query = sa.select(*users.c["id", "password"]).where(users.c.folded == name)
        with self._engine.connect() as connection:
            user = connection.execute(query).one_or_none()
        if not self._is_right(user.password if user else self._nobody, normal(password)) or user is None:
            return None
        token = secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(sessions.delete().where(_has_ended()))
            row = {"digest": digest(token), "user": user.id, "begun": now(), "seen": now()}
            connection.execute(sessions.insert(), [row])
            connection.execute(attempts.delete().where(attempts.c.id.in_(tried)))
            connection.execute(attempts.delete().where(attempts.c.who == f"name {digest(name)}"))
        return token

    def person(self, token: str) -> Person | None:
        """Return who has a session; None where it is unknown or has ended."""
        query = (
            sa.select(*users.c["id", "name", "role"], sessions.c.seen)
            .join(users)
            .where(sessions.c.digest == digest(token), ~_has_ended())
        )
        with self._engine.connect() as connection:
            found = connection.execute(query).one_or_none()
        if found is None:
            return None
        if now() - found.seen > _NOTED:
            with self._engine.begin() as connection:
                connection.execute(sessions.update().where(sessions.c.digest == digest(token)).values(seen=now()))
        return Person(f"user:{found.id}", found.name, found.role)

    def end(self, token: str) -> None:
        """End a session."""
        with self._engine.begin() as connection:
            connection.execute(sessions.delete().where(sessions.c.digest == digest(token)))

    def _is_right(self, hashed: str, password: str) -> bool:
        with self._checking:
            try:
                return self._accounts.hasher.verify(hashed, password)
            except VerificationError:
                return False

    def _note_attempt(self, limits: dict[str, int]) -> list[int]:
        """Count a login against each limit before it is tried, so that many at once are no way around it."""
        with self._engine.begin() as connection:
            connection.execute(attempts.delete().where(attempts.c.at < now() - _WINDOW))
            waits = list(_waits(connection, limits))
            if not waits:
                insert = attempts.insert().returning(attempts.c.id)
                return [connection.execute(insert.values(who=who, at=now())).scalar_one() for who in limits]
        raise LockedOut(max(waits))


def _waits(connection: sa.Connection, limits: dict[str, int]) -> Iterable[int]:
    """Yield the seconds to wait for each limit that is reached."""
    for who, most in limits.items():
        query = sa.select(attempts.c.at).where(attempts.c.who == who).order_by(attempts.c.at.desc()).limit(most)
        times = connection.scalars(query).all()
        if len(times) == most:
            yield max(1, int((times[-1] + _WINDOW - now()).total_seconds()) + 1)


def _has_ended() -> sa.ColumnElement[bool]:
    return sa.or_(sessions.c.begun <= now() - LONGEST, sessions.c.seen <= now() - _UNUSED)
