"""`/api`: ask, search, and the articles themselves, as JSON; what it takes and gives is told at `/api/openapi.json`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from importlib.metadata import version
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ui.api import requests, responses
from ui.api.events import event, stream_events
from ui.api.gate import manage
from ui.api.service import Service, asker_of
from ui.problems import Problem, guarding, problem_of

LARGEST_BODY: Final = 50_000_000
"""Bytes of a request: as much as may be dropped on the page of the articles."""

_ABOUT: Final = (
    "Ask a collection of news articles, in Arabic or English; every statement of an answer cites the passage it rests "
    "on. See the README, “From programs and other assistants”."
)
_EVENTS: Final = {
    "description": (
        "The answer; as `text/event-stream` where that is accepted: an event `partial` for each step of the answer, "
        "each time whole, and at the end `answer`, or `error`."
    ),
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}
_INVALID: Final = 422
_T = TypeVar("_T")
_MANAGED: Final = [Depends(manage)]
_ONE: Final = "/articles/{article_id:path}"
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": responses.ErrorForm, "description": "The body cannot be read"},
    403: {"model": responses.ErrorForm, "description": "The request comes from elsewhere"},
    408: {"model": responses.ErrorForm, "description": "The body does not come in"},
    413: {"model": responses.ErrorForm, "description": "The body is too large"},
    _INVALID: {"model": responses.ErrorForm, "description": "A field is wrong"},
    429: {"model": responses.ErrorForm, "description": "Too many ask; Retry-After says when to try again"},
    503: {"model": responses.ErrorForm, "description": "The index cannot be used now, or the server"},
    504: {"model": responses.ErrorForm, "description": "The answer takes too long"},
}
_MISSING: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": responses.ErrorForm, "description": "No article has this id"}
}


def build_articles_api(service: Service) -> FastAPI:
    """Return the app to be mounted at `/api`."""
    api = FastAPI(
        title="Sanad",
        version=version("sanad-rag"),
        description=_ABOUT,
        docs_url=None,  # FastAPI's pages load their scripts from elsewhere
        redoc_url=None,
        responses=_ERRORS,
    )
    api.router.route_class = guarding(service.folder, _INVALID)

    @api.exception_handler(HTTPException)
    async def tell(_: Request, error: HTTPException) -> Response:
        return problem_of(error, service.folder).to_response()

    _add_questions(api, service)
    _add_articles(api, service)
    return api


def _add_questions(api: FastAPI, service: Service) -> None:
    @api.post("/ask", response_model=responses.AnswerForm, responses={200: _EVENTS}, tags=["questions"])
    async def ask(asked: requests.AskRequest, request: Request) -> Response:
        """Answer a question with citations, or say that the articles do not."""
        if "text/event-stream" in request.headers.get("accept", ""):
            return await stream_events(_answer_events(service, asked, request))
        answer = await service.ask(asker_of(request), asked.question, **asked.options())
        return JSONResponse(answer.to_dict())

    @api.post("/search", response_model=responses.SearchResponse, tags=["questions"])
    async def search(asked: requests.SearchRequest, request: Request) -> Response:
        """Find passages, best first."""
        hits = await service.ask_for(
            asker_of(request), lambda: service.rag.search(asked.query, asked.k, explain=asked.explain, **asked.only())
        )
        return JSONResponse({"hits": [hit.to_dict() for hit in hits]})


def _add_articles(api: FastAPI, service: Service) -> None:
    @api.get("/articles", response_model=responses.ArticlesResponse, tags=["articles"])
    async def articles(asked: Annotated[requests.ListRequest, Query()]) -> Response:
        """List what is indexed, newest first."""
        listed = list(filter(asked.passes, await service.run(lambda: service.listing.articles())))
        part = listed[asked.offset : asked.offset + asked.limit]
        return JSONResponse({"articles": [one.to_dict() for one in part], "total": len(listed)})

    @api.post("/articles", response_model=responses.ReportForm, dependencies=_MANAGED, tags=["articles"])
    async def add(added: requests.AddRequest) -> Response:
        """Add articles, or replace those of the same id."""
        articles = [article.to_article() for article in added.articles]
        report = await service.write(lambda: service.rag.index.put(articles))
        return JSONResponse(report.to_dict())

    @api.get(_ONE, response_model=responses.ArticleForm, responses=_MISSING, tags=["articles"])
    async def article(article_id: requests.ArticleId) -> Response:
        """Give one article as it is stored."""
        found = await _known(service.run(lambda: service.rag.index.article(article_id)))
        return JSONResponse(found.to_dict())

    @api.delete(_ONE, response_model=responses.ReportForm, responses=_MISSING, dependencies=_MANAGED, tags=["articles"])
    async def remove(article_id: requests.ArticleId) -> Response:
        """Take an article out of the index; the file it was read from stays."""
        report = await _known(service.write(lambda: service.rag.index.remove(article_id)))
        return JSONResponse(report.to_dict())


async def _answer_events(service: Service, asked: requests.AskRequest, request: Request) -> AsyncGenerator[str, None]:
    answer = None
    try:
        async with aclosing(service.stream(asker_of(request), asked.question, **asked.options())) as answers:
            async for answer in answers:
                yield event(answer.to_dict(), "partial")
    except Exception as error:
        if answer is None:
            raise
        yield event(problem_of(error, service.folder, _INVALID).to_dict(), "error")
    else:
        if answer:
            yield event(answer.to_dict(), "answer")


async def _known(work: Awaitable[_T]) -> _T:
    """Return what is done with one article; the engine's ValueError says that there is none of its id."""
    try:
        return await work
    except ValueError:
        message = "no article has this id; GET /api/articles lists them"
        raise Problem(404, message, "not_found", "article_id") from None
