"""An engine → all that programs talk to, beside the pages on one server."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Route

from rag.pipeline import Rag
from ui.api import articles, openai
from ui.api.articles import build_articles_api
from ui.api.gate import BodyLimit, PostOnly
from ui.api.health import health_routes
from ui.api.metrics import Metrics
from ui.api.openai import build_openai_api
from ui.api.service import Service
from ui.later import Later
from ui.queueing import QuestionQueue


def build_faces(rag: Rag, folder: Path, queue: QuestionQueue) -> FastAPI:
    """Return a server of `/api`, `/v1`, `/mcp`, `/health` and `/metrics`, on which the pages can be mounted.

    Args:
        rag: answers the questions; from now on, whatever it is asked is counted, by the pages too.
        folder: of its index, which no message names.
        queue: that questions wait in, those of the pages too.
    """
    service = Service(lambda: rag, folder, queue)
    metrics = Metrics(service)
    rag.listeners.add(metrics)
    assistants = Later(lambda: _serve_assistants(service))
    server = FastAPI(title="Sanad", openapi_url=None, lifespan=lambda _: assistants.while_served())
    server.state.assistants = assistants
    server.include_router(health_routes(service, metrics))
    server.mount("/api", BodyLimit(build_articles_api(service), articles.LARGEST_BODY))
    server.mount("/v1", BodyLimit(build_openai_api(service), openai.LARGEST_BODY))
    server.router.routes.append(Route("/mcp", PostOnly(assistants)))
    return server


def _serve_assistants(service: Service) -> Starlette:
    """Return what assistants talk to; the library of their protocol takes most of a second to load."""
    from mcp.server.transport_security import TransportSecuritySettings

    from ui.api import mcp

    return mcp.build_mcp(service).streamable_http_app(
        stateless_http=True,
        max_request_body_size=mcp.LARGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # see ui.entrance
    )
