"""How a trade ends whose order did not leave, or never arrived."""

from dataclasses import replace
from typing import NamedTuple

from engine.errors import (
    DeskNotActive,
    Expired,
    MarketClosed,
    NoPrice,
    OrderRefused,
    OtherStrategy,
    RequestRefused,
    RiskRefused,
    SymbolHalted,
)
from engine.model.desk import OWN_ACCORD, Term
from engine.model.notices.proposals import TradeDecided
from engine.model.reason import EndReason
from engine.model.trade import Trade, TradeState
from engine.ports.clock import Clock
from engine.ports.store import Store


class EntryEnd(NamedTuple):
    """How a trade is to end whose order did not leave, or never arrived."""

    state: TradeState
    reason: str


EXPIRED = EntryEnd(TradeState.CANCELLED, EndReason.EXPIRED)
NEVER_ARRIVED = EntryEnd(TradeState.FAILED, EndReason.NEVER_ARRIVED)


class EndEntry:
    """Ends such a trade: with its state come its notice and its audit row."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def __call__(self, trade: Trade, end: EntryEnd, term: Term | None = None) -> None:
        """End a trade, in the `term` of the order lock where there is one; raises AlreadyDecided, and Fenced."""
        now = self._clock.now()
        with self._store.writing(term) as transaction:
            transaction.move(replace(trade, reason=end.reason), end.state)
            transaction.enqueue_notice(TradeDecided(key=f"{trade.id}:{end.state}", at=now, trade_id=trade.id))
            transaction.write_audit(OWN_ACCORD.entry(now, end.state, trade.id, why=end.reason))


def end_of(error: RequestRefused) -> EntryEnd | None:
    """Say how a trade ends whose order was refused like this, None where it is for somebody else to say."""
    facts = error.facts
    ends: tuple[tuple[type[RequestRefused], TradeState, str], ...] = (
        (MarketClosed, TradeState.CANCELLED, EndReason.OUTSIDE_HOURS),
        (Expired, *EXPIRED),
        (OtherStrategy, TradeState.CANCELLED, EndReason.OTHER_STRATEGY),
        (NoPrice, TradeState.CANCELLED, EndReason.NO_PRICE),
        (SymbolHalted, TradeState.CANCELLED, EndReason.SYMBOL_HALTED),
        (RiskRefused, TradeState.CANCELLED, str(facts.get("rule", ""))),
        (DeskNotActive, TradeState.CANCELLED, str(facts.get("state", ""))),
        (OrderRefused, TradeState.FAILED, str(facts.get("reason", ""))),
    )
    return next((EntryEnd(state, reason) for kind, state, reason in ends if isinstance(error, kind)), None)
