"""What is known of the nights and days to come: what bad nights cost, and when companies tell their figures."""

import threading
import zlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import structlog

from engine.common.trading_days import trading_days
from engine.errors import EarningsUnavailable, MarketUnavailable
from engine.model.market import exchange_date
from engine.model.notices.systems import EarningsUnreadable
from engine.model.overnight import NightLoss, Outlook, Overnight
from engine.model.portfolio import Portfolio
from engine.model.risk import Sizing
from engine.ports.broker import Broker
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.earnings import EarningsDates
from engine.ports.market import Market
from engine.ports.store import Store
from engine.risk.limits import LimitsInForce
from engine.risk.overnight import night_loss, overnight

log = structlog.get_logger()

LOOK_BACK = timedelta(days=730)
"""How far back nights are looked at: two years have about 500."""
PAUSE = 60.0
"""Real seconds after which daily bars that could not be read are asked for again."""


class Nights:
    """What the worst nights of symbols cost, worked out from daily bars once a day and kept in memory."""

    def __init__(self, *, market: Market, clock: Clock, calendar: Calendar) -> None:
        self._market = market
        self._clock = clock
        self._calendar = calendar
        self._reading = threading.Lock()
        self._read: dict[str, date] = {}
        self._closes: dict[str, Decimal] = {}
        self._failed_at: float | None = None
        self.losses: Mapping[str, NightLoss] = {}

    def learn(self, symbols: Collection[str]) -> None:
        """Read the days of symbols that were not read today; without prices what was known before stays."""
        today = exchange_date(self._clock.now())
        with self._reading:
            wanted = sorted(symbol for symbol in set(symbols) if self._read.get(symbol) != today)
            if wanted and not self._rests():
                self._learn(wanted, today)

    def previous_close(self, symbol: str) -> Decimal | None:
        """Return the close before today's session, dollars a share; None where that, or a session today, is missing."""
        today = exchange_date(self._clock.now())
        is_known = self._read.get(symbol) == today and self._calendar.day(today) is not None
        return self._closes.get(symbol) if is_known else None

    def _rests(self) -> bool:
        return self._failed_at is not None and self._clock.steady() - self._failed_at < PAUSE

    def _learn(self, symbols: list[str], today: date) -> None:
        try:
            history = self._market.daily_bars(symbols, today - LOOK_BACK)
        except MarketUnavailable as error:
            self._failed_at = self._clock.steady()
            log.warning("nights_not_read", symbols=len(symbols), error=str(error))
            return
        self._failed_at = None
        begun = int(day.open.timestamp()) if (day := self._calendar.day(today)) else None
        before = history.starts < begun if begun else np.full(len(history.starts), True)
        losses = dict(self.losses)
        for column, symbol in enumerate(symbols):
            loss = night_loss(history.open[:, column], history.close[:, column])
            losses.pop(symbol, None)
            self._closes.pop(symbol, None)
            if loss:
                losses[symbol] = loss
            closes = history.close[before, column]
            if len(closes) and np.isfinite(closes[-1]):
                self._closes[symbol] = Decimal(str(round(float(closes[-1]), 4)))
            self._read[symbol] = today
        self.losses = losses  # at once: who judges a purchase meanwhile sees the old ones, or the new ones


class Outlooks:
    """Says what is to come, where a purchase is judged or people look at the risk."""

    def __init__(
        self,
        *,
        nights: Nights,
        earnings: EarningsDates,
        broker: Broker,
        store: Store,
        clock: Clock,
        calendar: Calendar,
        limits: LimitsInForce,
    ) -> None:
        self.nights = nights
        self._earnings = earnings
        self._broker = broker
        self._store = store
        self._clock = clock
        self._calendar = calendar
        self._limits = limits

    def learn(self, symbol: str) -> None:
        """Read what is not known yet and a purchase of a symbol is judged by; raises BrokerUnavailable."""
        is_judged = self._limits.now.overnight is not None
        self.nights.learn({symbol, *(held.symbol for held in (self._broker.positions() if is_judged else ()))})

    def of(self, symbol: str) -> Outlook:
        """Return what is known now about a purchase of a symbol; asks no market, so a transaction may wait for it."""
        try:
            days = self._earnings_in(symbol)
        except EarningsUnavailable:
            return Outlook(nights=self.nights.losses, earnings_known=False)
        return Outlook(nights=self.nights.losses, earnings_in=days)

    def overnight(self, portfolio: Portfolio) -> Overnight:
        """Return the overnight risk of a portfolio, after reading the days of what is new in it."""
        self.nights.learn(portfolio.symbols)
        return overnight(portfolio, self.nights.losses)

    def look_at_earnings(self) -> None:
        """Tell the desk where the dates of earnings cannot be read, once a day for each problem."""
        try:
            self._earnings_in("")
        except EarningsUnavailable as error:
            now, kind = self._clock.now(), EarningsUnreadable.kind
            key = f"{kind}:{exchange_date(now):%Y%m%d}:{zlib.crc32(str(error).encode())}"
            with self._store.writing() as transaction:
                if transaction.enqueue_notice(EarningsUnreadable(key=key, at=now, file=error.file, line=error.line)):
                    log.warning("earnings_unreadable", error=str(error))

    def _earnings_in(self, symbol: str) -> int | None:
        """Return the trading days to the next earnings that matter, None where there are none; raises as the port."""
        least = self._limits.now.earnings_days
        if least is None:
            return None
        today = exchange_date(self._clock.now())
        on = self._earnings.next_date(symbol, today)
        return None if on is None else trading_days(self._calendar, today, on, most=least + 1)


def with_nights(sizing: Sizing, symbol: str, portfolio: Portfolio, nights: Mapping[str, NightLoss]) -> Sizing:
    """Return a sizing that says what the worst nights would cost without it, and what they take of its price."""
    held, loss = overnight(portfolio, nights), nights.get(symbol)
    return replace(
        sizing,
        overnight_before=None if held.unknown else held.share,
        night_loss=loss.fall if loss else None,
    )
