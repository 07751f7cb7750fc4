"""What can become of a request, told apart by what is certain afterwards."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from alpaca.common.exceptions import APIError
from requests import exceptions as requests_errors
from urllib3.exceptions import MaxRetryError, NewConnectionError

from engine.errors import BrokerUnavailable, OrderExists, OrderRefused, OrderUnclear, TemporaryError

TOO_MANY = 429
REQUEST_TIMEOUT = 408
CLIENT_ERRORS = range(400, 500)
ID_IS_TAKEN = "client_order_id must be unique"
"""What Alpaca says of an id that it has: a proof that the order is there."""

NONSENSE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What reading an answer raises that is not what the API promises."""


class NotTaken(Exception):
    """Alpaca certainly did not take the request: it was not reached, or its rate limit turned the request away."""


class TooMany(NotTaken):
    """There is no room for another request within this minute."""


class NoAnswer(Exception):
    """The request was sent, and what became of it is not known."""


class Declined(Exception):
    """Alpaca said no, in `words` of its own."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{words} ({status})")
        self.status = status
        self.words = words


FAILURES = (NotTaken, NoAnswer, Declined)


def failure_of(error: Exception) -> NotTaken | NoAnswer | Declined:
    """Say what an error of the SDK, or of what it stands on, means."""
    if isinstance(error, APIError):
        return _of_status(error)
    if isinstance(error, requests_errors.ConnectTimeout) or _never_connected(error):
        return NotTaken(f"no connection: {type(error).__name__}")
    return NoAnswer(f"no clear answer: {type(error).__name__}")


def _of_status(error: APIError) -> NotTaken | NoAnswer | Declined:
    status, words = int(error.status_code or 0), _words(error)
    if status == TOO_MANY:
        return TooMany("too many requests (429)")
    if status in CLIENT_ERRORS and status != REQUEST_TIMEOUT and words:
        return Declined(status, words)
    return NoAnswer(f"no clear answer: status {status}")


def _words(error: APIError) -> str:
    """Return Alpaca's own words, empty where the body is not Alpaca's: `error.message` raises on such a body."""
    try:
        body = json.loads(str(error))
    except ValueError:
        return ""
    return str(body.get("message", "")) if isinstance(body, dict) else ""


def _never_connected(error: Exception) -> bool:
    cause = error.args[0] if isinstance(error, requests_errors.ConnectionError) and error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


@contextmanager
def reading(unavailable: type[TemporaryError]) -> Iterator[None]:
    """Turn whatever goes wrong while something is read into the error of a port."""
    try:
        yield
    except FAILURES as error:
        raise unavailable(f"Alpaca: {error}") from error
    except NONSENSE as error:
        raise unavailable(f"Alpaca gave an answer that makes no sense: {error!r}") from error


@contextmanager
def sending(client_order_id: str) -> Iterator[None]:
    """Turn whatever goes wrong while an order is sent, changed or cancelled into what the desk can know about it."""
    try:
        yield
    except NotTaken as error:
        raise BrokerUnavailable(f"Alpaca: {error}") from error
    except Declined as error:
        if ID_IS_TAKEN in error.words:
            raise OrderExists(client_order_id) from error
        raise OrderRefused(error.words) from error
    except (NoAnswer, *NONSENSE) as error:
        raise OrderUnclear(client_order_id) from error
