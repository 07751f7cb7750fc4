from dataclasses import replace
from datetime import datetime, timedelta

from engine.model.desk import Request, Unfinished
from engine.ports.store import Store
from tests.support.fakes.trades import PROPOSED_AT


def a_request(name: str = "r-1") -> Unfinished:
    return Unfinished(request=Request(by="U0TRADER", said="/approve AAPL", id=name), action="approve", at=PROPOSED_AT)


def minute(number: int) -> datetime:
    return PROPOSED_AT + timedelta(minutes=number)


def begun(store: Store, *names: str) -> None:
    """Let bot a begin requests, and live for a minute."""
    with store.writing() as transaction:
        for name in names:
            transaction.begin_request(a_request(name), "a", minute(1))


def taken(store: Store, by: str, at: int) -> list[str]:
    """Let a bot look at a minute, and return the requests that are its to tell."""
    with store.writing() as transaction:
        return [each.request.id for each in transaction.take_unfinished(by, now=minute(at), until=minute(at + 1))]


def test_what_a_dead_bot_left_is_told_by_one_other(store: Store) -> None:
    begun(store, "r-1", "r-2")
    assert taken(store, "b", 1) == ["r-1", "r-2"]
    assert taken(store, "c", 1) == []


def test_what_a_living_bot_works_on_is_nobody_else_s(store: Store) -> None:
    begun(store, "r-1")
    assert taken(store, "a", 0) == []
    assert taken(store, "a", 1) == []
    assert taken(store, "b", 1) == []


def test_a_request_that_is_finished_is_forgotten(store: Store) -> None:
    begun(store, "r-1")
    with store.writing() as transaction:
        transaction.end_request("r-1")
        transaction.end_request("never noted")
    assert taken(store, "b", 5) == []


def test_a_request_is_kept_as_it_was_asked(store: Store) -> None:
    begun(store, "r-1")
    with store.writing() as transaction:
        assert transaction.take_unfinished("b", now=minute(1), until=minute(2)) == (a_request(),)


def test_where_its_message_stands_is_kept_once_there_is_one(store: Store) -> None:
    begun(store, "r-1")
    shown = replace(a_request(), channel="D0TRADER", ts="1.2")
    with store.writing() as transaction:
        transaction.begin_request(shown, "a", minute(1))
    with store.writing() as transaction:
        assert transaction.take_unfinished("b", now=minute(1), until=minute(2)) == (shown,)
