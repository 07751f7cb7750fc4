import pytest
from celery.platforms import EX_FAILURE, EX_OK

from engine.adapters.celery.worker import ending_at_once
from engine.errors import WorkerBroken


class OrderlyWorker:
    """Celery's worker as far as it stops."""

    def __init__(self) -> None:
        self.exitcodes = list[int | None]()

    def stop(self, **told: int | None) -> None:
        self.exitcodes.append(told["exitcode"])


def test_after_a_fault_of_its_own_a_worker_does_not_wait_for_an_orderly_end() -> None:
    worker = ending_at_once(OrderlyWorker)()
    with pytest.raises(WorkerBroken):
        worker.stop(exitcode=EX_FAILURE)
    assert worker.exitcodes == []


@pytest.mark.parametrize("given", [{}, {"exitcode": EX_OK}, {"in_sighandler": True, "exitcode": EX_FAILURE}])
def test_one_that_is_told_to_stop_stops_in_order(given: dict[str, int]) -> None:
    worker = ending_at_once(OrderlyWorker)()
    worker.stop(**given)
    assert worker.exitcodes == [given.get("exitcode")]
