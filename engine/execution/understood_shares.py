"""Whether the shares of a trade are those that were bought, and kept, so that exits may be sent for them."""

from engine.common.trade_lookup import existing
from engine.execution.corporate_actions import Restate
from engine.execution.quantities import quantity_of
from engine.model.account import Position
from engine.model.corporate_action import CorporateAction
from engine.model.trade import Trade, TradeState
from engine.ports.broker import Broker
from engine.ports.store import Reader


def is_understood(reader: Reader, restate: Restate, trade: Trade, position: Position) -> bool:
    """Tell whether the shares are those that were bought, and kept: none are being sold, or were exchanged."""
    now = existing(reader, trade.id)
    facts = (now.symbol, now.stop, now.target, now.restated)
    is_as_seen = facts == (trade.symbol, trade.stop, trade.target, trade.restated)
    if now.state is not TradeState.OPEN or not is_as_seen or trade.symbol in restate.suspended(reader):
        return False
    quantity = quantity_of(reader, trade.symbol, position.shares)
    return not (quantity.is_suspect or quantity.does_not_add_up)


def awaited(reader: Reader, restate: Restate, trade: Trade, position: Position) -> CorporateAction | None:
    """Return the exchange of shares that is due and that the account does not show; None where its shares changed."""
    is_unchanged = quantity_of(reader, trade.symbol, position.shares).is_explained
    return restate.awaited(reader, trade.symbol) if is_unchanged else None


def held_at_broker(broker: Broker, symbol: str) -> Position | None:
    """Return the position in a symbol of which shares are held; raises BrokerUnavailable."""
    position = broker.position(symbol)
    return position if position and position.shares > 0 else None
