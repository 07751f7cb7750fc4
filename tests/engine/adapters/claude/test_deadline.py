"""A Claude that answers a byte at a time."""

from typing import Any

import pytest

from engine.adapters.claude.probe import ask_for_model
from engine.errors import NewsUnavailable
from tests.engine.adapters.claude import headline, reading
from tests.engine.adapters.sql.raw import TRICKLES, Answer, raw_server
from tests.support.waiting import until

SLOWLY = pytest.mark.parametrize("answer", TRICKLES.values(), ids=TRICKLES.keys())


@SLOWLY
def test_a_call_ends_within_its_seconds_and_counts_as_lost_and_paid(answer: Answer) -> None:
    with raw_server(answer) as server, reading(url=server.url, seconds=0.4) as desk:
        with pytest.raises(NewsUnavailable, match=r"^outage$"):
            desk.scorer.findings("AAPL", [headline()])
        until(server.hung_up.is_set)
        (call,) = desk.calls
        assert (call.stop_reason, server.connections) == ("lost", 1)
        assert call.dollars > 0


@SLOWLY
def test_the_probe_ends_too(answer: Answer) -> None:
    given: dict[str, Any] = {"api_key": "key", "model": "claude-haiku-5-5"}
    with raw_server(answer) as server, pytest.raises(NewsUnavailable):
        ask_for_model(**given, url=server.url, seconds=0.4)
