"""What people look at, work out and change beside the flow: the calculator, the watch list, settings, signals, risk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.adapters.factory import Adapters
from engine.errors import (
    BadSetting,
    MarketUnavailable,
    NoPrice,
    Repeated,
    SettingFixed,
    SettingsInvalid,
    UnknownSetting,
    UnknownSymbol,
)
from engine.model.calculation import Amount, AmountKind
from engine.model.desk import DeskState, Request
from engine.model.market import BarHistory
from engine.model.notices.settings import SettingChanged, WatchlistChanged
from engine.model.runtime_settings import SettingUnit, WatchOutcome
from engine.model.trade import TradeState
from engine.ports.clock import Clock
from engine.settings import MarketSettings, read_group
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.market import FakeMarket
from tests.support.fakes.worked_example import TRADE_ID

ADMIN = Request(by="U0ADMIN", said="/settings", id="one")


@pytest.fixture(name="harness")
def _harness(tmp_path: Path) -> Iterator[EngineHarness]:
    harness = EngineHarness.at_the_example(tmp_path)
    harness.play_the_signal()
    yield harness
    harness.close()


def worth(kind: AmountKind, figure: str) -> Amount:
    return Amount(kind=kind, figure=Decimal(figure))


AMOUNTS = (
    (None, 512),
    (worth(AmountKind.SHARES, "400"), 400),
    (worth(AmountKind.DOLLARS, "20000"), 133),  # 133.1 at $150.25
    (worth(AmountKind.EQUITY, "0.05"), 76),  # $11,568 of $231,368
    (worth(AmountKind.RISK, "0.003"), 307),  # $694 at $2.26 a share
    (worth(AmountKind.DOLLARS, "5"), 0),
)


def test_an_amount_of_a_proposal_is_worked_out_at_its_own_price(harness: EngineHarness) -> None:
    for amount, shares in AMOUNTS:
        found = harness.engine.queries.sizing.calculation("aapl", amount)
        assert (found.shares, found.most, found.entry) == (shares, 512, Decimal("150.25"))
        assert found.cost == shares * Decimal("150.25")
        assert found.risk_after == found.risk_before + shares * Decimal("2.26") / found.equity
        assert found.is_allowed == (shares > 0)
    assert harness.trade().shares == 512


def test_a_symbol_that_is_not_proposed_is_worked_out_at_its_price_now(harness: EngineHarness) -> None:
    found = harness.engine.queries.sizing.calculation("MSFT", worth(AmountKind.SHARES, "10"))
    assert (found.trade, found.shares, found.entry) == (None, 10, Decimal("420.80"))
    assert found.cost == 10 * found.entry


def test_a_symbol_without_a_good_price_is_not_worked_out(harness: EngineHarness) -> None:
    harness.clock.advance(3600)
    with pytest.raises(NoPrice):
        harness.engine.queries.sizing.calculation("MSFT")


def test_what_is_worked_out_says_what_another_rule_has_against_it(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, max_open_positions=2)
    harness.market.price("AAPL", "150.25")
    found = harness.engine.queries.sizing.calculation("AAPL", worth(AmountKind.SHARES, "10"))
    assert found.broken is not None
    assert found.broken.rule == "open_positions"
    assert not found.is_allowed
    harness.close()


def test_symbols_are_watched_at_once_for_good_and_with_a_word_to_the_desk(harness: EngineHarness) -> None:
    harness.market.price("NVDA", "100")
    change = harness.engine.commands.change_watchlist(
        ("NVDA", "AAPL", "NOPE", "no such"), EngineHarness.TRADER, more=True
    )
    assert dict(change.outcomes) == {
        "NVDA": WatchOutcome.COLD,  # the fake market has no bars of it
        "AAPL": WatchOutcome.KNOWN,
        "NOPE": WatchOutcome.UNKNOWN,
        "no such": WatchOutcome.UNKNOWN,
    }
    assert harness.engine.queries.watchlist() == ("AAPL", "MSFT", "TSLA", "NVDA")
    assert harness.engine.queries.inspect("NVDA").snapshot is not None
    assert harness.born_again().queries.watchlist() == harness.engine.queries.watchlist()
    [told] = harness.told_of(WatchlistChanged)
    assert (told.by, told.is_added, told.symbols) == ("U0TRADER", True, ("NVDA",))
    with harness.store.reading() as reader:
        assert reader.audit(subject="NVDA")[0].action == "watch add"


def test_the_watchlist_has_a_limit_and_what_is_beyond_it_costs_the_broker_no_question(tmp_path: Path) -> None:
    harness = EngineHarness.at_the_example(tmp_path, max_watched=4)
    for symbol in ("NVDA", "AMD"):
        harness.market.price(symbol, "100")
    change = harness.engine.commands.change_watchlist(
        ("NVDA", "NVDA", "AMD", "AAPL", "no such"), EngineHarness.TRADER, more=True
    )
    assert dict(change.outcomes) == {
        "NVDA": WatchOutcome.COLD,
        "AMD": WatchOutcome.FULL,
        "AAPL": WatchOutcome.KNOWN,
        "no such": WatchOutcome.UNKNOWN,
    }
    assert harness.engine.queries.watchlist() == ("AAPL", "MSFT", "TSLA", "NVDA")
    harness.close()


def test_room_that_is_made_on_a_full_watchlist_can_be_taken(tmp_path: Path) -> None:
    harness = EngineHarness.build(tmp_path, max_watched=3)
    harness.market.price("NVDA", "100")
    assert harness.engine.commands.change_watchlist(("NVDA",), EngineHarness.TRADER, more=True).outcomes == (
        ("NVDA", WatchOutcome.FULL),
    )
    harness.engine.commands.change_watchlist(("TSLA",), EngineHarness.TRADER, more=False)
    assert harness.engine.commands.change_watchlist(("NVDA",), EngineHarness.TRADER, more=True).outcomes == (
        ("NVDA", WatchOutcome.COLD),
    )
    harness.close()


def test_a_watchlist_of_settings_has_a_limit_too() -> None:
    with pytest.raises(SettingsInvalid, match=r"^WATCHLIST: expected at most 10,000 symbols"):
        read_group(MarketSettings, watchlist=tuple(f"S{number}" for number in range(10_001)))


def test_what_a_new_symbol_does_to_the_board_leaves_the_others_scores_alone(harness: EngineHarness) -> None:
    before = harness.engine.queries.inspect("AAPL").signal
    harness.market.price("NVDA", "100")
    harness.engine.commands.change_watchlist(("NVDA",), EngineHarness.TRADER, more=True)
    assert harness.engine.queries.inspect("AAPL").signal == before
    harness.engine.jobs.process_bars()
    assert harness.trade().state is TradeState.PROPOSED


class SlowMarket(FakeMarket):
    """A market that lets something happen while its bars are read, once."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.meanwhile = list[Callable[[], object]]()

    def bars(self, symbols: Sequence[str], since: datetime) -> BarHistory:
        found = super().bars(symbols, since)
        while self.meanwhile:
            self.meanwhile.pop()()
        return found


def test_a_symbol_that_comes_while_the_first_bars_are_read_takes_them_from_no_other(tmp_path: Path) -> None:
    markets = list[SlowMarket]()

    def on(adapters: Adapters) -> Adapters:
        markets.append(SlowMarket(adapters.clock))
        return replace(adapters, market=markets[0])

    harness, market = EngineHarness.build(tmp_path, on=on), markets[0]
    market.recorded = worked_example.history()
    harness.market.price("NVDA", "100")
    market.meanwhile.append(
        lambda: harness.engine.commands.change_watchlist(("NVDA",), EngineHarness.TRADER, more=True)
    )
    harness.engine.jobs.start()
    market.price("AAPL", "150.25")
    harness.engine.jobs.process_bars()
    assert harness.engine.queries.watchlist()[-1] == "NVDA"
    assert harness.engine.queries.inspect("AAPL").signal is not None
    harness.close()


def test_symbols_are_no_longer_watched_but_for_those_with_a_trade_under_way(harness: EngineHarness) -> None:
    harness.market.price("NVDA", "100")
    harness.engine.commands.change_watchlist(("NVDA",), EngineHarness.TRADER, more=True)
    change = harness.engine.commands.change_watchlist(("NVDA", "AAPL", "IBM", "NVDA"), EngineHarness.TRADER, more=False)
    assert dict(change.outcomes) == {
        "NVDA": WatchOutcome.REMOVED,
        "AAPL": WatchOutcome.TAKEN,
        "IBM": WatchOutcome.ABSENT,
    }
    with pytest.raises(UnknownSymbol):
        harness.engine.queries.inspect("NVDA")


def test_the_last_symbol_stays(tmp_path: Path) -> None:
    harness = EngineHarness.build(tmp_path, watchlist=("AAPL",))
    assert harness.engine.commands.change_watchlist(("AAPL",), EngineHarness.TRADER, more=False).outcomes == (
        ("AAPL", WatchOutcome.LAST),
    )
    harness.close()


def test_nothing_is_watched_while_the_bars_of_it_cannot_be_read(harness: EngineHarness) -> None:
    harness.market.price("NVDA", "100")
    harness.market.is_down = True
    with pytest.raises(MarketUnavailable):
        harness.engine.commands.change_watchlist(("NVDA",), EngineHarness.TRADER, more=True)
    assert "NVDA" not in harness.engine.queries.watchlist()


def test_a_changed_setting_holds_at_once_after_a_restart_and_is_told(harness: EngineHarness) -> None:
    change = harness.engine.commands.runtime_settings.change("RISK_PER_TRADE", "0.25%", ADMIN)
    assert (change.before.value, change.after.value) == (Decimal("0.005"), Decimal("0.0025"))
    assert harness.engine.queries.sizing.calculation("AAPL").most == 256
    [line] = [line for line in harness.born_again().queries.settings() if line.name == "risk_per_trade"]
    assert (line.value, line.is_changed) == (Decimal("0.0025"), True)
    [told] = harness.told_of(SettingChanged)
    assert (told.name, told.before, told.after) == ("risk_per_trade", Decimal("0.005"), Decimal("0.0025"))
    assert told.unit is SettingUnit.PART
    with pytest.raises(Repeated):
        harness.engine.commands.runtime_settings.change("RISK_PER_TRADE", "0.1%", ADMIN)


def test_the_word_default_goes_back_to_what_is_configured(harness: EngineHarness) -> None:
    harness.engine.commands.runtime_settings.change("losses_halt", "on", EngineHarness.ADMIN)
    change = harness.engine.commands.runtime_settings.change("losses_halt", "default", EngineHarness.ADMIN)
    assert (change.before.value, change.after.value) == (Decimal(1), Decimal(0))
    assert not change.after.is_changed


@pytest.mark.parametrize("text", ["1800", "1,800", "1800s", "1,800초", "30 min", "30분", "0 h 30 min", "29 min 60 s"])
def test_a_figure_is_taken_as_it_is_shown(harness: EngineHarness, text: str) -> None:
    assert harness.engine.commands.runtime_settings.change(
        "losing_streak_seconds", text, EngineHarness.ADMIN
    ).after.value == Decimal(1800)


def test_one_trade_never_risks_more_than_is_configured(harness: EngineHarness) -> None:
    with pytest.raises(BadSetting) as refused:
        harness.engine.commands.runtime_settings.change("risk_per_trade", "0.6%", EngineHarness.ADMIN)
    assert refused.value.facts["most"] == Decimal("0.005")


WRONG = (
    ("max_daily_loss", "2"),
    ("max_daily_loss", "200%"),
    ("max_daily_loss", "-1%"),
    ("losing_streak", "4.5"),
    ("losing_streak", "none"),
    ("losing_streak_seconds", "999999999999"),
    ("losing_streak_seconds", "30 min 1 h"),
    ("losing_streak_seconds", "30 min 10"),
    ("losing_streak_seconds", "30 shares"),
    ("stop_cooldown_seconds", "999999999999"),
    ("losses_halt", "maybe"),
    ("min_price", "$"),
    ("min_price", "2.5%"),
    ("min_price", "-2"),
    ("min_price", "+2"),
    ("min_price", "−2"),
    ("min_volume", "1 000"),
    ("losing_streak", "4 bananas"),
)
IN_DOUBT = (
    ("min_price", "2,50", "2.50", "250"),
    ("min_price", "$1,5", "1.5", "15"),
    ("min_price", "1.000", "1", "1000"),
    ("losing_streak", "1,5", "1.5", "15"),
    ("max_spread_bp", "0,5", "0.5", "5"),
    ("max_daily_loss", "2,5%", "2.5", "25"),
    ("max_daily_loss", "0.02", "0.02%", "2%"),
    ("max_daily_loss", "１，５％", "1.5", "15"),
)


def test_a_setting_takes_only_what_its_field_takes(harness: EngineHarness) -> None:
    before = harness.engine.queries.settings()
    for name, text in WRONG:
        with pytest.raises(BadSetting):
            harness.engine.commands.runtime_settings.change(name, text, EngineHarness.ADMIN)
    assert harness.engine.queries.settings() == before


@pytest.mark.parametrize(("name", "text", "one", "other"), IN_DOUBT)
def test_a_figure_that_could_be_two_changes_nothing_and_is_told_with_both(
    harness: EngineHarness, name: str, text: str, one: str, other: str
) -> None:
    before = harness.engine.queries.settings()
    with pytest.raises(BadSetting) as refused:
        harness.engine.commands.runtime_settings.change(name, text, EngineHarness.ADMIN)
    assert (refused.value.facts["one"], refused.value.facts["other"]) == (one, other)
    assert harness.engine.queries.settings() == before


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("min_price", "2.50", "2.5"),
        ("min_price", "＄２．５", "2.5"),
        ("min_price", "2.5 달러", "2.5"),
        ("max_daily_loss", "2.5 %", "0.025"),
        ("max_daily_loss", "2.5 퍼센트", "0.025"),
        ("max_spread_bp", "30 bp", "30"),
        ("min_volume", "1,000,000 주", "1000000"),
        ("losses_halt", "켜짐", "1"),
        ("losses_halt", "ＯＮ", "1"),
    ],
)
def test_a_figure_is_read_in_either_language(harness: EngineHarness, name: str, text: str, value: str) -> None:
    assert harness.engine.commands.runtime_settings.change(name, text, EngineHarness.ADMIN).after.value == Decimal(
        value
    )


def test_what_is_fixed_or_unknown_is_not_changed(harness: EngineHarness) -> None:
    with pytest.raises(SettingFixed):
        harness.engine.commands.runtime_settings.change("risk_ceiling", "5%", EngineHarness.ADMIN)
    with pytest.raises(UnknownSetting) as refused:
        harness.engine.commands.runtime_settings.change("max_dayly_loss", "5%", EngineHarness.ADMIN)
    assert refused.value.facts["nearest"] == "MAX_DAILY_LOSS"


def test_a_kept_setting_that_no_longer_fits_is_left_out(harness: EngineHarness, tmp_path: Path) -> None:
    harness.engine.commands.runtime_settings.change("risk_per_trade", "0.4%", EngineHarness.ADMIN)
    harness.close()
    stricter = EngineHarness.build(tmp_path, risk_per_trade="0.003")
    [line] = [line for line in stricter.engine.queries.settings() if line.name == "risk_per_trade"]
    assert line.value == Decimal("0.003")
    stricter.close()


def test_no_secret_is_among_the_settings_that_are_shown(harness: EngineHarness) -> None:
    names = {line.name for line in harness.engine.queries.settings()}
    assert {"risk_per_trade", "watchlist", "locale"} <= names
    assert not [name for name in names if "key" in name or "secret" in name or "token" in name or "url" in name]


def test_a_signal_is_shown_with_the_trade_that_came_of_it(harness: EngineHarness) -> None:
    fate = harness.engine.queries.signals.signals("aapl")[0]
    assert (fate.trade_id, fate.state, fate.signal.symbol) == (TRADE_ID, TradeState.PROPOSED, "AAPL")
    with pytest.raises(UnknownSymbol) as refused:
        harness.engine.queries.signals.signals("APPL")
    assert refused.value.facts["nearest"] == "AAPL"


def test_news_are_shown_as_they_were_scored(harness: EngineHarness) -> None:
    [line] = harness.engine.queries.signals.news("AAPL")
    assert (line.symbol, line.scorer) == ("AAPL", "keywords")
    assert line.tenths > 0
    assert harness.engine.queries.signals.news() == (line,)


def test_risk_is_shown_by_symbol_with_the_protections(harness: EngineHarness) -> None:
    view = harness.engine.queries.signals.risk()
    assert {line.symbol for line in view.lines} == {"MSFT", "TSLA"}
    assert sum(line.dollars for line in view.lines) / view.equity == view.open_risk
    assert view.headroom == view.ceiling - view.open_risk
    assert [guard.rule for guard in view.protections] == [
        "daily_loss",
        "drawdown",
        "losing_streak",
        "stop_cooldown",
        "trades_a_day",
        "open_positions",
    ]
    assert not any(guard.stops for guard in view.protections)


def test_every_open_trade_is_closed_at_once_also_on_a_halted_desk(harness: EngineHarness) -> None:
    harness.engine.commands.halt(EngineHarness.TRADER)
    assert harness.engine.queries.desk().state is DeskState.HALTED
    request = Request(by="U0TRADER", said="close_modal all", id="once")
    sold = harness.engine.commands.close_all(request)
    assert {sale.trade.symbol for sale in sold} == {"MSFT", "TSLA"}
    assert not harness.engine.queries.trades({TradeState.OPEN})
    with pytest.raises(Repeated):
        harness.engine.commands.close_all(request)
