"""The fast way: the scores of all bars at once, then a walk from one event to the next.

A score that closed with a bar is acted on at the open of the next bar of its session, in the order of the live desk:
what rests at the broker is dealt at the open's price, then comes what the time sells, then proposals, sales by signal
and approvals. Within the bar stops are hit before targets, since nobody knows which came first. Bars in which nothing
of this can happen are never looked at.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import numpy as np

from engine.backtest.account import SimulatedAccount
from engine.backtest.candidates import ScoredCandidates, Wanted
from engine.backtest.conditions import Conditions, Simulated
from engine.backtest.curve import EquityCurve
from engine.backtest.dealing import Dealing
from engine.backtest.entries import Entries
from engine.backtest.following_stops import FollowingStops
from engine.backtest.frame import Frame
from engine.backtest.held_trade import HeldTrade
from engine.backtest.time_exits import TimedExits
from engine.backtest.timeline import CLOSE, STOPS, TARGETS
from engine.model.market import BarHistory
from engine.model.trade import ExitReason
from engine.strategies.contract import Scores, Strategy
from engine.strategies.scoring import scored

AT_ONCE = 20_000
"""Bars after which whoever waits is told how far it is."""


def simulate(
    bars: BarHistory,
    strategy: Strategy,
    given: Conditions,
    progress: Callable[[float], None] = lambda _done: None,
    scores: Scores | None = None,
    frame: Frame | None = None,
) -> Simulated:
    """Trade a strategy on bars; `progress` is told the part that is done.

    `scores` are known already or asked for, and so is the `frame` of the bars.
    """
    return Simulation(bars, strategy, given, scores=scores, frame=frame).run(progress)


class Simulation:
    """One run: of all that a strategy would trade, or (`goes_on`) of a trade that more bars will follow.

    What goes on is not sold at the end of the bars, and no symbol is called delisted for want of newer ones.
    """

    def __init__(
        self,
        bars: BarHistory,
        strategy: Strategy,
        given: Conditions,
        *,
        scores: Scores | None = None,
        frame: Frame | None = None,
        goes_on: bool = False,
    ) -> None:
        rules = given.rules
        self._bars = bars
        self._rules = rules
        self._dividends = given.dividends
        frame = frame or Frame(bars, given.calendar, given.bar_seconds, given.dividends)
        self._timeline, self._prices = frame.timeline, frame.prices
        self._first = int(np.searchsorted(bars.starts, given.first))
        self._dealing = Dealing(costs=given.costs)
        self._account = SimulatedAccount(given.cash, rules, self._dealing, self._prices)
        scores = scored(strategy, bars) if scores is None else scores
        self._candidates = ScoredCandidates(bars, strategy, scores, self._timeline, rules, self._first)
        self._goes_on = goes_on
        self._timed = TimedExits(self._timeline, rules)
        self._following = FollowingStops(bars, rules.plan, self._account, self._prices)
        self._refused = Counter[str]()
        self._curve = EquityCurve(self._account, self._prices, self._timeline, self._first)
        self._entries = Entries(
            bars, frame, self._dealing, rules, self._account, self._candidates, self._curve, self._refused
        )
        self._early = self._entries.early
        self._ended: list[HeldTrade] = []
        self._unfinished = 0
        self._delisted: list[str] = []

    def run(self, progress: Callable[[float], None]) -> Simulated:
        """Walk from event to event."""
        count, candidates, number, told = len(self._bars.starts), self._candidates, 0, 0
        paid = sorted(bar for bar in self._dividends if bar >= self._first)
        while True:
            trades = self._account.trades
            sale = min([trade.next_bar for trade in trades] + (paid[:1] if trades else []), default=count)
            number = self._early.pass_by(number, min(sale, count))
            wanted = candidates.bar(number)
            bar = min(sale, count if wanted is None else wanted)
            if bar >= count:
                break
            self._curve.keep(bar)
            paid = [each for each in paid if each > bar]
            self.bar(bar, candidates.at(number) if wanted == bar else [])
            number += wanted == bar
            if bar - told >= AT_ONCE:
                told = bar
                progress(bar / count)
        self._curve.keep(count)
        progress(1.0)
        return self._simulated()

    # One bar

    def bar(self, bar: int, wanted: list[Wanted]) -> None:
        """Do all that a bar brings, with what is wanted at its open."""
        account, timeline = self._account, self._timeline
        if account.record.counts_days:
            self._begin_day(bar)
        account.begin_bar(bar)
        self._pay_dividends(bar)
        now = timeline.opened(bar, self._rules.delay)
        fills = account.fills
        coming = [trade for trade in account.trades if trade.next_bar <= bar]
        if coming:
            self._open(coming, bar, now)
            if self._timed.are_wanted:
                self._sell_timed(coming, bar, now)
            if bar and not timeline.is_last(bar - 1):
                self._following.tighten(coming, bar - 1)
            self._early.begin(bar)
        waiting = self._entries.proposed(wanted, bar, now) if wanted else []
        if coming:
            self._sell_on_signals(coming, bar, now)
        if waiting:
            coming += self._entries.approve(waiting, bar, now)
        self._note_fills(fills, now)
        coming = [trade for trade in coming if not trade.is_over]
        if coming:
            self._stops(coming, bar)
            self._targets(coming, bar)
            self._close(coming, bar)

    def _begin_day(self, bar: int) -> None:
        record, today = self._account.record, self._timeline.day_start(bar)
        if record.began_with(today) is None:
            record.begin_day(today, self._curve.before_session(bar))

    def _open(self, coming: list[HeldTrade], bar: int, now: datetime) -> None:
        """Deal what rests at the broker at the open: sales, then purchases, then the stops that the open hit."""
        hit = list[HeldTrade]()
        trades = [trade for trade in coming if self._prices.trades(trade.column, bar)]
        for trade in trades:
            price = self._account.seen.price(trade.column)
            if trade.leaving is not None:
                self._sell(trade, self._dealing.sold_at(price), bar, now)
            elif trade.is_protected and price <= trade.stop:
                self._account.leave(trade, ExitReason.STOP)
                hit.append(trade)
            elif trade.is_protected and (target := trade.live_target) and self._dealing.reaches(target, price):
                self._take_profit(trade, price, bar, now)
        for trade in trades:
            if trade.buying:
                price = self._dealing.bought_at(self._account.seen.price(trade.column))
                self._account.buy(trade, price, bar, self._most(trade, bar))
        for trade in hit:
            self._sell(trade, self._dealing.sold_at(self._account.seen.price(trade.column)), bar, now)
        self._settle(coming)

    def _sell_timed(self, coming: list[HeldTrade], bar: int, now: datetime) -> None:
        is_flat = self._timed.is_flat_time(bar)
        for trade in coming:
            if is_flat:
                trade.buying = 0
            reason = self._timed.reason(trade, bar)
            if reason is not None and trade.is_open:
                self._leave(trade, reason, bar, now)
        self._settle(coming)

    def _sell_on_signals(self, coming: list[HeldTrade], bar: int, now: datetime) -> None:
        if bar == 0 or self._timeline.is_last(bar - 1):
            return  # sold after that session's close, for the first price of the next
        for trade in coming:
            if trade.is_open and self._candidates.sells(trade.column, bar - 1):
                self._leave(trade, ExitReason.SIGNAL, bar, now)
        self._settle(coming)

    def _stops(self, coming: list[HeldTrade], bar: int) -> None:
        hit = [each for each in coming if each.is_protected and self._prices.falls_to(each.column, bar, each.stop)]
        if not hit:
            return
        fills, now = self._account.fills, self._timeline.seen(bar, STOPS)
        for trade in hit:
            self._account.leave(trade, ExitReason.STOP)
            price = self._dealing.under(trade.stop, self._prices.open(trade.column, bar))
            self._sell(trade, self._dealing.sold_at(self._account.seen.see(trade.column, price)), bar, now)
        self._settle(hit)
        self._note_fills(fills, now)

    def _targets(self, coming: list[HeldTrade], bar: int) -> None:
        hit, fills = list[HeldTrade](), self._account.fills
        for trade in coming:
            target = trade.live_target
            if target is None or not trade.is_protected or not self._prices.rises_to(trade.column, bar, target):
                continue
            opened, high = self._prices.open(trade.column, bar), self._prices.high(trade.column, bar)
            if self._dealing.reaches(target, high):
                price = self._account.seen.see(trade.column, self._dealing.past(target, opened, high))
                self._take_profit(trade, price, bar, self._timeline.seen(bar, TARGETS))
                hit.append(trade)
        if hit:
            self._settle(hit)
            self._note_fills(fills, self._timeline.seen(bar, TARGETS))

    def _close(self, coming: list[HeldTrade], bar: int) -> None:
        """Let the day's orders end with it, and what can never be sold any more be sold at the last price."""
        account, timeline = self._account, self._timeline
        is_last = timeline.is_last(bar)
        account.seen.end_bar()
        for trade in coming:
            if trade.is_over:
                continue
            if is_last:
                trade.buying = 0
            self._following.see_close(trade, bar, is_last=is_last)
            if self._goes_on:
                continue
            if self._prices.is_delisted(trade.column, bar, timeline):
                self._end(trade, ExitReason.CORPORATE_ACTION, bar)
                self._delisted.append(trade.symbol)
            elif bar == len(self._bars.starts) - 1:
                self._unfinished += bool(trade.held)
                self._end(trade, ExitReason.DESK, bar)
        self._settle(coming)
        for trade in coming:
            if trade.is_over:
                continue
            if is_last and trade.is_open and self._candidates.sells(trade.column, bar):
                account.leave(trade, ExitReason.SIGNAL)
            trade.next_bar = self._next(trade, bar + 1)

    # What these have in common

    def _most(self, trade: HeldTrade, bar: int) -> int:
        return self._dealing.most_shares(self._prices.volume(trade.column, bar))

    def _sell(self, trade: HeldTrade, price: Decimal, bar: int, now: datetime) -> None:
        session = int(self._timeline.session[bar])
        if trade.leaving is not ExitReason.STOP and trade.exit_session != session:
            trade.exit_shares, trade.exit_dollars = 0, Decimal(0)  # an order of the day before ended with that
        trade.exit_session = session
        self._account.sell(trade, price, bar, now, self._most(trade, bar))

    def _take_profit(self, trade: HeldTrade, price: Decimal, bar: int, now: datetime) -> None:
        if trade.target is None:
            return
        sold_at = self._dealing.target_at(trade.target, price)
        if self._account.sell(trade, sold_at, bar, now, self._most(trade, bar), trade.shares_at_target):
            trade.buying, trade.reason = 0, ExitReason.TARGET

    def _leave(self, trade: HeldTrade, reason: ExitReason, bar: int, now: datetime) -> None:
        self._account.leave(trade, reason)
        if self._prices.trades(trade.column, bar):
            self._sell(trade, self._dealing.sold_at(self._prices.open(trade.column, bar)), bar, now)

    def _end(self, trade: HeldTrade, reason: ExitReason, bar: int) -> None:
        self._account.leave(trade, reason)
        price = self._dealing.sold_at(self._account.seen.price(trade.column)) if trade.held else Decimal(0)
        self._account.sell(trade, price, bar, self._timeline.seen(bar, CLOSE), None)

    def _note_fills(self, before: int, at: datetime) -> None:
        """Tell the record what the account is worth, where something was dealt and a rule looks back on it."""
        account = self._account
        if account.fills != before and account.record.looks_back:
            account.record.point(at, account.equity)

    def _settle(self, coming: list[HeldTrade]) -> None:
        for trade in coming:
            if trade.is_unsettled and self._account.settle(trade):
                self._ended.append(trade)

    def _pay_dividends(self, bar: int) -> None:
        for column, share in self._dividends.get(bar, ()):
            trade = self._account.trade_in(column)
            if trade is not None:
                self._account.cash += trade.held * share

    def _next(self, trade: HeldTrade, bar: int) -> int:
        """Return the next bar, from one on, in which anything can happen to a trade."""
        end = self._prices.end_of(trade.column, self._timeline)
        if trade.buying or trade.leaving is not None or self._following.are_wanted:
            return min(bar, end)
        sale = self._candidates.next_sale(trade.column, bar - 1)
        return min(
            end,
            self._timed.next(trade, bar),
            len(self._bars.starts) if sale is None else max(bar, sale if self._timeline.is_last(sale) else sale + 1),
            self._prices.next_touch(trade.column, bar, trade.stop, trade.live_target),
        )

    def _simulated(self) -> Simulated:
        from_first = slice(self._first, None)
        trades = [trade.as_told(self._timeline) for trade in self._ended]
        return Simulated(
            starts=self._bars.starts[from_first],
            equity=self._curve.equity[from_first],
            invested=self._curve.invested[from_first],
            trades=tuple(sorted(trades, key=lambda each: (each.entered_at, each.symbol))),
            refused=dict(sorted(self._refused.items())),
            unfinished=self._unfinished,
            delisted=tuple(sorted(set(self._delisted))),
        )
