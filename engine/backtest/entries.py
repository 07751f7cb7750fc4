"""From the scores that want to buy to what is bought, step by step as the live desk with AUTO_MODE does it.

Proposals are sized beside each other, before any of them is bought. Each is judged again as it is approved, with what
the one before it took, and never gets more shares than it was proposed with. Then its order is sent, and filled at
once as far as the bar allows.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.backtest.account import SimulatedAccount
from engine.backtest.candidates import ScoredCandidates, Wanted
from engine.backtest.dealing import Dealing
from engine.backtest.desk_rules import DeskRules
from engine.backtest.held_trade import HeldTrade
from engine.backtest.loss_bounds import LossBounds
from engine.backtest.nights import RecordedNights
from engine.backtest.prices import BarPrices
from engine.backtest.timeline import Timeline
from engine.model.market import BarHistory, Snapshot
from engine.model.overnight import Outlook
from engine.model.portfolio import Portfolio
from engine.model.risk import BindingLimit, Sizing
from engine.risk.context import EntryPlan, RiskContext
from engine.risk.limits import Limits
from engine.risk.rules import RulesInForce
from engine.risk.sizing import CENT, size

TAKEN, RESTS, REFUSED, NO_MONEY = "symbol_taken", "symbol_rests", "order_refused", "insufficient_buying_power"

AT_ONCE = 256
"""Bars that are passed by together while no further position may be held."""
NOTHING = Decimal(0)
NO_OUTLOOK = Outlook()
UNSIZED = Sizing(
    shares=0,
    entry=NOTHING,
    stop=NOTHING,
    target=NOTHING,
    equity=NOTHING,
    budget=NOTHING,
    unrounded=NOTHING,
    cap=BindingLimit.DESK,
    risk_before=NOTHING,
    target_distance=NOTHING,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A buy that was sized and that no rule refused."""

    column: int
    tenths: int
    limits: Limits
    price: Decimal
    sizing: Sizing


class Entries:
    """Proposes, approves and buys; `refused` counts what came to nothing, by the reason."""

    def __init__(
        self,
        bars: BarHistory,
        timeline: Timeline,
        prices: BarPrices,
        dealing: Dealing,
        rules: DeskRules,
        account: SimulatedAccount,
        candidates: ScoredCandidates,
        refused: Counter[str],
        losses: LossBounds,
    ) -> None:
        self._symbols = bars.symbols
        self._timeline = timeline
        self._prices = prices
        self._dealing = dealing
        self._rules = rules
        self._account = account
        self._candidates = candidates
        self._refused = refused
        self._in_force = RulesInForce.under(rules.limits)
        self._nights = RecordedNights(bars, timeline) if rules.limits.overnight is not None else None
        self._losses = losses
        self._number = self._seen = 0

    def pass_by(self, number: int, until: int) -> int:
        """Count, from a numbered bar on and before another bar, what comes to nothing at once; return the next number.

        A bar is passed by where every symbol that is wanted has a trade, or had one too lately. Nothing of that changes
        before the bar that is named.
        """
        taken, alone = {trade.column for trade in self._account.trades}, self._account.left_alone
        quiet = self._rules.quiet
        while (bar := self._candidates.bar(number)) is not None and bar < until:
            columns, now = self._candidates.columns(number), None
            for column in columns:
                if column not in taken and column in alone:
                    now = now or self._timeline.opened(bar, self._rules.delay)
                    if now - alone[column] < quiet:
                        continue
                if column not in taken:
                    return self._pass_by_full(number, until) if self._is_full() else number
            resting = sum(column not in taken for column in columns)
            self._count(TAKEN, len(columns) - resting)
            self._count(RESTS, resting)
            number += 1
        return number

    def _is_full(self) -> bool:
        """Tell whether as many positions are held as may be, all of them just waiting for their exits."""
        most, trades = self._rules.limits.open_positions, self._account.trades
        return (
            most is not None and len(trades) >= most and all(each.is_protected and not each.buying for each in trades)
        )

    def _pass_by_full(self, number: int, until: int) -> int:
        """Count what is wanted while no further position may be held, as long as losses are far from their limits.

        One rule or another refuses all of it, so nothing need be sized; which one is asked first tells its name.
        """
        bars = list[int]()
        while len(bars) < AT_ONCE and (bar := self._candidates.bar(number + len(bars))) is not None and bar < until:
            bars.append(bar)
        for each, (bar, is_allowed) in enumerate(zip(bars, self._losses.allow(bars), strict=True), number):
            if not is_allowed:
                return each
            self._count_full(self._candidates.columns(each), bar)
        return number + len(bars)

    def _count_full(self, wanted: list[int], bar: int) -> None:
        account, limits, now = self._account, self._rules.limits, self._timeline.opened(bar, self._rules.delay)
        others = [column for column in wanted if account.trade_in(column) is None]
        free = [column for column in others if not account.rests(column, now)]
        self._count(TAKEN, len(wanted) - len(others))
        self._count(RESTS, len(others) - len(free))
        if not free:
            return
        seen = account.standing(now, self._timeline.day_start(bar))
        for column in free:
            plan = EntryPlan(symbol=self._symbols[column], sizing=UNSIZED, portfolio=seen, at=now, outlook=NO_OUTLOOK)
            verdict = self._in_force.refusal_apart_from_losses(plan, limits)
            if verdict is not None:
                self._count(str(verdict.rule), 1)

    def proposed(self, wanted: list[Wanted], bar: int, now: datetime) -> list[Proposal]:
        """Size what is wanted at the open of a bar, and return what no rule refuses, strongest first."""
        found = list[Proposal]()
        self._seen = self._account.changes
        seen: Portfolio | None = None  # proposals are sized beside each other
        for column, tenths in wanted:
            if self._account.trade_in(column) is not None:
                self._count(TAKEN, 1)
            elif self._account.rests(column, now):
                self._count(RESTS, 1)
            else:
                seen = seen or self._account.portfolio(now, self._timeline.day_start(bar))
                limits = self._rules.with_stop(self._candidates.stop(bar, column))
                price = self._prices.open(column, bar)
                sizing = self._sized(column, price, limits, bar, now, seen)
                if sizing is not None:
                    found.append(Proposal(column=column, tenths=tenths, limits=limits, price=price, sizing=sizing))
        return found

    def approve(self, proposals: list[Proposal], bar: int, now: datetime) -> list[HeldTrade]:
        """Judge each proposal again, and buy it; return the new trades."""
        bought = list[HeldTrade]()
        for proposal in proposals:
            sizing = self._sized_again(proposal, bar, now)
            trade = None if sizing is None else self._bought(proposal, sizing, bar, now)
            if trade is None:
                self._account.left_alone[proposal.column] = now
            else:
                bought.append(trade)
        return bought

    def _bought(self, proposal: Proposal, sizing: Sizing, bar: int, now: datetime) -> HeldTrade | None:
        account, column = self._account, proposal.column
        account.prices[column] = proposal.price
        if sizing.shares * account.market_price(column) > account.buying_power:
            self._count(NO_MONEY, 1)
            return None
        self._number += 1
        trade = HeldTrade(
            number=self._number,
            symbol=self._symbols[column],
            column=column,
            scored=bar - 1,
            tenths=proposal.tenths,
            at=now,
            sizing=sizing,
            target=sizing.target if self._rules.has_target else None,
            buying=sizing.shares,
            partial=self._rules.plan.partial,
        )
        account.trades.append(trade)
        account.record.entered(now)
        most = self._dealing.most_shares(self._prices.volume(column, bar))
        if not account.buy(trade, self._dealing.bought_at(proposal.price), bar, most):
            self._count(NO_MONEY, 1)
        account.settle(trade)
        return trade

    def _sized_again(self, proposal: Proposal, bar: int, now: datetime) -> Sizing | None:
        """Size and judge a proposal as it is approved; the same again while nothing changed since it was proposed."""
        if self._account.changes == self._seen:
            return proposal.sizing
        seen, shares = self._account.portfolio(now, self._timeline.day_start(bar)), proposal.sizing.shares
        return self._sized(proposal.column, proposal.price, proposal.limits, bar, now, seen, wanted=shares)

    def _sized(
        self,
        column: int,
        price: Decimal,
        limits: Limits,
        bar: int,
        now: datetime,
        portfolio: Portfolio,
        wanted: int | None = None,
    ) -> Sizing | None:
        """Size a buy and judge it; None, and counted, where a rule refuses it.

        The protections look at no size and come first, so what they refuse need not be sized.
        """
        symbol = self._symbols[column]
        plan = EntryPlan(symbol=symbol, sizing=UNSIZED, portfolio=portfolio, at=now, outlook=NO_OUTLOOK)
        verdict = self._in_force.refusal_before_size(plan, limits)
        if verdict is None:
            try:
                sizing = size(symbol, price, portfolio, limits, wanted=wanted)
            except ValueError:  # a stop so near to so low a price that it is no lower
                self._count(REFUSED, 1)
                return None
            context = RiskContext(
                symbol=symbol,
                sizing=sizing,
                portfolio=portfolio,
                at=now,
                planned=price,
                snapshot=self._snapshot(column, price, bar, now),
                outlook=NO_OUTLOOK if self._nights is None else self._nights.before(bar),
            )
            verdict = self._in_force.refusal_of_size(context, limits)
        if verdict is not None:
            self._count(str(verdict.rule), 1)
            return None
        if sizing.stop > price - CENT or sizing.target < price + CENT:
            self._count(REFUSED, 1)
            return None
        return sizing

    def _count(self, reason: str, times: int) -> None:
        if times:
            self._refused[reason] += times

    def _snapshot(self, column: int, price: Decimal, bar: int, now: datetime) -> Snapshot:
        """Return what a bar's open shows; the day's volume is that of the bars before, where a rule asks for it."""
        counts = bool(self._rules.limits.min_volume)
        return Snapshot(
            symbol=self._symbols[column],
            at=now,
            price=price,
            volume=self._prices.day_volume(column, bar, self._timeline) if counts else 0,
            bid=self._dealing.bid(price),
            ask=self._dealing.ask(price),
        )
