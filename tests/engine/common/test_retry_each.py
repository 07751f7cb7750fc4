"""What one trade's look fails by does not keep the others from theirs, and is raised all the same."""

import pytest

from engine.common.retry_each import Turns, for_each
from engine.errors import BrokerUnavailable, StoreUnavailable, TradeFault, UnknownTrade


class Looks:
    """Looks that fail for some trades, and notes whose turn came."""

    def __init__(self, **errors: Exception) -> None:
        self.seen: list[str] = []
        self._errors = errors

    def __call__(self, trade_id: str) -> None:
        self.seen.append(trade_id)
        if trade_id in self._errors:
            raise self._errors[trade_id]


def test_every_trade_is_looked_at_though_the_broker_fails_for_one() -> None:
    looks = Looks(a=BrokerUnavailable("a"), b=BrokerUnavailable("b"))
    with pytest.raises(BrokerUnavailable, match="a"):
        for_each("abc", looks)
    assert looks.seen == ["a", "b", "c"]


def test_faults_of_our_own_are_raised_after_the_turns_of_the_others_with_the_trades_that_they_kept_from_theirs() -> (
    None
):
    moved, counted = ValueError("never moves"), KeyError("shares")
    looks = Looks(a=moved, c=counted)
    with pytest.raises(TradeFault) as raised:
        for_each("abcd", looks)
    assert looks.seen == ["a", "b", "c", "d"]
    assert raised.value.causes == {"a": moved, "c": counted}
    assert raised.value.lost is None
    assert raised.value.__cause__ is moved


def test_a_fault_of_our_own_does_not_hide_that_the_broker_is_lost() -> None:
    lost = BrokerUnavailable("a")
    with pytest.raises(TradeFault) as raised:
        for_each("abc", Looks(a=lost, b=ValueError("never moves")))
    assert raised.value.causes.keys() == {"b"}
    assert raised.value.lost is lost


def test_a_trade_that_a_fault_kept_from_one_turn_gets_no_further_one_in_the_same_look() -> None:
    turns, looks = Turns(), Looks()
    turns.give("ab", Looks(a=ValueError("never moves")))
    turns.give("ab", looks)
    assert looks.seen == ["b"]
    assert turns.faulted == {"a"}


def test_that_the_database_has_lost_a_trade_is_no_fault_of_our_own() -> None:
    looks = Looks(a=UnknownTrade("a"))
    for_each("ab", looks)
    assert looks.seen == ["a", "b"]


def test_without_the_database_nobodys_turn_comes() -> None:
    looks = Looks(a=StoreUnavailable("gone"))
    with pytest.raises(StoreUnavailable):
        for_each("ab", looks)
    assert looks.seen == ["a"]
