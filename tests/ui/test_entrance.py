"""Guards: what `ui.entrance` does where the accounts cannot be read; who it lets in is in `api/test_security.py`."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.home import Home
from ui.accounts import Accounts
from ui.entrance import Entrance


def test_accounts_that_cannot_be_read_let_nobody_in(tmp_path: Path) -> None:
    app, accounts = FastAPI(), Accounts(Home(tmp_path))
    accounts.add_key("robot")
    app.add_api_route("/metrics", lambda: "inside")
    app.add_middleware(Entrance, accounts=accounts)
    client = TestClient(app, base_url="http://127.0.0.1")
    with accounts.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE keys"))
    told = client.get("/metrics")
    assert told.status_code == 503
    assert told.json()["error"]["message"] == "the accounts cannot be read now; try again"
