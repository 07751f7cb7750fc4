"""Exits at far-off prices are not booked before it is known whether their shares were exchanged meanwhile."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction

from engine.model.market import EXCHANGE_ZONE, exchange_date
from engine.model.trade import Order, OrderRole, Trade
from engine.ports import Clock
from engine.risk.restating import fits, is_doubtful
from engine.stages.company_changes import EXCHANGES
from engine.stages.corporate_actions import Restate, exchanges_due
from engine.truth import Ledger

NOTHING = Decimal(0)


class ExitDoubts:
    """Holds exits back, and lets them go once a look at the positions tells what they were."""

    def __init__(self, *, clock: Clock, restate: Restate) -> None:
        self._clock = clock
        self._restate = restate
        # Shares that exits of a trade sold and that are not booked yet, by trade; and trades whose far-off prices were
        # looked into, and were the market's.
        self._doubted: dict[str, int] = {}
        self._believed: set[str] = set()

    def doubts(self, ledger: Ledger, before: Trade, after: Trade, exits: Sequence[Order]) -> bool:
        """Tell whether new exits of a trade are held back: they may be of shares that were exchanged meanwhile."""
        sold = after.exit_shares - before.exit_shares
        if sold <= 0 or not before.filled_shares or before.id in self._believed:
            return False
        dollars = after.exit_shares * (after.exit_price or NOTHING) - before.exit_shares * (
            before.exit_price or NOTHING
        )
        is_doubted = is_doubtful(dollars / sold, before.entry) or before.symbol in self._restate.suspended(ledger)
        is_doubted = is_doubted and not self._came_before(ledger, before.symbol, exits)
        if is_doubted:
            self._doubted[before.id] = sold
        return is_doubted

    def looks_adjusted(self, trade: Trade, exits: Iterable[Order]) -> bool:
        """Tell whether the broker changed a live exit along with the shares: as many more of them as it is lower."""
        wanted = {OrderRole.STOP: trade.stop, OrderRole.TARGET: trade.target}
        held = trade.held_shares
        for order in exits:
            before, shares = wanted.get(order.role), order.shares - order.filled_shares
            if order.state.is_over or not (before and order.price and held) or shares == held:
                continue
            if is_doubtful(order.price, before) and fits(Fraction(shares, held), before, order.price):
                self._doubted.setdefault(trade.id, 0)
                return True
        return False

    def doubted(self, trade_id: str) -> int:
        """Return the shares that exits of a trade sold and that are held back."""
        return self._doubted.get(trade_id, 0)

    def is_doubted(self, trade_id: str) -> bool:
        """Tell whether something of a trade is held back."""
        return trade_id in self._doubted

    @property
    def has_doubts(self) -> bool:
        """Whether anything is held back that a look at the positions would settle."""
        return bool(self._doubted)

    def settle(self, trade_id: str, *, believe: bool) -> None:
        """Hold an exit back no longer; `believe` takes its price for the market's."""
        self._doubted.pop(trade_id, None)
        if believe:
            self._believed.add(trade_id)

    def _came_before(self, ledger: Ledger, symbol: str, exits: Sequence[Order]) -> bool:
        """Tell whether all that exits sold was sold before the shares were exchanged, as the account's fills say."""
        on = exchange_date(self._clock.now())
        rows = ledger.unclaimed(EXCHANGES, symbol=symbol)
        due = [action for action in exchanges_due(ledger, on) if action.symbol == symbol]
        days = [datetime.combine(action.ex_date, time(), EXCHANGE_ZONE) for action in due]
        moments = [*(row.at for row in rows if row.shares), *days]
        ids, sold = {order.broker_id for order in exits}, sum(order.filled_shares for order in exits)
        fills = [each for each in ledger.activities(symbol=symbol) if each.order_id in ids]
        is_all = -sum(fill.shares for fill in fills) == sold
        return bool(moments) and is_all and all(fill.at < min(moments) for fill in fills)
