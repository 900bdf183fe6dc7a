"""`/health` and `/metrics`: for whoever watches over the server."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from rag.errors import IndexStateError
from ui.api.metrics import CONTENT_TYPE, Metrics
from ui.api.service import Service
from ui.problems import guarding


def health_routes(service: Service, metrics: Metrics) -> APIRouter:
    """Return the ways to what the server says of itself."""
    routes = APIRouter(route_class=guarding(service.folder, 422))
    known_good = 0  # the generation of the index that was last searched

    def examine() -> dict[str, Any]:
        nonlocal known_good
        generation = service.rag.index.generation
        if not generation:
            raise IndexStateError("there is no index; build it with: sanad index")
        if generation != known_good:  # what a question needs besides: the encoder, the vectors, the keywords
            service.rag.search("سند Sanad", 1)
            known_good = generation
        return {"status": "ok", "generation": generation}

    @routes.get("/health")
    async def health() -> Response:
        return JSONResponse(await service.run(examine), headers={"Cache-Control": "no-store"})

    @routes.get("/metrics")
    async def figures() -> Response:
        return Response(await service.run(metrics.to_text), media_type=CONTENT_TYPE)

    return routes
