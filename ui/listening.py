"""An app → a server on a port, which lets go who keeps it waiting, and ends what it has begun before it stops."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import anyio
import uvicorn
from starlette.types import ASGIApp

from ui.patience import Patience
from ui.queueing import QuestionQueue

_TICKS: Final = 10  # of uvicorn, a tenth of a second each, between two looks at the connections


class Listener(uvicorn.Server):
    """Serves an app until it is told to stop.

    Args:
        app: what is served.
        host: address.
        port: must be free.
        queue: of the questions that the app answers, whose limits hold for the rest too.
        on_ready: called once it can be reached.
        options: of uvicorn besides.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        queue: QuestionQueue,
        on_ready: Callable[[], None] = lambda: None,
        **options: Any,
    ) -> None:
        self._queue, self._on_ready = queue, on_ready
        self._idle = IdleConnections(queue.limits.silence)
        patient = Patience(app, queue.limits, lambda: self.server_state.connections)
        super().__init__(
            uvicorn.Config(
                patient,
                host=host,
                port=port,
                http="h11",  # it bounds the headers, which httptools reads however long they are
                ws="none",
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=queue.limits.part,  # type: ignore[arg-type]
                **options,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Look after the connections; return whether to stop."""
        if counter % _TICKS == 0:
            self._idle.look_over(self.server_state.connections, time.monotonic())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: take nothing new, wait for the answers under way, then cut what is still connected.

        That the connections of open pages are then cut is no error to be told.
        """
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        for server in self.servers:
            server.close()
        self._queue.close()
        with anyio.move_on_after(self._queue.limits.stop):
            while self._queue.running and not self.force_exit:
                await anyio.sleep(0.05)
        await super().shutdown(sockets)


class IdleConnections:
    """Cuts connections on which no request comes in whole: uvicorn waits for its first line and headers for ever.

    Args:
        silence: seconds that they may take.
    """

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._since: dict[tuple[Any, Any], float] = {}  # connection and its last request → when it was first seen idle

    def look_over(self, connections: Iterable[Any], now: float) -> None:
        """Cut those that are idle for too long; what is kept alive for a next request is closed by uvicorn before.

        Args:
            connections: uvicorn's.
            now: seconds of a clock that never goes back.
        """
        idle = [(one, one.cycle) for one in connections if one.cycle is None or one.cycle.response_complete]
        self._since = {key: self._since.get(key, now) for key in idle}
        for (connection, _), since in self._since.items():
            if now - since > self._silence:
                connection.transport.abort()
