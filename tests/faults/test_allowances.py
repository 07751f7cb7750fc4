"""The judge of what was allowed is held to what it must tell right from wrong."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from engine.model.desk import ENGINE
from engine.model.origin import Origin, Source
from engine.model.trade import Trade, TradeState
from tests.faults.allowances import signals_beyond
from tests.faults.child_process import PEOPLE
from tests.faults.copies import Loss
from tests.support.fakes.alpaca.desk import Accepted
from tests.support.fakes.trades import a_signal, a_trade

NOON = datetime(2025, 8, 19, 16, 0, tzinfo=UTC)
LOST = Loss(
    since=NOON,
    began=NOON + timedelta(seconds=10),
    ended=NOON + timedelta(seconds=10),
    notices={},
    while_it_ran=False,
)


def bought(decided_by: str) -> Trade:
    """Make a trade of a signal from elsewhere that somebody approved."""
    origin = Origin(source=Source.WEBHOOK, note="key")
    return a_trade(state=TradeState.OPEN, signal=a_signal(origin=origin), decided_by=decided_by)


def entry_of(trade: Trade, seconds: float) -> Accepted:
    """Make what the broker took of a trade, so many seconds after noon."""
    return Accepted(
        at=NOON + timedelta(seconds=seconds),
        id="1",
        client_order_id=trade.id,
        symbol=trade.symbol,
        side="buy",
        shares=Decimal(1),
    )


def is_breach(trade: Trade, seconds: float) -> bool:
    return bool([*signals_beyond({trade.id: trade}, [entry_of(trade, seconds)], [], [LOST])])


def test_a_signal_that_the_engine_approved_is_a_breach() -> None:
    assert is_breach(bought(ENGINE), 20)
    assert is_breach(bought("S1"), 20)
    assert not is_breach(bought(PEOPLE[0].by), 20)


def test_who_approved_may_be_forgotten_with_the_seconds_in_which_the_order_left() -> None:
    assert not is_breach(bought(ENGINE), 5)
    assert is_breach(bought("S1"), 5)
