"""The commands that say who may come in: `sanad users …` and `sanad keys …`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import rag
from rag import show
from rag.options import IndexFolder

if TYPE_CHECKING:  # it loads the database's library
    from ui.accounts import Account, Accounts

users = typer.Typer(no_args_is_help=True, help="People who may use the server: add, list, change, remove.")
keys = typer.Typer(no_args_is_help=True, help="Keys for programs that talk to the server: add, list, remove.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits and . @ + - _")]
Role = Annotated[str, typer.Option(help="ask: ask, search and read.  manage: change the articles as well.")]


@users.command("add")
def add_user(name: Name, role: Role = "ask", index: IndexFolder = None) -> None:
    """Make an account; its password is asked for, or read from the first line of stdin."""
    _accounts(index).add_user(name, _password(), role)  # type: ignore[arg-type]  # it says what a role is
    show.note(f"{name} can log in now")


@users.command("list")
def list_users(index: IndexFolder = None) -> None:
    """List the accounts."""
    _list(_accounts(index).users())


@users.command("password")
def set_password(name: Name, index: IndexFolder = None) -> None:
    """Give a user another password, and end their sessions."""
    _accounts(index).set_password(name, _password())
    show.note(f"the password of {name} is changed; who was logged in with the old one is no longer")


@users.command("role")
def set_role(name: Name, role: Annotated[str, typer.Argument(help="ask or manage")], index: IndexFolder = None) -> None:
    """Let a user do more, or less."""
    _accounts(index).set_role(name, role)  # type: ignore[arg-type]
    show.note(f"{name} may now {role}")


@users.command("remove")
def remove_user(name: Name, index: IndexFolder = None) -> None:
    """Take an account away."""
    _accounts(index).remove_user(name)
    show.note(f"{name} cannot log in any more")


@keys.command("add")
def add_key(
    name: Name,
    role: Role = "ask",
    days: Annotated[int | None, typer.Option(help="How long it is good for; for ever where this is not given.")] = None,
    index: IndexFolder = None,
) -> None:
    """Make a key and print it, this once; a program sends it as `Authorization: Bearer KEY`."""
    typer.echo(_accounts(index).add_key(name, role, days))  # type: ignore[arg-type]
    show.note("keep it now: it cannot be shown again")


@keys.command("list")
def list_keys(index: IndexFolder = None) -> None:
    """List the keys by name; not what they are."""
    _list(_accounts(index).keys())


@keys.command("remove")
def remove_key(name: Name, index: IndexFolder = None) -> None:
    """Make a key useless."""
    _accounts(index).remove_key(name)
    show.note(f"the key {name} is good for nothing any more")


def _accounts(index: IndexFolder) -> Accounts:
    from ui.accounts import open_accounts

    return open_accounts(rag.Settings(index=index).home)


def _list(accounts: Sequence[Account]) -> None:
    table = Table("name", "role", "made", "good until", box=None, pad_edge=False)
    for account in accounts:
        ends = f"{account.ends:%Y-%m-%d %H:%M} UTC" if account.ends else ""
        table.add_row(escape(account.name), account.role, f"{account.created:%Y-%m-%d}", ends)
    Console().print(table)


def _password() -> str:
    """Ask for a password twice, or read it from what is not a terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise ValueError("the two passwords differ; try again")
    return password
