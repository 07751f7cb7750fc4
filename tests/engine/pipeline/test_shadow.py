"""Strategies in shadow: what they would trade is what a backtest trades, whatever happens to the desk meanwhile."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.backtest.conditions import Conditions
from engine.backtest.desk_rules import DeskRules
from engine.backtest.simulate import simulate
from engine.errors import StrategyFailed
from engine.model.backtest import Costs
from engine.model.notices.duty import MissedResult
from engine.model.shadow import Cause, ShadowState, ShadowTrade
from engine.settings import Settings
from engine.signals.slots import instant
from engine.strategies.shadow_strategies import shadow_strategies
from tests.support.duty import BOTH_LINES, put_on_duty
from tests.support.fakes.calendar import WeekdayCalendar
from tests.support.fakes.strategies import InProcessStrategies
from tests.support.shadow_strategies import Dips, Rises
from tests.support.shadow_week import DIPS, RISES, WARM, ShadowWeek, market

Weeks = Callable[..., ShadowWeek]

SESSION = 78
FIRST = WARM * SESSION
FREE: dict[str, Any] = {"losing_streak": 0, "stop_cooldown_seconds": 0, "max_daily_loss": 0, "max_drawdown": 0}
"""A backtest's account remembers what it lost; each trade in shadow has an account of its own."""


@pytest.fixture
def weeks(tmp_path: Path) -> Iterator[Weeks]:
    """Open weeks by the names of their folders; two of one name share a database."""
    with ExitStack() as stack:

        def week(name: str, *args: Any, **given: Any) -> ShadowWeek:
            made = ShadowWeek(tmp_path / name, *args, **given)
            stack.callback(made.desk.close)
            return made

        yield week


def as_told(trade: ShadowTrade) -> tuple[object, ...]:
    return trade.symbol, trade.bar, trade.entered_at, trade.entry, trade.stop, trade.exit, trade.exit_reason


def of(week: ShadowWeek, name: str) -> list[ShadowTrade]:
    return [each for each in week.trades() if each.strategy == name]


def test_what_they_would_trade_is_what_a_backtest_trades_on_the_same_bars(weeks: Weeks) -> None:
    bars = market()
    week = weeks("desk", bars, **FREE)
    week.begin(FIRST)
    week.run(FIRST, len(bars.starts))
    settings = Settings.read(watchlist=bars.symbols, **FREE)
    for strategy in (Dips(), Rises()):
        rules = DeskRules.of(settings, strategy.exits)
        given = Conditions(
            rules=replace(rules, limits=replace(rules.limits, overnight=None)),
            costs=Costs(slippage_bp=settings.paper.paper_slippage_bp, fees=settings.paper.fees),
            cash=Decimal(100_000),
            calendar=WeekdayCalendar(),
            first=int(bars.starts[FIRST + 1]),
        )
        expected = list[tuple[object, ...]]()
        for column, symbol in enumerate(bars.symbols):  # one trade a symbol, each alone
            one = type(bars).of((symbol,), bars.starts, bars.stacked[:, :, [column]])
            done = simulate(one, strategy, given)
            expected += [
                (each.symbol, each.bar, each.entered_at, each.entry, each.stop, each.exit, each.reason)
                for each in done.trades
            ]
        closed = [as_told(each) for each in of(week, strategy.name) if each.state is ShadowState.CLOSED]
        still_open = {(each.symbol, each.bar) for each in of(week, strategy.name) if each.state is ShadowState.OPEN}
        ended = [each for each in expected if (each[0], each[1]) not in still_open]
        assert len(closed) > 8
        assert sorted(map(str, closed)) == sorted(map(str, ended))


def test_they_are_sized_at_the_desks_equity_and_ask_the_broker_nothing(weeks: Weeks) -> None:
    week = weeks("desk", market())
    week.begin(FIRST)
    week.run(FIRST, FIRST + 1)
    week.run(FIRST + 1, FIRST + 20, looks=False)
    week.desk.line.is_away = True
    week.look()
    assert not week.desk.engine.jobs.services.down()
    sizings = [each.progress.sizing for each in week.trades() if each.progress]
    assert sizings
    assert {each.equity for each in sizings} == {Decimal(100_000)}
    assert all(abs(each.planned_risk - 500) <= each.entry - each.stop for each in sizings)


def test_a_restart_in_the_middle_changes_nothing(weeks: Weeks) -> None:
    bars, middle = market(), FIRST + SESSION - 20
    whole = weeks("whole", bars)
    whole.begin(FIRST)
    whole.run(FIRST, len(bars.starts))
    before = weeks("broken", bars)
    before.begin(FIRST)
    before.run(FIRST, middle)
    after = weeks("broken", bars)
    after.begin(middle + 60)  # over a night
    after.run(middle + 60, len(bars.starts))
    assert [as_told(each) for each in after.trades()] == [as_told(each) for each in whole.trades()]
    assert [each.state for each in after.trades()] == [each.state for each in whole.trades()]


def test_two_processes_on_one_database_keep_each_trade_once(weeks: Weeks) -> None:
    bars = market()
    alone = weeks("alone", bars)
    one, other = weeks("both", bars), weeks("both", bars)
    for each in (alone, one, other):
        each.begin(FIRST)
    for bar in range(FIRST, FIRST + SESSION // 2):
        alone.step(bar)
        first, second = (one, other) if bar % 3 else (other, one)
        first.step(bar, looks=False)
        second.step(bar)
        first.look()
        first.look()
    assert len(alone.trades()) > 5
    assert [as_told(each) for each in one.trades()] == [as_told(each) for each in alone.trades()]


def test_one_that_fails_stops_neither_the_others_nor_the_live_decision_and_is_told(weeks: Weeks) -> None:
    broken = "tests.support.shadow_strategies:Broken"
    bars = market()
    week = weeks("desk", bars, (broken, DIPS))
    week.begin(FIRST)
    for bar in range(FIRST, FIRST + 20):
        week.step(bar, looks=False)
        with pytest.raises(StrategyFailed, match="ZeroDivisionError: a strategy of somebody's"):
            week.look()
    assert of(week, "dips")
    assert not of(week, "broken")


def test_one_that_fails_is_asked_once_a_bar_and_stays_told_as_failing(weeks: Weeks) -> None:
    week = weeks("desk", market(), ("tests.support.shadow_strategies:Broken",))
    week.begin(FIRST)
    for bar in range(FIRST, FIRST + 2):
        week.step(bar, looks=False)
        asked = week.desk.strategies.scored
        for _ in range(3):
            with pytest.raises(StrategyFailed, match="ZeroDivisionError"):
                week.look()
        assert week.desk.strategies.scored == asked + 1


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["nonsense"], "SHADOW_STRATEGIES: no strategy is called 'nonsense'"),
        (["away.toml"], "SHADOW_STRATEGIES: away.toml: cannot be read"),
        ([DIPS, RISES, DIPS], "SHADOW_STRATEGIES: .*Dips is dips once more"),
        (["no.such:Class"], "SHADOW_STRATEGIES: .* cannot be made"),
    ],
)
def test_a_name_that_is_none_is_left_out_and_says_what_to_write(names: list[str], says: str) -> None:
    found, (left_out,) = shadow_strategies(names, InProcessStrategies())
    assert re.match(says, left_out)
    assert names[-1] not in found or names.count(names[-1]) > 1


def test_no_strategy_runs_in_shadow_unless_named() -> None:
    assert Settings.read().market.shadow_strategies == ()
    assert Settings.read(shadow_strategies="trend, seed ,").market.shadow_strategies == ("trend", "seed")


def test_a_proposal_that_was_not_taken_gets_the_result_that_its_shares_would_have_had(weeks: Weeks) -> None:
    """The desk's own signal, rejected, and one that expired: bought at the next bar's open, left by its stop."""
    bars = market()
    week = weeks("desk", bars, ())
    week.begin(FIRST)
    week.run(FIRST, FIRST + 5)
    rejected = week.propose("G0", bar=FIRST + 4, shares=10, identity="G0_1")
    expired = week.propose("G1", bar=FIRST + 4, shares=20, identity="G1_1")
    week.desk.engine.commands.reject(rejected.id, week.desk.TRADER)
    week.run(FIRST + 5, FIRST + 30)
    week.desk.engine.jobs.decide.expire()
    week.run(FIRST + 30, len(bars.starts))
    week.look()
    found = {each.trade_id: each for each in week.trades()}
    assert {name: each.cause for name, each in found.items()} == {"G0_1": Cause.REJECTED, "G1_1": Cause.EXPIRED}
    for proposal in (rejected, expired):
        told, column = found[proposal.id], bars.symbols.index(proposal.symbol)
        assert told.state is ShadowState.CLOSED
        assert told.entry is not None
        assert told.exited_at is not None
        assert told.shares == proposal.shares
        assert told.entered_at == instant(int(bars.starts[FIRST + 5]))
        assert told.stop == proposal.sizing.stop
        opened = Decimal(str(bars.open[FIRST + 5, column]))
        assert opened < told.entry <= opened * Decimal("1.001") + Decimal("0.02")  # the ask, and slippage
        first = np.flatnonzero(
            (bars.low[FIRST + 5 :, column] <= float(proposal.sizing.stop))
            | (bars.high[FIRST + 5 :, column] >= float(told.entry) * 1.03)
        )
        sold_in = int(bars.starts[FIRST + 5 + int(first[0])])
        assert instant(sold_in) <= told.exited_at < instant(sold_in + 300)


def test_whoever_was_called_about_what_expired_learns_once_what_it_would_have_made(weeks: Weeks) -> None:
    bars = market()
    week = weeks("desk", bars, ())
    put_on_duty(week.desk, BOTH_LINES)
    week.begin(FIRST)
    week.run(FIRST, FIRST + 5)
    week.desk.engine.commands.reject(week.propose("G0", bar=FIRST + 4, shares=10, identity="G0_1").id, week.desk.TRADER)
    expired = week.propose("G1", bar=FIRST + 4, shares=20, identity="G1_1")
    week.desk.engine.jobs.signal_queue.publish()
    week.desk.engine.jobs.decide_proposals()
    week.run(FIRST + 5, FIRST + 30)
    week.desk.engine.jobs.decide.expire()
    week.run(FIRST + 30, len(bars.starts))
    week.look()
    [told] = week.desk.told_of(MissedResult)
    [simulated] = [each for each in week.trades() if each.trade_id == expired.id]
    assert (told.trade_id, told.called) == (expired.id, ("U0TRADER",))
    assert (told.shares, told.entry, told.exit, told.result) == (
        20,
        simulated.entry,
        simulated.exit,
        simulated.result,
    )


def test_of_a_proposal_about_which_nobody_was_asked_no_result_is_told(weeks: Weeks) -> None:
    bars = market()
    week = weeks("desk", bars, ())
    week.begin(FIRST)
    week.run(FIRST, FIRST + 5)
    week.propose("G1", bar=FIRST + 4, shares=20, identity="G1_1")
    week.run(FIRST + 5, FIRST + 30)
    week.desk.engine.jobs.decide.expire()
    week.run(FIRST + 30, len(bars.starts))
    week.look()
    assert [each.state for each in week.trades()] == [ShadowState.CLOSED]
    assert not week.desk.told_of(MissedResult)


def test_every_trade_is_one_of_a_shadow_here(weeks: Weeks) -> None:
    week = weeks("desk", market())
    week.begin(FIRST)
    week.run(FIRST, FIRST + 30)
    assert {each.cause for each in week.trades()} == {Cause.SHADOW}
