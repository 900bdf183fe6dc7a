"""The pages' server: the Gradio app, with the documents beside it."""

from __future__ import annotations

import secrets
import socket
import warnings
from collections.abc import Callable

import gradio as gr
from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import SanadError
from rag.pipeline import Rag
from rag.settings import Settings
from ui.app import build_app, looks
from ui.documents import document_routes
from ui.limits import Limits
from ui.listening import Listener
from ui.site import VISITOR, Site

_YEAR = 365 * 24 * 3600  # seconds


def build_server(rag: Rag, settings: Settings, *, programs: bool = False, limits: Limits | None = None) -> FastAPI:
    """Return the server of the pages over a Rag that was opened with these settings.

    Args:
        rag: answers the questions.
        settings: those it was opened with.
        programs: serve what programs and other assistants talk to as well.
        limits: how much it takes on; those of the settings when None.

    Returns:
        The server; its `state.queue` is the queue of the questions.
    """
    site = Site(rag, settings, limits)
    if programs:
        from ui.api.faces import build_faces  # MCP's library takes a while to load

        server = build_faces(rag, settings.index, site.queue)
    else:
        server = FastAPI(title="Sanad", openapi_url=None)
    server.state.queue = site.queue
    server.add_middleware(_KnownVisitor)
    server.include_router(document_routes(site))
    with warnings.catch_warnings():  # Gradio warns of what is off by `looks`
        warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
        gr.mount_gradio_app(server, build_app(site), path="", **looks())
    return server


def serve(rag: Rag, settings: Settings, *, programs: bool = False, on_ready: Callable[[str], None]) -> None:
    """Serve the pages until interrupted.

    Args:
        rag: answers the questions.
        settings: those it was opened with; `host` is a loopback address, `port` must be free.
        programs: see `build_server`.
        on_ready: called with the page's address once it can be opened.

    Raises:
        SanadError: the port is taken or the address cannot be used.
    """
    host, port = settings.host, settings.port
    _check_port(host, port)
    app = build_server(rag, settings, programs=programs)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    Listener(app, host, port, app.state.queue, lambda: on_ready(address)).run()


class _KnownVisitor:
    """Gives a browser that has none a random id, by which its talks are known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or VISITOR in Request(scope).cookies:
            await self._app(scope, receive, send)
            return

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    response = Response()
                    response.set_cookie(
                        VISITOR, secrets.token_urlsafe(24), max_age=_YEAR, httponly=True, samesite="lax"
                    )
                    headers.append("set-cookie", response.headers["set-cookie"])
            await send(message)

        await self._app(scope, receive, send_with_id)


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SanadError(
                f"port {port} is in use or not allowed ({error.strerror}); choose another with --port, or set "
                "GRADIO_SERVER_PORT"
            ) from error
