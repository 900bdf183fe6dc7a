"""A chat model's server that speaks the OpenAI protocol on loopback and does what the model's name says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RIGHT = "Beijing told firms to prepare H200 orders. [1]"


class ScriptedServer(ThreadingHTTPServer):
    """Serves the scripts; keeps what it was asked.

    Attributes:
        asked: the messages of each request, in order.
        says: model → what it writes, request by request; the last is repeated.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[list[dict[str, str]]] = []
        self.says: dict[str, list[str]] = {"right": [RIGHT]}
        self.stopped = threading.Event()  # a client went away while it was written to

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what some tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serve() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body["messages"])
        model = body["model"]
        turn = sum(1 for _ in self.server.asked) - 1
        if model == "busy" or (model == "busy-at-first" and turn == 0):
            self._refuse(429, "slow down")
        elif model == "broken":
            self._refuse(500, "out of memory")
        elif model == "rejected":
            self._refuse(401, "no such key")
        elif model == "silent":
            self.server.stopped.wait(3)
            self.close_connection = True
        else:
            self._begin()
            try:
                self._write(model, turn)
            except OSError:
                self.server.stopped.set()
                self.close_connection = True

    def _write(self, model: str, turn: int) -> None:
        if model == "slow":
            for piece in RIGHT.split(" "):
                self._piece(piece + " ")
                time.sleep(0.02)
            self._end()
        elif model == "cut":
            self._piece("Beijing told firms to")
            self.close_connection = True  # without the chunk that ends it
        elif model == "without-an-end":
            self._piece("Beijing told firms to")
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")
        elif model == "garbage":
            self._chunk(b"data: {this is not JSON\n\n")
            self._chunk(b"")
        elif model in ("endless", "endless-sentence"):
            first, again = ("Beijing told firms to prepare H200 orders. [1] ",) * 2
            if model == "endless-sentence":
                first, again = "Beijing told", " firms and firms and"
            self._piece(first)
            for _ in range(2000):
                self._piece(again)
                time.sleep(0.001)
        else:
            said = self.server.says[model]
            self._piece(said[min(turn, len(said) - 1)])
            self._end()

    def _refuse(self, status: int, message: str) -> None:
        body = json.dumps({"error": {"message": message, "type": "error"}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _piece(self, text: str) -> None:
        self._event({"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None})

    def _end(self) -> None:
        self._event({"index": 0, "delta": {}, "finish_reason": "stop"})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, choice: dict[str, Any]) -> None:
        event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        self._chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        """Keep the tests' output clean."""
