from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.app import COMMANDS
from bot.cards import answers
from engine import errors
from engine.model.desk import ENGINE, Desk, DeskState
from engine.model.risk import BindingLimit, LimitUnit
from engine.model.view import MissingShares, PortfolioView, PositionLine
from tests.bot.cards.examples import (
    BOTH,
    ENGLISH,
    KOREAN,
    TRADER,
    a_line,
    a_portfolio,
    an_inspection,
    ended,
    opened,
    shown,
)
from tests.support.fakes.slack_limits import check_message

AT = datetime(2025, 8, 20, 13, 30, tzinfo=UTC)

EXAMPLES: tuple[errors.RequestRefused, ...] = (
    errors.UnknownTrade("APPL"),
    errors.UnknownSymbol("APPL", "AAPL"),
    errors.Ambiguous("A", ["AAPL_20250819_234515", "AMZN_20250819_234515"]),
    errors.BadNumber("many"),
    errors.BadText("maybe", "/auto [on|off]"),
    errors.BadPeriod("future", "tomorrow", date(2025, 8, 19)),
    errors.BadDuty("hours", "22:", example="/duty rota first me mon-fri 22:00-06:00"),
    errors.BadAmount("lots"),
    errors.BadExit("stop", "over_market", "151", Decimal("150.25")),
    errors.UnknownSetting("max_los", "MAX_DAILY_LOSS"),
    errors.SettingFixed("risk_ceiling"),
    errors.BadSetting("max_daily_loss", "2", Decimal(0), Decimal(1), LimitUnit.SHARE_OF_EQUITY),
    errors.NotOpen("AAPL_20250819_234515", "proposed"),
    errors.AlreadyDecided("AAPL_20250819_234515", "approved", TRADER),
    errors.HaltStands("too_late"),
    errors.HaltedMeanwhile(TRADER),
    errors.SizeChanged("AAPL_20250819_234515", 300),
    errors.NothingSelected(),
    errors.Expired("AAPL_20250819_234515", AT),
    errors.DeskNotActive("halted", "CPI", TRADER),
    errors.MarketClosed(AT),
    errors.NoPrice("AAPL"),
    errors.NotAllowed("trader", "viewer"),
    errors.SecondNeeded("AAPL_20250819_234515", TRADER, Decimal(50_000)),
    errors.OtherNeeded("max_spread_bp", TRADER),
    errors.OtherMustApprove("AAPL_20250819_234515", TRADER),
    errors.BadProposal("stop", "151", "not_under", Decimal("150.25")),
    errors.NotProposable("AAPL", "symbol_taken"),
    errors.BadStanding("uses", "99", "too_high", "20"),
    errors.StandingOver("S1"),
    errors.NothingPending("max_spread_bp"),
    errors.UnknownStrategy("trent", "trend"),
    errors.PromotionRefused("calm", "trades", 12, 30),
    errors.NotOurs("approve AAPL"),
    errors.NoTradeHere(),
    errors.TooOld("AAPL_20250819_234515", AT),
    errors.Repeated(),
    errors.FlattenUnderway(),
    errors.NoUsableStrategy(),
    errors.CorporateActionDue("AAPL"),
    errors.NotGradable("AAPL_20250819_234515", "open"),
    errors.NobodyLeads(AT),
    errors.SymbolHalted("AAPL", AT, "news", "T1"),
    errors.AdoptionRefused("stop", "above_price", "AAPL", price=Decimal("150.25")),
    errors.BacktestRefused("strategy", asked="trnd", example="/backtest trend AAPL 90d", nearest="trend", known="seed"),
    errors.BacktestRunning(),
    errors.OtherStrategy("AAPL_20250819_234515", "seed (3fa91c02)", "wide (b7710e4d)"),
    errors.RiskUnchanged(BindingLimit.RISK, Decimal(600), Decimal(512), LimitUnit.SHARES),
    errors.RiskRefused(BindingLimit.RISK, Decimal(600), Decimal(512), LimitUnit.SHARES),
    errors.OrderRefused("insufficient buying power"),
    errors.MoveRefused("stop", "order is not open for a replacement"),
    errors.SaleRefused("account restricted", "AAPL"),
)


def every_kind_of(base: type[errors.DeskError]) -> set[type[errors.DeskError]]:
    return {kind for child in base.__subclasses__() for kind in {child, *every_kind_of(child)}}


def test_every_refusal_has_a_sentence() -> None:
    assert set(answers.REFUSALS) == every_kind_of(errors.RequestRefused) == {type(error) for error in EXAMPLES}


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_a_refusal_is_told_in_both_languages(error: errors.RequestRefused) -> None:
    told = [answers.refusal(error, texts) for texts in BOTH]
    for message in told:
        check_message(message.payload())
        assert "none" not in message.text
    assert told[0].text != told[1].text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.UnknownTrade("APPL"), "No trade “APPL”. See the IDs, e.g. /trades all."),
        (errors.UnknownTrade("APPL", "AAPL"), "No trade “APPL”. Did you mean AAPL? See the IDs, e.g. /trades all."),
        (errors.UnknownTrade(""), "No such trade. See what there is, e.g. /trades all."),
        (errors.Ambiguous("", ["A_1", "A_2"]), "Several trades match: A_1, A_2. Type the ID of one."),
        (
            errors.BadText("opne", "/trades [open]", "open"),
            "Didn't understand “opne”. Did you mean open? Type /trades [open], e.g. /trades AAPL.",
        ),
        (
            errors.BadSetting("max_daily_loss", "2", Decimal(0), Decimal(1), LimitUnit.SHARE_OF_EQUITY),
            "Daily loss limit: enter 0–100%, not “2”, e.g. /settings MAX_DAILY_LOSS 2%.",
        ),
        (errors.NotOpen(), "No open trades."),
        (
            errors.BadText("", "/inspect SYMBOL|TRADE"),
            "Missing symbol. Type /inspect SYMBOL|TRADE, e.g. /inspect AAPL.",
        ),
        (
            errors.AlreadyDecided("AAPL_1", "rejected", TRADER),
            "Nothing changed: AAPL_1 is no longer pending (rejected, decided by <@U0TRADER1>).",
        ),
        (
            errors.RiskRefused(BindingLimit.BUYING_POWER, Decimal(512), Decimal(444), LimitUnit.SHARES),
            "Too many: 512 shares. Max 444 shares now, limited by buying power.",
        ),
        (
            errors.RiskRefused("open_risk", Decimal("0.0205"), Decimal("0.02"), LimitUnit.SHARE_OF_EQUITY),
            "Not bought: open risk could reach 2.05%, limit 2.0%. Wait for the next proposal.",
        ),
        (
            errors.RiskRefused("spread", Decimal(80), Decimal(50), LimitUnit.BASIS_POINTS),
            "Not bought: spread is 80 bp, limit 50 bp. Wait for the next proposal.",
        ),
        (
            errors.PromotionRefused("calm", "trades", 1, 30),
            "calm has closed 1 trade in shadow; a promotion needs 30.",
        ),
        (
            errors.PromotionRefused("calm", "paper_days", 2, 30),
            "calm has traded on paper on 2 days; live money needs 30.",
        ),
        (errors.NotAllowed("trader", "viewer"), "Traders only; you're a viewer. Ask an admin."),
        (errors.NotAllowed("viewer", "nobody"), "Members of the desk only; you have no role here. Ask an admin."),
    ],
)
def test_a_refusal_says_what_was_wrong_and_what_to_do(error: errors.RequestRefused, said: str) -> None:
    assert answers.refusal(error, ENGLISH).text == said


@pytest.mark.parametrize(
    ("reason", "english", "korean"),
    [
        ("for_news CPI at 8:30", "news: CPI at 8:30", "뉴스: CPI at 8:30"),
        ("for_news CPI; for_risk", "news: CPI; too much risk", "뉴스: CPI; 위험이 너무 큼"),
        (
            "open_risk 0.0212 0.02 share_of_equity",
            "open risk could reach 2.12%, limit 2.0%",
            "매수하면 총 위험 최대 2.12%, 한도 2.0%",
        ),
        ("clock_differs 45", "bot and broker clocks differ by 45 s", "봇과 브로커의 시각이 45초 차이 남"),
        ("prices_stale 600", "no usable quotes for 10 min", "10분 동안 유효한 시세 없음"),
        ("CPI", "CPI", "CPI"),
        ("", "no reason given", "사유 없음"),
    ],
)
def test_a_desk_that_does_not_buy_says_why_as_its_halt_did(reason: str, english: str, korean: str) -> None:
    error = errors.DeskNotActive("halted", reason, TRADER)
    assert f"(by <@U0TRADER1>: {english})." in answers.refusal(error, ENGLISH).text
    assert f"(<@U0TRADER1>: {korean})." in answers.refusal(error, KOREAN).text


def test_a_market_that_is_closed_tells_when_it_opens_in_the_readers_time_zone() -> None:
    message = answers.refusal(errors.MarketClosed(AT), ENGLISH)
    assert "<!date^1755696600^{date_short_pretty} {time}|Aug 20, 2025, 22:30 KST>" in shown(message)[0]


def test_every_trouble_has_a_sentence() -> None:
    kinds = {errors.TemporaryError, errors.StoreUnavailable}
    named = {kind for kind in kinds.union(*map(every_kind_of, kinds)) if not kind.__name__.startswith("_")}
    assert set(answers.TROUBLES) == named
    assert "do not order again" in answers.trouble(errors.OrderUnclear("x"), ENGLISH).text
    assert "nothing is traded" in answers.trouble(errors.StoreUnavailable("disk"), ENGLISH).text


def test_what_nobody_foresaw_carries_its_id() -> None:
    assert answers.unexpected("ab12cd34", KOREAN).text.endswith("ab12cd34")


def test_positions_show_stop_and_risk_of_ours_and_say_which_are_not() -> None:
    assert answers.positions(a_portfolio(), ENGLISH).text.splitlines() == [
        "Open risk 1.51% of 2.0%",
        "Equity $231,368 · Cash $66,788 · Buying power $66,788",
        "Overnight risk 2.0% ($4,628), worst 1% of nights",
        "Positions",
        "AAPL 512 shares at $151.00 = $77,312 · +$369",
        "Stop $147.99, risk $1,173 · AAPL_20250819_234515",
        "MSFT 300 shares at $420.80 = $126,240 · $0",
        "Not this bot's trade; no known stop. Assumed risk $1,894",
    ]


def both() -> PortfolioView:
    """Return an account with 850 AAPL, of which a trade bought 500, and an order that waits."""
    ours = a_line(symbol="AAPL", shares=500, cost=Decimal("149.45"), price=Decimal("149.45"), trade=opened())
    others = a_line(symbol="AAPL", shares=350, cost=Decimal("150.25"), price=Decimal("149.45"), beside_a_trade=True)
    return a_portfolio(lines=(replace(ours, risk=Decimal(1_100)), others), waiting_risk=Decimal("600.5"))


def test_of_a_position_that_is_not_all_ours_only_what_is_ours_stands_under_the_stop() -> None:
    assert answers.positions(both(), ENGLISH).text.splitlines()[3:] == [
        "⏳ Not bought yet $601 at risk in approved and waiting orders",
        "Positions",
        "AAPL 500 shares at $149.45 = $74,725 · $0",
        "Stop $147.99, risk $1,100 · AAPL_20250819_234515",
        "AAPL 350 shares at $149.45 = $52,308 · −$280",
        "Not this bot's trade; no known stop. Assumed risk $785",
    ]
    assert "⏳ 미체결 승인·대기 중인 주문의 위험 $601" in answers.positions(both(), KOREAN).text


def test_what_the_account_no_longer_shows_is_named_and_not_called_still_to_be_bought() -> None:
    gone = replace(
        both(), waiting_risk=Decimal(0), missing=MissingShares(symbols=("AAPL", "MSFT"), risk=Decimal(1_100))
    )
    english, korean = answers.positions(gone, ENGLISH).text, answers.positions(gone, KOREAN).text
    assert "❓ Missing AAPL, MSFT: the account no longer shows these shares. $1,100 still counts as risk" in english
    assert "❓ 확인 필요 AAPL, MSFT: 계좌에 이 주식이 더 이상 보이지 않습니다." in korean
    assert "Not bought yet" not in english


def test_nothing_can_be_adopted_beside_a_trade() -> None:
    shown = str(answers.positions(both(), ENGLISH, may_adopt=True).payload())
    assert "Adopt" not in shown


def test_positions_warn_from_the_warning_on() -> None:
    assert "⚠️ Above the 1.6%" in answers.positions(a_portfolio(open_risk=Decimal("0.016")), ENGLISH).text


def test_no_positions_are_told_as_none() -> None:
    assert answers.positions(a_portfolio(lines=()), KOREAN).text.endswith("보유 종목이 없습니다.")


def test_more_positions_than_a_message_takes_are_counted() -> None:
    line: PositionLine = a_portfolio().lines[0]
    message = answers.positions(a_portfolio(lines=(line,) * 500), ENGLISH)
    check_message(message.payload())
    assert message.text.splitlines()[-1].startswith("… and ")


def test_trades_are_listed_under_their_heading() -> None:
    message = answers.trades((opened(), ended()), "trades-all", ENGLISH)
    assert message.text.splitlines() == [
        "Latest trades",
        "AAPL_20250819_234515 open · 512 at $150.28",
        "AAPL_20250819_234515 closed · 512 at $150.28 · +$2,304",
    ]


@pytest.mark.parametrize("which", ["alive", "pending", "open", "closed", "today", "all"])
def test_every_list_of_trades_has_a_heading(which: str) -> None:
    for texts in BOTH:
        assert len(answers.trades((), f"trades-{which}", texts).text.splitlines()) == 2


def test_a_trade_is_shown_from_proposal_to_close() -> None:
    message = answers.trade_detail(ended(), ENGLISH)
    check_message(message.payload())
    for said in ("Approved by", "✅ Trade filled", "🎯 Closed: target hit", "RSI 35.0", "→ 512 shares"):
        assert said in message.text


def test_a_symbol_is_shown_with_price_score_and_indicators() -> None:
    message = answers.inspection(an_inspection(), ENGLISH)
    check_message(message.payload())
    assert message.text.startswith(
        "AAPL\n$150.25 · bid $150.24 · ask $150.25 · spread 1 bp\nVolume 2,500,000 · Aug 19, 2025, 23:45:15 KST"
    )
    assert "Score +1.5" in message.text
    assert message.text.endswith("Indicators\nRSI 14 35.00")


def test_a_symbol_without_price_or_score_says_so() -> None:
    text = answers.inspection(an_inspection(snapshot=None, signal=None, panel=(), trades=()), ENGLISH).text
    assert text == "AAPL\nNo usable quote · regular hours\nNot enough bars for a score."


def test_a_score_that_another_process_has_is_said_to_be_there() -> None:
    view = an_inspection(signal=None, is_scored=False, panel=(), trades=())
    text = answers.inspection(view, ENGLISH).text
    assert text.endswith("No score here: the strategy's code scores each bar in the process that leads.")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_begins_with_the_command(command: str) -> None:
    for texts in BOTH:
        assert answers.command_help(command, texts).text.startswith(command)


def test_a_halt_is_told_with_who_and_why() -> None:
    desk = Desk(state=DeskState.HALTED, auto=False, by=TRADER, reason="CPI")
    assert answers.halted(desk, ENGLISH).text.splitlines()[-1] == "Reason: CPI"
    assert answers.halted(desk, ENGLISH).text.startswith("⛔ Trading halted by <@U0TRADER1>.")


def test_a_resume_is_told() -> None:
    desk = Desk(state=DeskState.ACTIVE, auto=False, by=TRADER)
    told = answers.resumed(desk, 5, Decimal("0.0105"), KOREAN).text
    assert told.startswith("✅ 거래 재개: <@U0TRADER1>.")
    assert "5개 종목. 현재 총 위험: 1.05%" in told


def test_a_resume_while_the_broker_is_silent_says_that_the_risk_is_unknown() -> None:
    desk = Desk(state=DeskState.ACTIVE, auto=False, by=TRADER)
    assert answers.resumed(desk, 5, None, ENGLISH).text.endswith("Open risk is unknown: the broker isn't responding.")
    assert "총 위험을 알 수 없습니다." in answers.resumed(desk, 5, None, KOREAN).text


@pytest.mark.parametrize(("auto", "word"), [(True, "on"), (False, "off")])
def test_auto_mode_is_told(auto: bool, word: str) -> None:
    assert answers.auto(Desk(state=DeskState.ACTIVE, auto=auto), ENGLISH).text.startswith(f"Auto-trading {word}:")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            errors.BadProposal("stop", Decimal(151), "not_under", Decimal("150.25")),
            "Stop: $151.00 must be below the price, $150.25. Nothing was proposed.",
        ),
        (
            errors.BadProposal("limit", Decimal(1502), "too_high", Decimal("151.75")),
            "Limit: $1,502.00 is too high; the most is $151.75. Nothing was proposed.",
        ),
        (
            errors.BadProposal("size", "0.5", "not_whole"),
            "Size: “0.5” isn't a whole number of shares. Nothing was proposed.",
        ),
        (
            errors.BadProposal("symbol", "APPL", "unwatched", "AAPL"),
            "Symbol: “APPL” isn't on the watchlist. Did you mean AAPL? Nothing was proposed.",
        ),
        (
            errors.NotProposable("AAPL", "symbol_taken", "proposed"),
            "Not proposed: AAPL already has a proposal pending approval. See /trades pending.",
        ),
        (errors.NotProposable("AAPL", "symbol_taken", "open"), "Not proposed: AAPL is already held. See /positions."),
        (
            errors.OtherMustApprove("AAPL_1", TRADER),
            "You proposed AAPL_1 yourself: another trader must approve it. Reject cancels it.",
        ),
    ],
)
def test_what_is_wrong_with_a_buy_by_hand_is_told_by_its_name(error: errors.RequestRefused, said: str) -> None:
    assert answers.refusal(error, ENGLISH).text == said


HALTS = ["not_yours", "too_late", "halted_too", "flattening", "doubt", "halt_waits"]


@pytest.mark.parametrize("why", HALTS)
def test_a_halt_that_is_not_taken_back_stays_and_says_who_ends_it(why: str) -> None:
    said = answers.refusal(errors.HaltStands(why), ENGLISH).text
    assert said.startswith("The halt stays. ")
    assert said.endswith(" An admin resumes with /resume.")


@pytest.mark.parametrize(("by", "name"), [(TRADER, f"<@{TRADER}>"), (ENGINE, "the bot")])
def test_who_halted_after_a_resume_was_asked_for_is_named_and_what_to_do(by: str, name: str) -> None:
    said = answers.refusal(errors.HaltedMeanwhile(by), ENGLISH).text
    assert said == (
        f"Not resumed: {name} halted trading after you asked. Find out why; if it's still right, resume again."
    )


def test_where_trading_is_not_halted_no_halt_is_said_to_stay() -> None:
    said = [answers.refusal(errors.HaltStands("not_halted"), texts).text for texts in (ENGLISH, KOREAN)]
    assert said == [
        "Nothing to undo: trading isn't halted any more.",
        "되돌릴 것이 없습니다. 지금은 거래 중지 상태가 아닙니다.",
    ]
