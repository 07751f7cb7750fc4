"""The HTTP side: how the bot is, what the desk holds, what it did. It takes proposals too; people steer in Slack."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request, Response
from fastapi.security import HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field
from starlette.exceptions import HTTPException

from bot.http.access_guard import AccessGuard, refuse_open_door
from bot.http.answers import Data, HealthBody, Page, Risk, SignalView, Summary, TradeView
from bot.http.dependencies import Dependencies
from bot.http.docs import Docs
from bot.http.metrics import Metrics
from bot.http.signal_door import SignalDoor
from bot.http.single_flight import Prepared, Ready, SingleFlight
from bot.transport.problem import Problem
from bot.transport.slack_events import SlackEvents
from engine.errors import RequestRefused, StoreUnavailable, TemporaryError, UnknownSymbol, UnknownTrade
from engine.model.trade import RESERVED, TradeState

Responses = dict[int | str, dict[str, Any]]
PROBLEM: Final[dict[str, Any]] = {"model": Problem}
GUARDED: Final[Responses] = {401: PROBLEM, 403: PROBLEM, 429: PROBLEM, 503: PROBLEM}
NAMED: Final[Responses] = {404: PROBLEM, 409: PROBLEM}
TEXT: Final[Responses] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
RETRY_AFTER: Final = "30"
"""Seconds after which an outside system may answer again."""
SUMMARY: Final = "/portfolio/summary"
HEALTH: Final = "/health"
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def _rfc3339(given: object) -> object:
    """Refuse what pydantic would also take for an instant: a bare number or a date."""
    if isinstance(given, str) and (len(given) < len("2025-08-19T14:45Z") or given[4:5] != "-"):
        raise ValueError("expected an instant with its zone, such as 2025-08-19T14:45:00Z")
    return given


class TradesWanted(BaseModel, extra="forbid"):
    """Which trades, newest first: in any of the states, of a symbol, proposed since an instant."""

    state: tuple[TradeState, ...] = ()
    symbol: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9.\-]{0,11}$")] | None = None
    since: Annotated[AwareDatetime, BeforeValidator(_rfc3339)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0


class SignalsWanted(BaseModel, extra="forbid"):
    """How many of the newest signals."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Rooms:
    """One method for each address; the first line of its docstring is its title in /docs."""

    def __init__(self, sources: Dependencies) -> None:
        self._sources = sources
        self._metrics = Metrics(sources)
        self._summary = SingleFlight(self._sum_up)
        self._health = SingleFlight(self._look)
        self.shared: Mapping[str, SingleFlight[Prepared]] = {SUMMARY: self._summary, HEALTH: self._health}

    async def health(self) -> Response:
        """Tell how every part is; the status is 503 when one fails. Looked at once a second, whoever asks."""
        return (await self._health.get()).response()

    async def summary(self) -> Response:
        """Show the account, its positions and its risk; at most a second old, and the same for all who ask at once."""
        return (await self._summary.get()).response()

    def risk(self) -> Data[Risk]:
        """Show open risk, its limits, and the trades that make it up."""
        view = self._sources.queries.portfolio()
        with self._sources.store.reading() as reader:
            trades = reader.trades(RESERVED)
        return Data(data=Risk.of(view, trades))

    def signals(self, wanted: Annotated[SignalsWanted, Query()]) -> Data[tuple[SignalView, ...]]:
        """List the newest signals, those that no trade came of included."""
        return Data(data=tuple(map(SignalView.of, self._sources.signals(wanted.limit))))

    def trades(self, wanted: Annotated[TradesWanted, Query()]) -> Page[tuple[TradeView, ...]]:
        """List trades, newest first."""
        end = wanted.offset + wanted.limit
        with self._sources.store.reading() as reader:
            found = reader.trades(
                wanted.state,
                symbol=(wanted.symbol or "").upper(),
                since=min(max(wanted.since, EARLIEST), LATEST) if wanted.since else None,
                limit=end + 1,
            )
        shown = tuple(map(TradeView.of, found[wanted.offset : end]))
        return Page(data=shown, next_offset=end if len(found) > end else None)

    def trade(self, trade_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9._\-]{1,64}$")]) -> Data[TradeView]:
        """Show one trade, by its id or an unambiguous start of it."""
        return Data(data=TradeView.of(self._sources.queries.trade(trade_id)))

    def metrics(self) -> Response:
        """Show figures for Prometheus."""
        return Response(self._metrics.text(), media_type=CONTENT_TYPE_LATEST)

    def _look(self) -> Prepared:
        health = HealthBody.of(self._sources.health())
        status = HTTPStatus.OK if health.ok else HTTPStatus.SERVICE_UNAVAILABLE
        return Prepared(content=health.model_dump_json().encode(), status=status)

    def _sum_up(self) -> Prepared:
        view, desk = self._sources.queries.portfolio(), self._sources.queries.desk()
        summary = Data(data=Summary.of(view, desk))
        return Prepared(content=summary.model_dump_json().encode())

    def routers(self, *, with_token: bool) -> tuple[APIRouter, APIRouter]:
        """Return the routes that are open to all, and those that are guarded."""
        everybody = APIRouter(tags=["health"])
        everybody.add_api_route(HEALTH, self.health, response_model=HealthBody, responses={503: {"model": HealthBody}})
        bearer = [Depends(HTTPBearer(auto_error=False, description="HTTP_TOKEN"))] if with_token else []
        guarded = APIRouter(dependencies=bearer, responses=GUARDED)
        guarded.add_api_route(SUMMARY, self.summary, tags=["desk"], response_model=Data[Summary])
        guarded.add_api_route("/risk", self.risk, tags=["desk"])
        guarded.add_api_route("/signals", self.signals, tags=["desk"])
        guarded.add_api_route("/trades", self.trades, tags=["desk"])
        guarded.add_api_route("/trades/{trade_id}", self.trade, tags=["desk"], responses=NAMED)
        guarded.add_api_route("/metrics", self.metrics, tags=["health"], response_class=Response, responses=TEXT)
        return everybody, guarded


def build_http(
    sources: Dependencies,
    *,
    host: str,
    token: str = "",
    metrics_token: str = "",
    trusted: str = "",
    slack: SlackEvents | None = None,
    signals: SignalDoor | None = None,
) -> FastAPI:
    """Return the application for a host to listen on; raises SettingsInvalid where it would be open to strangers.

    With a token, all but /health and /slack/events demand it; `metrics_token` opens /metrics alone. Who asks from
    the address `trusted`, by this machine's own name, needs none. /slack/events is there when `slack` is given, and
    POST /signals when `signals` has a secret.
    """
    refuse_open_door(host, token or metrics_token)
    app = FastAPI(
        title="trading-bot",
        summary="How the bot is, what the desk holds, what it did.",
        version=version("trading-bot"),
        docs_url=None,  # FastAPI's own page brings scripts from elsewhere
        redoc_url=None,
    )
    rooms = Rooms(sources)
    app.add_middleware(Ready, answers=rooms.shared)
    app.add_middleware(
        AccessGuard, token=token, metrics_token=metrics_token, host=trusted
    )  # the last one added has the first look
    for router in rooms.routers(with_token=bool(token or metrics_token)):
        app.include_router(router)
    if slack:
        app.include_router(slack.router())
    if signals and signals.is_open:
        app.include_router(signals.router())
    app.add_api_route("/docs", Docs(app).page, include_in_schema=False)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return app


def _try_again(_request: Request, error: Exception) -> Response:
    return Problem(error=type(error).__name__, detail=str(error)).response(503, {"Retry-After": RETRY_AFTER})


def _refused(_request: Request, error: Exception) -> Response:
    facts = {name: str(value) for name, value in error.facts.items()} if isinstance(error, RequestRefused) else {}
    status = 404 if isinstance(error, UnknownTrade | UnknownSymbol) else 409
    return Problem(error=type(error).__name__, detail=str(error), facts=facts).response(status)


def _no_such_door(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    phrase = HTTPStatus(error.status_code).phrase
    return Problem(error=phrase.replace(" ", ""), detail=error.detail).response(error.status_code, error.headers)


def _unexpected(_request: Request, error: Exception) -> Response:
    return Problem(error=type(error).__name__, detail="This is a fault of the bot; its log says more").response(500)


HANDLERS: Final = {
    TemporaryError: _try_again,
    StoreUnavailable: _try_again,
    RequestRefused: _refused,
    HTTPException: _no_such_door,
    Exception: _unexpected,
}
