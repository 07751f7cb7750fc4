from threading import Thread

from engine.adapters.sql.write_lock import WriteLock
from tests.support.waiting import until


def waiting_for(turns: WriteLock, log: list[str], name: str, *, is_urgent: bool = False) -> Thread:
    """Start somebody who takes their turn once they have it, and hands it on; return once they wait."""

    def take() -> None:
        if turns.take(10, is_urgent=is_urgent):
            log.append(name)
            turns.end()

    before = len(turns)
    thread = Thread(target=take)
    thread.start()
    until(lambda: len(turns) > before)
    return thread


def test_who_is_in_a_hurry_goes_first_and_the_others_go_as_they_came() -> None:
    turns, log = WriteLock(), list[str]()
    assert turns.take(0)
    threads = [waiting_for(turns, log, name) for name in ("first", "second")]
    threads.append(waiting_for(turns, log, "halt", is_urgent=True))
    turns.end()
    for thread in threads:
        thread.join(10)
    assert log == ["halt", "first", "second"]


def test_who_waits_too_long_does_not_have_the_turn_and_is_not_handed_it_later() -> None:
    turns = WriteLock()
    assert turns.take(0)
    assert not turns.take(0.01)
    turns.end()
    assert turns.take(0)
