"""`trading-bot audit verify` on the books of a desk that traded, and on what somebody made of them."""

# ruff: noqa: S608 (the statements of a thief, put together from literals)

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from engine.adapters.sql.audit_chain import link
from engine.model.audit import Anchor
from engine.model.desk import AuditEntry, Request
from engine.model.notices.reports import ReportMade
from engine.model.report import ReportKind
from tests.support.engine_harness import EngineHarness
from tests.support.environment import nothing_set
from tests.support.fakes import worked_example

TRIGGERS = "DROP TRIGGER IF EXISTS audit_no_update; DROP TRIGGER IF EXISTS audit_no_delete;"


@dataclass
class Books:
    """The folder of a desk that bought, was anchored at the day's end, and went on."""

    folder: Path

    @property
    def anchors(self) -> Path:
        return self.folder / "audit-anchors.jsonl"

    def by_force(self, *statements: str) -> None:
        """Change the books as their owner can: without the triggers that refuse it."""
        with closing(sqlite3.connect(self.folder / "desk.db")) as connection, connection:
            connection.executescript(TRIGGERS + ";".join(statements))

    def one(self, query: str) -> str:
        with closing(sqlite3.connect(self.folder / "desk.db")) as connection, connection:
            found: str = connection.execute(query).fetchone()[0]
        return found

    def chain_anew(self, statement: str) -> None:
        """Change the audit, and give each row the hash that it should have then, and the head the last one."""
        with closing(sqlite3.connect(self.folder / "desk.db")) as connection, connection:
            connection.executescript(TRIGGERS + statement)
            connection.row_factory = sqlite3.Row
            count, last = 0, ""
            for row in connection.execute("SELECT * FROM audit ORDER BY number").fetchall():
                names = ("actor", "action", "subject", "said", "outcome", "why", "request")
                at = worked_example.AT.fromisoformat(f"{row['at']}+00:00")
                count, last = count + 1, link(last, AuditEntry(at=at, **{name: row[name] for name in names}))
                connection.execute("UPDATE audit SET hash = ? WHERE number = ?", (last, row["number"]))
            connection.execute("UPDATE audit_head SET count = ?, hash = ?", (count, last))


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    nothing_set(monkeypatch, tmp_path)
    harness = EngineHarness.at_the_example(tmp_path)
    trade = harness.play_the_signal()
    assert trade is not None
    harness.engine.commands.approve(trade.id, EngineHarness.TRADER)
    harness.engine.jobs.tick()
    harness.broker.stop()  # whose last words about the order would come between the rows below, or after them
    with harness.store.reading() as reader:
        mark = reader.audit_mark()
    harness.anchors.keep(Anchor(at=harness.clock.now(), mark=mark, by="report:day:20250819"))
    with harness.store.writing() as transaction:
        transaction.write_audit(
            Request(by="engine").entry(harness.clock.now(), "anchor", "report:day", str(mark.number), mark.hash)
        )
        for word in ("one", "two", "three"):
            transaction.write_audit(Request(by="U0ADMIN").entry(harness.clock.now(), "look", word))
    harness.engine.jobs.housekeeping()  # after which the desk's last known state knows of those
    harness.close()
    return Books(tmp_path)


def verified(books: Books, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["audit", "verify", *options], env={"DATA_DIR": str(books.folder)})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.exit_code, done.output


def test_books_that_nobody_touched_hold_and_it_is_said_by_what_they_are_anchored(books: Books) -> None:
    code, told = verified(books)
    assert code == 0
    assert told.startswith("OK: ")
    assert "anchored up to row" in told
    assert f"{books.anchors} (1 anchors" in told
    assert f"{books.folder / 'desk-state.json'} (1 anchors" in told
    assert "trades, with their orders and fills, match the audit log" in told


LAST = "(SELECT max(number) FROM audit)"
BACK = (
    f"DELETE FROM audit WHERE number > {LAST} - 2",
    (
        "UPDATE audit_head SET count = (SELECT count(*) FROM audit), hash = (SELECT hash FROM audit WHERE number = "
        f"{LAST})"
    ),
    f"UPDATE sqlite_sequence SET seq = {LAST} WHERE name = 'audit'",
)
TAMPERING: dict[str, tuple[Callable[[Books], object], str]] = {
    "the tail is cut": (lambda books: books.by_force(BACK[0]), "the head tells of"),
    "the tail is cut and the head set back": (lambda books: books.by_force(*BACK), "the end was cut off"),
    "the head alone is set back": (lambda books: books.by_force(BACK[1].replace(LAST, f"{LAST} - 1")), "another hash"),
    "a row is changed": (lambda books: books.by_force("UPDATE audit SET actor = 'U2' WHERE number = 3"), "row 3: "),
    "a row is taken from the middle": (lambda books: books.by_force("DELETE FROM audit WHERE number = 3"), "row 4: "),
    "a row is put in": (
        lambda books: books.by_force(
            "UPDATE audit SET number = -number WHERE number > 3",
            "UPDATE audit SET number = 1 - number WHERE number < 0",
            "INSERT INTO audit SELECT 4, at, 'U2', action, subject, said, outcome, why, '', hash FROM audit"
            " WHERE number = 3",
        ),
        "row 4: ",
    ),
    "two rows change places": (
        lambda books: books.by_force(
            "UPDATE audit SET number = -1 WHERE number = 3",
            "UPDATE audit SET number = 3 WHERE number = 4",
            "UPDATE audit SET number = 4 WHERE number = -1",
        ),
        "row 3: ",
    ),
    "a row's time is made nonsense": (
        lambda books: books.by_force("UPDATE audit SET at = 'never' WHERE number = 3"),
        "cannot be read",
    ),
    "a trade is changed": (
        lambda books: books.by_force("UPDATE trades SET fill_price = '1.00' WHERE state = 'open'"),
        "its orders or its fills were changed",
    ),
    "who decided a trade is changed": (
        lambda books: books.by_force("UPDATE trades SET decided_by = 'U0VIEWER' WHERE state = 'open'"),
        "were changed",
    ),
    "a trade's state is made nonsense": (
        lambda books: books.by_force("UPDATE trades SET state = 'never' WHERE state = 'open'"),
        "were changed",
    ),
    "a trade is put in": (
        lambda books: books.by_force(
            "CREATE TEMP TABLE copy AS SELECT * FROM trades LIMIT 1",
            "UPDATE copy SET id = 'AAPL_20250101_100000'",
            "INSERT INTO trades SELECT * FROM copy",
        ),
        "AAPL_20250101_100000, which the audit does not know, was added",
    ),
    "a trade is taken away": (
        lambda books: books.by_force(
            f"DELETE FROM fills; DELETE FROM orders WHERE trade_id = '{worked_example.TRADE_ID}';"
            f"DELETE FROM decisions WHERE trade_id = '{worked_example.TRADE_ID}';"
            f"DELETE FROM trades WHERE id = '{worked_example.TRADE_ID}'"
        ),
        f"{worked_example.TRADE_ID} was taken away",
    ),
    "an order is changed": (
        lambda books: books.by_force("UPDATE orders SET filled_shares = 1 WHERE role = 'entry'"),
        "were changed",
    ),
    "an order is taken away": (
        lambda books: books.by_force("DELETE FROM orders WHERE role = 'stop'"),
        "were changed",
    ),
    "a fill is changed": (lambda books: books.by_force("UPDATE fills SET price = '1'"), "were changed"),
    "a row is changed and the chain made anew": (
        lambda books: books.chain_anew("UPDATE audit SET actor = 'U2' WHERE number = 3"),
        "the chain was made anew",
    ),
    "a trade is changed with its fingerprint, and the chain made anew": (
        lambda books: books.chain_anew("UPDATE audit SET why = '' WHERE action = 'fingerprint'"),
        "the chain was made anew",
    ),
    "the file of anchors is deleted": (
        lambda books: books.anchors.unlink(),
        "was anchored, but no file has that anchor",
    ),
    "the file of anchors is edited": (
        lambda books: books.anchors.write_text(books.anchors.read_text().replace('"hash": "', '"hash": "0')),
        "is not the one that was anchored",
    ),
    "the file of anchors is made garbage": (lambda books: books.anchors.write_text("{}"), "cannot be read"),
    "the desk's last known state is edited": (
        lambda books: (books.folder / "desk-state.json").write_text("[]"),
        "cannot be read",
    ),
}


@pytest.mark.parametrize("way", TAMPERING)
def test_tampering_is_found(books: Books, way: str) -> None:
    tamper, told = TAMPERING[way]
    tamper(books)
    code, said = verified(books)
    assert code == 1
    assert said.startswith("BROKEN: ")
    assert told in said


def test_a_cut_that_every_file_was_adapted_to_is_found_by_the_hash_of_the_days_report(books: Books) -> None:
    reported = books.one(f"SELECT hash FROM audit WHERE number = {LAST}")
    books.by_force(*BACK)
    (books.folder / "desk-state.json").unlink()
    code, told = verified(books)
    assert (code, "not anchored: " in told, "newer than every anchor" in told) == (0, True, True)
    code, told = verified(books, "--head", reported)
    assert code == 1
    assert f"no row has the hash {reported}" in told


def test_anchors_that_were_moved_elsewhere_are_named(books: Books, tmp_path: Path) -> None:
    moved = books.anchors.rename(tmp_path / "elsewhere")
    assert verified(books)[0] == 1
    assert verified(books, "--anchors", str(moved))[0] == 0


def test_an_export_leaves_an_anchor_beside_it_that_a_cut_is_found_by(books: Books) -> None:
    where = {"DATA_DIR": str(books.folder)}
    done = CliRunner().invoke(app, ["export", "audit", str(books.folder / "audit.csv")], env=where)
    assert done.exit_code == 0, done.output
    anchor = books.folder / "audit.csv.anchor"
    assert stat.S_IMODE(anchor.stat().st_mode) == 0o600
    assert sha256((books.folder / "audit.csv").read_bytes()).hexdigest() in anchor.read_text()
    assert verified(books, "--anchors", str(anchor))[0] == 0
    books.by_force(*BACK)
    (books.folder / "desk-state.json").unlink()
    assert "the end was cut off" in verified(books, "--anchors", str(anchor))[1]


def test_a_file_of_anchors_that_has_none_is_refused(books: Books, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name in ("empty", "missing"):
        code, told = verified(books, "--anchors", str(tmp_path / name))
        assert (code, f"--anchors: {tmp_path / name} " in told) == (1, True)


def test_the_days_report_is_written_down_beside_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_set(monkeypatch, tmp_path)
    harness = EngineHarness.at_the_example(tmp_path)
    harness.engine.jobs.tell_reports()
    harness.clock.set(worked_example.AT + timedelta(hours=12))
    harness.engine.jobs.tell_reports()
    (kept,) = harness.anchors.read()
    with harness.store.reading() as reader:
        (row,) = [entry for entry in reader.audit() if entry.action == "anchor"]
    told = [each.report.audit for each in harness.told_of(ReportMade) if each.report.kind is ReportKind.DAY]
    assert told == [kept.mark]
    assert (row.outcome, row.why) == (str(kept.mark.number), kept.mark.hash)
    harness.close()


@pytest.fixture
def archived(books: Books) -> Books:
    """The same books a year later: all that the audit knew was archived."""
    before = books.one(f"SELECT hash FROM audit WHERE number = {LAST}")
    done = CliRunner().invoke(app, ["prune", "--months", "2"], env={"DATA_DIR": str(books.folder)})
    assert done.exit_code == 0, done.output
    assert int(books.one(f"SELECT count(*) FROM audit WHERE hash = '{before}'")) == 0
    return books


def test_books_whose_old_rows_were_archived_hold_with_the_files_and_without(archived: Books, tmp_path: Path) -> None:
    code, told = verified(archived)
    assert (code, "is an unbroken chain up to it" in told) == (0, True)
    (archived.folder / "archive").rename(tmp_path / "elsewhere")
    code, told = verified(archived)
    assert (code, "put them there" in told) == (0, True)


def test_the_hash_of_an_old_report_is_looked_for_in_the_archive_too(archived: Books, tmp_path: Path) -> None:
    old = Anchor.read(archived.anchors.read_text().splitlines()[0]).mark.hash
    code, told = verified(archived, "--head", old)
    assert (code, f"anchored by --head: {old}" in told) == (0, True)
    assert verified(archived, "--head", "5f1c")[0] == 1
    (archived.folder / "archive").rename(tmp_path / "elsewhere")
    assert verified(archived, "--head", old)[0] == 1


@pytest.mark.parametrize("statement", ["shares = shares + 1", "decided_by = 'U0VIEWER'", "id = 'AAPL_20250101_100000'"])
def test_a_trade_whose_fingerprint_was_archived_is_still_covered(archived: Books, statement: str) -> None:
    archived.by_force(f"UPDATE trades SET {statement} WHERE id = '{worked_example.TRADE_ID}'")
    assert verified(archived)[0] == 1


def test_rows_that_only_the_database_calls_archived_are_missed(books: Books) -> None:
    """All anchors lie before the place where the chain is said to begin: none of them is in a row that is left."""
    forged = "1000000 0 "  # no rows, no hash: nothing that is left contradicts it
    books.by_force("DELETE FROM audit", f"INSERT INTO settings (name, value) VALUES ('audit_anchor', '{forged}')")
    books.by_force("DELETE FROM audit_head", "DELETE FROM fills", "DELETE FROM orders")
    books.by_force("DELETE FROM decisions", "DELETE FROM trades")
    code, told = verified(books)
    assert code == 1
    assert "BROKEN" in told


def test_rows_up_to_a_real_anchor_that_were_deleted_are_not_taken_for_archived(books: Books) -> None:
    mark = Anchor.read(books.anchors.read_text().splitlines()[0]).mark
    count = books.one(f"SELECT count(*) FROM audit WHERE number <= {mark.number}")
    books.by_force(
        f"INSERT INTO settings (name, value) VALUES ('audit_anchor', '{mark.number} {count} {mark.hash}')",
        f"DELETE FROM audit WHERE number <= {mark.number}",
        *(f"DELETE FROM {name}" for name in ("fills", "orders", "decisions", "trades")),
    )
    code, told = verified(books)
    assert code == 1
    assert "only the database says" in told
