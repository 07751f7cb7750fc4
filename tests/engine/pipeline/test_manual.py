"""What somebody asks for by hand, by webhook or by MCP: one proposal, sized and judged like the others, for people."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.earnings import EarningsFile
from engine.errors import (
    BadProposal,
    DeskNotActive,
    MarketClosed,
    NoPrice,
    NotProposable,
    OtherMustApprove,
    RequestRefused,
    RiskRefused,
    SecondNeeded,
)
from engine.model.calculation import Amount, AmountKind
from engine.model.desk import ENGINE, OWN_ACCORD, Request
from engine.model.manual_proposal import ManualProposal
from engine.model.notices.base import NoticeKind
from engine.model.origin import Source
from engine.model.risk import BindingLimit
from engine.model.trade import OrderRole, OrderState, Trade, TradeState
from engine.views.replay import recomputed
from tests.support.engine_harness import EngineHarness

ASKER, OTHER, THIRD = Request(by="U0TRADER", said="/buy"), Request(by="U0OTHER"), Request(by="U0THIRD")
ELSEWHERE = {Source.WEBHOOK: Request(by="webhook"), Source.MCP: Request(by="mcp")}


def shares(figure: str) -> Amount:
    return Amount(kind=AmountKind.SHARES, figure=Decimal(figure))


def asked(source: Source = Source.DESK, **given: Any) -> ManualProposal:
    key = "" if source is Source.DESK else "first"
    by = ASKER.by if source is Source.DESK else "trend"
    return ManualProposal(**{"source": source, "by": by, "symbol": "AAPL", "key": key} | given)


def buy(harness: EngineHarness, request: Request = ASKER, **given: Any) -> Trade:
    return harness.engine.commands.buys.propose(asked(**given), request).trade


def opened(tmp_path: Path, **given: Any) -> EngineHarness:
    """The example's desk at its prices, before any signal."""
    harness = EngineHarness.at_the_example(tmp_path, **given)
    for symbol, price in (("AAPL", "150.25"), ("MSFT", "420.80"), ("TSLA", "255.60")):
        harness.market.price(symbol, price)
    return harness


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[EngineHarness]:
    harness = opened(tmp_path)
    yield harness
    harness.close()


@pytest.fixture(name="careful")
def _careful(tmp_path: Path) -> Iterator[EngineHarness]:
    """A desk on which two people approve from $20,000 on."""
    harness = opened(tmp_path, second_approver_over=20_000)
    yield harness
    harness.close()


@pytest.mark.parametrize("source", [Source.DESK, Source.WEBHOOK, Source.MCP])
def test_it_is_sized_as_a_signal_is_and_says_who_asked(desk: EngineHarness, source: Source) -> None:
    trade = buy(desk, ELSEWHERE.get(source, ASKER), source=source, reason="breakout")
    assert (trade.shares, trade.sizing.cap) == (512, BindingLimit.RISK)
    assert (trade.stop, trade.target) == (Decimal("147.99"), Decimal("154.75"))
    stored = desk.engine.queries.trade(trade.id)
    assert (stored.source, stored.origin.note) == (source, "breakout")
    assert desk.asked() == [trade.id]
    with desk.store.reading() as reader:
        [row] = reader.audit(subject=trade.id)
        assert (row.action, row.outcome) == ("propose", "512 shares")
        assert row.why == f"{source} {stored.source_by}: breakout"
        assert recomputed(reader, trade.id).differences == 0
        assert not recomputed(reader, trade.id).faults


def test_size_stop_and_target_are_those_that_were_asked_for_until_the_end(desk: EngineHarness) -> None:
    trade = buy(desk, amount=shares("100"), stop=Decimal("148.005"), target=Decimal(160))
    assert (trade.shares, trade.stop, trade.target) == (100, Decimal("148.00"), Decimal(160))
    done = desk.engine.commands.approve(trade.id, OTHER)
    assert (done.state, done.filled_shares, done.stop, done.target) == (
        TradeState.OPEN,
        100,
        Decimal("148.00"),
        Decimal(160),
    )
    prices = {
        order.role: order.price for order in desk.broker.orders() if order.symbol == "AAPL" for order in order.legs
    }
    assert prices == {OrderRole.STOP: Decimal("148.00"), OrderRole.TARGET: Decimal(160)}
    with desk.store.reading() as reader:
        again = recomputed(reader, trade.id)
    assert (again.differences, again.faults) == (0, ())


@pytest.mark.parametrize(
    ("amount", "bought"),
    [
        (Amount(kind=AmountKind.DOLLARS, figure=Decimal(20_000)), 133),
        (Amount(kind=AmountKind.EQUITY, figure=Decimal("0.05")), 76),
        (Amount(kind=AmountKind.RISK, figure=Decimal("0.001")), 102),
    ],
)
def test_a_size_may_be_dollars_or_a_part_of_equity(desk: EngineHarness, amount: Amount, bought: int) -> None:
    assert buy(desk, amount=amount).shares == bought


SENSELESS: list[tuple[str, dict[str, Any]]] = [
    ("stop", {"stop": Decimal("150.25")}),
    ("stop", {"stop": Decimal(1502)}),
    ("stop", {"limit": Decimal(149), "stop": Decimal("149.50")}),
    ("stop", {"limit": Decimal("150.90"), "stop": Decimal("150.50")}),
    ("stop", {"stop": Decimal(0)}),
    ("stop", {"stop": Decimal("NaN")}),
    ("target", {"target": Decimal("150.25")}),
    ("target", {"target": Decimal(15)}),
    ("target", {"target": Decimal(15_000)}),
    ("target", {"target": Decimal(-1)}),
    ("limit", {"limit": Decimal(1_502)}),
    ("limit", {"limit": Decimal(15)}),
    ("limit", {"limit": Decimal("Infinity")}),
    ("size", {"amount": shares("0.5")}),
    ("size", {"amount": shares("0")}),
    ("size", {"amount": shares("-100")}),
    ("size", {"amount": shares("NaN")}),
    ("size", {"amount": shares("1e999999")}),
    ("size", {"amount": shares("1e-999999999")}),
    ("size", {"amount": Amount(kind=AmountKind.DOLLARS, figure=Decimal("1e-999999999"))}),
    ("size", {"amount": Amount(kind=AmountKind.DOLLARS, figure=Decimal("1e300000"))}),
    ("size", {"amount": Amount(kind=AmountKind.DOLLARS, figure=Decimal(100))}),
    ("symbol", {"symbol": "APPL"}),
    ("symbol", {"symbol": ""}),
]


@pytest.mark.parametrize(("field", "given"), SENSELESS)
def test_what_makes_no_sense_is_refused_by_its_name_and_changes_nothing(
    desk: EngineHarness, field: str, given: dict[str, Any]
) -> None:
    with pytest.raises(BadProposal) as refused:
        buy(desk, **given)
    assert refused.value.facts["field"] == field
    assert len(str(refused.value)) < 1_000
    nothing_was_proposed(desk)


def test_a_key_is_needed_from_elsewhere(desk: EngineHarness) -> None:
    for key in ("", "x" * 65, "né"):
        with pytest.raises(BadProposal) as refused:
            buy(desk, ELSEWHERE[Source.WEBHOOK], source=Source.WEBHOOK, key=key)
        assert refused.value.facts["field"] == "key"
    nothing_was_proposed(desk)


def nothing_was_proposed(desk: EngineHarness) -> None:
    assert desk.engine.queries.trades({TradeState.PROPOSED}) == ()
    assert desk.asked() == []


def test_more_than_the_rules_allow_is_refused_with_the_limit_that_binds(desk: EngineHarness) -> None:
    with pytest.raises(RiskRefused) as refused:
        buy(desk, amount=shares("513"))
    assert refused.value.facts == {
        "rule": BindingLimit.RISK,
        "asked": Decimal(513),
        "limit": Decimal(512),
        "unit": "shares",
    }
    with pytest.raises(RiskRefused):  # a wide stop leaves fewer
        buy(desk, amount=shares("200"), stop=Decimal(140))
    nothing_was_proposed(desk)


def test_every_other_rule_refuses_it_too(tmp_path: Path) -> None:
    desk = opened(tmp_path, min_volume=2_000_000)
    with pytest.raises(RiskRefused) as refused:
        buy(desk)
    assert refused.value.facts["rule"] == "min_volume"
    nothing_was_proposed(desk)
    desk.close()


def test_a_halted_desk_proposes_nothing(desk: EngineHarness) -> None:
    desk.engine.commands.halt(EngineHarness.TRADER)
    with pytest.raises(DeskNotActive):
        buy(desk)
    nothing_was_proposed(desk)


def test_nothing_is_proposed_while_the_market_is_closed_or_without_a_price(desk: EngineHarness) -> None:
    desk.clock.advance(3_600)  # what was the last price is none any more
    with pytest.raises(NoPrice):
        buy(desk)
    desk.clock.set(desk.clock.now().replace(hour=3))
    with pytest.raises(MarketClosed):
        buy(desk)
    nothing_was_proposed(desk)


def test_a_symbol_that_waits_or_was_just_decided_is_not_proposed_again(desk: EngineHarness) -> None:
    trade = buy(desk)
    with pytest.raises(NotProposable) as refused:
        buy(desk)
    assert (refused.value.facts["reason"], refused.value.facts["state"]) == ("symbol_taken", "proposed")
    desk.engine.commands.reject(trade.id, OTHER)
    with pytest.raises(NotProposable) as refused:
        buy(desk)
    assert refused.value.facts["reason"] == "symbol_rests"


@pytest.mark.parametrize("source", [Source.DESK, Source.WEBHOOK, Source.MCP])
def test_auto_mode_never_buys_what_somebody_asked_for(tmp_path: Path, source: Source) -> None:
    desk = opened(tmp_path, auto_mode=True)
    trade = buy(desk, ELSEWHERE.get(source, ASKER), source=source)
    for _ in range(3):
        desk.engine.jobs.housekeeping()
        desk.engine.jobs.decide_proposals()
    assert desk.engine.queries.trade(trade.id).state is TradeState.PROPOSED
    assert [notice.kind for notice in desk.told() if notice.trade_id == trade.id] == [NoticeKind.APPROVAL_ASKED]
    with pytest.raises(OtherMustApprove):
        desk.engine.commands.approve(trade.id, OWN_ACCORD)
    assert desk.engine.commands.approve(trade.id, OTHER).state is TradeState.OPEN
    desk.close()


def test_where_two_must_see_it_the_proposer_never_approves_whatever_it_costs(careful: EngineHarness) -> None:
    trade = buy(careful, amount=shares("10"))
    with pytest.raises(OtherMustApprove):
        careful.engine.commands.approve(trade.id, ASKER)
    assert careful.engine.queries.trade(trade.id).state is TradeState.PROPOSED
    assert careful.engine.commands.approve(trade.id, OTHER).state is TradeState.OPEN


def test_over_the_sum_the_proposer_is_the_first_and_another_person_the_second(careful: EngineHarness) -> None:
    trade = buy(careful)
    done = careful.engine.commands.approve(trade.id, OTHER)
    assert (done.state, done.origin.by, done.decided_by) == (TradeState.OPEN, ASKER.by, OTHER.by)


def test_who_asked_for_fewer_shares_has_not_seen_the_larger_sum(careful: EngineHarness) -> None:
    trade = buy(careful, amount=shares("200"))
    careful.engine.commands.resize(trade.id, 400, OTHER)
    assert careful.engine.commands.approve(trade.id, OTHER).state is TradeState.PROPOSED
    for by in (ASKER, OTHER):
        with pytest.raises((OtherMustApprove, SecondNeeded)):
            careful.engine.commands.approve(trade.id, by)
    assert careful.engine.commands.approve(trade.id, THIRD).state is TradeState.OPEN


def test_the_proposer_who_makes_it_larger_is_not_the_first_of_two(careful: EngineHarness) -> None:
    trade = buy(careful, amount=shares("200"))
    careful.engine.commands.resize(trade.id, 400, ASKER)
    assert careful.engine.commands.approve(trade.id, OTHER).state is TradeState.PROPOSED
    assert careful.engine.commands.approve(trade.id, THIRD).state is TradeState.OPEN


def test_a_proposer_who_may_not_approve_any_more_counts_as_nobody(careful: EngineHarness) -> None:
    trade = buy(careful)
    careful.engine.commands.ask_about_people(lambda user, _verb: user != ASKER.by)
    assert careful.engine.commands.approve(trade.id, OTHER).state is TradeState.PROPOSED
    assert careful.engine.commands.approve(trade.id, THIRD).state is TradeState.OPEN


@pytest.mark.parametrize("source", [Source.WEBHOOK, Source.MCP])
def test_a_sender_that_calls_itself_a_person_counts_as_nobody(careful: EngineHarness, source: Source) -> None:
    trade = buy(careful, ELSEWHERE[source], source=source, by=ASKER.by)
    assert careful.engine.commands.approve(trade.id, ASKER).state is TradeState.PROPOSED
    assert careful.engine.commands.approve(trade.id, OTHER).state is TradeState.OPEN


def test_without_two_people_the_proposer_may_approve(desk: EngineHarness) -> None:
    assert desk.engine.commands.approve(buy(desk).id, ASKER).state is TradeState.OPEN


def test_before_earnings_another_person_approves_where_the_guard_asks_for_a_second(tmp_path: Path) -> None:
    path = tmp_path / "earnings.csv"
    path.write_text("symbol,date\nAAPL,2025-08-20\n", encoding="utf-8")
    guard = {"no_entry_days_before_earnings": 2, "earnings_file": str(path), "earnings_guard": "second"}
    harness = opened(tmp_path, on=lambda adapters: replace(adapters, earnings=EarningsFile(path)), **guard)
    trade = buy(harness)
    assert trade.sizing.earnings_in == 1
    with pytest.raises(SecondNeeded):
        harness.engine.commands.approve(trade.id, ASKER)
    assert harness.engine.commands.approve(trade.id, OTHER).state is TradeState.OPEN
    harness.close()


def test_the_same_key_makes_one_trade_in_any_process_and_after_a_restart(desk: EngineHarness) -> None:
    hook = ELSEWHERE[Source.WEBHOOK]
    first = desk.engine.commands.buys.propose(asked(Source.WEBHOOK), hook)
    for engine in (desk.engine, desk.born_again()):
        again = engine.commands.buys.propose(asked(Source.WEBHOOK), hook)
        assert (again.trade.id, again.is_repeated) == (first.trade.id, True)
    desk.engine.commands.reject(first.trade.id, OTHER)
    assert desk.engine.commands.buys.propose(asked(Source.WEBHOOK), hook).trade.state is TradeState.REJECTED
    assert len(desk.engine.queries.trades()) == 3  # the two that are held, and this one


def test_the_same_key_with_anything_else_is_refused(desk: EngineHarness) -> None:
    hook = ELSEWHERE[Source.WEBHOOK]
    desk.engine.commands.buys.propose(asked(Source.WEBHOOK), hook)
    others = ({"amount": shares("1")}, {"stop": Decimal(140)}, {"reason": "more"}, {"symbol": "MSFT"}, {"by": "else"})
    for other in others:
        with pytest.raises(BadProposal) as refused:
            desk.engine.commands.buys.propose(replace(asked(Source.WEBHOOK), **other), hook)
        assert (refused.value.facts["field"], refused.value.facts["problem"]) == ("key", "reused")


def test_the_keys_of_two_senders_are_their_own(desk: EngineHarness) -> None:
    desk.engine.commands.buys.propose(asked(Source.WEBHOOK), ELSEWHERE[Source.WEBHOOK])
    with pytest.raises(NotProposable):
        desk.engine.commands.buys.propose(asked(Source.MCP), ELSEWHERE[Source.MCP])


def test_a_refused_purchase_leaves_its_key_unused(desk: EngineHarness) -> None:
    hook = ELSEWHERE[Source.WEBHOOK]
    with pytest.raises(RiskRefused):
        desk.engine.commands.buys.propose(asked(Source.WEBHOOK, amount=shares("5000")), hook)
    assert desk.engine.commands.buys.propose(asked(Source.WEBHOOK), hook).trade.state is TradeState.PROPOSED


# A limit


def test_a_limit_is_what_it_is_sized_at_and_what_the_order_says(desk: EngineHarness) -> None:
    trade = buy(desk, limit=Decimal("149.50"), amount=shares("100"))
    assert (trade.sizing.entry, trade.stop) == (Decimal("149.50"), Decimal("147.25"))
    waits = desk.engine.commands.approve(trade.id, OTHER)
    assert waits.state is TradeState.SUBMITTED
    order = desk.broker.order(trade.id)
    assert order is not None
    assert (order.price, order.filled_shares, order.state) == (Decimal("149.50"), 0, OrderState.ACCEPTED)
    desk.clock.advance(60)
    desk.market.price("AAPL", "149.40")
    desk.engine.jobs.tick()
    desk.engine.jobs.reconcile()
    bought = desk.engine.queries.trade(trade.id)
    assert (bought.state, bought.filled_shares) == (TradeState.OPEN, 100)
    assert bought.fill_price is not None
    assert bought.fill_price <= Decimal("149.50")
    with desk.store.reading() as reader:
        again = recomputed(reader, trade.id)
    assert (again.differences, again.faults) == (0, ())


def test_a_limit_outlives_its_proposals_time_and_ends_at_the_close(desk: EngineHarness) -> None:
    trade = buy(desk, limit=Decimal("149.50"), amount=shares("100"))
    desk.engine.commands.approve(trade.id, OTHER)
    desk.clock.advance(3_600)
    desk.engine.jobs.housekeeping()
    assert desk.engine.queries.trade(trade.id).state is TradeState.SUBMITTED
    desk.clock.set(desk.clock.now().replace(hour=20, minute=1))
    desk.engine.jobs.housekeeping()
    desk.engine.jobs.reconcile()
    ended = desk.engine.queries.trade(trade.id)
    assert (ended.state, ended.reason) == (TradeState.CANCELLED, "not_filled")


def test_a_halt_cancels_a_limit_that_waits(desk: EngineHarness) -> None:
    trade = buy(desk, limit=Decimal("149.50"))
    desk.engine.commands.approve(trade.id, OTHER)
    desk.engine.commands.halt(EngineHarness.TRADER)
    desk.engine.jobs.housekeeping()
    desk.engine.jobs.reconcile()
    assert desk.engine.queries.trade(trade.id).state is TradeState.CANCELLED


def test_a_limit_that_waits_counts_as_open_risk(desk: EngineHarness) -> None:
    before = desk.engine.queries.portfolio().open_risk
    trade = buy(desk, limit=Decimal("149.50"))
    desk.engine.commands.approve(trade.id, OTHER)
    assert desk.engine.queries.portfolio().open_risk > before + Decimal("0.004")


@pytest.mark.parametrize(
    ("price", "given"),
    [
        ("149.60", {"stop": "149.80"}),
        ("149.70", {"stop": "149.80", "limit": "150.00"}),
        ("150.90", {"target": "150.60"}),
    ],
)
def test_a_price_that_passed_the_stop_or_the_target_ends_the_proposal(
    desk: EngineHarness, price: str, given: dict[str, Any]
) -> None:
    prices: dict[str, Any] = {name: Decimal(text) for name, text in given.items()}
    trade = buy(desk, amount=shares("10"), **prices)
    desk.market.price("AAPL", price)
    with pytest.raises(RequestRefused) as refused:
        desk.engine.commands.approve(trade.id, OTHER)
    assert refused.value.facts["rule"] == f"{next(iter(given))}_passed"
    assert desk.engine.queries.trade(trade.id).state is TradeState.REFUSED
    assert desk.broker.order(trade.id) is None


def test_the_engine_is_never_who_asked(desk: EngineHarness) -> None:
    trade = buy(desk)
    assert trade.origin.by != ENGINE
