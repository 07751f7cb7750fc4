"""How many shares of a symbol there should be, and how many there are; pure but for what it reads of the database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.common.share_counts import told_foreign
from engine.execution.executions import Cut, cuts
from engine.execution.exit_doubts import ExitDoubts
from engine.model.account import Position
from engine.model.activity import Activity, ActivityKind
from engine.model.trade import AT_THE_BROKER, Trade, TradeState
from engine.ports.store import Reader
from engine.risk.restating import plausible


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """The shares of a symbol: those of our trades (below 0: sold too many), of others as told, and those found.

    `found` counts what exits sold and is not booked yet. `executions` are those by hand that nobody has booked. Of our
    trades, `waiting` are those whose entry is on its way: some of what is found it may have bought a moment ago.
    """

    symbol: str
    ours: int
    foreign: int
    found: int
    executions: tuple[Activity, ...] = ()
    trades: tuple[Trade, ...] = field(default=(), compare=False)
    waiting: tuple[Trade, ...] = field(default=(), compare=False)

    @property
    def before(self) -> int:
        """Shares that should be there if nothing happened."""
        return self.ours + self.foreign

    @property
    def expected(self) -> int:
        """Shares that should be there if nothing happened but the executions by hand."""
        return self.before + self._by_hand

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """The moments among the executions by hand at which the shares may have been exchanged, the earliest first."""
        return cuts(self.executions, self.before, self.found)

    @property
    def is_as_told(self) -> bool:
        """Whether there is nothing to be explained."""
        return not self.executions and self.found == self.before

    @property
    def is_explained(self) -> bool:
        """Whether there is what should be there after the executions by hand."""
        return self.found == self.expected

    def without(self, order_ids: Iterable[str]) -> "Quantity":
        """Return it without the executions of some orders, by the broker's ids: these are ours, and not kept yet."""
        ids = frozenset(order_ids)
        return replace(self, executions=tuple(each for each in self.executions if each.order_id not in ids))

    def until(self, moment: datetime) -> "Quantity":
        """Return it as it was before the executions by hand from an instant on."""
        before = tuple(execution for execution in self.executions if execution.at < moment)
        later = self._by_hand - sum(int(execution.shares) for execution in before)
        return replace(self, executions=before, found=self.found - later)

    def with_late_executions(self) -> "Quantity":
        """Return it as it was before its executions by hand, where what they left was told as others' without them."""
        if self.trades or self.found != self.foreign:
            return self
        return replace(self, foreign=self.foreign - self._by_hand)

    @property
    def name(self) -> str:
        """Under which name it is told that it cannot be handled: its trade's id, where it has one, else the symbol."""
        return self.trades[0].id if self.trades else self.symbol

    @property
    def holders(self) -> tuple[Trade, ...]:
        """Our trades that hold shares, or owe some: a company exchanges both."""
        return tuple(trade for trade in self.trades if trade.net_shares)

    @property
    def holding(self) -> int:
        """Shares that our trades hold."""
        return max(0, self.ours)

    @property
    def is_suspect(self) -> bool:
        """Whether a corporate action may be behind the difference: the quantity is a ratio's, or all of it is gone.

        It may have come before or after what was bought and sold by hand.
        """
        seen = {(self.before, self.found), *((cut.before, cut.after) for cut in self.cuts)}
        return any(any(plausible(*pair)) for pair in seen) or self.found <= 0 < self.before

    @property
    def does_not_add_up(self) -> bool:
        """Whether there are executions by hand, and others shares than they leave; a part of a share does not count."""
        parts = any(execution.shares % 1 for execution in self.executions)
        return bool(self.executions) and abs(self.found - self.expected) > parts

    @property
    def _by_hand(self) -> int:
        return sum(int(execution.shares) for execution in self.executions)


def quantities_of(reader: Reader, positions: Mapping[str, Position], doubts: ExitDoubts) -> tuple[Quantity, ...]:
    """Return the quantities of every symbol that is held, or should be."""
    trades = defaultdict[str, list[Trade]](list)
    for trade in reader.trades(AT_THE_BROKER):
        trades[trade.symbol].append(trade)
    executions = defaultdict[str, list[Activity]](list)
    for execution in reader.unclaimed({ActivityKind.FILL}):
        executions[execution.symbol].append(execution)
    foreign = told_foreign(reader)
    return tuple(
        _quantity(
            symbol,
            trades[symbol],
            foreign=foreign.get(symbol, 0),
            found=counted(positions.get(symbol), doubts.held_back(trades[symbol])),
            executions=executions[symbol],
        )
        for symbol in sorted({*trades, *positions, *foreign, *executions})
    )


def counted(position: Position | None, unbooked: int) -> int:
    """Return the shares of a position with those that were sold and are not booked; parts of a share are cut then.

    So a position that is short of 460.8 shares, of which 512 are not booked, is 51 shares, not 52.
    """
    return int((position.units if position else 0) + unbooked)


def quantity_of(reader: Reader, symbol: str, found: int) -> Quantity:
    """Return the quantity of one symbol as the database has it now; `found` are the shares that were seen."""
    return _quantity(
        symbol,
        reader.trades(AT_THE_BROKER, symbol=symbol),
        foreign=told_foreign(reader).get(symbol, 0),
        found=found,
        executions=reader.unclaimed({ActivityKind.FILL}, symbol=symbol),
    )


def _quantity(
    symbol: str, trades: Sequence[Trade], *, foreign: int, found: int, executions: Sequence[Activity]
) -> Quantity:
    return Quantity(
        symbol=symbol,
        ours=sum(trade.net_shares for trade in trades),
        foreign=foreign,
        found=found,
        executions=tuple(executions),
        trades=tuple(trade for trade in trades if trade.state is not TradeState.SUBMITTED),
        waiting=tuple(trade for trade in trades if trade.state is TradeState.SUBMITTED),
    )
