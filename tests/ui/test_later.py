"""Guards: an app that takes a while to make (`ui.later`) keeps nobody from the others, and who asks for it waits."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from ui.later import Later


def a_client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


def a_server(pages: Later) -> FastAPI:
    server = FastAPI()

    @server.get("/now")
    def now() -> str:
        return "now"

    server.mount("", pages)
    return server


async def test_others_are_served_while_it_is_made() -> None:
    go_on, happened = threading.Event(), []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        happened.append("begun")
        yield
        happened.append("ended")

    def make() -> FastAPI:
        assert go_on.wait(10)
        happened.append("made")
        app = FastAPI(lifespan=lifespan)
        app.add_api_route("/later", lambda: "later")
        return app

    pages = Later(make)
    async with a_client(a_server(pages)) as client, pages.while_served():
        assert (await client.get("/now")).json() == "now"
        assert happened == []
        go_on.set()
        assert (await client.get("/later")).json() == "later"
        assert (await client.get("/later")).json() == "later"
        assert happened == ["made", "begun"]
    assert happened == ["made", "begun", "ended"]


async def test_without_a_beginning_it_is_made_when_it_is_asked_for() -> None:
    pages = Later(FastAPI)
    async with a_client(a_server(pages)) as client:
        assert (await client.get("/none")).status_code == 404
    assert pages.prepare() is pages.prepare()


async def test_why_it_cannot_be_made_is_told() -> None:
    def broken() -> FastAPI:
        raise RuntimeError("broken")

    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match="broken")):
        async with a_client(a_server(Later(broken))) as client, Later(broken).while_served():
            await client.get("/later")
