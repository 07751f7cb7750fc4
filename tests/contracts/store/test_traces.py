"""Who goes on with a trade or a notice finds the trace in which it was decided or told."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import pytest

from engine import spans
from engine.adapters.sql.store import SqlStore
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from engine.spans import Attribute, SpanKind
from tests.contracts.store.samples import keep, kept
from tests.support.fakes.notices import a_notice
from tests.support.fakes.trades import TRADE

FIRST = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECOND = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"


@dataclass
class InSpan:
    """A recorder in whose span every thread is, as a test says."""

    traceparent: str = ""

    def span(
        self, _name: str, _kind: SpanKind, _parent: str, _attributes: Mapping[str, Attribute]
    ) -> AbstractContextManager[None]:
        return nullcontext()

    def context(self) -> str:
        return self.traceparent


@pytest.fixture(name="recorder")
def _recorder() -> Iterator[InSpan]:
    recorder = InSpan()
    spans.record_with(recorder)
    yield recorder
    spans.record_with(None)


def move(store: SqlStore, to: TradeState) -> None:
    with store.writing() as transaction:
        transaction.move(replace(kept(store), decided_by="U1", decided_at=TRADE.proposed_at), to)


def trace_of(store: SqlStore) -> str:
    with store.reading() as reader:
        return reader.trace_of(TRADE.id)


def test_a_move_keeps_the_trace_that_it_was_made_in_and_the_last_one_counts(store: SqlStore, recorder: InSpan) -> None:
    keep(store, TRADE)
    assert trace_of(store) == ""
    recorder.traceparent = FIRST
    move(store, TradeState.APPROVED)
    assert trace_of(store) == FIRST
    recorder.traceparent = SECOND
    move(store, TradeState.SUBMITTED)
    assert trace_of(store) == SECOND
    recorder.traceparent = ""
    move(store, TradeState.OPEN)  # nobody traced this one; what went before is what it belongs to
    assert trace_of(store) == SECOND


def test_a_trade_that_nobody_traced_or_knows_has_no_trace(store: SqlStore) -> None:
    keep(store, TRADE)
    move(store, TradeState.APPROVED)
    assert trace_of(store) == ""
    with store.reading() as reader:
        assert reader.trace_of("NOBODYS") == ""


def test_a_notice_keeps_the_trace_of_what_it_tells(store: SqlStore, recorder: InSpan) -> None:
    for key, traceparent in (("one", FIRST), ("two", "")):
        recorder.traceparent = traceparent
        with store.writing() as transaction:
            transaction.enqueue_notice(a_notice(NoticeKind.HALTED, key=key))
    with store.reading() as reader:
        assert {each.notice.key: each.trace for each in reader.waiting(10)} == {"one": FIRST, "two": ""}
