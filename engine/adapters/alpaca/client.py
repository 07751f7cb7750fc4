from dataclasses import dataclass, field
from functools import partial
from typing import Any

import stamina
from alpaca.common.exceptions import APIError
from alpaca.common.rest import RESTClient

from engine import spans
from engine.adapters.alpaca.connection import WatchedAdapter
from engine.adapters.alpaca.error_mapping import Declined, NoAnswer, NotTaken, TooMany, failure_of
from engine.adapters.alpaca.rate_limiter import RateLimiter
from engine.adapters.deadline import within
from engine.ports.broker import LastLook, nothing_more

PAPER_URL = "https://paper-api.alpaca.markets"
LIVE_URL = "https://api.alpaca.markets"
DATA_URL = "https://data.alpaca.markets"

NOT_FOUND = 404

Params = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlpacaAccess:
    """How to reach an account: its keys, servers, time-outs (seconds to connect, and between two bytes), and budget.

    `live` is real money. An empty URL means Alpaca's own server.
    """

    key: str = field(repr=False)
    secret: str = field(repr=False)
    budget: RateLimiter
    live: bool = False
    trading_url: str = ""
    data_url: str = ""
    stream_url: str = ""
    timeouts: tuple[float, float] = (3.0, 10.0)

    @property
    def deadline(self) -> float:
        """Seconds in which a request ends, answered or not, however its bytes come."""
        return sum(self.timeouts)

    @property
    def trading(self) -> str:
        """The server of orders, positions, money and hours."""
        return self.trading_url.rstrip("/") or (LIVE_URL if self.live else PAPER_URL)

    @property
    def data(self) -> str:
        """The server of prices and news."""
        return self.data_url.rstrip("/") or DATA_URL

    @property
    def stream(self) -> str:
        """The whole URL of the stream of trade updates."""
        return self.stream_url or self.trading.replace("http", "ws", 1) + "/stream"

    def data_stream(self, feed: str) -> str:
        """The whole URL of the stream of market data; Alpaca's own has a host beside that of its prices."""
        server = self.data.replace("http", "ws", 1)
        if server.endswith(".alpaca.markets"):
            server = server.replace("://data.", "://stream.data.", 1)
        return f"{server}/v2/{feed}"


class RestClient(RESTClient):
    """The SDK's client with time-outs and without its retries, which would send an order again."""

    def __init__(self, url: str, version: str, access: AlpacaAccess) -> None:
        super().__init__(url, access.key, access.secret, api_version=version, raw_data=True)
        self._retry = 0
        timed = partial(self._session.request, timeout=access.timeouts)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, WatchedAdapter())
        self._settle_environment(url)
        self._session.request = timed  # type: ignore[method-assign] # the SDK has no argument for time-outs

    def _settle_environment(self, url: str) -> None:
        """Look once for the proxy and the authority that the environment names, and at no ~/.netrc.

        Otherwise each request looks again, which takes a part of a millisecond, and a line of ~/.netrc about
        the host comes along beside the keys.
        """
        found = self._session.merge_environment_settings(url, {}, None, None, None)
        self._session.proxies, self._session.verify = found["proxies"], found["verify"]
        self._session.trust_env = False

    def stop(self) -> None:
        """Close the connections."""
        self._session.close()


class AlpacaClient:
    """One REST API of Alpaca, `version` being the first part of its paths. Raises NotTaken, NoAnswer and Declined."""

    def __init__(self, url: str, version: str, access: AlpacaAccess) -> None:
        self._client = RestClient(url, version, access)
        self._budget = access.budget
        self._deadline = access.deadline
        again = stamina.RetryingCaller(attempts=3, timeout=15.0, wait_initial=0.1, wait_jitter=0.1)
        self._retrying = again.on(_may_pass)

    def stop(self) -> None:
        """Close the connections."""
        self._client.stop()

    def read(self, path: str, params: Params | None = None, *, urgent: bool = False) -> Any:
        """Read, and try again when that fails; what an order waits for is urgent."""
        return self._retrying(self._read, path, params, urgent)

    def find(self, path: str, params: Params | None = None, *, urgent: bool = False) -> Any | None:
        """Read what may not be there, None when Alpaca says that it is not."""
        try:
            return self.read(path, params, urgent=urgent)
        except Declined as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def post(self, path: str, body: Params, last_look: LastLook = nothing_more) -> Any:
        """Send something new, once, after a last look between the connection and the first byte; raises Stopped."""
        self._budget.take()
        return self._something(partial(self._client.post, path, body), last_look)

    def patch(self, path: str, body: Params, last_look: LastLook = nothing_more) -> Any:
        """Change something, once, after a last look; raises Stopped."""
        self._budget.take()
        return self._something(partial(self._client.patch, path, body), last_look)

    def delete(self, path: str, params: Params | None = None, last_look: LastLook = nothing_more) -> Any:
        """Take something back, once, after a last look; return what is said of it, None when that is nothing.

        Raises Stopped.
        """
        self._budget.take()
        return self._answer(partial(self._client.delete, path, params), last_look)

    def _read(self, path: str, params: Params | None, urgent: bool) -> Any:
        if urgent:
            self._budget.take()
        else:
            self._budget.wait()
        return self._something(partial(self._client.get, path, params))

    def _something(self, request: partial[Any], last_look: LastLook = nothing_more) -> Any:
        """Return an answer; an empty one, or a redirection, must not be mistaken for "not found"."""
        answer = self._answer(request, last_look)
        if answer is None:
            raise NoAnswer("an empty answer")
        return answer

    def _answer(self, request: partial[Any], last_look: LastLook = nothing_more) -> Any:
        resource = str(request.args[0]).split("/")[1]  # without the ids that come after it
        with spans.follow(f"alpaca {request.func.__name__.upper()} /{resource}", spans.SpanKind.CLIENT):
            return self._answered(request, last_look)

    def _answered(self, request: partial[Any], last_look: LastLook) -> Any:
        failure: Exception | None = None
        answer: Any = None
        with within(self._deadline, last_look) as call:
            try:
                answer = request()
            except (APIError, OSError, ValueError) as error:  # requests' own errors are OSErrors
                failure = error
        if failure is not None and call.is_unsent:
            raise NotTaken(f"no connection: {type(failure).__name__}") from failure
        if call.is_over:
            raise NoAnswer(f"no answer within {self._deadline:g} s") from failure
        if failure is not None:
            raise failure_of(failure) from failure
        return answer


def _may_pass(error: Exception) -> bool:
    return isinstance(error, (NotTaken, NoAnswer)) and not isinstance(error, TooMany)
