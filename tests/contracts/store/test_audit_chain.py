"""The audit is only ever added to, and shows it when somebody changed it all the same."""

import pytest
from sqlalchemy import create_engine, text

from engine.adapters.sql.store import open_store
from engine.model.audit import AuditCheck
from engine.model.desk import AuditEntry
from engine.truth import Store
from tests.fakes.trades import PROPOSED_AT

WORDS = ("approve", "halt \ud83d", "재개")


def fill(store: Store) -> None:
    with store.writing() as book:
        for word in WORDS:
            book.record(AuditEntry(at=PROPOSED_AT, actor="U1", action=word, said="/x"))


def checked(store: Store, known: str = "") -> AuditCheck:
    with store.reading() as ledger:
        return ledger.check_audit(known)


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
    with store.writing() as book:
        book.record(AuditEntry(at=PROPOSED_AT, actor="U1", action="approve"))
        _, written_down = book.audit_head()
    by_force(url, "DELETE FROM audit", "DELETE FROM audit_head")
    fill(store)
    assert checked(store).fault == ""
    assert written_down in checked(store, written_down).fault
    store.close()
