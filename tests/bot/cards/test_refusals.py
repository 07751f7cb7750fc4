from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.cards import refusals
from engine import errors
from engine.model.desk import ENGINE
from engine.model.risk import BindingLimit, LimitUnit
from tests.bot.cards.examples import (
    BOTH,
    ENGLISH,
    KOREAN,
    TRADER,
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
    errors.EndedByHalt(TRADER),
    errors.StoppedSince(),
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
    assert set(refusals.REFUSALS) == every_kind_of(errors.RequestRefused) == {type(error) for error in EXAMPLES}


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_a_refusal_is_told_in_both_languages(error: errors.RequestRefused) -> None:
    told = [refusals.refusal(error, texts) for texts in BOTH]
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
    assert refusals.refusal(error, ENGLISH).text == said


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
    assert f"(by <@U0TRADER1>: {english})." in refusals.refusal(error, ENGLISH).text
    assert f"(<@U0TRADER1>: {korean})." in refusals.refusal(error, KOREAN).text


def test_a_market_that_is_closed_tells_when_it_opens_in_the_readers_time_zone() -> None:
    message = refusals.refusal(errors.MarketClosed(AT), ENGLISH)
    assert "<!date^1755696600^{date_short_pretty} {time}|Aug 20, 2025, 22:30 KST>" in shown(message)[0]


def test_every_trouble_has_a_sentence() -> None:
    kinds = {errors.TemporaryError, errors.StoreUnavailable}
    named = {kind for kind in kinds.union(*map(every_kind_of, kinds)) if not kind.__name__.startswith("_")}
    assert set(refusals.TROUBLES) == named
    assert "do not order again" in refusals.trouble(errors.OrderUnclear("x"), ENGLISH).text
    assert "nothing is traded" in refusals.trouble(errors.StoreUnavailable("disk"), ENGLISH).text


def test_what_nobody_foresaw_carries_its_id() -> None:
    assert refusals.unexpected("ab12cd34", KOREAN).text.endswith("ab12cd34")


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
    assert refusals.refusal(error, ENGLISH).text == said


HALTS = ["not_yours", "too_late", "halted_too", "flattening", "doubt", "halt_waits"]


@pytest.mark.parametrize("why", HALTS)
def test_a_halt_that_is_not_taken_back_stays_and_says_who_ends_it(why: str) -> None:
    said = refusals.refusal(errors.HaltStands(why), ENGLISH).text
    assert said.startswith("The halt stays. ")
    assert said.endswith(" An admin resumes with /resume.")


@pytest.mark.parametrize(("by", "name"), [(TRADER, f"<@{TRADER}>"), (ENGINE, "the bot")])
def test_who_halted_after_a_resume_was_asked_for_is_named_and_what_to_do(by: str, name: str) -> None:
    said = refusals.refusal(errors.HaltedMeanwhile(by), ENGLISH).text
    assert said == (
        f"Not resumed: {name} halted trading in the meantime. Find out why; if it's still right, resume again."
    )


def test_where_trading_is_not_halted_no_halt_is_said_to_stay() -> None:
    said = [refusals.refusal(errors.HaltStands("not_halted"), texts).text for texts in (ENGLISH, KOREAN)]
    assert said == [
        "Nothing to undo: trading isn't halted any more.",
        "되돌릴 것이 없습니다. 지금은 거래 중지 상태가 아닙니다.",
    ]
