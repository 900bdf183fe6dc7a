"""Who asks: someone with an account, a program with a key, or, where there are no accounts, a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from fastapi import Request
from starlette.types import Scope

Role = Literal["ask", "manage"]
"""`ask`: asks, searches and reads. `manage`: adds and removes articles, and measures, as well."""

ROLES: Final = get_args(Role)

_KEY = "person"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks.

    Attributes:
        id: by which talks and limits are kept; "" for a browser that keeps no cookies.
        name: of the account or the key; "" where there are none.
        role: what they may do.
    """

    id: str = ""
    name: str = ""
    role: Role = "manage"

    @property
    def may_manage(self) -> bool:
        """Whether they may change what is indexed."""
        return self.role == "manage"


def introduce(scope: Scope, person: Person) -> None:
    """Note who a request comes from, for `person_of`."""
    scope.setdefault("state", {})[_KEY] = person


def person_of(request: Request) -> Person:
    """Return who a request comes from, which `ui.entrance` has found out."""
    person: Person = getattr(request.state, _KEY)
    return person


def person_in(scope: Scope) -> Person | None:
    """Return the same of a request's scope; None for one that has not come through."""
    person: Person | None = scope.get("state", {}).get(_KEY)
    return person
