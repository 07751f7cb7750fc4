from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from engine.model.account import Account
from engine.model.desk import AuditEntry
from engine.model.trade import TradeState
from engine.ports.store import Store
from tests.contracts.store.samples import keep
from tests.support.fakes.trades import PROPOSED_AT, a_signal, a_trade

MSFT = a_trade(id="MSFT_20250819_234516", symbol="MSFT", signal=a_signal(symbol="MSFT"))
ACCOUNT = Account(equity=Decimal(231_368), cash=Decimal(66_788), buying_power=Decimal(133_576), margin=True)


def test_signals_come_with_the_numbers_of_their_rows_and_what_became_of_them(store: Store) -> None:
    keep(store, a_trade(), MSFT)
    with store.writing() as transaction:
        transaction.add_signal(a_signal(at=PROPOSED_AT + timedelta(minutes=5)), "symbol_taken")
        newest, *_, oldest = transaction.numbered_signals(10)
        assert (newest.outcome.why_not, oldest.outcome.trade_id) == ("symbol_taken", a_trade().id)
        assert len({each.number for each in transaction.numbered_signals(10)}) == 3
        [of_msft] = transaction.numbered_signals(10, symbol="MSFT")
        assert transaction.numbered_signals(10, trade_id=MSFT.id) == (of_msft,)
        assert transaction.numbered_signals(1) == (newest,)
        assert transaction.numbered_signals(10, symbol="TSLA") == ()


def test_moves_of_trades_are_told_newest_first_with_who_and_why(store: Store) -> None:
    keep(store, a_trade(), MSFT)
    moved = replace(a_trade(), decided_by="U1", decided_at=PROPOSED_AT + timedelta(minutes=1), reason="no")
    with store.writing() as transaction:
        transaction.move(moved, TradeState.REJECTED)
    with store.reading() as reader:
        [move] = reader.moves(10, trade_id=moved.id)
        assert reader.moves(10, trade_id=MSFT.id) == ()
        assert move in reader.moves(10)
    assert (move.from_state, move.to_state, move.by, move.reason) == (
        TradeState.PROPOSED,
        TradeState.REJECTED,
        "U1",
        "no",
    )
    assert move.at == moved.decided_at


def test_the_audit_is_asked_for_by_actions(store: Store) -> None:
    with store.writing() as transaction:
        for action in ("halt", "start", "resume"):
            transaction.write_audit(AuditEntry(at=PROPOSED_AT, actor="U1", action=action))
        found = transaction.numbered_audit({"halt", "resume"}, 10)
        assert [each.entry.action for each in found] == ["resume", "halt"]
        assert found[0].number > found[1].number
        assert transaction.numbered_audit({"resume", "halt"}, 1) == found[:1]
        assert transaction.numbered_audit(set(), 10) == ()


def test_the_last_measures_are_those_of_the_newest_instant(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.measured() is None
        transaction.save_equity(PROPOSED_AT, ACCOUNT, Decimal("0.01"))
        later = PROPOSED_AT + timedelta(minutes=1)
        transaction.save_equity(later, replace(ACCOUNT, equity=Decimal(231_000)), Decimal("0.015"))
        measured = transaction.measured()
    assert measured is not None
    assert (measured.at, measured.account.equity, measured.open_risk) == (later, Decimal(231_000), Decimal("0.015"))
