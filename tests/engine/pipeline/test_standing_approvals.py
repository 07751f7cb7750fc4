"""What people approved beforehand: never past a bound, never after it was taken back, and always named."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.adapters.earnings import EarningsFile
from engine.adapters.factory import Adapters
from engine.adapters.sql.store import open_store
from engine.errors import BadStanding, OtherMustApprove, RequestRefused, StandingOver
from engine.model.desk import Request
from engine.model.notices.proposals import StandingAsked, StandingChange, StandingStep, StandingUsed
from engine.model.origin import Origin, Source
from engine.model.standing import StandingApproval, StandingTerms
from engine.model.trade import Trade, TradeState
from engine.ports.store import Store
from tests.support.databases import sqlite_at
from tests.support.engine_harness import EngineHarness
from tests.support.fakes import worked_example
from tests.support.fakes.trades import a_trade
from tests.support.fakes.worked_example import AT, TRADE_ID

GIVER, SECOND, THIRD = Request(by="U0GIVER"), Request(by="U0SECOND"), Request(by="U0THIRD")
SEQUENCES = int(os.environ.get("SEQUENCES", "10000"))
RACES = int(os.environ.get("RACES", "20"))
"""How often an approval is used and taken back at once, on each database."""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A desk whose database another process uses as well."""

    desk: EngineHarness
    elsewhere: Store


def terms(**given: Any) -> StandingTerms:
    usual: dict[str, Any] = {
        "symbols": ("AAPL", "MSFT"),
        "most_dollars": Decimal(80_000),
        "least_tenths": 9,
        "until": AT + timedelta(hours=5),
        "uses": 3,
    }
    return StandingTerms(**usual | given)


@pytest.fixture(name="desk")
def _desk(harness: EngineHarness) -> EngineHarness:
    """The example's desk before its signal; its trade scores 1.5 and costs about $76,900."""
    return harness


@pytest.fixture(name="careful")
def _careful(tmp_path: Path) -> Iterator[EngineHarness]:
    """The same where two people must approve."""
    harness = EngineHarness.at_the_example(tmp_path, second_approver_over=20_000)
    yield harness
    harness.close()


def give(desk: EngineHarness, request: Request = GIVER, **given: Any) -> StandingApproval:
    return desk.engine.commands.standing.ask(terms(**given), request)


def after_the_signal(desk: EngineHarness) -> Trade:
    assert desk.play_the_signal() is not None
    return desk.trade()


def left(desk: EngineHarness) -> dict[str, int]:
    return {each.id: each.left for each in desk.engine.commands.standing.current()}


def test_what_it_covers_is_bought_and_says_under_which(desk: EngineHarness) -> None:
    given = give(desk)
    trade = after_the_signal(desk)
    assert (trade.state, trade.decided_by) == (TradeState.OPEN, given.id)
    assert left(desk) == {given.id: 2}
    [used] = desk.told_of(StandingUsed)
    assert (used.trade_id, used.approval.id, used.approval.left) == (TRADE_ID, given.id, 2)
    with desk.store.reading() as reader:
        assert (given.id, "approved") in [(row.actor, row.action) for row in reader.audit(subject=TRADE_ID)]
        assert [row.action for row in reader.audit(subject=given.id)] == ["standing asked"]


@pytest.mark.parametrize(
    "given",
    [
        {"symbols": ("MSFT",)},
        {"most_dollars": Decimal(76_927)},
        {"most_dollars": Decimal(77_000)},  # which the slippage that is allowed for passes
        {"until": AT + timedelta(seconds=10)},
    ],
)
def test_what_is_past_a_bound_waits_for_people(desk: EngineHarness, given: dict[str, Any]) -> None:
    standing = give(desk, **given)
    trade = after_the_signal(desk)
    assert trade.state is TradeState.PROPOSED
    assert desk.asked() == [TRADE_ID]
    assert left(desk).get(standing.id, 3) == 3


def test_a_score_under_the_least_waits_for_people(tmp_path: Path) -> None:
    desk = EngineHarness.at_the_example(tmp_path)
    give(desk, least_tenths=15)
    desk.news.lines.clear()  # without them it scores 1.0
    assert desk.play_the_signal() is not None
    assert desk.trade().state is TradeState.PROPOSED
    desk.close()


def test_where_two_must_approve_it_is_good_once_another_person_countersigned(careful: EngineHarness) -> None:
    asked = give(careful)
    assert after_the_signal(careful).state is TradeState.PROPOSED
    with pytest.raises(BadStanding):
        careful.engine.commands.standing.confirm(asked.id, GIVER)
    given = careful.engine.commands.standing.confirm(asked.id, SECOND)
    assert given.givers == (GIVER.by, SECOND.by)
    careful.engine.commands.approve(TRADE_ID, careful.TRADER, under=given.id)
    assert careful.trade().state is TradeState.OPEN  # over the sum: two people approved it beforehand
    assert [told.step for told in careful.told_of(StandingChange)] == [StandingStep.GIVEN]


def before_earnings(tmp_path: Path) -> Callable[[Adapters], Adapters]:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\nAAPL,2025-08-21\n", encoding="utf-8")
    return lambda adapters: replace(adapters, earnings=EarningsFile(path))


def test_before_earnings_that_two_must_see_one_persons_standing_approval_buys_nothing(tmp_path: Path) -> None:
    """One that was given while nothing asked for two, and one that is given since."""
    guard: dict[str, Any] = {"no_entry_days_before_earnings": 2, "earnings_file": str(tmp_path / "earnings.csv")}
    plain = EngineHarness.build(tmp_path, cash=worked_example.CASH)
    old = give(plain)
    assert old.is_given
    plain.close()
    desk = EngineHarness.at_the_example(tmp_path, on=before_earnings(tmp_path), earnings_guard="second", **guard)
    assert after_the_signal(desk).state is TradeState.PROPOSED
    with pytest.raises(StandingOver):
        desk.engine.commands.approve(TRADE_ID, SECOND, under=old.id)
    assert give(desk).needs_second
    desk.close()


def test_it_is_revoked_by_one_tap_of_anybody_who_may(desk: EngineHarness) -> None:
    given = give(desk)
    desk.engine.commands.standing.revoke(given.id, THIRD)
    assert left(desk) == {}
    assert after_the_signal(desk).state is TradeState.PROPOSED
    for verb in (desk.engine.commands.standing.revoke, desk.engine.commands.standing.confirm):
        with pytest.raises(StandingOver):
            verb(given.id, THIRD)
    with pytest.raises(StandingOver):
        desk.engine.commands.approve(TRADE_ID, GIVER, under=given.id)
    assert desk.trade().state is TradeState.PROPOSED


def test_it_ends_with_the_role_of_whoever_gave_it(careful: EngineHarness) -> None:
    given = careful.engine.commands.standing.confirm(give(careful).id, SECOND)
    here = {GIVER.by, SECOND.by}
    careful.engine.commands.ask_about_people(lambda user, _verb: user in here)
    for gone in (GIVER, SECOND):
        here = {GIVER.by, SECOND.by} - {gone.by}
        assert careful.engine.commands.standing.covering(after_the_signal_or_now(careful)) == ""
        with pytest.raises(StandingOver):
            careful.engine.commands.approve(TRADE_ID, THIRD, under=given.id)


def after_the_signal_or_now(desk: EngineHarness) -> Trade:
    with desk.store.reading() as reader:
        return reader.trade(TRADE_ID) or after_the_signal(desk)


@pytest.mark.parametrize("source", [Source.DESK, Source.WEBHOOK, Source.MCP])
def test_it_never_covers_what_somebody_asked_for(desk: EngineHarness, source: Source) -> None:
    given = give(desk, least_tenths=1)
    trade = desk.buy_by_hand(source)
    desk.engine.jobs.decide_proposals()
    assert desk.trade(trade.id).state is TradeState.PROPOSED
    with pytest.raises(RequestRefused) as refused:
        desk.engine.commands.approve(trade.id, Request(by=given.id), under=given.id)
    assert isinstance(refused.value, OtherMustApprove | StandingOver)
    assert left(desk) == {given.id: 3}


def test_a_halt_and_a_restart_leave_it_and_nothing_is_bought_while_halted(desk: EngineHarness) -> None:
    given = give(desk)
    desk.engine.commands.halt(EngineHarness.TRADER)
    assert desk.play_the_signal() is None
    assert {each.id for each in desk.born_again().commands.standing.current()} == {given.id}


def test_auto_mode_stays_the_widest_and_uses_none(tmp_path: Path) -> None:
    desk = EngineHarness.at_the_example(tmp_path, auto_mode=True)
    given = give(desk)
    assert after_the_signal(desk).state is TradeState.OPEN
    assert left(desk) == {given.id: 3}
    desk.close()


BAD: list[tuple[str, dict[str, Any]]] = [
    ("until", {"until": AT - timedelta(minutes=5)}),
    ("until", {"until": AT + timedelta(days=2)}),
    ("symbol", {"symbols": ()}),
    ("symbol", {"symbols": ("AAPL", "APPL")}),
    ("dollars", {"most_dollars": Decimal(0)}),
    ("dollars", {"most_dollars": Decimal("NaN")}),
    ("dollars", {"most_dollars": Decimal(10_000_000)}),
    ("uses", {"uses": 0}),
    ("uses", {"uses": 51}),
    ("uses", {"uses": 21}),  # over MAX_TRADES_A_DAY
    ("score", {"least_tenths": 0}),
    ("score", {"least_tenths": 16}),
]


@pytest.mark.parametrize(("field", "given"), BAD)
def test_what_makes_no_sense_is_refused_by_its_name(desk: EngineHarness, field: str, given: dict[str, Any]) -> None:
    with pytest.raises(BadStanding) as refused:
        give(desk, **given)
    assert refused.value.facts["field"] == field
    assert left(desk) == {}
    assert desk.told_of(StandingAsked) == []


def test_there_are_never_more_than_ten(desk: EngineHarness) -> None:
    for _ in range(10):
        give(desk)
    with pytest.raises(BadStanding):
        give(desk)


def test_no_random_sequence_passes_a_bound(desk: EngineHarness) -> None:
    """Ask, countersign, revoke, wait and use at random; a use past a bound, or of one that is over, never succeeds."""
    standing, random = desk.engine.commands.standing, Random(7)  # noqa: S311 repeatable, not secret
    limits, begun = desk.engine.commands.standing._limits.now, desk.clock.now()  # noqa: SLF001 the slippage in force
    uses = 0
    for sequence in range(SEQUENCES):
        given = StandingApproval(
            id="S1",
            terms=terms(
                symbols=tuple(random.sample(("AAPL", "MSFT", "TSLA"), random.randint(1, 3))),
                most_dollars=Decimal(random.randint(1_000, 90_000)),
                least_tenths=random.randint(1, 15),
                until=begun + timedelta(seconds=random.randint(1, 600)),
                uses=random.randint(1, 3),
            ),
            by=GIVER.by,
            asked_at=begun,
            needs_second=random.random() < 0.5,
        )
        known, at = given, begun
        for _ in range(random.randint(1, 8)):
            act = random.random()
            if act < 0.2:
                known = replace(known, confirmed_by=SECOND.by)
            elif act < 0.3:
                known = replace(known, revoked_by=THIRD.by)
            elif act < 0.5:
                at += timedelta(seconds=random.randint(1, 300))
            else:
                trade = a_random_trade(random)
                if not known.covers(trade, at, limits.slippage):
                    continue
                known, uses = replace(known, used=known.used + 1), uses + 1
                assert known.used <= given.terms.uses, sequence
                assert trade.symbol in given.terms.symbols, sequence
                assert trade.shares * trade.sizing.entry * (1 + limits.slippage) <= given.terms.most_dollars, sequence
                assert trade.signal.tenths >= given.terms.least_tenths, sequence
                assert trade.source is Source.STRATEGY, sequence
                assert at < given.terms.until, sequence
                assert not known.revoked_by, sequence
                assert known.confirmed_by or not given.needs_second, sequence
    assert uses > SEQUENCES / 100
    assert standing.current() == ()


def a_random_trade(random: Random) -> Trade:
    trade, shares = a_trade(), random.randint(1, 600)
    source = random.choice((Source.STRATEGY, Source.STRATEGY, Source.DESK, Source.WEBHOOK, Source.MCP))
    components = (replace(trade.signal.components[0], tenths=random.randint(-15, 15)),)
    signal = replace(trade.signal, components=components, origin=Origin(source=source))
    return replace(trade, symbol=random.choice(("AAPL", "MSFT", "TSLA", "IBM")), shares=shares, signal=signal)


@pytest.fixture(name="shared", params=["sqlite", "postgresql"])
def _shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    """A desk, and the connections of another process to its database."""
    is_file = request.param == "sqlite"
    url = sqlite_at(tmp_path / "shared.db") if is_file else request.getfixturevalue("postgres").new_database()
    with closing(open_store(url)) as store, closing(open_store(url)) as elsewhere:
        built = EngineHarness.build(tmp_path, on=lambda adapters: replace(adapters, store=store))
        with closing(built.store):
            yield Shared(desk=replace(built, store=store), elsewhere=elsewhere)
            built.broker.stop()


def test_of_a_use_and_a_revocation_at_once_one_comes_first_and_nothing_is_bought_later(shared: Shared) -> None:
    """The database decides: each race ends as used and then revoked, or as revoked and never used."""
    desk, standing = shared.desk, shared.desk.engine.commands.standing
    limits, trade, used = standing._limits.now, a_trade(), 0  # noqa: SLF001

    def use(standing_id: str, start: threading.Barrier, revoked: threading.Event) -> bool:
        """Use one in another process, and tell whether that came first."""
        start.wait()
        was_revoked = revoked.is_set()
        try:
            with shared.elsewhere.writing() as transaction:
                standing.use(transaction, standing_id, replace(trade, id=f"AAPL_{standing_id}"), limits, two=False)
        except StandingOver:
            return False
        assert not was_revoked
        return True

    with ThreadPoolExecutor(1) as another:
        for _ in range(RACES):
            given, start, revoked = give(desk), threading.Barrier(2), threading.Event()
            race = another.submit(use, given.id, start, revoked)
            start.wait()
            taken_back = standing.revoke(given.id, THIRD)
            revoked.set()
            assert race.result(30) == bool(taken_back.used)  # what the revocation found is what there ever was
            used += taken_back.used
            with pytest.raises(StandingOver), shared.elsewhere.writing() as transaction:
                standing.use(transaction, given.id, trade, limits, two=False)
    with desk.store.reading() as reader:
        told = [each.notice for each in reader.waiting(10_000) if isinstance(each.notice, StandingUsed)]
    assert len(told) == used
