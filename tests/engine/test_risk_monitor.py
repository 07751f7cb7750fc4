from dataclasses import replace
from decimal import Decimal

from engine.model.desk import DeskState
from engine.model.notice import NoticeKind
from engine.model.trade import TradeState
from tests.rig import Rig


def risk(rig: Rig, dollars_a_trade: str) -> None:
    """Let each of the two open trades risk so many dollars."""
    with rig.store.writing() as book:
        for trade in book.trades({TradeState.OPEN}):
            book.update(replace(trade, stop=trade.entry - Decimal(dollars_a_trade) / trade.held_shares))


def warnings(rig: Rig) -> int:
    return sum(notice.kind is NoticeKind.RISK_WARNING for notice in rig.told())


def test_under_the_warning_level_nothing_is_said(rig: Rig) -> None:
    rig.engine.watch()
    assert warnings(rig) == 0


def test_each_crossing_of_the_warning_level_is_told_once(rig: Rig) -> None:
    for dollars in ("1900", "1900", "1000", "1900"):
        risk(rig, dollars)
        rig.clock.advance(300)
        rig.engine.watch()
    assert warnings(rig) == 2
    assert rig.engine.desk().state is DeskState.ACTIVE


def test_at_the_ceiling_trading_halts_itself(rig: Rig) -> None:
    risk(rig, "2313.69")
    rig.engine.watch()
    desk = rig.engine.desk()
    assert (desk.state, desk.by, desk.reason) == (DeskState.HALTED, "engine", "open_risk")


def test_a_monitor_that_cannot_read_the_broker_says_so_and_halts_nothing(rig: Rig) -> None:
    rig.line.is_away = True
    rig.engine.watch()
    assert rig.engine.desk().state is DeskState.ACTIVE
    assert [notice.subject for notice in rig.told() if notice.kind is NoticeKind.SERVICE_LOST] == ["broker"]
