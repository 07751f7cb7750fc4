"""The way in: keys are checked, refusals become answers, and no answer leaves that breaks the specification."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.fakes.alpaca.rates import RateLimit
from tests.support.fakes.alpaca.rules import Refusal, malformed
from tests.support.fakes.alpaca.specification import Specification


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as the verbs need it: what stands in the path, behind the question mark and in the body."""

    path: Mapping[str, Any]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() == "true"


Verb = Callable[[Asked], Any]


@dataclass(kw_only=True)
class Door:
    """Makes routes of verbs; `violations` remembers every answer that would have broken the specification."""

    key: str
    secret: str
    rates: RateLimit
    strict: bool = True
    violations: list[str] = field(default_factory=list)

    def route(self, transaction: Specification, method: str, path: str, verb: Verb, status: int = 200) -> Route:
        async def endpoint(request: Request) -> Response:
            is_free, headers = self.rates.take()
            answer = self._turned_away(request) if is_free else _too_many()
            if answer is None:
                got, body = await self._answer(request, verb, status)
                answer = (
                    Response(status_code=204) if got == 204 else self._checked(transaction, method, path, got, body)
                )
            answer.headers.update(headers)
            return answer

        return Route(path, endpoint, methods=[method])

    async def _answer(self, request: Request, verb: Verb, status: int) -> tuple[int, Any]:
        try:
            return status, verb(await _asked(request))
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _turned_away(self, request: Request) -> Response | None:
        keys = [request.headers.get(f"APCA-API-{name}") for name in ("KEY-ID", "SECRET-KEY")]
        if None in keys:
            return JSONResponse({"code": 40110000, "message": "request is not authorized"}, 401)
        # Alpaca gives no code here.
        return None if keys == [self.key, self.secret] else JSONResponse({"message": "forbidden."}, 403)

    def _checked(self, transaction: Specification, method: str, path: str, status: int, body: Any) -> Response:
        complaints = (
            transaction.complaints(method, path, status, _without_failures(path, status, body)) if self.strict else []
        )
        if complaints:
            self.violations += complaints
            return JSONResponse({"code": 50010000, "message": complaints[0]}, 500)
        return JSONResponse(body, status)


def _too_many() -> Response:
    return JSONResponse({"code": 42910000, "message": "rate limit exceeded"}, 429)


async def _asked(request: Request) -> Asked:
    raw = await request.body()
    try:
        body = json.loads(raw, parse_float=Decimal) if raw else {}
    except ValueError:
        raise malformed("request body format is invalid") from None
    return Asked(path=request.path_params, query=request.query_params, body=body)


def _without_failures(path: str, status: int, body: Any) -> Any:
    """Leave out what the specification has no place for: a position that was not closed carries an error, no order."""
    if path != "/v2/positions" or status != 207:
        return body
    return [item if item["status"] == 200 else {name: item[name] for name in ("symbol", "status")} for item in body]
