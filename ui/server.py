"""The server: what programs talk to and the documents first, the pages as soon as Gradio is loaded."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from rag.errors import IndexStateError, SanadError, SettingsError
from rag.pipeline import Rag
from rag.settings import Settings
from ui.accounts import Accounts, open_accounts
from ui.documents import document_routes
from ui.entrance import LOOPBACK, Entrance
from ui.headers import SecureHeaders
from ui.later import Later
from ui.limits import Limits
from ui.listening import Listener
from ui.loading import load_gradio, without_collecting
from ui.log import LogQuestions, LogRequests, write_log
from ui.login import login_routes
from ui.sessions import Sessions
from ui.site import Site
from ui.uploads import upload_routes


def build_server(rag: Rag, settings: Settings, *, programs: bool = False, limits: Limits | None = None) -> FastAPI:
    """Return the server of the pages over a Rag that was opened with these settings.

    Args:
        rag: answers the questions.
        settings: those it was opened with.
        programs: serve what programs and other assistants talk to as well.
        limits: how much it takes on; those of the settings when None.

    Returns:
        The server; its `state.queue` is the queue of the questions, its `state.pages` the pages, made when it begins.
    """
    site = Site(rag, settings, limits)
    if programs:
        from ui.api.faces import build_faces

        server = build_faces(rag, settings.index, site.queue)
    else:
        server = FastAPI(title="Sanad", openapi_url=None)
    server.state.queue = site.queue
    accounts = _open_accounts(settings)
    if accounts:
        server.include_router(login_routes(Sessions(accounts)))
    server.include_router(document_routes(site))
    server.include_router(upload_routes(site.uploads, settings.index))
    server.add_middleware(Entrance, accounts=accounts, always=settings.host not in LOOPBACK)
    server.add_middleware(  # a page of these sites may talk to the server with a key; never with its reader's session
        CORSMiddleware, allow_origins=settings.allowed_origins, allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
    )  # fmt: skip
    server.add_middleware(SecureHeaders)
    server.add_middleware(LogRequests)
    pages = server.state.pages = Later(lambda: _make_pages(site))
    server.mount("", pages)
    begun = server.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with begun(app), pages.while_served():
            yield

    server.router.lifespan_context = lifespan
    return server


def _make_pages(site: Site) -> FastAPI:
    with without_collecting():
        load_gradio()
        from ui.app import serve_pages

        return serve_pages(site)


def serve(rag: Rag, settings: Settings, *, programs: bool = False, on_ready: Callable[[str], None]) -> None:
    """Serve the pages until interrupted.

    Args:
        rag: answers the questions.
        settings: those it was opened with; `host` is a loopback address, `port` must be free.
        programs: see `build_server`.
        on_ready: called with the address once it can be opened.

    Raises:
        SanadError: the port is taken or the address cannot be used.
        SettingsError: the certificate cannot be used.
    """
    host, port = settings.host, settings.port
    _check_port(host, port)
    _check_certificate(settings)
    app = build_server(rag, settings, programs=programs)
    if not programs:
        app.state.pages.prepare()  # there is nothing else to be served
    options: dict[str, Any] = {"ssl_certfile": settings.tls_certificate, "ssl_keyfile": settings.tls_key}
    if programs:
        write_log(hidden=settings.secrets)
        rag.listeners.add(LogQuestions(words=settings.log_questions))
        options["log_config"] = None  # uvicorn's own lines go the same way
    address = f"{'https' if settings.tls_certificate else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
    Listener(app, host, port, app.state.queue, lambda: on_ready(address), **options).run()


def _open_accounts(settings: Settings) -> Accounts | None:
    """Return the accounts; None where this machine alone is served, from a folder in which none can be kept."""
    try:
        return open_accounts(settings.home)
    except IndexStateError:
        if settings.host in LOOPBACK and not settings.database:
            return None
        raise


def _check_certificate(settings: Settings) -> None:
    if settings.tls_certificate or settings.tls_key:
        try:
            ssl.create_default_context().load_cert_chain(settings.tls_certificate or "", settings.tls_key)
        except OSError as error:  # ssl.SSLError is one
            raise SettingsError(
                f"RAG_TLS_CERTIFICATE={settings.tls_certificate}, RAG_TLS_KEY={settings.tls_key}: these files cannot "
                f"be used ({error.strerror or error}); they must be a certificate and its private key, in PEM"
            ) from error


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
