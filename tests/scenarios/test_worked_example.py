"""The blueprint's worked example, to the digit, through the real Bolt App and the local workspace.

Each test runs on the embedded defaults, on real servers, and in a workspace that does not know Slack's newer blocks.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cards import ids
from bot.local_slack.launch import CHANNEL
from tests.scenarios.grown import Grown
from tests.support.fakes.worked_example import TRADE_ID
from tests.support.slack_harness import QUICK, Example, SlackHarness, embedded, on_stage

OpenExample = Callable[..., SlackHarness[Example]]

FILLED = {
    "ko": [
        "✅ 거래 체결 완료",
        "📊 AAPL BUY 512주",
        "💰 체결가: $150.28",
        "💵 거래금액: $76,943",
        "🛡️ 위험: 0.51% ($1,173)",
        "🎯 목표가: $154.78 (+3%)",
        "🛑 손절가: $147.99 (−1.5%)",
        "🆔 거래ID: AAPL_20250819_234515",
    ],
    "en": [
        "✅ Trade filled",
        "📊 AAPL BUY 512 shares",
        "💰 Fill price: $150.28",
        "💵 Amount: $76,943",
        "🛡️ Risk: 0.51% ($1,173)",
        "🎯 Target: $154.78 (+3%)",
        "🛑 Stop: $147.99 (−1.5%)",
        "🆔 Trade ID: AAPL_20250819_234515",
    ],
}
PROPOSED = ["1.5", "512", "$150.25", "$147.99", "511.88", "$1,158", "1.0%", "1.5%", "2.0%", TRADE_ID]


@pytest.fixture(params=["embedded defaults", "real servers", "older workspace"])
def open_example(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenExample]:
    """Open the example's desk; takes a locale, whether the account has margin, and settings of the engine."""
    with ExitStack() as stack:

        def opened(locale: str = "en", *, margin: bool = True, **given: Any) -> SlackHarness[Example]:
            if request.param != "real servers":
                rules = replace(
                    QUICK, takes_newer_blocks=QUICK.takes_newer_blocks and request.param != "older workspace"
                )
                return stack.enter_context(embedded(tmp_path, locale, rules, paper_margin=margin, **given))
            database = request.getfixturevalue("postgres").new_database()
            harness = stack.enter_context(
                Grown.at_the_example(tmp_path, database, margin=margin, locale=locale, **given)
            )
            return stack.enter_context(on_stage(harness, locale, "alpaca-iex"))

        yield opened


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_proposal_and_the_fill_say_every_figure_of_the_example(open_example: OpenExample, locale: str) -> None:
    stage = open_example(locale)
    stage.harness.play_the_signal()
    card = stage.card()
    for figure in PROPOSED:
        assert figure in card["text"]
    stage.trader.press(card, ids.APPROVE)
    fill = stage.in_thread("$76,943")
    assert fill["text"].splitlines() == FILLED[locale]


def test_once_decided_no_live_button_is_left_on_the_card(open_example: OpenExample) -> None:
    stage = open_example()
    stage.harness.play_the_signal()
    card = stage.card()
    assert stage.buttons(card) == [ids.APPROVE, ids.RESIZE, ids.REJECT, ids.INSPECT]
    stage.trader.press(card, ids.APPROVE)
    stage.in_thread("$76,943")
    redrawn = stage.trader.wait_for(CHANNEL.id, lambda message: message["ts"] == card["ts"] and bool(message["edited"]))
    assert stage.buttons(redrawn) in ([ids.INSPECT], [ids.MOVE_STOP, ids.MOVE_TARGET, ids.ASK_CLOSE, ids.INSPECT])


@pytest.mark.parametrize(("locale", "cap"), [("ko", "매수 가능 금액"), ("en", "buying power")])
def test_a_cash_account_proposes_444_shares_and_names_the_cap(open_example: OpenExample, locale: str, cap: str) -> None:
    stage = open_example(locale, margin=False)
    stage.harness.play_the_signal()
    text = stage.card()["text"]
    assert "444" in text
    assert cap in text.lower()


def test_in_auto_mode_the_same_signal_is_filled_with_nobody_touching_it(open_example: OpenExample) -> None:
    stage = open_example("ko", auto_mode=True)
    stage.harness.play_the_signal()
    assert stage.in_thread("$76,943")["text"].splitlines() == FILLED["ko"]
    assert stage.buttons(stage.card()) in ([ids.INSPECT], [ids.MOVE_STOP, ids.MOVE_TARGET, ids.ASK_CLOSE, ids.INSPECT])


def test_without_auto_mode_nothing_is_ordered_until_someone_approves(open_example: OpenExample) -> None:
    stage = open_example()
    stage.harness.play_the_signal()
    card = stage.card()
    stage.harness.engine.jobs.decide_proposals()
    stage.harness.engine.jobs.reconcile()
    assert stage.harness.broker.order(TRADE_ID) is None
    stage.trader.press(card, ids.APPROVE)
    stage.in_thread("$76,943")
    assert stage.harness.broker.order(TRADE_ID) is not None
