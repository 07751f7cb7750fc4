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
from engine.backtest.curve import EquityCurve
from engine.backtest.dealing import Dealing
from engine.backtest.desk_rules import DeskRules
from engine.backtest.early_refusals import BEFORE_ALL_RULES, NO_OUTLOOK, UNSIZED, EarlyRefusals
from engine.backtest.frame import Frame
from engine.backtest.held_trade import HeldTrade
from engine.backtest.loss_bounds import LossBounds
from engine.backtest.nights import RecordedNights
from engine.model.market import BarHistory, Snapshot
from engine.model.money import CENT
from engine.model.portfolio import Portfolio
from engine.model.risk import Sizing
from engine.risk.context import EntryPlan, RiskContext
from engine.risk.limits import Limits
from engine.risk.rules_in_force import RulesInForce
from engine.risk.sizing import size

REFUSED, NO_MONEY = "order_refused", "insufficient_buying_power"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A buy that was sized and that no rule refused."""

    column: int
    tenths: int
    limits: Limits
    price: Decimal
    sizing: Sizing


class Entries:
    """Proposes, approves and buys; `refused` counts what came to nothing, by the reason, `early` what needs no size."""

    def __init__(
        self,
        bars: BarHistory,
        frame: Frame,
        dealing: Dealing,
        rules: DeskRules,
        account: SimulatedAccount,
        candidates: ScoredCandidates,
        curve: EquityCurve,
        refused: Counter[str],
    ) -> None:
        timeline = frame.timeline
        self._symbols = bars.symbols
        self._timeline = timeline
        self._prices = frame.prices
        self._dealing = dealing
        self._rules = rules
        self._account = account
        self._candidates = candidates
        self._refused = refused
        self._in_force = RulesInForce.under(rules.limits)
        losses = LossBounds(bars, timeline, frame.prices, rules.limits, account, curve)
        self.early = EarlyRefusals(bars.symbols, timeline, rules, account, candidates, refused, self._in_force, losses)
        self._nights = RecordedNights(bars, timeline) if rules.limits.overnight is not None else None
        self._number = self._seen = 0

    def proposed(self, wanted: list[Wanted], bar: int, now: datetime) -> list[Proposal]:
        """Size what is wanted at the open of a bar, and return what no rule refuses, strongest first."""
        found = list[Proposal]()
        self._seen = self._account.changes
        seen: Portfolio | None = None  # proposals are sized beside each other
        for column, tenths in wanted:
            reason = self.early.reason(column, bar, now)
            if reason in BEFORE_ALL_RULES or (reason and self.early.losses_allow(bar)):
                self._refused[reason] += 1
                continue
            seen = seen or self._account.portfolio(now, self._timeline.day_start(bar))
            limits = self._rules.with_stop(self._candidates.stop(bar, column))
            price = self._prices.open(column, bar)
            sizing = self._sized(column, price, limits, bar, now, seen, reason)
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
        if sizing.shares * account.market_price(column) > account.buying_power:
            self._refused[NO_MONEY] += 1
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
        account.record.entered(self._timeline.day_start(bar))
        most = self._dealing.most_shares(self._prices.volume(column, bar))
        if not account.buy(trade, self._dealing.bought_at(proposal.price), bar, most):
            self._refused[NO_MONEY] += 1
        account.settle(trade)
        return trade

    def _sized_again(self, proposal: Proposal, bar: int, now: datetime) -> Sizing | None:
        """Size and judge a proposal as it is approved; the same again while nothing changed since it was proposed."""
        if self._account.changes == self._seen:
            return proposal.sizing
        self.early.begin(bar)
        reason = self.early.rule(proposal.column, bar)
        if reason and self.early.losses_allow(bar):
            self._refused[reason] += 1
            return None
        seen, shares = self._account.portfolio(now, self._timeline.day_start(bar)), proposal.sizing.shares
        return self._sized(proposal.column, proposal.price, proposal.limits, bar, now, seen, reason, wanted=shares)

    def _sized(
        self,
        column: int,
        price: Decimal,
        limits: Limits,
        bar: int,
        now: datetime,
        portfolio: Portfolio,
        reason: str,
        wanted: int | None = None,
    ) -> Sizing | None:
        """Size a buy and judge it; None, and counted, where a rule refuses it, or for a `reason` that is known already.

        The protections look at no size and come first, so what they refuse need not be sized.
        """
        symbol = self._symbols[column]
        plan = EntryPlan(symbol=symbol, sizing=UNSIZED, portfolio=portfolio, at=now, outlook=NO_OUTLOOK)
        verdict = self._in_force.refusal_by_losses(plan, limits)
        if verdict is None and not reason:
            try:
                sizing = size(symbol, price, portfolio, limits, wanted=wanted)
            except ValueError:  # a stop so near to so low a price that it is no lower
                self._refused[REFUSED] += 1
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
        if verdict is not None or reason:
            self._refused[reason if verdict is None else str(verdict.rule)] += 1
            return None
        if sizing.stop > price - CENT or sizing.target < price + CENT:
            self._refused[REFUSED] += 1
            return None
        return sizing

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
