"""The audit's files beside the database: what anchors it, and its archive, with what moves older rows there.

Each call reads the settings that it needs; all of them raise SettingsInvalid.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.adapters.desk_memory import FileAnchors, FileMemory
from engine.adapters.factory import ANCHORS, MEMORY
from engine.adapters.sql.archive import Pruned, check_archive, prune as move
from engine.adapters.sql.retention import ArchiveEnd
from engine.errors import MemoryUnavailable, SettingsInvalid
from engine.model.audit import Anchor, AuditCheck, Mark
from engine.model.desk_record import UNREADABLE
from engine.offline import open_store
from engine.settings import PlaceSettings, read_group


def prune(months: int, folder: Path | None) -> Pruned:
    """Move what is older than so many whole months from the database into files, by default in DATA_DIR/archive.

    Raises SettingsInvalid and StoreUnavailable.
    """
    places, kept = anchored(), FileAnchors(read_group(PlaceSettings).data_dir / ANCHORS)
    if faults := [f"{place.path} {place.fault}" for place in places if place.fault]:
        raise SettingsInvalid(f"{faults[0]}: `trading-bot audit verify`, nothing pruned")
    known = {anchor.mark for place in places for anchor in place.anchors}
    with open_store() as store:
        now = datetime.now(UTC)
        year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
        before = datetime(year, month + 1, 1, tzinfo=UTC)
        return move(store, folder or archive_folder(), before, now, anchors=kept, known=known)


def archive_fault(checked: AuditCheck, known: str = "", anchors: Collection[Mark] = ()) -> str:
    """Return what is wrong with the archived part of the audit, '' where it leads unbroken to the database's."""
    begins = ArchiveEnd(number=checked.begins_after, count=checked.archived, hash=checked.begins_hash)
    try:
        return check_archive(archive_folder(), begins, known, anchors)
    except OSError as error:
        return f"{error.filename} cannot be read ({error.strerror})"


def archive_folder() -> Path:
    """Return where the archive is."""
    return read_group(PlaceSettings).data_dir / "archive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchored:
    """A file that anchors the audit, with what it says, oldest first; `fault` is why it says nothing."""

    path: Path
    anchors: tuple[Anchor, ...] = ()
    fault: str = ""


def anchored() -> tuple[Anchored, ...]:
    """Return what anchors the audit in DATA_DIR: the desk's last known state, and each day's end."""
    place = read_group(PlaceSettings).data_dir
    return _anchored_by_state(place / MEMORY), _anchored_by_days(place / ANCHORS)


def anchored_by(path: Path) -> Anchored:
    """Return the anchors of a file that was named; raises SettingsInvalid where it has none."""
    found = _anchored_by_days(path)
    if not found.anchors:
        raise SettingsInvalid(f"--anchors: {path} {found.fault or 'has no anchor'}")
    return found


def _anchored_by_state(path: Path) -> Anchored:
    record = FileMemory(path).read()
    if record is None:
        return Anchored(path=path)
    if record == UNREADABLE:
        return Anchored(path=path, fault="cannot be read, or understood")
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Anchored(path=path, anchors=(Anchor(at=at, mark=record.mark, by="the desk's last known state"),))


def _anchored_by_days(path: Path) -> Anchored:
    try:
        return Anchored(path=path, anchors=FileAnchors(path).read())
    except MemoryUnavailable as error:
        return Anchored(path=path, fault=str(error).removeprefix(f"{path} "))
