"""What is refused whatever the account is worth: counted by its reason, without a sum of dollars or a size.

Until something is bought or sold no such reason begins, each only ends as time passes: what refuses in one bar and in a
later one refuses in all between. And symbols of which the account knows nothing are alike to the rules. So few are
judged, and those stand for the others.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.backtest.account import SimulatedAccount
from engine.backtest.candidates import ScoredCandidates
from engine.backtest.desk_rules import DeskRules
from engine.backtest.loss_bounds import LossBounds
from engine.backtest.timeline import Timeline
from engine.model.money import ZERO
from engine.model.overnight import Outlook
from engine.model.portfolio import Portfolio
from engine.model.risk import BindingLimit, Sizing
from engine.risk.context import EntryPlan
from engine.risk.rules_in_force import RulesInForce

TAKEN, RESTS = "symbol_taken", "symbol_rests"
BEFORE_ALL_RULES = frozenset({TAKEN, RESTS})
AT_ONCE = 256
"""Bars that are looked at together."""
NO_OUTLOOK = Outlook()
UNSIZED = Sizing(
    shares=0,
    entry=ZERO,
    stop=ZERO,
    target=ZERO,
    equity=ZERO,
    budget=ZERO,
    unrounded=ZERO,
    cap=BindingLimit.DESK,
    risk_before=ZERO,
    target_distance=ZERO,
)
UNKNOWN = -1
"""The bar before the first."""


class EarlyRefusals:
    """Says why nothing is bought of a symbol, and passes by bars in which nothing is; `refused` counts the reasons."""

    def __init__(
        self,
        symbols: Sequence[str],
        timeline: Timeline,
        rules: DeskRules,
        account: SimulatedAccount,
        candidates: ScoredCandidates,
        refused: Counter[str],
        in_force: RulesInForce,
        losses: LossBounds,
    ) -> None:
        self._symbols = symbols
        self._timeline = timeline
        self._rules = rules
        self._account = account
        self._candidates = candidates
        self._refused = refused
        self._in_force = in_force
        self._losses = losses
        self.begin(UNKNOWN)

    def pass_by(self, number: int, until: int) -> int:
        """Count what is refused from a numbered bar on and before another one; return the number to be looked at.

        Nothing is bought or sold before the bar that is named. Losses are the first of all rules, so where they may be
        near their limits somebody must look.
        """
        while bars := self._candidates.some(number, until, AT_ONCE):
            passed = self._passed(number, bars)
            number += passed
            if passed < len(bars):
                break
        return number

    def _passed(self, number: int, bars: Sequence[int]) -> int:
        self.begin(bars[-1])
        allowed: Sequence[bool] | None = None
        for place, bar in enumerate(bars):
            now = self._timeline.opened(bar, self._rules.delay)
            reasons = [self.reason(column, bar, now) for column in self._candidates.columns(number + place)]
            if "" in reasons:
                return place
            if not BEFORE_ALL_RULES.issuperset(reasons):
                allowed = allowed or self._losses.allow(bars)
                if not allowed[place]:
                    return place
            for reason in reasons:
                self._refused[reason] += 1
        return len(bars)

    def begin(self, last: int) -> None:
        """Look at the account anew, before bars up to a last one are asked about, earlier ones first."""
        self._last = last
        self._taken = {trade.column for trade in self._account.trades}
        self._standing: dict[int, Portfolio] = {}
        self._stopped: Mapping[str, datetime] | None = None
        self._alike, self._alike_until = "", UNKNOWN

    def reason(self, column: int, bar: int, now: datetime) -> str:
        """Return why nothing is bought of a symbol as a bar opens, whatever the account is worth; '' for no reason.

        Losses may refuse it before a rule does.
        """
        if column in self._taken:
            return TAKEN
        since = self._account.left_alone.get(column)
        if since is not None and now - since < self._rules.quiet:
            return RESTS
        if not self._in_force.protections:
            return ""
        if since is None:
            return self._reason_alike(column, bar)
        if self._stopped is None:  # later there are no more of them
            self._stopped = self._at(bar).record.stopped
        is_known = self._symbols[column] in self._stopped
        return self.rule(column, bar) if is_known else self._reason_alike(column, bar)

    def _reason_alike(self, column: int, bar: int) -> str:
        if bar > self._alike_until:
            self._alike = self.rule(column, bar)
            stays = not self._alike or (bar < self._last and self._alike == self.rule(column, self._last))
            self._alike_until = max(bar, self._last) if stays else bar
        return self._alike

    def losses_allow(self, bar: int) -> bool:
        """Tell whether losses are far from their limits as a bar opens; where they may not be somebody must look."""
        return self._losses.allow([bar])[0]

    def rule(self, column: int, bar: int) -> str:
        """Return the rule that refuses a symbol whatever the account is worth, '' for none."""
        plan = EntryPlan(
            symbol=self._symbols[column],
            sizing=UNSIZED,
            portfolio=self._at(bar),
            at=self._timeline.opened(bar, self._rules.delay),
            outlook=NO_OUTLOOK,
        )
        verdict = self._in_force.refusal_apart_from_losses(plan, self._rules.limits)
        return "" if verdict is None else str(verdict.rule)

    def _at(self, bar: int) -> Portfolio:
        """Return what the rules see at the open of a bar that look at no dollar."""
        if bar not in self._standing:
            now = self._timeline.opened(bar, self._rules.delay)
            self._standing[bar] = self._account.standing(now, self._timeline.day_start(bar))
        return self._standing[bar]
