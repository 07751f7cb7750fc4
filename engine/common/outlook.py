"""What is known of the nights and days to come: what bad nights cost, and when companies tell their figures."""

import threading
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import structlog

from engine.common.trading_days import trading_days
from engine.errors import EarningsUnavailable, MarketUnavailable
from engine.model.market import exchange_date
from engine.model.notices.systems import EarningsUnreadable
from engine.model.overnight import EarningsDay, EarningsTime, NightLoss, Outlook, Overnight
from engine.model.portfolio import Portfolio
from engine.model.risk import Sizing
from engine.ports.broker import Broker
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.earnings import EarningsDates
from engine.ports.market import Market
from engine.ports.store import Store
from engine.risk.earnings import earnings_are_near
from engine.risk.limits import Limits, LimitsInForce
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
        self._untradable = set[str]()

    def learn(self, symbol: str) -> None:
        """Read what is not known yet and a purchase of a symbol is judged by; raises BrokerUnavailable."""
        self.look_whether_tradable(symbol)
        is_judged = self._limits.now.overnight is not None
        self.nights.learn({symbol, *(held.symbol for held in (self._broker.positions() if is_judged else ()))})

    def look_whether_tradable(self, symbol: str) -> None:
        """Ask the broker whether it takes orders in a symbol; raises BrokerUnavailable."""
        if self._broker.is_tradable(symbol):
            self._untradable.discard(symbol)
        else:
            self._untradable.add(symbol)

    def of(self, symbol: str) -> Outlook:
        """Return what is known now about a purchase of a symbol; asks no market, so a transaction may wait for it."""
        known = Outlook(nights=self.nights.losses, tradable=symbol not in self._untradable)
        try:
            return replace(known, earnings_in=self._earnings_in(symbol))
        except EarningsUnavailable:
            return replace(known, earnings_known=False)

    def overnight(self, portfolio: Portfolio) -> Overnight:
        """Return the overnight risk of a portfolio, after reading the days of what is new in it."""
        self.nights.learn(portfolio.symbols)
        return overnight(portfolio, self.nights.losses)

    def near_earnings(self, symbols: Iterable[str]) -> Mapping[str, int]:
        """Return the trading days to the earnings of those of these symbols whose earnings are near (0: today)."""
        outlooks = {symbol: self.of(symbol) for symbol in symbols}
        near = {symbol: what for symbol, what in outlooks.items() if earnings_are_near(what, self._limits.now)}
        return {symbol: what.earnings_in or 0 for symbol, what in near.items()}

    def look_at_earnings(self) -> None:
        """Tell the desk where the dates of earnings cannot be read, once a day for each problem."""
        if self._limits.now.earnings_days is None:
            return
        try:
            self._earnings.check()
        except EarningsUnavailable as error:
            now, kind = self._clock.now(), EarningsUnreadable.kind
            key = f"{kind}:{exchange_date(now):%Y%m%d}:{zlib.crc32(f'{error}{error.kept}'.encode())}"
            told = EarningsUnreadable(key=key, at=now, file=error.file, line=error.line, kept=error.kept)
            with self._store.writing() as transaction:
                if transaction.enqueue_notice(told):
                    log.warning("earnings_unreadable", error=str(error), kept=error.kept)

    def _earnings_in(self, symbol: str) -> int | None:
        """Return the trading days to the next earnings that matter, None where there are none; raises as the port."""
        least = self._limits.now.earnings_days
        if least is None:
            return None
        now = self._clock.now()
        today = exchange_date(now)
        coming = (day for day in self._earnings.upcoming(symbol, today) if not self._is_out(day, now))
        following = next(coming, None)
        return None if following is None else trading_days(self._calendar, today, following.on, most=least + 1)

    def _is_out(self, earnings: EarningsDay, now: datetime) -> bool:
        """Tell whether figures of today are known: those of before the open are at the open, others tomorrow."""
        day = self._calendar.day(earnings.on)
        return day is not None and earnings.when is EarningsTime.BEFORE and day.open <= now


def with_outlook(sizing: Sizing, symbol: str, portfolio: Portfolio, outlook: Outlook, limits: Limits) -> Sizing:
    """Return a sizing that says what is to come: what the worst nights would cost, and earnings that are near.

    That of the nights is what they cost without it, and what they take of its price.
    """
    held, loss = overnight(portfolio, outlook.nights), outlook.nights.get(symbol)
    return replace(
        sizing,
        overnight_before=None if held.unknown else held.share,
        night_loss=loss.fall if loss else None,
        earnings_in=outlook.earnings_in if earnings_are_near(outlook, limits) else None,
    )
