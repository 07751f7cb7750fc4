"""A trade by its id, and the proposals on which one may still decide."""

from datetime import datetime

from engine.errors import AlreadyDecided, DeskNotActive, Expired, UnknownTrade
from engine.model.desk import DeskState
from engine.model.trade import Trade, TradeState
from engine.ports.store import Reader


def existing(reader: Reader, trade_id: str) -> Trade:
    """Return a trade; raises UnknownTrade."""
    trade = reader.trade(trade_id)
    if trade is None:
        raise UnknownTrade(trade_id)
    return trade


def open_proposal(reader: Reader, trade_id: str, now: datetime) -> Trade:
    """Return a proposal that may be approved or resized now; raises the RequestRefused that says why it may not."""
    trade = existing(reader, trade_id)
    if trade.state is not TradeState.PROPOSED:
        raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
    if trade.expires_at <= now:
        raise Expired(trade_id, trade.expires_at)
    refuse_inactive(reader)
    return trade


def refuse_inactive(reader: Reader) -> None:
    """Raise DeskNotActive while the desk is halted or only reducing."""
    desk = reader.desk()
    if desk.state is not DeskState.ACTIVE:
        raise DeskNotActive(desk.state, desk.reason, desk.by)
