"""Open risk is one number: waiting cards, the home, the Resize window, /risk and the HTTP side tell the same."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from starlette.testclient import TestClient

from bot.cards import ids
from bot.http.app import build_http
from bot.local_slack.launch import CHANNEL
from bot.local_slack.seed import Json
from engine.errors import RequestRefused
from engine.model.notices.proposals import ApprovalAsked
from engine.model.trade import Trade, TradeState
from tests.support.answers import answered
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import a_sizing, a_trade
from tests.support.http_desk import HttpDesk
from tests.support.slack_harness import SlackHarness, embedded
from tests.support.waiting import until

Stage = SlackHarness[EngineHarness]

SYMBOLS = ("IBM", "NVDA", "AMD", "KO")
STEPS = 5
NOW = re.compile(r"Open risk\*?(?: |\\n)(\S+%) (?:→|of)")
"""Open risk as it is: in a title or a line, with what becomes of it or its limit after it."""


def a_proposal(symbol: str, harness: EngineHarness) -> Trade:
    now = harness.clock.now()
    return a_trade(
        id=f"{symbol}_20250819_234516",
        symbol=symbol,
        sizing=a_sizing(shares=60),
        shares=60,
        proposed_at=now,
        expires_at=now + timedelta(seconds=harness.settings.desk.proposal_seconds),
    )


@pytest.fixture(name="stage")
def _stage(tmp_path: Path) -> Iterator[Stage]:
    with embedded(tmp_path, "en") as stage:
        propose(stage)
        stage.trader.open_home()
        yield stage


def propose(stage: Stage) -> None:
    """Put a proposal of each symbol before the desk."""
    with stage.harness.store.writing() as transaction:
        for symbol in SYMBOLS:
            trade = a_proposal(symbol, stage.harness)
            transaction.propose(trade)
            transaction.enqueue_notice(ApprovalAsked(key=f"{trade.id}:card", at=trade.proposed_at, trade_id=trade.id))
    stage.harness.engine.notices.wake()


def pending(stage: Stage) -> list[Trade]:
    return list(stage.harness.engine.queries.trades({TradeState.PROPOSED}))


def cards(stage: Stage) -> list[Json]:
    """Return the cards whose buttons decide something."""
    return [each for each in stage.trader.messages(CHANNEL.id) if ids.APPROVE in stage.buttons(each)]


def told(stage: Stage) -> dict[str, set[str]]:
    """Return open risk as each place tells it now."""
    home = stage.trader.home()
    places = {f"card {card['ts']}": set(NOW.findall(card["text"])) for card in cards(stage)}
    places["home"] = set(NOW.findall(str(home["blocks"]))) if home else set()
    places["/risk"] = set(NOW.findall(answered(stage.trader, "/risk")))
    if waiting := cards(stage):
        stage.trader.press(waiting[0], ids.RESIZE)
        window = stage.trader.wait_for_view(lambda view: view["callback_id"] == ids.RESIZE_MODAL)
        places["Resize"] = set(NOW.findall(str(window["blocks"])))
        stage.trader.close(window)
    http = TestClient(build_http(HttpDesk(stage.harness).sources, host="127.0.0.1"), base_url="http://localhost")
    figure = http.get("/portfolio/summary").json()["data"]["risk_metrics"]["open_risk"]
    places["HTTP"] = {stage.texts.part(Decimal(str(figure)))}
    return places


def something_happens(stage: Stage, chance: Random) -> None:
    """Let somebody decide or resize, or the market move; what the engine refuses changes nothing."""
    harness, waiting = stage.harness, pending(stage)
    commands = harness.engine.commands
    for symbol in SYMBOLS:
        harness.market.price(symbol, "150.25")
    try:
        match chance.choice(["approve", "approve", "reject", "resize", "move", "fill"]):
            case "approve" if waiting:
                commands.approve(chance.choice(waiting).id, harness.TRADER)
            case "reject" if len(waiting) > 1:
                commands.reject(chance.choice(waiting).id, harness.TRADER, "no")
            case "resize" if waiting:
                commands.resize(chance.choice(waiting).id, chance.randint(1, 60), harness.TRADER)
            case "fill":
                harness.engine.jobs.reconcile()
            case _:
                harness.market.price("MSFT", f"{chance.randint(400, 440)}.10")
    except RequestRefused:
        pass


@pytest.mark.parametrize("seed", range(2))
def test_open_risk_is_the_same_number_everywhere_whatever_happened(stage: Stage, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a repeatable sequence
    until(lambda: len(cards(stage)) == len(SYMBOLS))
    for _ in range(STEPS):
        something_happens(stage, chance)
        until(lambda: len(cards(stage)) == len(pending(stage)))
        until(lambda: len(set.union(*(seen := told(stage)).values())) == 1 and all(seen.values()), 15)


def test_the_approval_of_one_proposal_is_seen_on_the_cards_of_the_others(stage: Stage) -> None:
    until(lambda: len(cards(stage)) == len(SYMBOLS))
    for symbol in SYMBOLS:
        stage.harness.market.price(symbol, "150.25")
    before = NOW.findall(cards(stage)[0]["text"])
    stage.harness.engine.commands.approve(pending(stage)[0].id, stage.harness.TRADER)
    until(lambda: {tuple(NOW.findall(card["text"])) for card in cards(stage)} == {tuple(told(stage)["/risk"])})
    assert NOW.findall(cards(stage)[0]["text"]) > before
