"""An engine → all that programs talk to, beside the pages on one server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route

from rag.pipeline import Rag
from ui.api import articles, mcp, openai
from ui.api.articles import build_articles_api
from ui.api.gate import BodyLimit, PostOnly
from ui.api.health import health_routes
from ui.api.mcp import build_mcp
from ui.api.metrics import Metrics
from ui.api.openai import build_openai_api
from ui.api.service import Service
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
    assistants = build_mcp(service)
    streamable = assistants.streamable_http_app(
        stateless_http=True,
        max_request_body_size=mcp.LARGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # see ui.entrance
    )

    @asynccontextmanager
    async def while_served(_: FastAPI) -> AsyncIterator[None]:
        async with assistants.session_manager.run():
            yield

    server = FastAPI(title="Sanad", openapi_url=None, lifespan=while_served)
    server.include_router(health_routes(service, metrics))
    server.mount("/api", BodyLimit(build_articles_api(service), articles.LARGEST_BODY))
    server.mount("/v1", BodyLimit(build_openai_api(service), openai.LARGEST_BODY))
    for route in streamable.routes:
        if isinstance(route, Route):
            server.router.routes.append(Route(route.path, PostOnly(route.endpoint)))
    return server
