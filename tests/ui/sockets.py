"""Raw connections to a server, for clients that do not behave as a library would."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any


def connect(address: str, buffer: int = 0) -> socket.socket:
    """Return a connection to an address; with `buffer`, one that takes no more bytes before they are read."""
    host, port = address.removeprefix("http://").split(":")
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(20)
    connection.connect((host, int(port)))
    return connection


def post(
    address: str,
    path: str,
    body: dict[str, Any] | bytes,
    accept: str = "*/*",
    *,
    kind: str = "application/json",
    length: int = 0,
    buffer: int = 0,
) -> socket.socket:
    """Return a connection on which something was asked; with `length`, as if so many bytes were to come."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    asked = connect(address, buffer)
    host = address.removeprefix("http://")
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nAccept: {accept}\r\n"
    asked.sendall(f"{head}Content-Length: {length or len(content)}\r\n\r\n".encode() + content)
    return asked


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the other end closes or cuts the connection; it is closed here too."""
    read = b""
    with connection, suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            read += piece
    return read


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Return whether something comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
