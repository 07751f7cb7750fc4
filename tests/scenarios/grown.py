"""The example on real servers: PostgreSQL, a Valkey of somebody else, and Alpaca for prices, news, hours and orders."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from engine.bootstrap import Engine, TradingDesk, open_desk, read_settings
from engine.model.market import BarHistory
from engine.model.trade import Trade
from engine.ports.broker import Broker
from engine.ports.store import Store
from engine.signals.slots import instant
from tests.support.fakes import worked_example
from tests.support.fakes.alpaca.market import Bar
from tests.support.fakes.alpaca.server import FakeAlpaca
from tests.support.fakes.clock import ManualClock
from tests.support.servers import Valkey


@dataclass(frozen=True, kw_only=True)
class Grown:
    """A desk as its settings opened it, but for the clock, and the Alpaca that it trades at."""

    desk: TradingDesk
    clock: ManualClock
    alpaca: FakeAlpaca

    @property
    def engine(self) -> Engine:
        return self.desk.engine

    @property
    def store(self) -> Store:
        return self.desk.adapters.store

    @property
    def broker(self) -> Broker:
        return self.desk.adapters.broker

    @classmethod
    @contextmanager
    def at_the_example(cls, folder: Path, database_url: str, *, margin: bool, **given: Any) -> Iterator[Self]:
        """Open the desk of the blueprint's example, as it stands at 23:44:30 in Seoul."""
        clock = ManualClock(worked_example.AT - timedelta(seconds=30))
        cash = str(worked_example.CASH)
        with FakeAlpaca(clock, cash=cash, margin=margin, slippage_bp="2") as alpaca, Valkey(folder) as valkey:
            alpaca.bars("AAPL", bars_of(worked_example.history()))
            alpaca.news(worked_example.HEADLINE.text, "AAPL", at=worked_example.HEADLINE.at)
            for symbol, shares, price in worked_example.PRICES:
                alpaca.hold(symbol, shares, price)
            settings = read_settings(
                **at_alpaca(alpaca),
                watchlist="AAPL,MSFT,TSLA",
                timezone="Asia/Seoul",
                data_dir=folder,
                database_url=database_url,
                redis_url=valkey.url,
                **given,
            )
            with closing(open_desk(settings, clock)) as desk:
                worked_example.hold_msft_and_tsla(desk.adapters.store)
                desk.adapters.broker.listen(desk.engine.jobs.order_changed)
                desk.engine.jobs.start()
                yield cls(desk=desk, clock=clock, alpaca=alpaca)
            assert alpaca.violations == ()

    def play_the_signal(self) -> Trade | None:
        """Let the example's prices come in; return the proposal that they bring, if they do."""
        for at, snapshot in worked_example.looks():
            self.clock.set(at)
            self.alpaca.price(
                snapshot.symbol,
                str(snapshot.price),
                bid=str(snapshot.bid),
                ask=str(snapshot.ask),
                volume=snapshot.volume,
                at=snapshot.at,
            )
            for symbol, _, price in worked_example.PRICES:
                self.alpaca.price(symbol, price)
            self.engine.jobs.tick()
            self.engine.jobs.process_bars()
            self.engine.jobs.read_news()
        with self.store.reading() as reader:
            return reader.trade(worked_example.TRADE_ID)


def at_alpaca(alpaca: FakeAlpaca) -> dict[str, str]:
    """Return the settings that send a desk to Alpaca for everything."""
    return {
        "market": "alpaca",
        "broker": "alpaca",
        "alpaca_key_id": alpaca.key,
        "alpaca_secret_key": alpaca.secret,
        "alpaca_trading_url": alpaca.trading_url,
        "alpaca_data_url": alpaca.data_url,
        "alpaca_stream_url": alpaca.stream_url,
    }


def bars_of(history: BarHistory) -> list[Bar]:
    """Return a history of one symbol as Alpaca has it."""
    return [
        Bar(
            at=instant(int(start)),
            open=float(history.open[row, 0]),
            high=float(history.high[row, 0]),
            low=float(history.low[row, 0]),
            close=float(history.close[row, 0]),
            volume=int(history.volume[row, 0]),
        )
        for row, start in enumerate(history.starts)
    ]
