"""What the suites of the stream and the price cache put in, and the server that their real adapters talk to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from engine.adapters.valkey import EmbeddedValkey
from engine.model.market import Snapshot
from engine.model.trade import Trade
from tests.support.fakes.trades import a_trade

AT = datetime(2025, 8, 19, 14, 45, 0, 250_000, tzinfo=UTC)


@contextmanager
def valkey_server(folder: Path) -> Iterator[str]:
    """Run a Valkey server and give its URL."""
    server = EmbeddedValkey(folder)
    try:
        yield server.start()
    finally:
        server.stop()


def a_snapshot(symbol: str = "AAPL", *, at: datetime = AT, price: str = "150.25") -> Snapshot:
    cent = Decimal("0.01")
    return Snapshot(
        symbol=symbol, at=at, price=Decimal(price), volume=51_200, bid=Decimal(price) - cent, ask=Decimal(price) + cent
    )


def a_proposal(symbol: str = "AAPL") -> Trade:
    return a_trade(id=f"{symbol}_20250819_234515", symbol=symbol)
