"""What users of other bots suffered on the way to the chat."""

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.delivery.notices import NoticeDelivery
from bot.messages import Texts
from engine.model.desk import DeskState
from engine.model.notices.base import NoticeKind
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.outbox import QUICK, SEAL, running


def test_trap_a_chat_outage_blocks_neither_the_start_nor_the_stops_and_loses_no_notice(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path)
    harness.play_the_signal()
    harness.approved_but_not_sent()
    lost = NoticeDelivery(
        store=harness.store,
        client=WebClient(token="xoxb-test", base_url="http://127.0.0.1:9/api/", retry_handlers=[]),
        channel="C0DESK",
        texts=Texts("en", ZoneInfo("Asia/Seoul")),
        source="replay",
        ceiling=Decimal("0.02"),
        signer=SEAL,
        waits=QUICK,
    )
    harness.engine.notices.deliver_with(lost)
    with running(lost):
        harness.engine.jobs.start()
        harness.engine.jobs.housekeeping()
        assert harness.trade().state is TradeState.OPEN
        assert harness.engine.commands.halt(EngineHarness.TRADER, "no chat").state is DeskState.HALTED
    waiting = [notice.kind for notice in harness.told() if notice.trade_id in {"", TRADE_ID}]
    assert {NoticeKind.STARTED, NoticeKind.FILLED, NoticeKind.HALTED} <= set(waiting)
    harness.close()
