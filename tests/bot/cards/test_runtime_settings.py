"""The cards of /signals, /news, /risk, /size, /close, /watch and /settings."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.cards import ids, runtime_settings, signal_views
from bot.cards.newer_blocks import older
from bot.cards.notices import render
from bot.cards.sizing import calculated
from bot.messages import Texts
from engine.model.notices.settings import (
    LooseningAsked,
    LooseningConfirmed,
    LooseningEnd,
    LooseningEnded,
    SettingChanged,
    WatchlistChanged,
)
from engine.model.risk import LimitUnit, RiskVerdict
from engine.model.runtime_settings import SettingChange, SettingLine, SettingUnit, WatchChange, WatchOutcome
from engine.settings import DeskSettings, HoldingSettings, MarketSettings, RiskSettings, TellingSettings
from tests.bot.cards.examples import BOTH, ENGLISH, TRADER, buttons
from tests.support.fakes.choices import (
    a_calculation,
    a_fate,
    a_pending_change,
    a_risk_view,
    a_scored_headline,
    a_setting,
)
from tests.support.fakes.notices import a_notice
from tests.support.fakes.slack_limits import check_message
from tests.support.fakes.trades import PROPOSED_AT, a_trade

SHOWN = (RiskSettings, HoldingSettings, DeskSettings, MarketSettings, TellingSettings)
PARTS = "RSI +0.3 · bands +0.2 · MACD +0.4 · volume +0.1 · news +0.5 → "


def test_a_signal_tells_its_parts_and_what_became_of_it() -> None:
    unwanted = a_fate(trade_id="", state=None, why_not="spread 80 50 basis_points")
    assert signal_views.signals([a_fate(), unwanted], "", ENGLISH).text.splitlines() == [
        "Latest signals",
        "AAPL +1.5, strong buy · Aug 19, 2025, 23:45 KST",
        PARTS + "open · AAPL_20250819_234515",
        "AAPL +1.5, strong buy · Aug 19, 2025, 23:45 KST",
        PARTS + "not proposed: spread is 80 bp, limit 50 bp",
    ]


def test_a_sell_signal_that_the_desk_acted_on_is_not_called_unproposed() -> None:
    sold = a_fate(trade_id="", state=None, why_not="exit_signal")
    assert signal_views.signals([sold], "", ENGLISH).text.splitlines()[-1] == PARTS + "sell signal for the open trade"


def test_a_headline_tells_points_source_scorer_and_reason() -> None:
    dull = a_scored_headline(tenths=0, reason="", scorer="")
    assert signal_views.news([a_scored_headline(), dull], "AAPL", ENGLISH).text.splitlines() == [
        "Latest headlines about AAPL",
        "AAPL +0.3 “Apple beats expectations and raises its outlook (news.example)”",
        "Aug 19, 2025, 23:25 KST · wire · scored by keywords: beats, raises",
        "AAPL 0.0 “Apple beats expectations and raises its outlook (news.example)”",
        "Aug 19, 2025, 23:25 KST · wire · no signal words.",
    ]


def test_risk_is_told_by_symbol_and_each_protection_as_it_stands() -> None:
    assert signal_views.risk(a_risk_view(), ENGLISH).text.splitlines() == [
        "Open risk 1.51% of 2.0%",
        "Headroom 0.49% ($1,134) · warning at 1.6%, halt at 2.0%",
        "Overnight risk 2.0% ($4,628), worst 1% of nights",
        "AAPL $1,173 (0.51%) · stop $147.99 · AAPL_20250819_234515",
        "MSFT $1,894 (0.82%) · not this bot's trade, no known stop",
        "Protections (today is New York's day)",
        "✅ Today's loss: 0.4%, limit 3.0%",
        "⛔ Drawdown: 12.0%, limit 10.0%: no new entries",
        "◽ Losing streak: off",
        "⛔ Cooldown after a stop-out: no IBM entries until Aug 19, 2025, 23:55 KST",
        "✅ Trades today: 3, limit 20",
    ]


def test_a_calculation_of_a_proposal_can_be_applied_with_one_button() -> None:
    message = calculated(a_calculation(), ENGLISH)
    assert message.text.splitlines() == [
        "400 shares of AAPL",
        "Cost $60,100 · Risk $904 (0.39%) · Open risk 1.0% → 1.39%",
        "Entry $150.25 · Stop $147.99 · Target $154.75 · 25.98% of equity",
        "Max 512 now, limited by risk per trade.",
        "Proposal now: 512 shares.",
    ]
    [row] = [block for block in message.payload()["blocks"] if block["type"] == "actions"]
    [press] = row["elements"]
    assert (press["action_id"], press["value"]) == (ids.APPLY_SIZE, f"{a_trade().id}:400")


@pytest.mark.parametrize(
    "changes",
    [
        {"trade": None},
        {"shares": 512},
        {"shares": 600},
        {"shares": 0},
        {
            "broken": RiskVerdict(
                rule="drawdown",
                allowed=False,
                figure=Decimal("0.12"),
                limit=Decimal("0.1"),
                unit=LimitUnit.SHARE_OF_EQUITY,
            )
        },
    ],
)
def test_what_no_proposal_can_become_has_no_button(changes: dict[str, object]) -> None:
    assert buttons(calculated(a_calculation(**changes), ENGLISH)) == []


def test_a_calculation_says_which_rule_is_against_it_and_that_too_much_is_too_much() -> None:
    verdict = RiskVerdict(
        rule="drawdown", allowed=False, figure=Decimal("0.12"), limit=Decimal("0.1"), unit=LimitUnit.SHARE_OF_EQUITY
    )
    assert "⚠️ Not possible now: drawdown is 12.0%" in calculated(a_calculation(broken=verdict), ENGLISH).text
    assert "Too many: max 512 now" in calculated(a_calculation(shares=600), ENGLISH).text


def test_every_outcome_of_a_watched_symbol_has_its_sentence() -> None:
    for texts in BOTH:
        change = WatchChange(symbols=("AAPL",), outcomes=tuple((str(each), each) for each in WatchOutcome))
        lines = runtime_settings.watch_changed(change, texts).text.splitlines()
        assert len(set(lines)) == len(WatchOutcome) + 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (a_setting(), ["✏️ Daily loss limit", "3.0%", "3.0%", "0.0% to 100.0%", "MAX_DAILY_LOSS"]),
        (
            a_setting(is_changed=True, value=Decimal("0.02")),
            ["✳️ Daily loss limit", "2.0%", "3.0%", "0.0% to 100.0%", "MAX_DAILY_LOSS"],
        ),
        (
            replace(a_setting(name="quiet_seconds", is_changeable=False, most=None), unit=SettingUnit.SECONDS),
            ["🔒 Cooldown after a decision", "0 s", "0 s", "at least 0 s", "QUIET_SECONDS"],
        ),
    ],
)
def test_a_setting_tells_value_default_and_bounds(line: SettingLine, said: list[str]) -> None:
    shown = runtime_settings.settings([line], ENGLISH)
    [table] = [block for block in shown.payload()["blocks"] if block["type"] == "data_table"]
    assert [cell["text"] for cell in table["rows"][1]] == said
    assert f"{said[-1]} {said[1]}" in shown.text


@pytest.mark.parametrize("texts", BOTH, ids=["en", "ko"])
def test_every_setting_of_the_desk_is_in_the_table_and_in_the_list_that_stands_for_it(texts: Texts) -> None:
    names = [name for group in SHOWN for name in group.model_fields]
    shown = runtime_settings.settings([a_setting(name=name) for name in names], texts).payload()
    check_message(shown)
    plain = {"text": shown["text"], "blocks": older(shown["blocks"])}
    check_message(plain)
    for name in names:
        assert name.upper() in str(shown["blocks"])
        assert name.upper().replace("_", "") in str(plain["blocks"]).replace("_", "").replace("ˍ", "")


def test_a_changed_setting_is_told_to_who_changed_it_and_to_the_desk() -> None:
    change = SettingChange(before=a_setting(), after=a_setting(value=Decimal("0.02")))
    assert "3.0% → 2.0%" in runtime_settings.setting_changed(change, ENGLISH).text
    for (name, before, after, unit), told in (
        (("max_daily_loss", "0.03", "0.02", SettingUnit.PART), "🔧 Daily loss limit: 3.0% → 2.0%. By <@U0TRADER1>."),
        (("losses_halt", "0", "1", SettingUnit.SWITCH), "🔧 Loss limits also halt: off → on. By <@U0TRADER1>."),
        (("max_exposure", "", "0.25", SettingUnit.PART), "🔧 Max position size: not set → 25.0%. By <@U0TRADER1>."),
    ):
        figures = {"before": Decimal(before) if before else None, "after": Decimal(after)}
        notice = a_notice(SettingChanged, name=name, unit=unit, **figures)
        assert render(notice, None, ENGLISH).text == told


@pytest.mark.parametrize(
    ("is_added", "symbols", "said"),
    [(True, ("NVDA", "AMD"), "Added to"), (False, ("IBM",), "Removed from the watchlist")],
)
def test_a_change_of_what_is_watched_is_told_to_the_desk(is_added: bool, symbols: tuple[str, ...], said: str) -> None:
    notice = a_notice(WatchlistChanged, is_added=is_added, symbols=symbols)
    for texts in BOTH:
        check_message(render(notice, None, texts).payload())
    assert said in render(notice, None, ENGLISH).text


def test_a_change_that_loosens_a_limit_is_told_with_its_instant_and_what_decides_it() -> None:
    asked = render(a_notice(LooseningAsked), None, ENGLISH)
    said, how = asked.text.splitlines()
    assert f"<@{TRADER}> asks to loosen Max spread (`MAX_SPREAD_BP`): 50 bp → 80 bp." in said
    assert said.endswith("unless another admin confirms by Aug 20, 2025, 00:45 KST.")
    assert "/settings confirm MAX_SPREAD_BP or /settings cancel MAX_SPREAD_BP" in how
    assert list(buttons(asked)) == [ids.CONFIRM_CHANGE, ids.WITHDRAW_CHANGE]
    change = a_pending_change(effective_at=PROPOSED_AT + timedelta(hours=1))
    confirmed = render(a_notice(LooseningConfirmed, change=change), None, ENGLISH)
    assert "loosens from 50 bp to 80 bp at Aug 20, 2025, 00:45 KST" in confirmed.text
    assert list(buttons(confirmed)) == [ids.WITHDRAW_CHANGE]


@pytest.mark.parametrize("why", LooseningEnd)
@pytest.mark.parametrize("texts", BOTH)
def test_a_change_that_ended_is_told_with_its_reason(why: LooseningEnd, texts: Texts) -> None:
    message = render(a_notice(LooseningEnded, why=why), None, texts)
    check_message(message.payload())
    assert "50" in message.text
    assert not buttons(message)


def test_settings_show_what_waits() -> None:
    waiting = [a_pending_change(), a_pending_change(effective_at=PROPOSED_AT, confirmed_by="U0OTHER")]
    for texts in BOTH:
        message = runtime_settings.settings([a_setting()], texts, waiting)
        check_message(message.payload())
        assert message.text.count("MAX_SPREAD_BP") >= 4
