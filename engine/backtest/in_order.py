from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

Result = TypeVar("Result")


def in_order(
    work: Callable[[int], Result], numbers: Sequence[int], workers: int, progress: Callable[[float], None]
) -> list[Result]:
    """Do a work for each number, by several processes where wanted; the results are the same by any number of them."""
    if workers == 1:
        return _gathered(map(work, numbers), len(numbers), progress)
    # The processes are born with the work: sending it with each number would take longer than it does.
    with ProcessPoolExecutor(workers, get_context("fork"), initializer=_born, initargs=(work,)) as pool:
        return _gathered(pool.map(_done, numbers), len(numbers), progress)


def _gathered(results: Iterable[Result], count: int, progress: Callable[[float], None]) -> list[Result]:
    """Gather results as they come, and tell how many have."""
    gathered = list[Result]()
    for result in results:
        gathered.append(result)
        progress(len(gathered) / count)
    return gathered


_BORN_WITH: list[Callable[[int], Any]] = []


def _born(work: Callable[[int], Any]) -> None:
    _BORN_WITH[:] = [work]


def _done(number: int) -> Any:
    return _BORN_WITH[0](number)
