"""Guards: every response says what a browser may do with it (`ui.headers`); scripts of a page carry its nonce."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.testclient import TestClient

from ui.headers import SecureHeaders


def a_client() -> TestClient:
    app = FastAPI()
    app.add_middleware(SecureHeaders)
    own = {"Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "no-referrer"}
    app.add_api_route("/own", lambda: HTMLResponse("<script>1</script>", headers=own))
    parts = ["<scr", "ipt>1</script>", "<script src='x'></script>"]
    app.add_api_route("/parts", lambda: StreamingResponse(iter(parts), media_type="text/html"))
    app.add_api_route("/data", lambda: {"a": "<script>"})
    return TestClient(app)


def test_a_page_that_comes_in_parts_is_whole_and_its_scripts_carry_its_nonce() -> None:
    page = a_client().get("/parts")
    [nonce] = re.findall(r"'nonce-([\w-]+)'", page.headers["content-security-policy"])
    assert page.text == f'<script nonce="{nonce}">1</script><script nonce="{nonce}" src=\'x\'></script>'
    assert int(page.headers["content-length"]) == len(page.content)


def test_what_a_response_says_itself_stays() -> None:
    page = a_client().get("/own")
    assert page.headers["content-security-policy"] == "default-src 'self'"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.text == "<script>1</script>"
    assert page.headers["x-frame-options"] == "DENY"


def test_data_is_nothing_that_runs() -> None:
    told = a_client().get("/data")
    assert told.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert told.json() == {"a": "<script>"}
