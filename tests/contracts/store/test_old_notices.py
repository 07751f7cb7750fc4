"""What waited in the outbox when the bot was updated: rows as version 0.1 wrote them, and rows that nobody can read."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import create_engine, insert

from engine.adapters.sql.desk_tables import OutboxRow
from engine.model.corporate_action import ActionKind, MissingTerm
from engine.model.json_values import plain
from engine.model.notices.account import MoneyMove
from engine.model.notices.base import Notice, NoticeKind, UnreadableNotice, Waiting
from engine.model.notices.kinds import CLASSES, KINDS
from engine.model.notices.settings import LooseningEnd
from engine.model.notices.trades import OversoldCause
from engine.model.reason import Reason
from engine.model.report import ReportKind
from engine.model.risk import LimitUnit, RiskVerdict
from engine.model.runtime_settings import SettingUnit
from engine.model.trade import ExitReason, OrderRole
from engine.ports.store import Store
from tests.contracts.store.samples import on_one_store, words
from tests.support.fakes.choices import a_pending_change
from tests.support.fakes.notices import AFTER, BEFORE, SPLIT, SPUN_OFF, a_notice
from tests.support.fakes.reports import a_report
from tests.support.fakes.trades import PROPOSED_AT, TRADE

BY = "U0TRADER1"
AT, NUMBER = "2025-08-20T00:45:15+00:00", "1755614715.123456"
LATER = datetime(2025, 8, 20, 0, 45, 15, tzinfo=UTC)
LOSS = RiskVerdict(
    rule="daily_loss", allowed=False, figure=Decimal("0.031"), limit=Decimal("0.03"), unit=LimitUnit.SHARE_OF_EQUITY
)
ASKED_AT = datetime(2025, 8, 19, 14, 45, 15, 123456, tzinfo=UTC)
CHANGE = a_pending_change(kept="", by=BY, asked_at=ASKED_AT, expires_at=ASKED_AT)
SPLIT_ROW = "split 2 1 512 1024 147.99 73.995 154.78 77.39 AAPL AAPL"
SPIN_OFF_ROW = "spin_off 0.5 1 512 512 147.99 133.18 154.78 139.27 AAPL AAPL NEWCO 128 1234.56 0.98395062"
SPIN_OFF = {
    "action": ActionKind.SPIN_OFF,
    "new_shares": Decimal("0.5"),
    "after": replace(BEFORE, stop=Decimal("133.18"), target=Decimal("139.27")),
    "spun_off": SPUN_OFF,
}
MERGER = replace(
    SPLIT,
    id="told",
    kind=ActionKind.MERGER,
    ex_date=date(2026, 12, 1),
    new_shares=Decimal(1),
    old_shares=Decimal(2),
    new_symbol="MSFT",
    cash=Decimal(3),
)
OPEN_SPIN_OFF = replace(MERGER, kind=ActionKind.SPIN_OFF, new_shares=Decimal(0), old_shares=Decimal(1), cash=Decimal(0))

ROWS: tuple[tuple[NoticeKind, str, str, dict[str, Any]], ...] = (
    (NoticeKind.APPROVAL_ASKED, "", "", {}),
    (NoticeKind.PROPOSED_AUTO, "", "", {}),
    (NoticeKind.RESIZED, BY, "512 -> 400", {"before": 512, "after": 400}),
    (NoticeKind.SECOND_ASKED, BY, "", {}),
    (NoticeKind.DECIDED, "", "", {}),
    (NoticeKind.SIGNAL, "AAPL", LOSS.reason, {"why_not": Reason.of(LOSS)}),
    (NoticeKind.SIGNAL, "AAPL", "symbol_taken", {"why_not": Reason(word="symbol_taken")}),
    (NoticeKind.SUBMITTED, "", "", {}),
    (NoticeKind.FILLED, "", "", {}),
    (NoticeKind.ADOPTED, "", "", {}),
    (NoticeKind.FILLED_LATE, "", "512 150.28", {"shares": 512, "price": Decimal("150.28")}),
    (NoticeKind.TARGET_SET, "", "", {}),
    (NoticeKind.EXIT_ASKED, "", "-9", {"tenths": -9}),
    (NoticeKind.TIME_EXIT, "", "before_close", {"reason": ExitReason.BEFORE_CLOSE}),
    (
        NoticeKind.EXIT_SENSELESS,
        "target",
        "70 75.10",
        {"role": OrderRole.TARGET, "price": Decimal(70), "market": Decimal("75.10")},
    ),
    (NoticeKind.UNPROTECTED, "", "", {"trouble": ""}),
    (NoticeKind.UNPROTECTED, "", "halted: LULD", {"trouble": "halted: LULD"}),
    (NoticeKind.CANCEL_STUCK, "", "", {}),
    (
        NoticeKind.OVERSOLD,
        "",
        "512 both_exits",
        {"shares": 512, "cause": OversoldCause.BOTH_EXITS, "is_bought_back": True},
    ),
    (
        NoticeKind.OVERSOLD,
        "",
        "1 late_fill asks",
        {"shares": 1, "cause": OversoldCause.LATE_FILL, "is_bought_back": False},
    ),
    (NoticeKind.COVERING, "", "512", {"shares": 512}),
    (NoticeKind.CLOSED, "", "", {}),
    (
        NoticeKind.EXIT_MOVED,
        "stop",
        "147.99 149 0.005012 0.002100",
        {"after": Decimal(149), "risk_before": Decimal("0.005012"), "risk_after": Decimal("0.002100")},
    ),
    (
        NoticeKind.SOLD_BY_HAND,
        "",
        "200 150.25 exact",
        {"shares": 200, "price": Decimal("150.25"), "is_estimate": False},
    ),
    (
        NoticeKind.SOLD_BY_HAND,
        "",
        "1 149.1 estimate",
        {"shares": 1, "price": Decimal("149.1"), "is_estimate": True},
    ),
    (NoticeKind.SOLD_BY_HAND, "", "212", {"shares": 212, "price": None, "is_estimate": True}),
    (
        NoticeKind.UNEXPLAINED,
        "AAPL",
        "512 0 150.25 -",
        {"found": 0, "price_before": Decimal("150.25"), "price_now": None},
    ),
    (
        NoticeKind.MONEY_MOVED,
        "withdrawal",
        "-30000 -",
        {"move": MoneyMove.WITHDRAWAL, "dollars": Decimal(-30000), "symbol": ""},
    ),
    (NoticeKind.MONEY_MOVED, "dividend", "12.5 AAPL", {"dollars": Decimal("12.5"), "symbol": "AAPL"}),
    (NoticeKind.FOREIGN, "AAPL", "-40", {"shares": -40}),
    (NoticeKind.FOREIGN_PROTECTED, "AAPL", "40 @ 98.5", {"shares": 40, "stop": Decimal("98.5")}),
    (NoticeKind.FOREIGN_BARE, "AAPL", "trading is halted", {"trouble": "trading is halted"}),
    (NoticeKind.ACTION_DUE, "AAPL", "merger 1 2 2026-12-01 MSFT 3", {"action": MERGER}),
    (NoticeKind.ACTION_DUE, "AAPL", "spin_off - - 2026-12-01 MSFT -", {"action": OPEN_SPIN_OFF}),
    (NoticeKind.RESTATED, "", SPLIT_ROW, {"before": BEFORE, "after": AFTER}),
    (NoticeKind.RESTATED, "", SPIN_OFF_ROW, SPIN_OFF),
    (
        NoticeKind.SPIN_OFF_WAITS,
        "",
        "- - SPUN rate SPUN",
        {
            "new_shares": None,
            "old_shares": None,
            "new_symbol": "SPUN",
            "missing": MissingTerm.RATE,
            "unpriced": "SPUN",
        },
    ),
    (
        NoticeKind.SPIN_OFF_WAITS,
        "",
        "0.5 1 - child -",
        {
            "new_shares": Decimal("0.5"),
            "old_shares": Decimal(1),
            "new_symbol": "",
            "missing": MissingTerm.CHILD,
            "unpriced": "",
        },
    ),
    (NoticeKind.CASH_IN_LIEU, "", "300.5", {"dollars": Decimal("300.5")}),
    (NoticeKind.CASH_IN_LIEU, "", "30.06 SPUN", {"dollars": Decimal("30.06"), "spun_off": "SPUN"}),
    (NoticeKind.HALTED, BY, "", {"reason": Reason.NONE}),
    (NoticeKind.HALTED, BY, "sold 3 5 stocks", {"reason": Reason(word="sold 3 5 stocks")}),
    (NoticeKind.HALTED, BY, '{"by": "U0EVIL"}', {"reason": Reason(word='{"by": "U0EVIL"}')}),
    (NoticeKind.REDUCING, "engine", "clock_differs 45", {"reason": Reason(word="clock_differs", seconds=45)}),
    (NoticeKind.RESUMED, BY, "on", {}),
    (NoticeKind.AUTO_CHANGED, BY, "on", {"is_on": True}),
    (NoticeKind.FLATTENING, BY, "", {}),
    (NoticeKind.FLATTEN_WAITS, "", AT, {"opens_at": LATER}),
    (NoticeKind.FLATTEN_STUCK, "IBM", '{"code": 403}', {"trouble": '{"code": 403}'}),
    (NoticeKind.FLAT, "", "", {}),
    (NoticeKind.RISK_WARNING, "", "0.0165", {"open_risk": Decimal("0.0165")}),
    (NoticeKind.LOSS_LIMIT, "daily_loss", LOSS.reason, {"verdict": LOSS}),
    (NoticeKind.WATCHLIST, BY, "add NVDA AMD", {"is_added": True, "symbols": ("NVDA", "AMD")}),
    (NoticeKind.WATCHLIST, BY, "remove IBM", {"is_added": False, "symbols": ("IBM",)}),
    (
        NoticeKind.SETTING,
        BY,
        "max_exposure none 0.25 share_of_equity",
        {"name": "max_exposure", "before": None, "after": Decimal("0.25"), "unit": SettingUnit.PART},
    ),
    (
        NoticeKind.LOOSENING_ASKED,
        BY,
        f"max_spread_bp 50 80 basis_points {AT} {NUMBER}",
        {"change": replace(CHANGE, expires_at=LATER)},
    ),
    (
        NoticeKind.LOOSENING_CONFIRMED,
        BY,
        f"max_spread_bp 50 none basis_points {AT} {NUMBER}",
        {"change": replace(CHANGE, after=None, effective_at=LATER)},
    ),
    (
        NoticeKind.LOOSENING_ENDED,
        BY,
        f"max_spread_bp 50 80 basis_points role_gone {NUMBER}",
        {"change": CHANGE, "why": LooseningEnd.ROLE_GONE},
    ),
    (NoticeKind.REPORT, "day", json.dumps(plain(a_report())).replace("+00:00", "Z"), {"report": a_report()}),
    (
        NoticeKind.REPORTS_MISSED,
        "ready open",
        "3",
        {"kinds": (ReportKind.READY, ReportKind.OPEN), "count": 3},
    ),
    (NoticeKind.STARTED, "alpaca-live", "alpaca-sip", {"broker": "alpaca-live", "source": "alpaca-sip"}),
    (NoticeKind.JOB_FAILED, "observe", "ab12", {"error_id": "ab12"}),
    (NoticeKind.JOB_RECOVERED, "observe", "", {}),
    (NoticeKind.SERVICE_LOST, "broker", '{"notice": 1}', {"trouble": '{"notice": 1}'}),
    (NoticeKind.SERVICE_BACK, "broker", "", {}),
    (NoticeKind.SLACK_BACK, "", "11", {"minutes": 11}),
    (NoticeKind.BUDGET_SPENT, "", "", {}),
    (NoticeKind.SET_ASIDE, "stream", "2", {"count": 2}),
    (NoticeKind.EARNINGS_UNREADABLE, "earnings.csv", "3", {"line": 3}),
)
"""Rows as version 0.1 wrote them: kind, subject, detail; and the fields that differ from the example of the kind."""


def put(url: str, kind: str, subject: str, detail: str, *, key: str = "old:told", trade_id: str = "") -> None:
    """Put a row into the outbox as it is."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    about = {"key": key, "kind": kind, "at": PROPOSED_AT, "trade_id": trade_id}
    with engine.begin() as connection:
        connection.execute(
            insert(OutboxRow), about | {"subject": subject, "detail": detail, "delivered": False, "claimed_by": ""}
        )
    engine.dispose()


def the_first(store: Store) -> Waiting:
    with store.reading() as reader:
        return reader.waiting(1)[0]


def test_there_is_an_old_row_of_every_kind() -> None:
    assert {kind for kind, *_ in ROWS} == set(NoticeKind) - NEWER


@pytest.mark.parametrize(("kind", "subject", "detail", "facts"), ROWS)
def test_a_row_of_version_0_1_is_read_as_the_notice_that_it_was(
    store: Store, url: str, kind: NoticeKind, subject: str, detail: str, facts: dict[str, Any]
) -> None:
    trade_id = TRADE.id if KINDS[kind].is_of_trade else ""
    put(url, kind, subject, detail, trade_id=trade_id)
    about = KINDS[kind].about
    own = {about: subject} if about in {"by", "service"} else {}
    expected = a_notice(kind, key="old:told", trade_id=trade_id, **own | facts)
    assert the_first(store).notice == expected
    assert expected.subject == subject


NEWER = {
    NoticeKind.ACTION_LATE,
    NoticeKind.ORDER_KEPT,
    NoticeKind.LEADER_REPLACED,
    NoticeKind.LEADER_LOST,
    NoticeKind.LEADER_BACK,
    NoticeKind.STRATEGY,
    NoticeKind.STRATEGY_SWITCHED,
    NoticeKind.STRATEGY_UNUSABLE,
    NoticeKind.DECISION_REMINDED,
    NoticeKind.SECOND_LINE_CALLED,
    NoticeKind.MISSED_RESULT,
    NoticeKind.DIRECT_CALL,
    NoticeKind.URGENT_DIRECT_CALL,
    NoticeKind.DUTY_HANDED_OVER,
    NoticeKind.ENTRY_CHANGED,
    NoticeKind.EXIT_CHANGED,
    NoticeKind.EXIT_NOT_MOVED,
    NoticeKind.STOP_TRAILED,
    NoticeKind.PART_SOLD,
    NoticeKind.STOP_SOLD,
    NoticeKind.SYMBOL_HALTED,
    NoticeKind.SYMBOL_RESUMED,
    NoticeKind.TRADE_FAULT,
    NoticeKind.TRAIL_SET,
    NoticeKind.SIGNALS,
    NoticeKind.STANDING,
    NoticeKind.STANDING_ASKED,
    NoticeKind.STANDING_USED,
    NoticeKind.HALT_TAKEN_BACK,
    NoticeKind.GRADED,
    NoticeKind.CLOSING,
    NoticeKind.HALT_REASON,
    NoticeKind.COVER_REFUSED,
    NoticeKind.STOP_BY_HAND,
}
"""What version 0.1 did not know."""
UNREADABLE = (
    ("oversold", "", "many both_exits"),
    ("oversold", "", '{"notice": "oversold", "shares": "many", "cause": "both_exits", "is_bought_back": true}'),
    ("oversold", "", '{"notice": "oversold", "shares": 512}'),
    ("exit_moved", "stop", "nan 149 0.1 0.1"),
    ("exit_moved", "sideways", "147.99 149 0.1 0.1"),
    ("loosening_asked", BY, f"max_spread_bp 50 80 basis_points {AT} 1e300"),
    ("loss_limit", "daily_loss", "daily_loss"),
    ("report", "day", "{}"),
    ("report", "day", "[" * 100_000),
    ("report", "day", '{"kind": "day", "watched": "many"}'),
)


@pytest.mark.parametrize(("kind", "subject", "detail"), UNREADABLE)
def test_a_row_that_cannot_be_read_still_waits_as_what_it_is(
    store: Store, url: str, kind: str, subject: str, detail: str
) -> None:
    put(url, kind, subject, detail)
    kept: dict[str, Any] = {"stored_kind": kind, "stored_subject": subject, "detail": detail}
    kept_as = KINDS[NoticeKind(kind)]
    assert the_first(store).notice == UnreadableNotice(key="old:told", at=PROPOSED_AT, kept_as=kept_as, **kept)


def test_a_row_of_a_kind_that_only_a_later_version_knows_holds_up_no_other(store: Store, url: str) -> None:
    put(url, "moon_landed", "Apollo", '{"notice": "moon_landed"}')
    with store.writing() as transaction:
        transaction.enqueue_notice(a_notice(NoticeKind.HALTED))
        first, second = transaction.waiting(10)
        assert isinstance(first.notice, UnreadableNotice)
        assert (first.notice.stored_kind, first.notice.subject) == ("moon_landed", "Apollo")
        assert (first.notice.told_as, second.notice) == (UnreadableNotice, a_notice(NoticeKind.HALTED))
        assert transaction.was_enqueued("old:told")
        claimed = transaction.claim(first.number, "a", now=PROPOSED_AT, until=LATER)
        assert claimed is not None
        assert claimed.notice == first.notice
        transaction.delivered(first.number, None)
        assert [item.notice for item in transaction.waiting(10)] == [second.notice]


@on_one_store
@given(kind=st.sampled_from(CLASSES), subject=words, detail=words, marked=st.booleans())
def test_whatever_stands_in_a_row_it_is_read_somehow(
    store: Store, url: str, kind: type[Notice], subject: str, detail: str, marked: bool
) -> None:
    with store.writing() as transaction:
        for waiting in transaction.waiting(10):
            transaction.delivered(waiting.number, None)
        number = sum(transaction.was_enqueued(f"{each}") for each in range(100))
    written = json.dumps({"notice": kind.kind, "shares": detail, "by": subject, "report": [detail]})
    put(url, kind.kind, subject, written if marked else detail, key=f"{number}")
    assert the_first(store).notice.told_as is kind
