"""What the time sells: before the close, after so many bars, after so many sessions."""

import numpy as np

from engine.backtest.desk_rules import DeskRules
from engine.backtest.held_trade import HeldTrade
from engine.backtest.timeline import Timeline
from engine.model.trade import ExitReason


class TimedExits:
    """Says at which bar's open a trade is sold, whatever its price."""

    def __init__(self, timeline: Timeline, rules: DeskRules) -> None:
        self._timeline = timeline
        self._rules = rules
        self._longest_bars = rules.longest_bars
        never = rules.longest_bars is None and rules.flat_before is None and not rules.longest_hold_days
        self.are_wanted = not never
        """Whether any bar may be too late to hold."""
        left = timeline.seconds_left - int(rules.delay.total_seconds())
        flat = rules.flat_before
        self._flat = np.zeros(len(left), bool) if flat is None else left <= int(flat.total_seconds())

    def is_flat_time(self, bar: int) -> bool:
        """Tell whether nothing is to be held at the open of a bar, as its session ends."""
        return bool(self._flat[bar])

    def reason(self, trade: HeldTrade, bar: int) -> ExitReason | None:
        """Return why a trade is sold at the open of a bar, None where it is not."""
        if not trade.bought:
            return None
        sessions = int(self._timeline.session[bar] - self._timeline.session[trade.first_fill])
        if self._rules.flat_before is not None and (self._flat[bar] or sessions):
            return self._rules.flat_reason
        days = self._rules.longest_hold_days
        if days and sessions >= days:
            return ExitReason.LONGEST_HOLD
        if self._longest_bars is not None and bar - trade.first_fill >= self._longest_bars:
            return ExitReason.LONGEST_HOLD
        return None

    def next(self, trade: HeldTrade, bar: int) -> int:
        """Return the first bar, from one on, at whose open a trade is sold; the number of all bars for none."""
        count = len(self._flat)
        if not self.are_wanted:
            return count
        found = [count]
        if self._longest_bars is not None:
            found.append(trade.first_fill + self._longest_bars)
        if self._rules.flat_before is not None and bar < count:
            last = int(self._timeline.lasts[self._timeline.session[bar]])
            rest = self._flat[bar : last + 1]
            found.append(bar + int(rest.argmax()) if rest.any() else last + 1)
        if self._rules.longest_hold_days:
            session = int(self._timeline.session[trade.first_fill]) + self._rules.longest_hold_days
            found.append(int(self._timeline.firsts[session]) if session < len(self._timeline.firsts) else count)
        return max(bar, min(found))
