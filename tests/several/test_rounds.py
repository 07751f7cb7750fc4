"""A desk of seven processes, some of which are killed and paused. As many rounds as wanted: make rounds."""

import json
from collections import Counter
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.local_slack.launch import CHANNEL
from engine.model.notices.account import ForeignPosition
from engine.model.trade import TradeState
from tests.several.rounds import run
from tests.several.spread_desk import SpreadDesk
from tests.several.spread_judgement import Zeros, judge
from tests.support.fakes.trades import a_trade
from tests.support.servers import Postgres, Valkey


@pytest.mark.timeout(300)  # it starts seven processes
def test_nothing_is_doubled_lost_or_sent_after_a_halt_though_processes_are_killed_and_paused() -> None:
    found = run(2, seed=7)
    assert found.zeros.breaches == []
    assert found.seen["proposals"] == 2
    assert found.seen["messages"] >= found.seen["notices"] - found.seen["proposals"]
    assert sum(count for deed, count in found.did.items() if deed.startswith(("killed", "paused"))) >= 2


def send_an_order(desk: SpreadDesk, name: str) -> None:
    """Let the broker take an entry of which the desk knows nothing."""
    entry = {"symbol": "AMD", "qty": "10", "side": "buy", "type": "market", "time_in_force": "day"}
    headers = {"APCA-API-KEY-ID": desk.alpaca.key, "APCA-API-SECRET-KEY": desk.alpaca.secret}
    body = json.dumps({**entry, "client_order_id": name}).encode()
    request = Request(f"{desk.alpaca.trading_url}/v2/orders", body, headers | {"Content-Type": "application/json"})  # noqa: S310 (our own)
    urlopen(request).close()  # noqa: S310 (our own)


def test_the_judge_names_what_was_lost_doubled_or_never_told(postgres: Postgres, tmp_path: Path) -> None:
    lost, found = a_trade(), Zeros()
    with Valkey(tmp_path) as valkey, SpreadDesk.open(tmp_path, postgres, valkey, valkey.url, roles=()) as desk:
        with desk.store.writing() as transaction:
            transaction.propose(lost)
            transaction.move(transaction.move(lost, TradeState.APPROVED), TradeState.SUBMITTED)
            transaction.enqueue_notice(ForeignPosition(key="foreign:Z", at=lost.proposed_at, symbol="Z", shares=1))
        send_an_order(desk, "AMD_20250819_234600")
        client = WebClient(desk.slack.bot_token, base_url=desk.slack.api_url)
        marked = {"event_type": "notice", "event_payload": {"key": "halt:1"}}
        for _ in range(2):
            client.chat_postMessage(channel=CHANNEL.id, text="halted", metadata=marked)
        judge(desk, found, Counter(), patience=0.0)
    assert [line.partition(":")[0] for line in found.lost] == ["AMD_20250819_234600", lost.id, "AMD"]
    assert found.notices_doubled == ["halt:1 was posted 2 times"]
    assert found.notices_lost == [
        "foreign:Z was not delivered",
        f"{lost.id}: not told approved",
        f"{lost.id}: not told submitted",
    ]
