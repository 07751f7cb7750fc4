"""Who may change the live strategy, and to which: two people, and one that was in shadow for long enough."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NothingPending, OtherNeeded, PromotionRefused, UnknownStrategy
from engine.model.desk import Request
from engine.model.notices.settings import StrategyChange
from engine.model.shadow import Cause, ShadowState, ShadowTrade
from engine.model.strategies import PromotionStage
from engine.model.strategy_check import StrategyFault
from engine.model.trade import TradeState
from engine.pipeline.shadow import ShadowMark
from engine.strategies.loader import load
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.broker import TroubledBroker
from tests.support.fakes.trades import PROPOSED_AT, a_signal, a_trade

Desk = Callable[..., EngineHarness]

DAY = timedelta(days=1)

ONE, OTHER = Request(by="U0ADMIN", said="/strategy"), Request(by="U0SECOND", said="/strategy")
CALM = """
name = "calm"
[rsi]
bars = 21
low = 30
high = 70
tenths = 8
[thresholds]
propose = 7
strong = 8
[exits]
stop = 0.02
target = 0.03
"""


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    """The file of a strategy that may trade live."""
    path = tmp_path / "calm.toml"
    path.write_text(CALM)
    return path


@pytest.fixture
def desk(tmp_path: Path, calm: Path) -> Iterator[Desk]:
    """Start desks on one folder, one after the other, with strategies in shadow."""
    with ExitStack() as stack:

        def started(**given: Any) -> EngineHarness:
            asked: dict[str, Any] = {"shadow_strategies": (str(calm), "trend")} | given
            made = EngineHarness.build(tmp_path, promotion_trades=3, promotion_days=2, **asked)
            stack.callback(made.close)
            made.engine.jobs.start()
            return made

        yield started


def in_shadow(harness: EngineHarness, name: str, *, trades: int, days: int) -> None:
    """Let a strategy have ended so many trades in shadow, on so many days."""
    strategy = load(name)
    with harness.store.writing() as transaction:
        ShadowMark(through=PROPOSED_AT, days=days).write(transaction, strategy.fingerprint)
        for number in range(trades):
            at = PROPOSED_AT + timedelta(minutes=number)
            kept = ShadowTrade(
                key=f"{strategy.fingerprint}:AAPL:{number}",
                cause=Cause.SHADOW,
                strategy=strategy.name,
                strategy_fingerprint=strategy.fingerprint,
                symbol="AAPL",
                bar=at,
                tenths=8,
                state=ShadowState.CLOSED,
                through=at,
                progress=None,
                shares=10,
                entry=Decimal(100),
                stop=Decimal(98),
                exit=Decimal(103 if number % 2 else 98),
                fees=Decimal(1),
            )
            transaction.save_shadow(kept)


def refused(harness: EngineHarness, name: str) -> tuple[object, ...]:
    with pytest.raises(PromotionRefused) as error:
        harness.engine.commands.promotion.ask(name, ONE)
    return tuple(error.value.facts.values())


def test_what_is_lacking_is_refused_with_the_figure(desk: Desk, calm: Path) -> None:
    harness = desk()
    assert refused(harness, "calm") == ("calm", "trades", 0, 3)
    in_shadow(harness, str(calm), trades=3, days=1)
    assert refused(harness, "calm") == ("calm", "days", 1, 2)
    assert refused(harness, "seed")[:2] == ("seed", "is_live")
    assert refused(harness, "trend")[:2] == ("trend", "not_live")
    with pytest.raises(UnknownStrategy) as error:
        harness.engine.commands.promotion.ask("clam", ONE)
    assert error.value.facts["nearest"] == "calm"
    assert harness.engine.queries.strategies.all().pending is None


def test_two_people_promote_it_and_it_trades_from_the_next_start(desk: Desk, calm: Path) -> None:
    harness = desk()
    in_shadow(harness, str(calm), trades=4, days=2)
    with pytest.raises(NothingPending):
        harness.engine.commands.promotion.confirm(OTHER)
    harness.engine.commands.promotion.ask("calm", ONE)
    with pytest.raises(OtherNeeded):
        harness.engine.commands.promotion.confirm(ONE)
    assert harness.engine.queries.strategies.all().next == ""
    harness.engine.commands.promotion.confirm(OTHER)
    told = harness.engine.queries.strategies.all()
    assert (told.next, told.pending, told.lines[0].name) == ("calm", None, "seed")
    assert [each.stage for each in harness.told_of(StrategyChange)] == [PromotionStage.ASKED, PromotionStage.CONFIRMED]
    with harness.store.reading() as reader:
        actions = [(each.action, each.actor) for each in reader.audit(subject="strategy")]
    assert actions == [("strategy confirmed", OTHER.by), ("strategy asked", ONE.by)]
    assert harness.engine.queries.strategies.sources().live == "seed"
    again = desk()
    assert again.engine.queries.strategies.all().lines[0].name == "calm"
    assert again.engine.queries.strategies.all().next == ""
    sources = again.engine.queries.strategies.sources()
    assert (sources.live, sources.sources) == ("calm", {"calm": str(calm), "trend": "trend", "seed": "seed"})


def test_it_lapses_where_its_file_or_the_configured_strategy_changed_since(
    desk: Desk, tmp_path: Path, calm: Path
) -> None:
    harness = desk()
    in_shadow(harness, str(calm), trades=4, days=2)
    harness.engine.commands.promotion.ask("calm", ONE)
    harness.engine.commands.promotion.confirm(OTHER)
    other = tmp_path / "other.toml"
    other.write_text(CALM.replace("calm", "other").replace("21", "14"))
    assert desk(strategy=str(other)).engine.queries.strategies.all().lines[0].name == "other"
    calm.write_text(CALM.replace("0.02", "0.05"))
    assert desk().engine.queries.strategies.all().lines[0].name == "seed"


@pytest.mark.parametrize("end", ["withdrawn", "expired", "role_gone"])
def test_what_was_taken_back_expired_or_asked_by_who_may_not_any_more_is_not_confirmed(
    desk: Desk, calm: Path, end: str
) -> None:
    harness = desk()
    in_shadow(harness, str(calm), trades=4, days=2)
    harness.engine.commands.promotion.ask("calm", ONE)
    if end == "withdrawn":
        harness.engine.commands.promotion.withdraw(OTHER)
    elif end == "expired":
        harness.clock.advance(3_601)
    else:
        harness.engine.commands.ask_about_people(lambda user, _verb: user != ONE.by)
    with pytest.raises(NothingPending):
        harness.engine.commands.promotion.confirm(OTHER)


class PaperLine(TroubledBroker):
    """A broker that says that it trades on paper."""

    label = "paper"


class LiveBroker(TroubledBroker):
    """A broker that says that it trades real money."""

    label = "alpaca-live"


def test_live_money_needs_as_many_trades_on_paper(desk: Desk, calm: Path) -> None:
    paper = desk(on=lambda made: replace(made, broker=PaperLine(made.broker)))
    in_shadow(paper, str(calm), trades=4, days=2)
    traded(paper, str(calm), days=(0, 0, 1))
    live = desk(on=lambda made: replace(made, broker=LiveBroker(made.broker)), at=PROPOSED_AT + 5 * DAY)
    assert live.engine.commands.promotion.ask("calm", ONE).name == "calm"


def test_trades_of_real_money_are_none_on_paper(desk: Desk, calm: Path) -> None:
    live = desk(on=lambda made: replace(made, broker=LiveBroker(made.broker)))
    in_shadow(live, str(calm), trades=4, days=2)
    traded(live, str(calm), days=(0, 0, 1))
    assert refused(live, "calm") == ("calm", "paper_trades", 0, 3)


def traded(harness: EngineHarness, name: str, *, days: tuple[int, ...]) -> None:
    """Let the desk have closed a trade of a strategy on each of some days."""
    fingerprint = load(name).fingerprint
    for number, day in enumerate(days):
        at = harness.clock.now() + day * DAY + timedelta(minutes=number)
        trade = a_trade(id=f"AAPL_{number}", proposed_at=at, signal=a_signal(strategy_fingerprint=fingerprint))
        with harness.store.writing() as transaction:
            transaction.propose(trade)
            for state in (TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSED):
                trade = transaction.move(replace(trade, decided_at=at, closed_at=at), state)


def test_a_strategys_figures_are_those_of_its_trades(desk: Desk, calm: Path) -> None:
    harness = desk()
    in_shadow(harness, str(calm), trades=40, days=7)
    line = harness.engine.queries.strategies.named("calm")
    assert (line.trades, line.days, line.is_live) == (40, 7, False)
    assert line.mean == pytest.approx((20 * 1.5 - 20 * 1.0 - 40 * 0.05) / 40)  # a dollar of fees is 0.05 R
    assert line.interval is not None
    assert line.mean is not None
    assert line.interval.low < line.mean < line.interval.high
    assert harness.engine.queries.strategies.named(line.fingerprint[:8]) == line


def test_a_class_is_promoted_by_two_people_and_checked_each_time(desk: Desk) -> None:
    bounces = "tests.support.code_strategies:Bounces"
    harness = desk(shadow_strategies=(bounces,))
    in_shadow(harness, bounces, trades=4, days=2)
    harness.engine.commands.promotion.ask("bounces", ONE)
    harness.engine.commands.promotion.confirm(OTHER)
    assert harness.strategies.checked == [bounces] * 3  # at the start, as it was asked for, and as it was confirmed
    again = desk(shadow_strategies=(bounces,))
    assert again.engine.queries.strategies.all().lines[0].name == "bounces"


@pytest.mark.parametrize("late", [False, True], ids=["as it is asked for", "as it is confirmed"])
def test_a_class_that_looks_ahead_by_now_is_not_promoted(desk: Desk, *, late: bool) -> None:
    bounces = "tests.support.code_strategies:Bounces"
    harness = desk(shadow_strategies=(bounces,))
    in_shadow(harness, bounces, trades=4, days=2)
    promotion = harness.engine.commands.promotion
    if late:
        promotion.ask("bounces", ONE)
    harness.strategies.faults[bounces] = StrategyFault.LOOKS_AHEAD
    with pytest.raises(PromotionRefused) as error:
        promotion.confirm(OTHER) if late else promotion.ask("bounces", ONE)
    assert error.value.facts["lack"] == "not_live"
    assert "may not trade (looks ahead)" in str(error.value.facts["why"])
    assert harness.engine.queries.strategies.all().next == ""
