"""What one strategy proposed is not bought by another one, and the desk learns that another one is in force."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.bootstrap import Engine, wire
from engine.common.strategy_in_force import LEADS, StrategyInForce
from engine.errors import OtherStrategy, RequestRefused
from engine.model.desk import OWN_ACCORD
from engine.model.notices.desk import StrategySwitched
from engine.model.trade import TradeState
from engine.strategies.loader import FOLDER
from tests.support.alpaca_desk import AtAlpaca
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.worked_example import TRADE_ID

SEED = (FOLDER / "seed.toml").read_text("utf-8")
CHANGES = {
    "its exits": (("stop = 0.015", "stop = 0.1"), ("target = 0.03", "target = 0.3")),
    "its thresholds": (("propose = 7", "propose = 19"), ("strong = 12", "strong = 20")),
    "its name and stop": (('"seed"', '"wide"'), ("stop = 0.015", "stop = 0.016")),
}


@dataclass(frozen=True, kw_only=True)
class Changeable:
    """A desk with a proposal, by a strategy whose file changes between its lives."""

    desk: AtAlpaca
    file: Path

    def change(self, what: str) -> None:
        text = SEED
        for old, new in CHANGES[what]:
            assert old in text
            text = text.replace(old, new)
        self.file.write_text(text, "utf-8")

    def wired(self) -> Engine:
        """Return another process on the same books, by the strategy that the file has now."""
        return wire(self.desk.harness.settings, self.desk.adapters)

    def next_life(self) -> Engine:
        engine = self.wired()
        engine.jobs.start()
        return engine

    def told(self) -> list[StrategySwitched]:
        return self.desk.harness.told_of(StrategySwitched)


@pytest.fixture
def changeable(tmp_path: Path) -> Iterator[Changeable]:
    file = tmp_path / "mine.toml"
    file.write_text(SEED, "utf-8")
    with AtAlpaca.open(tmp_path, strategy=str(file)) as desk:
        desk.harness.engine.jobs.start()
        desk.harness.play_the_signal()
        yield Changeable(desk=desk, file=file)


@pytest.mark.parametrize("what", CHANGES)
def test_an_approval_after_the_strategy_switched_is_refused_and_nothing_is_bought(
    changeable: Changeable, what: str
) -> None:
    changeable.change(what)
    engine = changeable.next_life()
    with pytest.raises(OtherStrategy) as refused:
        engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    trade = changeable.desk.harness.trade()
    assert refused.value.facts["proposed_by"] == f"seed ({trade.signal.strategy_fingerprint[:8]})"
    assert (trade.state, trade.reason) == (TradeState.REFUSED, "other_strategy")
    assert changeable.desk.bought() == []


def test_auto_mode_does_not_buy_it_either(changeable: Changeable) -> None:
    changeable.change("its exits")
    engine = changeable.next_life()
    engine.commands.set_auto(on=True, request=EngineHarness.ADMIN)
    with pytest.raises(OtherStrategy):
        engine.commands.approve(TRADE_ID, OWN_ACCORD)
    assert changeable.desk.bought() == []


def test_its_number_of_shares_is_not_changed(changeable: Changeable) -> None:
    changeable.change("its exits")
    engine = changeable.next_life()
    with pytest.raises(OtherStrategy):
        engine.commands.resize(TRADE_ID, 100, EngineHarness.TRADER)
    assert (changeable.desk.harness.trade().state, changeable.desk.harness.trade().shares) == (
        TradeState.PROPOSED,
        512,
    )


def test_what_was_approved_before_the_strategy_switched_is_not_sent_after_it(changeable: Changeable) -> None:
    changeable.desk.harness.approved_but_not_sent()
    changeable.change("its exits")
    engine = changeable.next_life()
    engine.jobs.reconcile()
    trade = changeable.desk.harness.trade()
    assert (trade.state, trade.reason, changeable.desk.bought()) == (TradeState.CANCELLED, "other_strategy", [])


def test_a_process_sends_nothing_by_its_strategy_once_another_one_leads_by_its_own(changeable: Changeable) -> None:
    changeable.change("its exits")
    changeable.next_life()
    with pytest.raises(RequestRefused):
        changeable.desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert changeable.desk.bought() == []


def test_an_order_on_its_way_is_held_back_where_another_strategy_leads_by_then(changeable: Changeable) -> None:
    approved = changeable.desk.harness.approved_but_not_sent()
    with changeable.desk.harness.store.writing() as transaction:
        transaction.set_setting(LEADS, StrategyInForce(name="wide", fingerprint="b7710e4d").kept)
    with pytest.raises(OtherStrategy):
        changeable.desk.harness.engine.jobs.order_flow.execute(approved)
    trade = changeable.desk.harness.trade()
    assert (trade.state, trade.reason, changeable.desk.bought()) == (TradeState.CANCELLED, "other_strategy", [])


def test_a_standby_by_another_strategy_buys_nothing_and_changes_nothing_for_who_leads(changeable: Changeable) -> None:
    changeable.change("its exits")
    standby = changeable.wired()
    with pytest.raises(OtherStrategy):
        standby.commands.resize(TRADE_ID, 100, EngineHarness.TRADER)
    changeable.desk.harness.engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert changeable.desk.bought() == [512]
    assert changeable.told() == []


def test_the_same_strategy_buys_after_a_restart_what_it_proposed(changeable: Changeable) -> None:
    changeable.file.write_text(SEED.replace('"seed"', '"renamed"'), "utf-8")
    engine = changeable.next_life()
    engine.commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert (changeable.desk.bought(), changeable.told()) == ([512], [])


def test_a_proposal_of_which_no_strategy_was_kept_is_bought_as_before(changeable: Changeable) -> None:
    trade = changeable.desk.harness.trade()
    old = replace(
        trade,
        id=f"MSFT_{TRADE_ID.partition('_')[2]}",
        symbol="MSFT",
        signal=replace(trade.signal, symbol="MSFT", strategy_fingerprint=""),
    )
    changeable.change("its exits")
    engine = changeable.next_life()
    with changeable.desk.harness.store.writing() as transaction:
        transaction.propose(old)
    assert engine.commands.resize(old.id, 1, EngineHarness.TRADER).shares == 1


def test_another_strategy_is_told_and_audited_once_with_both_names(changeable: Changeable) -> None:
    changeable.change("its name and stop")
    changeable.next_life()
    changeable.next_life()
    (told,) = changeable.told()
    assert (told.before[:6], told.after[:6]) == ("seed (", "wide (")
    with changeable.desk.harness.store.reading() as reader:
        written = [entry.outcome for entry in reader.audit(limit=100) if entry.action == "strategy"]
    assert written == [f"{told.before} -> {told.after}"]


def test_a_change_back_is_told_again(changeable: Changeable) -> None:
    changeable.change("its exits")
    changeable.next_life()
    changeable.file.write_text(SEED, "utf-8")
    changeable.desk.harness.clock.advance(1)
    changeable.next_life()
    first, second = changeable.told()
    assert (first.before, first.after) == (second.after, second.before)
    changeable.next_life().commands.approve(TRADE_ID, EngineHarness.TRADER)
    assert changeable.desk.bought() == [512]


def test_the_first_start_that_keeps_its_strategy_compares_it_with_the_newest_signal(changeable: Changeable) -> None:
    with changeable.desk.harness.store.writing() as transaction:
        transaction.set_setting(LEADS, "")
    changeable.change("its exits")
    changeable.next_life()
    assert len(changeable.told()) == 1
