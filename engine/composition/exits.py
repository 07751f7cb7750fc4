"""Stages that protect what is held, and sell it."""

from engine.composition.control import ControlStages
from engine.composition.market import MarketStages
from engine.composition.orders import OrderStages
from engine.composition.shared import SharedParts
from engine.execution.adopt_position import AdoptPosition
from engine.execution.change_exits import ChangeExits
from engine.execution.close_trades import CloseTrades
from engine.execution.cover import CoverShorts
from engine.execution.external_positions import ExternalPositions
from engine.execution.flatten import Flatten
from engine.execution.move_exits import MoveExits
from engine.execution.protect import Protect
from engine.execution.signal_exits import SignalExits
from engine.execution.time_exits import TimeExits
from engine.execution.trail_stops import TrailStops


class ExitStages:
    """All that leaves for the broker but entries: stops and targets, sales, and what buys back."""

    def __init__(self, shared: SharedParts, market: MarketStages, orders: OrderStages, control: ControlStages) -> None:
        settings, restate, hours = shared.settings, orders.restate, shared.trading_hours
        self.protect = shared.make(Protect, restate=restate)
        self.adopt_position = shared.make(AdoptPosition, restate=restate, protect=self.protect, zone=settings.desk.zone)
        self.move_exits = shared.make(MoveExits, restate=restate)
        self.change_exits = shared.make(ChangeExits, restate=restate, move=self.move_exits)
        self.trail_stops = shared.make(
            TrailStops,
            restate=restate,
            move=self.move_exits,
            lately=market.bars.lately,
            bar_length=market.bar_length,
        )
        self.external_positions = shared.make(ExternalPositions, hours=hours, wanted=settings.risk.protect_foreign)
        self.cover = shared.make(CoverShorts, hours=hours, restate=restate, wanted=settings.risk.cover_shorts)
        self.close_trades = shared.make(CloseTrades)
        self.flatten = shared.make(Flatten, close_trades=self.close_trades)
        self.signal_exits = shared.make(
            SignalExits, restate=restate, close_trades=self.close_trades, quiet=shared.quiet
        )
        self.time_exits = shared.make(
            TimeExits,
            close_trades=self.close_trades,
            restate=restate,
            holding=settings.holding,
            cancel_entries=control.kill_switch.cancel_entries,
        )
