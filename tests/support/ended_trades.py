"""Trades that ended, and proposals that were not taken, put straight into the database."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from engine.model.shadow import Cause, ShadowState, ShadowTrade
from engine.model.trade import ExitReason, Trade, TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import PROPOSED_AT, a_trade

STOP, ENTRY = Decimal("147.99"), Decimal("150.25")


def moved(
    harness: EngineHarness,
    number: int,
    *states: TradeState,
    exit_price: Decimal | None = None,
    reason: str = "",
    exit_reason: ExitReason = ExitReason.TARGET,
) -> Trade:
    """Keep a proposal, and move it on through some states."""
    at = PROPOSED_AT + timedelta(minutes=number)
    trade = a_trade(id=f"AAPL_{number}", proposed_at=at, expires_at=at + timedelta(minutes=5))
    with harness.store.writing() as transaction:
        transaction.propose(trade)
        for state in states:
            if state is TradeState.OPEN:
                trade = replace(trade, filled_shares=10, fill_price=ENTRY, filled_at=at)
            if state is TradeState.CLOSED:
                trade = replace(trade, exit_shares=10, exit_price=exit_price, closed_at=at + timedelta(hours=1))
                trade = replace(trade, exit_reason=exit_reason)
            trade = transaction.move(replace(trade, decided_by="U0TRADER", decided_at=at, reason=reason), state)
    return trade


def simulated(
    harness: EngineHarness, trade: Trade, exit_price: Decimal, state: ShadowState, *, exited_at: datetime | None = None
) -> None:
    """Keep what a proposal that was not taken would have come to."""
    is_over = state is ShadowState.CLOSED
    with harness.store.writing() as transaction:
        kept = ShadowTrade(
            key=f"trade:{trade.id}",
            cause=Cause(trade.state.value) if trade.state.value in [*Cause] else Cause.REJECTED,
            strategy="seed",
            strategy_fingerprint="f",
            symbol="AAPL",
            bar=trade.proposed_at,
            tenths=8,
            state=state,
            through=trade.proposed_at,
            progress=None,
            trade_id=trade.id,
            shares=20 if is_over else 0,
            entry=ENTRY if is_over else None,
            stop=STOP if is_over else None,
            exit=exit_price if is_over else None,
            exit_reason=ExitReason.STOP if is_over else None,
            exited_at=exited_at,
        )
        assert transaction.save_shadow(kept)
        assert not transaction.save_shadow(kept), "a second time it is there already"
