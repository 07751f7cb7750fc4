"""What is old goes into files by month; the audit's chain leads from them into the database without a break."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from engine.adapters.desk_memory import FileAnchors
from engine.adapters.sql.archive import Pruned, check_archive, prune
from engine.adapters.sql.retention import ArchiveEnd
from engine.adapters.sql.store import SqlStore, open_store
from engine.errors import SettingsInvalid
from engine.model.audit import AuditCheck, Mark
from engine.model.desk import AuditEntry
from engine.model.notices.base import Posted
from engine.model.notices.proposals import ApprovalAsked
from engine.model.notices.systems import BotStarted
from engine.model.trade import TradeState
from tests.support.fakes.notices import a_notice
from tests.support.fakes.trades import a_trade
from tests.support.servers import Postgres

NOW = datetime(2026, 9, 15, tzinfo=UTC)
BEFORE = datetime(2026, 8, 1, tzinfo=UTC)
MONTHS = (datetime(2026, 6, 10, tzinfo=UTC), datetime(2026, 7, 10, tzinfo=UTC), datetime(2026, 8, 10, tzinfo=UTC))


@pytest.fixture(name="url", params=["sqlite", "postgresql"])
def _url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database(migrated=False)


@pytest.fixture(name="store")
def _store(url: str) -> Iterator[SqlStore]:
    """A store with five rows of the audit and a notice in each of three months, the last of them young."""
    store = open_store(url)
    with store.writing() as transaction:
        for month in MONTHS:
            for day in range(5):
                at = month + timedelta(days=day)
                transaction.write_audit(
                    AuditEntry(at=at, actor="U1", action="look", said=f"재개 {day}", request=at.isoformat())
                )
            transaction.enqueue_notice(a_notice(BotStarted, key=f"{month:%m}", at=month))
        for waiting in transaction.waiting(10):
            transaction.delivered(waiting.number, Posted(channel="C1", ts=f"{waiting.number}.0"))
    yield store
    store.close()


def pruned(store: SqlStore, folder: Path) -> Pruned:
    return prune(store, folder, BEFORE, NOW, anchors=FileAnchors(folder.parent / "anchors"))


def checked(store: SqlStore, known: str = "") -> AuditCheck:
    with store.reading() as reader:
        return reader.check_audit(known)


def begins(store: SqlStore) -> ArchiveEnd:
    found = checked(store)
    return ArchiveEnd(number=found.begins_after, count=found.archived, hash=found.begins_hash)


def test_old_months_are_moved_into_files_of_their_own(store: SqlStore, tmp_path: Path) -> None:
    told = pruned(store, tmp_path / "archive")
    assert (told.audit, told.notices) == (10, 2)
    assert [path.name for path in told.files] == [
        "audit-2026-06-1-5.jsonl",
        "audit-2026-07-6-10.jsonl",
        "outbox-2026-06-1-1.jsonl",
        "outbox-2026-07-2-2.jsonl",
    ]
    with store.reading() as reader:
        assert [entry.action for entry in reader.audit()] == ["prune", "anchor", *["look"] * 5]
        assert not reader.was_enqueued("06")
        assert reader.was_enqueued("08")
        assert reader.posted("06") is None


def test_files_and_folder_are_their_owners_alone(store: SqlStore, tmp_path: Path) -> None:
    told = pruned(store, tmp_path / "archive")
    assert {stat.S_IMODE(path.stat().st_mode) for path in told.files} == {0o600}
    assert stat.S_IMODE((tmp_path / "archive").stat().st_mode) == 0o700


def test_the_chain_holds_from_the_anchor_on_and_says_where_it_is(store: SqlStore, tmp_path: Path) -> None:
    with store.reading() as reader:
        count, last = reader.audit_head()
    pruned(store, tmp_path)
    found = checked(store, last)
    assert (found.fault, found.count, found.archived, found.begins_after) == ("", count + 2, 10, 10)
    assert check_archive(tmp_path, begins(store)) == ""
    with store.writing() as transaction:
        transaction.write_audit(AuditEntry(at=NOW, actor="U1", action="look"))
    assert checked(store).fault == ""


def test_pruning_again_later_goes_on_from_the_anchor(store: SqlStore, tmp_path: Path) -> None:
    pruned(store, tmp_path)
    told = prune(store, tmp_path, datetime(2026, 9, 1, tzinfo=UTC), NOW, anchors=FileAnchors(tmp_path / "anchors"))
    assert told.audit == 5
    assert checked(store).fault == ""
    assert check_archive(tmp_path, begins(store)) == ""
    assert pruned(store, tmp_path).files == ()


def test_the_database_refuses_to_delete_what_was_not_archived(store: SqlStore, url: str, tmp_path: Path) -> None:
    pruned(store, tmp_path)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    for statement in ("DELETE FROM audit", "DELETE FROM audit WHERE number = 11", "UPDATE audit SET actor = 'U2'"):
        with pytest.raises(Exception, match="append only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("trick", ["line changed", "line taken", "file taken", "no line", "last line taken"])
def test_an_archive_that_was_tampered_with_is_found(store: SqlStore, tmp_path: Path, trick: str) -> None:
    first, second = pruned(store, tmp_path).files[:2]
    lines = first.read_text().splitlines(keepends=True)
    if trick == "line changed":
        first.write_text("".join(lines).replace("U1", "U2", 1))
    elif trick == "line taken":
        first.write_text("".join(lines[:2] + lines[3:]))
    elif trick == "no line":
        first.write_text("".join(["nonsense\n", *lines]))
    elif trick == "last line taken":
        second.write_text("".join(second.read_text().splitlines(keepends=True)[:-1]))
    else:
        first.unlink()
    assert check_archive(tmp_path, begins(store)) != ""


def test_an_anchor_that_was_set_elsewhere_breaks_the_chain(store: SqlStore, url: str, tmp_path: Path) -> None:
    pruned(store, tmp_path)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE settings SET value = '12 12 00ff' WHERE name = 'audit_anchor'"))
        connection.execute(text("DELETE FROM audit WHERE number <= 12"))
    engine.dispose()
    assert checked(store).broken_at == 13


def test_a_broken_audit_is_not_pruned(store: SqlStore, url: str, tmp_path: Path) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_head SET count = 3"))
    engine.dispose()
    with pytest.raises(SettingsInvalid, match="nothing pruned"):
        pruned(store, tmp_path / "archive")
    assert not (tmp_path / "archive").exists()


def test_a_folder_that_cannot_be_written_loses_nothing(store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file")
    with pytest.raises(SettingsInvalid, match="nothing pruned"):
        pruned(store, tmp_path / "archive")
    assert checked(store).count == 15


def test_a_run_that_was_cut_off_before_it_deleted_is_made_good_by_the_next(store: SqlStore, tmp_path: Path) -> None:
    told = pruned(store, tmp_path)
    again = told.files[0].with_name("audit-2026-08-11-15.jsonl")
    again.write_text("written, and not deleted from the books\n")
    assert check_archive(tmp_path, begins(store)) == ""
    assert (
        prune(store, tmp_path, datetime(2026, 9, 1, tzinfo=UTC), NOW, anchors=FileAnchors(tmp_path / "anchors")).audit
        == 5
    )
    assert check_archive(tmp_path, begins(store)) == ""


def test_a_planted_link_is_not_followed(store: SqlStore, tmp_path: Path) -> None:
    archive, elsewhere = tmp_path / "archive", tmp_path / "elsewhere"
    archive.mkdir()
    elsewhere.write_text("theirs")
    (archive / "audit-2026-06-1-5.jsonl").symlink_to(elsewhere)
    pruned(store, archive)
    assert elsewhere.read_text() == "theirs"
    assert check_archive(archive, begins(store)) == ""


def test_notices_that_wait_or_are_of_a_trade_that_goes_on_stay(store: SqlStore, tmp_path: Path) -> None:
    over = replace(a_trade(), id="IBM_20260610_120000", symbol="IBM")
    with store.writing() as transaction:
        for trade in (a_trade(), over):
            transaction.propose(trade)
            transaction.enqueue_notice(ApprovalAsked(key=trade.id, at=MONTHS[0], trade_id=trade.id))
        transaction.move(over, TradeState.REJECTED)
        for waiting in transaction.waiting(10):
            transaction.delivered(waiting.number, None)
        transaction.enqueue_notice(a_notice(BotStarted, key="waits", at=MONTHS[0]))
    pruned(store, tmp_path)
    with store.reading() as reader:
        assert [key for key in (a_trade().id, over.id, "waits") if reader.was_enqueued(key)] == [a_trade().id, "waits"]


def test_the_desks_memory_of_an_archived_row_is_no_sign_of_an_older_database(store: SqlStore, tmp_path: Path) -> None:
    with store.reading() as reader:
        mark = reader.audit_mark()
    assert (
        prune(store, tmp_path, datetime(2026, 9, 1, tzinfo=UTC), NOW, anchors=FileAnchors(tmp_path / "anchors")).audit
        == mark.number
    )
    with store.reading() as reader:
        assert reader.has_mark(mark)
        assert reader.has_mark(Mark(number=3, hash="an archived one"))
        assert not reader.has_mark(Mark(number=mark.number, hash="another"))
        assert not reader.has_mark(Mark(number=99, hash="a later one"))


def test_a_run_that_was_cut_off_while_it_deleted_is_made_good_by_the_next(store: SqlStore, tmp_path: Path) -> None:
    pruned(store, tmp_path)
    whole_july, rest = tmp_path / "audit-2026-07-6-10.jsonl", tmp_path / "audit-2026-07-8-10.jsonl"
    rest.write_text("".join(whole_july.read_text().splitlines(keepends=True)[2:]))
    assert check_archive(tmp_path, begins(store)) == ""
    prune(store, tmp_path, datetime(2026, 9, 1, tzinfo=UTC), NOW, anchors=FileAnchors(tmp_path / "anchors"))
    assert check_archive(tmp_path, begins(store)) == ""


def test_an_anchored_row_that_the_archive_has_otherwise_is_found(store: SqlStore, tmp_path: Path) -> None:
    with store.reading() as reader:
        mark = reader.audit_mark()
    prune(store, tmp_path, datetime(2026, 9, 1, tzinfo=UTC), NOW, anchors=FileAnchors(tmp_path / "anchors"))
    end = begins(store)
    assert check_archive(tmp_path, end, mark.hash, [mark, Mark(number=99, hash="in the books")]) == ""
    assert "row 3 is not the one" in check_archive(tmp_path, end, "", [Mark(number=3, hash="5f1c")])
    assert check_archive(tmp_path, end, "5f1c") == "no row has the hash 5f1c"


def test_an_audit_without_a_row_that_was_anchored_is_not_pruned(store: SqlStore, tmp_path: Path) -> None:
    anchors = FileAnchors(tmp_path / "anchors")
    with pytest.raises(SettingsInvalid, match=r"the end was cut off.*nothing pruned"):
        prune(store, tmp_path / "archive", BEFORE, NOW, anchors=anchors, known=[Mark(number=16, hash="5f1c")])
    assert checked(store).count == 15


def test_where_the_archive_ends_is_written_down_before_a_row_is_deleted(store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("a file")
    with pytest.raises(SettingsInvalid, match="nothing pruned"):
        prune(store, tmp_path / "archive", BEFORE, NOW, anchors=FileAnchors(tmp_path / "no folder" / "anchors"))
    assert checked(store).count == 15
    anchors = FileAnchors(tmp_path / "anchors")
    prune(store, tmp_path / "archive", BEFORE, NOW, anchors=anchors)
    (kept,) = anchors.read()
    assert (kept.mark.number, kept.mark.hash) == (begins(store).number, begins(store).hash)
    assert checked(store).noted == {kept.mark}


def test_a_place_where_the_archive_ends_that_makes_no_sense_is_said(store: SqlStore, url: str, tmp_path: Path) -> None:
    pruned(store, tmp_path)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE settings SET value = 'nonsense' WHERE name = 'audit_anchor'"))
    engine.dispose()
    assert checked(store).fault == "where the archive ends cannot be read: it was changed"
    with store.reading() as reader:
        assert not reader.has_mark(Mark(number=3, hash="an archived one"))


@pytest.mark.parametrize("tampered", ["UPDATE trades SET shares = shares + 1", "DELETE FROM trades"])
def test_trades_stay_covered_after_their_fingerprints_were_archived(
    store: SqlStore, url: str, tmp_path: Path, tampered: str
) -> None:
    with store.writing() as transaction:
        transaction.propose(a_trade())
    prune(store, tmp_path, datetime(2026, 12, 1, tzinfo=UTC), NOW, anchors=FileAnchors(tmp_path / "anchors"))
    prune(store, tmp_path, datetime(2026, 12, 1, tzinfo=UTC), NOW, anchors=FileAnchors(tmp_path / "anchors"))
    assert (checked(store).fault, checked(store).trades) == ("", 1)
    assert check_archive(tmp_path, begins(store)) == ""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        if tampered.startswith("DELETE"):
            connection.execute(text("DELETE FROM decisions"))
        connection.execute(text(tampered))
    engine.dispose()
    assert a_trade().id in checked(store).fault


def test_a_trade_put_in_after_the_first_ones_were_archived_is_found(store: SqlStore, url: str, tmp_path: Path) -> None:
    with store.writing() as transaction:
        transaction.propose(a_trade())
    prune(store, tmp_path, datetime(2026, 12, 1, tzinfo=UTC), NOW, anchors=FileAnchors(tmp_path / "anchors"))
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TEMP TABLE copied AS SELECT * FROM trades"))
        connection.execute(text("UPDATE copied SET id = 'IBM_20260610_120000'"))
        connection.execute(text("INSERT INTO trades SELECT * FROM copied"))
    engine.dispose()
    assert "IBM_20260610_120000, which the audit does not know, was added" in checked(store).fault
