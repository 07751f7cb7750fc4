"""The audit is only ever added to, and shows it when somebody changed it all the same."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text

from engine.adapters.sql.base import Base
from engine.adapters.sql.fingerprints import FILL, LEFT_OUT, ORDER, TRADE
from engine.adapters.sql.store import open_store
from engine.adapters.sql.tables import FillRow, OrderRow, TradeRow
from engine.errors import AlreadyDecided
from engine.model.audit import BEGINNING, AuditCheck, Mark
from engine.model.desk import AuditEntry
from engine.model.signal import Side
from engine.model.trade import Order, OrderRole, OrderState, TradeState
from engine.ports.store import Store
from tests.support.fakes.trades import PROPOSED_AT, a_trade

WORDS = ("approve", "halt \ud83d", "재개")


def fill(store: Store) -> None:
    with store.writing() as transaction:
        for word in WORDS:
            transaction.write_audit(AuditEntry(at=PROPOSED_AT, actor="U1", action=word, said="/x"))


def checked(store: Store, known: str = "") -> AuditCheck:
    with store.reading() as reader:
        return reader.check_audit(known)


def by_force(url: str, *statements: str) -> None:
    """Change the database as its owner can: without the triggers that refuse it."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_an_audit_that_nobody_touched_holds(store: Store) -> None:
    assert checked(store) == AuditCheck(count=0, hash="")
    fill(store)
    first = checked(store)
    assert (first.count, first.fault) == (3, "")
    fill(store)
    assert checked(store, first.hash).fault == ""


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'U2'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_it(store: Store, url: str, statement: str) -> None:
    fill(store)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with pytest.raises(Exception, match="append only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert checked(store).count == 3


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET actor = 'U2' WHERE number = 2", 2),
        ("UPDATE audit SET at = '2001-01-01 00:00:00+00:00' WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 1", 2),
        ("DELETE FROM audit WHERE number = 2", 3),
        ("DELETE FROM audit WHERE number = 3", None),
        ("DELETE FROM audit", None),
    ],
)
def test_what_was_changed_or_taken_away_shows(url: str, statement: str, row: int | None) -> None:
    store = open_store(url)
    fill(store)
    by_force(url, statement)
    broken = checked(store)
    assert broken.fault
    assert broken.broken_at == row
    store.close()


def test_a_chain_that_was_made_anew_lacks_the_hash_that_was_written_down(url: str) -> None:
    store = open_store(url)
    with store.writing() as transaction:
        transaction.write_audit(AuditEntry(at=PROPOSED_AT, actor="U1", action="approve"))
        _, written_down = transaction.audit_head()
    by_force(url, "DELETE FROM audit", "DELETE FROM audit_head")
    fill(store)
    assert checked(store).fault == ""
    assert written_down in checked(store, written_down).fault
    store.close()


def a_bracket() -> Order:
    """An entry that was filled, with its stop."""
    entry = Order(
        broker_id="b-1",
        client_order_id=a_trade().id,
        role=OrderRole.ENTRY,
        symbol="AAPL",
        side=Side.BUY,
        shares=512,
        state=OrderState.FILLED,
        filled_shares=512,
        fill_price=Decimal("150.28"),
        filled_at=PROPOSED_AT,
    )
    stop = replace(entry, broker_id="b-2", role=OrderRole.STOP, side=Side.SELL, state=OrderState.HELD, filled_shares=0)
    return replace(entry, legs=(replace(stop, fill_price=None, filled_at=None),))


def traded(store: Store) -> None:
    """Keep a trade that was bought, with its orders and fills."""
    with store.writing() as transaction:
        transaction.propose(a_trade())
    with store.writing() as transaction:
        transaction.move(a_trade(), TradeState.APPROVED)
        transaction.save_order(a_trade().id, a_bracket())


def test_every_change_of_a_trade_or_its_orders_is_covered_by_the_audit(store: Store) -> None:
    traded(store)
    first = checked(store)
    assert (first.count, first.trades, first.fault) == (2, 1, "")
    with store.writing() as transaction:
        transaction.save_order(a_trade().id, a_bracket())
    assert checked(store) == first  # nothing was new
    with store.writing() as transaction:
        transaction.save_order(a_trade().id, replace(a_bracket(), reason="late"))
    assert (checked(store).count, checked(store).fault) == (3, "")


def twice_updated(store: Store) -> None:
    """Change a trade, and then as if it were in another state, which undoes both."""
    with store.writing() as transaction:
        for state in (TradeState.APPROVED, TradeState.OPEN):
            transaction.update(replace(a_trade(), state=state, reason="never"))


def test_what_was_given_up_before_it_was_kept_leaves_no_fingerprint(store: Store) -> None:
    traded(store)
    with pytest.raises(AlreadyDecided):
        twice_updated(store)
    assert (checked(store).count, checked(store).fault) == (2, "")


def test_the_audit_that_people_see_has_no_fingerprints(store: Store) -> None:
    fill(store)
    traded(store)
    with store.reading() as reader:
        assert [entry.action for entry in reader.audit()] == ["재개", "halt \ufffd", "approve"]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE trades SET stop = '1.00'", "were changed"),
        ("UPDATE trades SET decided_at = '2001-01-01 00:00:00+00:00'", "were changed"),
        ("UPDATE orders SET broker_id = 'another' WHERE role = 'stop'", "were changed"),
        ("DELETE FROM orders WHERE role = 'stop'", "were changed"),
        ("UPDATE orders SET state = 'nonsense' WHERE role = 'stop'", "were changed"),
    ],
)
def test_a_trade_or_an_order_that_was_changed_by_force_shows(url: str, statement: str, told: str) -> None:
    store = open_store(url)
    traded(store)
    by_force(url, statement)
    assert told in checked(store).fault
    assert a_trade().id in checked(store).fault
    store.close()


def test_of_many_trades_that_were_changed_some_are_named(url: str) -> None:
    store = open_store(url)
    with store.writing() as transaction:
        for number in range(5):
            transaction.propose(replace(a_trade(), id=f"T{number}"))
    by_force(url, "UPDATE trades SET stop = '1.00'")
    assert [f"T{number}" in checked(store).fault for number in range(5)] == [True, True, True, False, False]
    assert checked(store).fault.endswith("; and more")
    store.close()


@pytest.mark.parametrize(
    ("table", "covered"), [(TradeRow, TRADE), (OrderRow, ORDER), (FillRow, FILL)], ids=["trades", "orders", "fills"]
)
def test_a_fingerprint_holds_every_column(table: type[Base], covered: tuple[str, ...]) -> None:
    """A column that fails here needs a new format of fingerprints beside the old one."""
    name = table.__tablename__
    assert set(covered) == {column.key for column in table.__table__.c if (name, column.key) not in LEFT_OUT}


def test_an_amount_has_one_fingerprint_however_many_zeros_it_is_written_with(store: Store) -> None:
    traded(store)
    with store.writing() as transaction:
        transaction.update(replace(a_trade(), state=TradeState.APPROVED, stop=a_trade().stop * Decimal("1.000")))
    assert checked(store).count == 2


def test_what_anchors_the_audit_must_be_in_it(store: Store) -> None:
    fill(store)
    with store.reading() as reader:
        mark = reader.audit_mark()
        assert reader.check_audit(anchors=[mark, BEGINNING]).fault == ""
        cut = reader.check_audit(anchors=[Mark(number=mark.number + 1, hash="5f1c")])
        forged = reader.check_audit(anchors=[Mark(number=mark.number, hash="5f1c")])
    assert "the end was cut off" in cut.fault
    assert "the chain was made anew" in forged.fault
