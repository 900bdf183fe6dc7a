"""Guards: the real server, on its port, waits for nobody longer than it must, and stops without cutting answers off."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.settings import Settings
from rag.types import Answer
from tests.serving import free_port, prepared, serving
from tests.ui.api.conftest import EndlessRag, counted
from tests.ui.sockets import connect, post, read_all, wait_for
from tests.ui.stand_ins import ToldIndex, ToldRag
from ui.limits import Limits
from ui.listening import IdleConnections, Listener

SHORT = Limits(silence=0.6, pace=1000, connections=12, wait=0.5, answer=1.0, at_once=1, waiting=2, per_client=9)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EndlessRag, str]]:
    rag = EndlessRag(ToldIndex("one"))  # type: ignore[arg-type]
    with serving(rag, tmp_path_factory.mktemp("served"), programs=True, limits=SHORT) as address:  # type: ignore[arg-type]
        yield rag, address


@pytest.mark.parametrize(
    ("path", "kind", "sent"),
    [
        ("/api/ask", "application/json", b"{"),
        ("/v1/chat/completions", "application/json", b"{"),
        ("/mcp", "application/json", b"{"),
        ("/upload", "application/octet-stream", b"x"),
    ],
)
def test_a_body_that_does_not_come_in_is_not_waited_for(
    served: tuple[EndlessRag, str], path: str, kind: str, sent: bytes
) -> None:
    _, address = served
    begun = time.monotonic()
    told = read_all(post(address, path, sent, kind=kind, length=1000))
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"timeout"' in told
    assert b"connection: close" in told.lower()
    assert 0.5 < time.monotonic() - begun < 3


def test_a_body_that_trickles_in_is_not_waited_for(served: tuple[EndlessRag, str]) -> None:
    _, address = served
    slow = post(address, "/api/ask", {"question": "q?"}, length=100_000)
    begun, told = time.monotonic(), b""
    slow.settimeout(0.2)  # a piece each time, never silent for long
    while not told and time.monotonic() - begun < 10:
        slow.sendall(b" " * 20)
        try:
            told = slow.recv(65536)
        except TimeoutError:
            continue
    slow.close()
    assert told.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - begun < 3


def test_a_body_that_takes_its_time_is_read(served: tuple[EndlessRag, str]) -> None:
    _, address = served
    text = b'{"question": "q?"}'
    steady = connect(address)
    head = f"POST /api/ask HTTP/1.1\r\nHost: {address[7:]}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    steady.sendall(f"{head}Content-Length: {len(text) + 2000}\r\n\r\n".encode())
    for _ in range(4):
        steady.sendall(b" " * 500)
        time.sleep(0.3)
    steady.sendall(text)
    assert read_all(steady).startswith(b"HTTP/1.1 504 "), "it was read, and answered for as long as that may take"


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "])
def test_a_request_that_does_not_come_in_is_not_waited_for(served: tuple[EndlessRag, str], sent: bytes) -> None:
    _, address = served
    silent = connect(address)
    silent.sendall(sent)
    begun = time.monotonic()
    assert read_all(silent) == b""
    assert 0.5 < time.monotonic() - begun < 5


def test_idle_connections_are_told_by_their_last_request() -> None:
    cut: list[str] = []

    class Transport:
        def __init__(self, name: str) -> None:
            self.name = name

        def abort(self) -> None:
            cut.append(self.name)

    class Cycle:
        response_complete = True

    class Connection:
        def __init__(self, name: str, cycle: Any) -> None:
            self.transport, self.cycle = Transport(name), cycle

    running = Cycle()
    running.response_complete = False
    idle, asks_often, busy = Connection("idle", None), Connection("often", Cycle()), Connection("busy", running)
    watch = IdleConnections(30)
    for second in range(32):
        asks_often.cycle = Cycle()
        watch.look_over([idle, asks_often, busy], second)
    assert cut == ["idle"]


def test_too_many_connections_are_told_so(served: tuple[EndlessRag, str]) -> None:
    _, address = served
    held = [connect(address) for _ in range(SHORT.connections)]
    full = httpx.get(f"{address}/api/articles")
    assert (full.status_code, full.headers["retry-after"]) == (503, "5")
    assert full.json()["error"]["code"] == "too_many_connections"
    for one in held:
        one.close()
    assert wait_for(lambda: httpx.get(f"{address}/api/articles").status_code == 200)


def test_an_answer_that_takes_too_long_is_told_so(served: tuple[EndlessRag, str]) -> None:
    rag, address = served
    slow = httpx.post(f"{address}/api/ask", json={"question": "q?"}, timeout=20)
    assert slow.status_code == 504
    assert slow.json()["error"]["code"] == "timeout"
    with httpx.stream(
        "POST", f"{address}/api/ask", json={"question": "q?"}, headers={"Accept": "text/event-stream"}
    ) as r:
        *_, last = list(r.iter_lines())[:-1]
    assert '"code":"timeout"' in last
    assert wait_for(lambda: rag.running == 0)


def test_who_waits_too_long_is_told_so(served: tuple[EndlessRag, str]) -> None:
    _, address = served
    first = post(address, "/api/ask", {"question": "q?"})
    assert wait_for(lambda: counted(address) == (1, 0))
    late = httpx.post(f"{address}/api/ask", json={"question": "q?"}, timeout=20)
    assert (late.status_code, late.json()["error"]["code"]) == (429, "queue_timeout")
    assert int(late.headers["retry-after"]) >= 1
    first.close()
    assert wait_for(lambda: counted(address) == (0, 0))


class LongRag(ToldRag):
    """Answers in pieces that are longer than what a connection holds unread."""

    def __init__(self) -> None:
        super().__init__(None, "one")
        self.running = 0

    def stream(self, question: str, history: Any = (), **only: Any) -> Iterator[Answer]:
        self.running += 1
        try:
            for _ in range(200):
                yield Answer(question, "long " * 100_000, "en")
        finally:
            self.running -= 1


def test_a_client_that_reads_nothing_frees_its_slot(tmp_path: Path) -> None:
    rag = LongRag()
    with serving(rag, tmp_path, programs=True, limits=Limits(silence=0.6)) as address:  # type: ignore[arg-type]
        deaf = post(address, "/api/ask", {"question": "q?"}, "text/event-stream", buffer=4096)
        assert wait_for(lambda: rag.running == 1)
        assert wait_for(lambda: rag.running == 0, 5), "the client still holds it"
        assert counted(address) == (0, 0)
        deaf.settimeout(5)
        assert not read_all(deaf).endswith(b"0\r\n\r\n"), "what it missed is not told as if it were all"


class SlowRag(ToldRag):
    """Answers one question in a second; says when it has begun."""

    def __init__(self) -> None:
        super().__init__(None, "one")
        self.begun = threading.Event()

    def stream(self, question: str, history: Any = (), **only: Any) -> Iterator[Answer]:
        for step in range(10):
            self.begun.set()
            time.sleep(0.1)
            yield Answer(question, "said " * step, "en")


@pytest.mark.parametrize(("stop", "whole"), [pytest.param(10, True, id="in time"), pytest.param(0.2, False, id="not")])
def test_a_server_that_stops_ends_its_answers(tmp_path: Path, stop: float, whole: bool) -> None:
    rag, port = SlowRag(), free_port()
    app = prepared(rag, Settings(index=tmp_path), programs=True, limits=Limits(at_once=1, stop=stop, part=0.2))  # type: ignore[arg-type]
    server = Listener(app, "127.0.0.1", port, app.state.queue)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert wait_for(lambda: server.started)
    address = f"http://127.0.0.1:{port}"
    page = connect(address)  # an open page listens to what never ends
    page.sendall(f"GET /gradio_api/heartbeat/x HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    asking = post(address, "/api/ask", {"question": "q?"})
    assert rag.begun.wait(5)
    waiting = post(address, "/api/ask", {"question": "q?"})
    assert wait_for(lambda: app.state.queue.waiting == 1)
    begun = time.monotonic()
    server.should_exit = True
    assert (b"said said" in read_all(asking)) == whole
    refused = read_all(waiting)
    assert b" 503 " in refused[:20]
    assert b'"code":"stopping"' in refused
    thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - begun < 3
    page.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/api/articles")
