from datetime import timedelta
from decimal import Decimal
from threading import Thread

import pytest

from engine.errors import NewsUnavailable
from engine.model.news import TokenCounts
from tests.engine.adapters.claude import AT, PRICES, headline, reading
from tests.support.fakes.claude import Reply
from tests.support.waiting import until


def test_the_budget_is_checked_before_a_call_at_the_most_that_it_can_cost() -> None:
    with reading(dollars_a_day=Decimal("0.05")) as desk:
        with pytest.raises(NewsUnavailable, match=r"^budget$"):
            desk.scorer.findings("AAPL", [headline()])
        assert desk.claude.bodies == []
        assert desk.calls == []


def test_calls_go_on_until_the_day_is_spent_and_again_the_next_day() -> None:
    with reading() as desk:
        desk.spending.add(AT.date(), Decimal("4.99"))
        with pytest.raises(NewsUnavailable, match=r"^budget$"):
            desk.scorer.findings("AAPL", [headline()])
        desk.clock.set(AT + timedelta(days=1))
        desk.scorer.findings("AAPL", [headline()])
        assert desk.spending.spent((AT + timedelta(days=1)).date()) == desk.calls[0].dollars


def test_a_call_costs_what_its_tokens_cost() -> None:
    with reading() as desk:
        desk.scorer.findings("AAPL", [headline()])
        tokens = desk.calls[0].tokens
        assert tokens != TokenCounts()
        expected = tokens.input + tokens.output * 5 + tokens.cache_write * Decimal("1.25")
        assert desk.calls[0].dollars == expected / 1_000_000 == desk.spending.spent(AT.date())


def test_calls_under_way_are_counted_at_the_most_that_they_can_cost() -> None:
    with reading(dollars_a_day=Decimal("0.1")) as desk:
        desk.claude.gate.clear()
        first = Thread(target=desk.scorer.findings, args=("AAPL", [headline("n-1")]))
        first.start()
        until(lambda: desk.claude.at_once == 1)
        with pytest.raises(NewsUnavailable, match=r"^budget$"):
            desk.scorer.findings("AAPL", [headline("n-2")])
        desk.claude.gate.set()
        first.join()
        desk.scorer.findings("AAPL", [headline("n-2")])


def test_a_lost_answer_counts_as_the_most_that_it_can_have_cost() -> None:
    with reading(Reply(fault="drop")) as desk:
        with pytest.raises(NewsUnavailable, match=r"^outage$"):
            desk.scorer.findings("AAPL", [headline()])
        (call,) = desk.calls
        assert call.stop_reason == "lost"
        assert desk.spending.spent(AT.date()) == call.dollars > Decimal("0.05")


def test_a_call_that_never_left_costs_nothing() -> None:
    with reading(url="http://127.0.0.1:9") as desk:
        with pytest.raises(NewsUnavailable, match=r"^outage$"):
            desk.scorer.findings("AAPL", [headline()])
        assert [(call.stop_reason, call.dollars) for call in desk.calls] == [("error", Decimal(0))] * 3
        assert desk.spending.spent(AT.date()) == 0


def test_a_million_tokens_of_each_kind_cost_their_prices() -> None:
    million = 1_000_000
    tokens = TokenCounts(input=million, output=million, cache_write=million, cache_read=million)
    assert PRICES.cost(tokens) == Decimal("7.35")
