"""A desk with AUTO_MODE on the demo's recorded prices, run through some days by a clock that a test holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.adapters.calendar import ExchangeCalendar
from engine.adapters.paper.broker import PaperBroker
from engine.adapters.paper.quotes import slipped
from engine.adapters.recorded.files import recorded_days
from engine.adapters.replay import ReplayMarket
from engine.adapters.sql.store import SqlStore
from engine.bootstrap import Engine
from engine.model.backtest import BacktestTrade, Costs
from engine.model.desk import DeskState, Request
from engine.model.market import Snapshot
from engine.model.signal import Side
from engine.model.trade import ExitReason, Trade, TradeState
from engine.risk.limits import Limits
from engine.risk.sizing import stop_for, target_for
from engine.settings import PaperSettings, Settings, read_group
from tests.support.fakes.clock import ManualClock
from tests.support.unheard_desk import ON, unheard_desk

BAR, LOOK, READ = timedelta(minutes=5), timedelta(minutes=1), timedelta(seconds=5)
"""A bar, the time between two looks at what rests at the broker, and that after a bar's close until it is read."""
ADMIN = Request(by="U0ADMIN", said="/resume")


@dataclass(frozen=True, kw_only=True)
class ReplayDesk:
    """The engine as the demo wires it, without headlines; its broker looks once a minute, as the desk reconciles."""

    engine: Engine
    store: SqlStore
    broker: PaperBroker
    market: ReplayMarket
    clock: ManualClock
    settings: Settings

    def run(self, first: date, last: date) -> None:
        """Let regular hours of some days pass, with the timetable's jobs in them."""
        on, is_begun = first, False
        while on <= last:
            day = ExchangeCalendar().day(on)
            on += timedelta(days=1)
            if day is None:
                continue
            if not is_begun:
                self.clock.set(day.open - timedelta(minutes=10))
                self.engine.jobs.start()
                is_begun = True
            self._session(day.open, day.close)

    def trades(self) -> tuple[Trade, ...]:
        """Return what was bought, oldest first."""
        with self.store.reading() as reader:
            found = reader.trades({TradeState.OPEN, TradeState.CLOSING, TradeState.CLOSED})
        return tuple(sorted(found, key=lambda each: (each.proposed_at, each.symbol)))

    def _session(self, opens: datetime, closes: datetime) -> None:
        jobs, at = self.engine.jobs, opens
        while at <= closes:
            self.clock.set(at)
            if self.broker.orders():  # which deals what this moment's prices allow
                jobs.reconcile()
                jobs.housekeeping()
            if (at - opens) % BAR == timedelta(0):
                jobs.monitor_risk()
                self._go_on()
                self.clock.set(at + READ)
                jobs.process_bars()
            at += LOOK

    def _go_on(self) -> None:
        """Let a person resume a desk that halted itself, as a backtest goes on."""
        with self.store.reading() as reader:
            is_stopped = reader.desk().state is not DeskState.ACTIVE
        if is_stopped:
            self.engine.commands.resume(ADMIN, anyway=True)


@contextmanager
def replay_desk(folder: Path, *, cash: Decimal, **given: Any) -> Iterator[ReplayDesk]:
    """Wire it; `given` are settings by their field names."""
    settings = Settings.read(**(ON | {"watchlist": tuple(recorded_days())} | given))
    clock = ManualClock(datetime(2012, 6, 4, tzinfo=UTC))
    market = ReplayMarket(clock, ExchangeCalendar())
    costs = Costs(slippage_bp=settings.paper.paper_slippage_bp, fees=settings.paper.fees)
    with unheard_desk(folder, settings, market, clock, cash=cash, costs=costs) as (engine, store, broker):
        yield ReplayDesk(engine=engine, store=store, broker=broker, market=market, clock=clock, settings=settings)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What one trade has live and in the backtest, and the cause, which was worked out again from the recording."""

    trade: str
    what: str
    live: Decimal
    backtest: Decimal
    cause: str


READ_LATER = "the desk reads the price 5 s after the open, the backtest takes the open"
OWN_SPREAD = "the recording has a spread of its own at that second, the backtest the one of --costs"
FOLLOWS = "follows from the price before"
IN_PARTS = "the recording shows fewer shares at the bid, so it was sold in parts, minute by minute"


def differences(live: Trade, tested: BacktestTrade, market: "PricesAt") -> Iterator[Difference]:
    """Yield every price of a trade that differs, with its cause; raises ValueError for one that has none of these."""
    name, opened = f"{live.symbol} {tested.entered_at:%m-%d %H:%M}", tested.entered_at
    slip = read_group(PaperSettings).paper_slippage_bp
    bought = slipped(market.at(live.symbol, opened + READ).ask, Side.BUY, slip)
    sold = [slipped(each.bid, Side.SELL, slip) for each in market.between(live.symbol, tested.exited_at, BAR)]
    target, exit_price = target_for(live.entry, live.sizing.target_distance), live.exit_price or Decimal(0)
    is_read = live.sizing.entry == market.at(live.symbol, opened + READ).price
    at_target = live.exit_reason is ExitReason.TARGET
    in_parts = not at_target and exit_price not in sold
    facts = (
        ("planned", live.sizing.entry, tested.planned, READ_LATER, is_read),
        ("entry", live.entry, tested.entry, OWN_SPREAD, live.entry == bought),
        ("stop", live.stop, tested.stop, FOLLOWS, live.stop == stop_for(live.sizing.entry, Limits())),
        ("target", live.target, tested.target or Decimal(0), FOLLOWS, live.target == target),
        (
            "exit",
            exit_price,
            tested.exit,
            FOLLOWS if at_target else IN_PARTS if in_parts else OWN_SPREAD,
            exit_price == target if at_target else min(sold) <= exit_price <= max(sold),
        ),
    )
    for what, ours, theirs, cause, is_so in facts:
        if not is_so:
            raise ValueError(f"{name}: {what} {ours} is not explained by: {cause}")
        if ours != theirs:
            yield Difference(trade=name, what=what, live=ours, backtest=theirs, cause=cause)


class PricesAt:
    """What the recording shows of a symbol at an instant, whatever the time is."""

    def __init__(self) -> None:
        self._clock = ManualClock(datetime(2012, 6, 4, 14, tzinfo=UTC))
        self._market = ReplayMarket(self._clock, ExchangeCalendar())

    def at(self, symbol: str, when: datetime) -> Snapshot:
        """Return it."""
        self._clock.set(when)
        return self._market.snapshots((symbol,))[0]

    def between(self, symbol: str, first: datetime, length: timedelta) -> list[Snapshot]:
        """Return it for every five seconds of a length of time."""
        return [self.at(symbol, first + number * READ) for number in range(length // READ)]
