from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.model.market import Snapshot
from engine.pipeline.observe import Flaw, flaw_of
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import AT

GOOD = Snapshot(
    symbol="AAPL",
    at=AT,
    price=Decimal("150.25"),
    volume=2_500_000,
    bid=Decimal("150.24"),
    ask=Decimal("150.25"),
)
OLDEST = timedelta(seconds=90)


def test_a_good_price_has_no_flaw() -> None:
    assert flaw_of(GOOD, AT, OLDEST) is None


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"price": Decimal("NaN")}, Flaw.NO_NUMBER),
        ({"ask": Decimal("Infinity")}, Flaw.NO_NUMBER),
        ({"price": Decimal(0)}, Flaw.NOT_POSITIVE),
        ({"bid": Decimal(-1)}, Flaw.NOT_POSITIVE),
        ({"volume": -1}, Flaw.NOT_POSITIVE),
        ({"bid": Decimal("150.26")}, Flaw.CROSSED),
        ({"at": AT - timedelta(seconds=91)}, Flaw.STALE),
        ({"at": AT + timedelta(seconds=6)}, Flaw.FUTURE),
    ],
)
def test_a_broken_price_is_refused_by_name(changes: dict[str, Any], flaw: Flaw) -> None:
    assert flaw_of(replace(GOOD, **changes), AT, OLDEST) is flaw


def test_a_broken_price_is_counted_and_the_others_go_on(harness: EngineHarness) -> None:
    harness.market.put(replace(GOOD, at=harness.clock.now(), price=Decimal("NaN")))
    harness.market.price("MSFT", "420.80")
    harness.engine.jobs.tick()
    assert harness.cache.latest("AAPL") is None
    assert harness.cache.latest("MSFT") is not None
