"""Neither the sales nor the prices of exits are taken over before it is known whether their shares were exchanged."""

from collections.abc import Iterable, Sequence

from engine.common.orders import is_by_hand
from engine.common.share_counts import unexplained
from engine.execution.corporate_actions import Restate
from engine.model.activity import EXCHANGES
from engine.model.money import ZERO
from engine.model.trade import Order, Trade
from engine.ports.store import Reader
from engine.risk.restating import is_doubtful, slipped


class ExitDoubts:
    """Holds exits back, and lets them go once a look at the positions tells what they were."""

    def __init__(self, *, restate: Restate) -> None:
        self._restate = restate
        # Shares that exits of a trade sold and that are not booked yet, by trade; and trades of which such sales were
        # looked into, with their shares: the far-off prices were the market's.
        self._doubted: dict[str, int] = {}
        self._believed: set[tuple[str, int]] = set()
        # Those of them that no look at the positions settles: a spin-off has to be understood first.
        self._unpriced: set[str] = set()

    def doubts(self, reader: Reader, before: Trade, after: Trade, exits: Sequence[Order]) -> bool:
        """Tell whether new exits of a trade are held back: they may be of shares that were exchanged meanwhile."""
        sold = after.exit_shares - before.exit_shares
        if sold <= 0:
            return False
        dollars = after.exit_shares * (after.exit_price or ZERO) - before.exit_shares * (before.exit_price or ZERO)
        is_unpriced = before.symbol in self._restate.unbooked(reader)
        is_far = is_doubtful(dollars / sold, after.entry) or any(map(slipped, exits))
        is_far = is_far or before.symbol in self._restate.exchanging(reader)
        is_doubted = is_unpriced or (is_far and (before.id, sold) not in self._believed)
        self._release(before.id)
        # What nobody could explain before stays so, whatever a company does to the shares after it.
        is_asked = before.symbol in unexplained(reader)
        if not is_doubted or (not is_asked and self._came_before(reader, before.symbol, exits)):
            return False
        self._doubted[before.id] = sold
        if is_unpriced:
            self._unpriced.add(before.id)
        return True

    def hold(self, trade_id: str, sold: int) -> None:
        """Hold back what the exits of a trade say; `sold` are the shares that they sold and that are not booked."""
        self._doubted[trade_id] = sold

    def doubted(self, trade_id: str) -> int:
        """Return the shares that exits of a trade sold and that are held back."""
        return self._doubted.get(trade_id, 0)

    def held_back(self, trades: Iterable[Trade]) -> int:
        """Return the shares that exits of some trades sold and that are held back; they are counted as held."""
        return sum(self.doubted(trade.id) for trade in trades)

    def is_doubted(self, trade_id: str) -> bool:
        """Tell whether something of a trade is held back."""
        return trade_id in self._doubted

    @property
    def has_doubts(self) -> bool:
        """Whether anything is held back that a look at the positions would settle."""
        return bool(self._doubted.keys() - self._unpriced)

    def settle(self, trade_id: str, *, believe: bool) -> None:
        """Hold an exit back no longer; `believe` takes its price for the market's."""
        if believe:
            self._believed.add((trade_id, self.doubted(trade_id)))
        self._release(trade_id)

    def _release(self, trade_id: str) -> None:
        self._doubted.pop(trade_id, None)
        self._unpriced.discard(trade_id)

    def _came_before(self, reader: Reader, symbol: str, exits: Sequence[Order]) -> bool:
        """Tell whether all that exits sold was sold before the shares were exchanged, as the account's fills say."""
        rows = reader.unclaimed(EXCHANGES, symbol=symbol)
        moments = [*(row.at for row in rows if row.shares), *self._restate.days(reader, symbol)]
        ids, sold = {order.broker_id for order in exits}, sum(order.filled_shares for order in exits)
        fills = [each for each in reader.activities(symbol=symbol) if each.order_id in ids]
        # What was sold by hand is kept as an order that no execution names.
        hands = [order for order in exits if is_by_hand(order)]
        is_all = sum(order.filled_shares for order in hands) - sum(fill.shares for fill in fills) == sold
        times = [*(fill.at for fill in fills), *(order.filled_at for order in hands if order.filled_at)]
        return bool(moments) and is_all and all(at < min(moments) for at in times)
