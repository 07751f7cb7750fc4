from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from engine.common.service_health import Service, ServiceHealth
from engine.errors import StreamUnavailable
from engine.model.desk import OWN_ACCORD
from engine.model.market import exchange_date
from engine.model.notices.base import NoticeKind
from engine.model.notices.systems import EntriesSetAside
from engine.model.trade import Trade, TradeState
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store
from engine.ports.stream import SignalStream

log = structlog.get_logger()

LOST_AFTER = timedelta(minutes=1)
"""An entry that a reader has comes again within seconds; one that nobody saw for this long is gone."""


class SignalQueue:
    """The stream between `propose` and `decide`: what is put on it, taken up, lost with it, and set aside.

    The database knows every proposal, so an entry only says that it is somebody's turn. One that names no proposal of
    this desk (another program's, another version's, garbage) is set aside, and holds up nothing.
    """

    def __init__(self, *, store: Store, stream: SignalStream, clock: Clock, services: ServiceHealth) -> None:
        self._store = store
        self._stream = stream
        self._clock = clock
        self._services = services
        self._seen: dict[str, datetime] = {}
        self.entries_set_aside = 0

    def publish(self) -> None:
        """Put on the stream every proposal that is stored but not yet there, also those of an earlier life.

        One whose entry nobody saw for a minute was lost with the stream: it is published again until it is decided, or
        the desk was asked.
        """
        with self._store.reading() as reader:
            lost = self._lost(reader)
            trades = {trade.id: trade for trade in (*reader.unpublished(), *lost)}
        try:
            for trade in trades.values():
                self._stream.publish(trade)
                self._seen[trade.id] = self._clock.now()
                with self._store.writing() as transaction:
                    transaction.mark_published(trade.id)
        except StreamUnavailable as error:
            self._services.lost(Service.REDIS, error)

    def waiting(self) -> tuple[tuple[str, Trade], ...]:
        """Read the stream and return (entry id, proposal) of what needs a decision; the rest is acknowledged."""
        try:
            entries = self._stream.read()
        except StreamUnavailable as error:
            self._services.lost(Service.REDIS, error)
            return ()
        self._services.back(Service.REDIS)
        if not entries:
            return ()
        with self._store.reading() as reader:
            trades = {entry_id: reader.trade(trade_id) if trade_id else None for entry_id, trade_id in entries}
        self._set_aside([entry_id for entry_id, trade in trades.items() if trade is None])
        proposed = {key: trade for key, trade in trades.items() if trade and trade.state is TradeState.PROPOSED}
        self.done(*(entry_id for entry_id, trade in trades.items() if trade and entry_id not in proposed))
        self._seen |= dict.fromkeys((trade.id for trade in proposed.values()), self._clock.now())
        return tuple(proposed.items())

    def done(self, *entry_ids: str) -> None:
        """Acknowledge entries; if that fails they come again, which is harmless."""
        if not entry_ids:
            return
        try:
            self._stream.acknowledge(entry_ids)
        except StreamUnavailable as error:
            self._services.lost(Service.REDIS, error)

    def _lost(self, reader: Reader) -> list[Trade]:
        """Return the proposals that still need an entry, and whose entry nobody saw lately."""
        proposals = reader.trades({TradeState.PROPOSED})
        self._seen = {trade.id: self._seen.get(trade.id, trade.proposed_at) for trade in proposals}
        long_ago = self._clock.now() - LOST_AFTER
        return [trade for trade in proposals if self._seen[trade.id] < long_ago and not _was_asked(reader, trade.id)]

    def _set_aside(self, entry_ids: Sequence[str]) -> None:
        """Take entries off the stream's work that name no proposal; the desk is told once a day."""
        if not entry_ids:
            return
        try:
            self._stream.set_aside(entry_ids)
        except StreamUnavailable as error:
            self._services.lost(Service.REDIS, error)
            return
        self.entries_set_aside += len(entry_ids)
        now, count = self._clock.now(), len(entry_ids)
        log.warning("entries_set_aside", count=str(count), first=entry_ids[0])
        key = f"{NoticeKind.SET_ASIDE}:{exchange_date(now)}"
        with self._store.writing() as transaction:
            if transaction.enqueue_notice(EntriesSetAside(key=key, at=now, count=count)):
                transaction.write_audit(
                    OWN_ACCORD.entry(now, "set aside", outcome=f"{count} entries", why="no proposal")
                )


def _was_asked(reader: Reader, trade_id: str) -> bool:
    """Tell whether people decide on a proposal, because its card asked them or because they were asked after all."""
    return reader.was_enqueued(f"{trade_id}:asked") or reader.was_enqueued(
        f"{trade_id}:card", NoticeKind.APPROVAL_ASKED
    )
