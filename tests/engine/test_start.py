from pathlib import Path

import pytest

from engine.errors import DeskNotActive
from engine.model.desk import DeskState
from engine.model.notice import NoticeKind
from engine.model.trade import TradeState
from engine.stages.learn import MISSES, UNKNOWN
from engine.stages.watch import last_seen
from tests.fakes import worked_example
from tests.rig import Rig


def test_a_replay_goes_on_from_the_last_look_even_if_nothing_was_done_since(rig: Rig) -> None:
    rig.clock.advance(3 * 86_400)
    rig.engine.watch()
    with rig.store.reading() as ledger:
        assert last_seen(ledger) == rig.clock.now()


def test_a_broker_that_stays_away_makes_the_desk_take_exits_only_until_it_answers(proposed: Rig) -> None:
    proposed.line.is_away = True
    for _ in range(MISSES):
        assert proposed.engine.desk().state is DeskState.ACTIVE
        proposed.engine.reconcile()
    assert (proposed.engine.desk().state, proposed.engine.desk().reason) == (DeskState.REDUCING, UNKNOWN)
    with pytest.raises(DeskNotActive):
        proposed.engine.approve(worked_example.TRADE_ID, Rig.TRADER)
    proposed.line.is_away = False
    proposed.engine.reconcile()
    assert proposed.engine.desk().state is DeskState.ACTIVE
    told = [notice.kind for notice in proposed.told()]
    assert told.count(NoticeKind.REDUCING) == told.count(NoticeKind.RESUMED) == 1


@pytest.mark.parametrize("lost", ["market", "broker"])
def test_a_start_while_a_service_is_lost_says_so_and_trades_once_it_is_back(tmp_path: Path, lost: str) -> None:
    rig = Rig.build(tmp_path, cash=worked_example.CASH)
    rig.market.bars = worked_example.history()
    rig.news.lines.append(worked_example.HEADLINE)
    rig.market.is_down = lost == "market"
    rig.line.is_away = lost == "broker"
    rig.engine.start()
    rig.market.is_down = rig.line.is_away = False
    rig.engine.reconcile()
    assert rig.play_the_signal() is not None
    assert rig.trade().state is TradeState.PROPOSED
    told = [(notice.kind, notice.subject) for notice in rig.told() if notice.subject == lost]
    assert told == [(NoticeKind.SERVICE_LOST, lost), (NoticeKind.SERVICE_BACK, lost)]
    rig.close()
