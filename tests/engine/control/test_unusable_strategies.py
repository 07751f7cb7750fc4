"""A strategy that cannot be used at a restart leaves a desk that takes exits only, says why, and goes on watching."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.sql.store import open_store
from engine.bootstrap import FIRST_START, Engine
from engine.common.strategy_in_force import StrategyInForce
from engine.control.known_strategies import KnownStrategies
from engine.control.promoted_strategy import PROMOTED, written
from engine.errors import DeskNotActive, NoUsableStrategy, PromotionRefused, SettingsInvalid
from engine.model.desk import DeskState
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.base import Notice, NoticeKind
from engine.model.notices.desk import DeskReducing, DeskResumed, StrategySwitched, StrategyUnusable
from engine.model.notices.trades import TimeExit
from engine.model.origin import Source
from engine.model.strategy_check import StrategyCheck
from engine.model.trade import TradeState
from engine.strategies.loader import FOLDER, load
from tests.support.databases import sqlite_at
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.strategies import InProcessStrategies
from tests.support.fakes.worked_example import CASH, POSITIONS, PRICES, TRADE_ID

SEED = (FOLDER / "seed.toml").read_text("utf-8")
MINE = SEED.replace('"seed"', '"mine"').replace("# before_close_minutes", "before_close_minutes")
CALM = SEED.replace('"seed"', '"calm"').replace("low = 35", "low = 30")


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "mine.toml: cannot be read (No such file or directory)"),
    "empty": (lambda file: file.write_text(""), "mine.toml:1: the name is ''"),
    "half a table": (lambda file: file.write_text(MINE[: MINE.index("width")]), "[bollinger] lacks 'width'"),
    "half a line": (lambda file: file.write_text(MINE[: MINE.index("low = ") + 6]), "mine.toml:8: this is not TOML"),
    "not UTF-8": (lambda file: file.write_bytes(MINE.encode("utf-16")), "mine.toml: is no UTF-8 text"),
    "a wrong type": (lambda file: file.write_text(MINE.replace("bars = 14", 'bars = "14"')), "rsi.bars is 14"),
    "a number of 5,000 digits": (
        lambda file: file.write_text(MINE.replace("bars = 14", f"bars = {'9' * 5_000}")),
        "this is not TOML",
    ),
    "an exponent without end": (
        lambda file: file.write_text(MINE.replace("stop = 0.015", f"stop = 1e{'9' * 30}")),
        "this is not TOML",
    ),
    "a folder": (_folder, "mine.toml: cannot be read (Is a directory)"),
    "a pipe": (_pipe, "mine.toml: is no file"),
    "behind a file": (lambda file: file.write_text(MINE.replace("target = 0.03", "target = 3")), "no target under 1"),
}


class Desk:
    """The example's desk, with two positions and a strategy in a file, and its next lives on the same books."""

    def __init__(self, folder: Path, **given: Any) -> None:
        self.file = folder / "mine.toml"
        self.file.write_text(MINE)
        self.harness = EngineHarness.at_the_example(folder, strategy=str(self.file), **given)

    def next_life(self, change: Callable[[Path], object] = lambda _: None) -> Engine:
        change(self.file)
        engine = self.harness.born_again()
        engine.commands.ask_about_people(lambda _user, _verb: True)
        engine.jobs.start()
        return engine

    def mend(self) -> Engine:
        return self.next_life(lambda file: file.write_text(MINE))

    def play(self, engine: Engine) -> None:
        """Let the example's signal come in with a life's engine."""
        replace(self.harness, engine=engine).play_the_signal()

    def told(self, kind: type[Notice]) -> list[Notice]:
        return list(self.harness.told_of(kind))

    def state(self) -> tuple[DeskState, str]:
        with self.harness.store.reading() as reader:
            return reader.desk().state, reader.desk().reason

    def trades(self, *states: TradeState) -> list[str]:
        with self.harness.store.reading() as reader:
            return [trade.id for trade in reader.trades(set(states))]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.harness.close()


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_restart_with_it_takes_exits_only_and_tells_which_line_is_wrong(desk: Desk, what: str) -> None:
    change, said = UNUSABLE[what]
    engine = desk.next_life(change)
    assert desk.state() == (DeskState.REDUCING, "strategy_unusable")
    (told,) = desk.harness.told_of(StrategyUnusable)
    assert told.is_live
    assert said in told.trouble
    assert told.trouble.startswith("STRATEGY: ")
    assert engine.queries.strategies.all().unusable == (told.trouble,)
    assert [str(notice.reason) for notice in desk.harness.told_of(DeskReducing)] == ["strategy_unusable"]
    engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    desk.play(engine)
    assert desk.trades(TradeState.PROPOSED, TradeState.APPROVED, TradeState.SUBMITTED) == []
    assert len(desk.trades(TradeState.OPEN)) == len(POSITIONS)


def test_what_is_held_is_protected_and_reconciled_as_before(desk: Desk) -> None:
    engine = desk.next_life(Path.unlink)
    engine.jobs.housekeeping()
    assert {order.symbol for order in desk.harness.broker.orders()} == {symbol for symbol, _, _ in PRICES}
    desk.harness.market.price("MSFT", "400.00")  # under its stop
    desk.harness.broker.look()
    engine.jobs.reconcile()
    assert desk.trades(TradeState.CLOSED) == ["MSFT_20250818_233000"]


def test_the_clock_sells_as_the_strategy_of_before_would_have(desk: Desk) -> None:
    engine = desk.next_life(Path.unlink)
    desk.harness.clock.set(desk.harness.clock.now().replace(hour=19, minute=46))
    for symbol, _, price in PRICES:
        desk.harness.market.price(symbol, price)
    engine.jobs.housekeeping()
    assert desk.told(TimeExit)


@pytest.mark.parametrize("anyway", [False, True])
def test_nobody_resumes_trading_without_one_whatever_was_proposed_or_is_asked_for(desk: Desk, *, anyway: bool) -> None:
    desk.harness.play_the_signal()
    engine = desk.next_life(Path.unlink)
    with pytest.raises(NoUsableStrategy):
        engine.commands.resume(EngineHarness.ADMIN, anyway=anyway)
    with pytest.raises(DeskNotActive):
        engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    with pytest.raises(DeskNotActive):
        engine.commands.buys.propose(
            ManualProposal(source=Source.DESK, symbol="MSFT", by="U0TRADER"), EngineHarness.TRADER
        )
    assert desk.state() == (DeskState.REDUCING, "strategy_unusable")
    assert desk.trades(TradeState.APPROVED, TradeState.SUBMITTED) == []


def test_what_was_approved_or_sent_without_an_answer_before_does_not_leave(desk: Desk) -> None:
    desk.harness.play_the_signal()
    desk.harness.submitted_but_not_sent()
    engine = desk.next_life(Path.unlink)
    for _ in range(4):
        desk.harness.clock.advance(5)
        engine.jobs.reconcile()
    assert TRADE_ID not in {order.client_order_id for order in desk.harness.broker.orders()}


def test_a_restart_with_the_file_put_right_trades_on_and_keeps_what_was_proposed(desk: Desk) -> None:
    desk.harness.play_the_signal()
    desk.next_life(lambda file: file.write_text("name ="))
    engine = desk.mend()
    assert desk.state()[0] is DeskState.ACTIVE
    assert len(desk.told(DeskResumed)) == 1
    assert desk.told(StrategySwitched) == []
    assert engine.commands.approve(TRADE_ID, EngineHarness.TRADER).state is TradeState.OPEN


def test_a_halt_stays_until_the_file_is_put_right_and_a_person_resumes(desk: Desk) -> None:
    desk.harness.engine.commands.halt(EngineHarness.ADMIN, "lunch")
    engine = desk.next_life(Path.unlink)
    with pytest.raises(NoUsableStrategy):
        engine.commands.resume(EngineHarness.ADMIN)
    assert desk.state() == (DeskState.HALTED, "lunch")
    engine = desk.mend()
    assert desk.state() == (DeskState.HALTED, "lunch")
    engine.commands.resume(EngineHarness.ADMIN)
    assert desk.state()[0] is DeskState.ACTIVE


def test_the_first_start_of_a_desk_that_holds_nothing_ends_with_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"STRATEGY: .*away\.toml: cannot be read") as error:
        EngineHarness.build(tmp_path, strategy=str(tmp_path / "away.toml"))
    assert "\n" not in str(error.value)
    with pytest.raises(SettingsInvalid, match="SHADOW_STRATEGIES: no strategy is called 'nonsense'"):
        EngineHarness.build(tmp_path, shadow_strategies=("nonsense",))
    harness = EngineHarness.build(tmp_path)  # what failed was no first start: AUTO_MODE is still to be taken over
    with harness.store.reading() as reader:
        assert reader.setting(FIRST_START) == "1"
    harness.close()


@pytest.mark.parametrize("is_away", [False, True])
def test_a_first_start_over_positions_or_without_an_answer_takes_exits_only(tmp_path: Path, *, is_away: bool) -> None:
    (folder := tmp_path / "paper").mkdir()
    before = EngineHarness.build(folder, cash=CASH)
    if is_away:
        before.line.is_away = True
    else:
        before.broker.seed(POSITIONS)
    harness = EngineHarness.build(
        tmp_path, strategy="away.toml", on=lambda adapters: replace(adapters, broker=before.line)
    )
    harness.engine.jobs.start()
    with harness.store.reading() as reader:
        assert reader.desk().state is DeskState.REDUCING
    assert harness.told_of(StrategyUnusable)
    harness.close()
    before.close()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("away.toml", "away.toml: cannot be read"),
        ("raises_at_import:Anything", "cannot be made: ZeroDivisionError"),
        ("leaves_at_import:Anything", "cannot be made: SystemExit"),
        ("half_written:Anything", "cannot be made: SyntaxError"),
        ("tests.support.odd_strategies:NotThere", "cannot be made: AttributeError"),
        ("tests.support.odd_strategies:FarExit", "its stop is 3 of the price"),
        ("tests.support.odd_strategies:PartAlone", "its exits have a partial; expected trail or trail_atr"),
        ("mine", "no strategy is called 'mine'"),
    ],
)
def test_one_that_was_to_run_in_shadow_is_left_out_and_told_and_the_desk_trades(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    for module, source in {"raises": "1 / 0", "leaves": "import sys; sys.exit(3)"}.items():
        (tmp_path / f"{module}_at_import.py").write_text(source)
    (tmp_path / "half_written.py").write_text("class Anything(")
    monkeypatch.syspath_prepend(tmp_path)
    EngineHarness.build(tmp_path).close()
    harness = EngineHarness.at_the_example(tmp_path, shadow_strategies=(name, "trend"))
    (told,) = harness.told_of(StrategyUnusable)
    assert not told.is_live
    assert said in told.trouble
    assert [each.name for each in harness.engine.queries.strategies.all().lines] == ["seed", "trend"]
    assert harness.play_the_signal() is not None
    harness.close()


def test_what_was_promoted_and_cannot_be_read_is_not_replaced_by_what_strategy_names(tmp_path: Path) -> None:
    calm = tmp_path / "calm.toml"
    calm.write_text(CALM)
    desk = Desk(tmp_path, shadow_strategies=("trend",))
    promoted = written(str(calm), "calm", load(calm).fingerprint, load(desk.file).fingerprint)
    with desk.harness.store.writing() as transaction:
        transaction.set_setting(PROMOTED, promoted)
    assert desk.next_life().queries.strategies.all().lines[0].name == "calm"
    engine = desk.next_life(lambda _: calm.write_text(CALM[:200]))
    assert desk.state() == (DeskState.REDUCING, "strategy_unusable")
    assert "the promoted strategy calm: " in desk.harness.told_of(StrategyUnusable)[0].trouble
    with pytest.raises(PromotionRefused) as error:
        _ask_for_trend(engine)
    assert error.value.facts["lack"] == "nothing_in_force"
    calm.write_text(CALM)
    assert desk.mend().queries.strategies.all().lines[0].name == "calm"
    assert desk.state()[0] is DeskState.ACTIVE
    desk.harness.close()


def _ask_for_trend(engine: Engine) -> None:
    engine.commands.promotion.ask("trend", EngineHarness.ADMIN)


def test_what_was_in_force_is_remembered_through_it(desk: Desk) -> None:
    desk.next_life(Path.unlink)
    with desk.harness.store.reading() as reader:
        leading = StrategyInForce.leading(reader)
        audited = [(each.action, each.outcome) for each in reader.audit(subject="")]
    assert leading is not None
    assert leading.name == "mine"
    assert ("strategy", "unusable") in audited


def test_each_start_with_it_tells_it_once(desk: Desk) -> None:
    desk.next_life(Path.unlink)
    desk.harness.clock.advance(timedelta(minutes=1).total_seconds())
    engine = desk.next_life()
    for _ in range(3):
        desk.harness.clock.advance(60)
        engine.jobs.reconcile()
    kinds = [notice.kind for notice in desk.harness.told()]
    assert kinds.count(NoticeKind.STRATEGY_UNUSABLE) == 2
    assert kinds.count(NoticeKind.REDUCING) == 1


class Meeting(InProcessStrategies):
    """Strategies of which each check waits until all others are under way, and ends when all of them have."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._all_here = threading.Barrier(size, timeout=30)
        self._loading = threading.Lock()  # a real check has a process to itself

    def check(self, source: str) -> StrategyCheck:
        self._all_here.wait()
        with self._loading:
            found = super().check(source)
        self._all_here.wait()
        return found


def test_strategies_in_python_are_checked_side_by_side_and_each_once(tmp_path: Path) -> None:
    names = [f"tests.support.code_strategies:{name}" for name in ("Bounces", "Busy", "Hair")]
    runner = Meeting(len(names))
    with closing(open_store(sqlite_at(tmp_path / "desk.db"))) as store:
        known = KnownStrategies.read(names[0], names, store, runner)
    assert (known.unusable, sorted(runner.checked)) == ((), sorted(names))
    assert (known.live.name, [each.name for each in known.shadows.values()]) == ("bounces", ["bounces", "busy", "hair"])
