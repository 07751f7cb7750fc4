"""What one trade's look fails by does not keep the others from theirs, and is raised all the same."""

import pytest

from engine.common.retry_each import for_each
from engine.errors import BrokerUnavailable, StoreUnavailable


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


def test_a_fault_of_our_own_in_one_trade_is_raised_after_the_turns_of_the_others_and_before_an_outage() -> None:
    looks = Looks(a=BrokerUnavailable("a"), b=ValueError("never moves"))
    with pytest.raises(ValueError, match="never moves"):
        for_each("abc", looks)
    assert looks.seen == ["a", "b", "c"]


def test_without_the_database_nobodys_turn_comes() -> None:
    looks = Looks(a=StoreUnavailable("gone"))
    with pytest.raises(StoreUnavailable):
        for_each("ab", looks)
    assert looks.seen == ["a"]
