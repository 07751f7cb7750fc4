import threading

from engine.adapters.update_dispatcher import UpdateDispatcher
from tests.support.waiting import until


class Slow:
    """A listener whose first call takes until it is let go on."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_called = threading.Event()
        self.may_go_on = threading.Event()

    def __call__(self, client_order_id: str) -> None:
        self.heard.append(client_order_id)
        self.is_called.set()
        assert self.may_go_on.wait(timeout=10)


def test_changes_that_come_before_a_listener_is_called_are_told_in_one_call() -> None:
    dispatcher, slow = UpdateDispatcher("broker"), Slow()
    dispatcher.listen(slow)
    dispatcher.dispatch("first")
    assert slow.is_called.wait(timeout=10)
    for name in ("second", "third", "second", "third"):
        dispatcher.dispatch(name)
    slow.may_go_on.set()
    until(lambda: slow.heard == ["first", "second", "third"])
    dispatcher.stop()
    assert slow.heard == ["first", "second", "third"]


def test_a_change_that_comes_while_a_listener_looks_is_told_again() -> None:
    dispatcher, slow = UpdateDispatcher("broker"), Slow()
    dispatcher.listen(slow)
    dispatcher.dispatch("first")
    assert slow.is_called.wait(timeout=10)
    dispatcher.dispatch("first")
    slow.may_go_on.set()
    until(lambda: slow.heard == ["first", "first"])
    dispatcher.stop()


def test_every_listener_hears_of_a_change_though_another_one_fails() -> None:
    dispatcher, heard = UpdateDispatcher("broker"), list[str]()

    def failing(client_order_id: str) -> None:
        raise RuntimeError(client_order_id)

    assert dispatcher.listen(failing)
    assert not dispatcher.listen(heard.append)
    dispatcher.dispatch("first")
    until(lambda: heard == ["first"])
    dispatcher.stop()


def test_what_is_finished_has_called_everyone_first() -> None:
    dispatcher, slow = UpdateDispatcher("broker"), Slow()
    dispatcher.listen(slow)
    dispatcher.dispatch("first")
    dispatcher.dispatch("second")
    slow.may_go_on.set()
    dispatcher.finish()
    assert slow.heard == ["first", "second"]
