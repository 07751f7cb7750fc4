"""Lets strategies in Python score bars in processes of their own, which are killed where they take too long."""

import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import structlog

from engine.adapters.strategies.lookahead import check_lookahead, end_by_itself, forget_secrets
from engine.adapters.strategies.watched_strategy import Watch, WatchedStrategy
from engine.errors import StrategyFailed, StrategyInvalid
from engine.model.market import BarHistory
from engine.model.strategy_check import StrategyCheck
from engine.strategies.contract import Scores
from engine.strategies.loader import load
from engine.strategies.scoring import scored

log = structlog.get_logger()

CHECK_SECONDS = 60.0
"""Seconds that the look-ahead check of one may take at a start; longer, and the desk would not be watched."""
SCORE_SECONDS = 20.0
"""Seconds that one may take for the scores of one bar, with all that it looks back on."""
START_SECONDS = 60.0
"""Seconds that a process may take until its strategy is imported."""


@dataclass(frozen=True)
class _Trouble:
    """What a process answers where its strategy gives no scores: why not, and what to do."""

    text: str


class StrategyProcesses:
    """The port StrategyRunner: a process for each strategy, begun when it is first asked, and anew after it failed."""

    def __init__(self, *, check_seconds: float = CHECK_SECONDS, score_seconds: float = SCORE_SECONDS) -> None:
        self._check_seconds = check_seconds
        self._score_seconds = score_seconds
        self._lock = threading.Lock()
        self._processes: dict[str, _StrategyProcess] = {}

    def check(self, source: str) -> StrategyCheck:
        """Say what speaks against a strategy; raises StrategyInvalid for what is none."""
        return check_lookahead(source, seconds=self._check_seconds)

    def scores(self, source: str, fingerprint: str, bars: BarHistory) -> Scores:
        """Let a strategy score bars; raises StrategyFailed."""
        with self._lock:
            process = self._processes.setdefault(source, _StrategyProcess(source, self._score_seconds))
        return process.scores(fingerprint, bars)

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            for process in self._processes.values():
                process.end()


class _StrategyProcess:
    """One strategy in its process; one question at a time."""

    def __init__(self, source: str, seconds: float) -> None:
        self._source = source
        self._seconds = seconds
        self._lock = threading.Lock()
        self._line: Connection | None = None

    def scores(self, fingerprint: str, bars: BarHistory) -> Scores:
        with self._lock:
            try:
                line = self._line or self._begin(fingerprint)
                with self._in_time(self._seconds, "gave no scores"):
                    line.send(bars)
                    scores: Scores = _answer(line, self._seconds)
            except (EOFError, OSError) as error:
                self.end()
                raise StrategyFailed(f"{self._source}: its process ended while it scored; let it never exit") from error
            except StrategyFailed as error:
                self.end()
                raise StrategyFailed(f"{self._source}: {error}") from error
            return scores

    def _begin(self, fingerprint: str) -> Connection:
        """Start the process; it must have loaded the code that was checked."""
        context = get_context("spawn")  # a fork would bring along threads and connections of the desk's
        line, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, self._source, self._seconds), daemon=True)
        self._process.start()
        other.close()
        self._line = line
        with self._in_time(START_SECONDS, "was not imported"):
            ready = _answer(line, START_SECONDS)
        if ready != fingerprint:
            raise StrategyFailed("its code was changed since the start; restart the bot to trade by it")
        log.info("strategy_process_started", strategy=self._source, process=self._process.pid)
        return line

    @contextmanager
    def _in_time(self, seconds: float, problem: str) -> Iterator[None]:
        """Kill the process after so many seconds: one that stands still reads nothing either, and sending would wait.

        Raises StrategyFailed then.
        """
        process, is_late = self._process, threading.Event()

        def give_up() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(seconds, give_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (EOFError, OSError) as error:
            if not is_late.is_set() and not isinstance(error, TimeoutError):
                raise
            raise StrategyFailed(f"it {problem} within {seconds:g} s; let it score a whole history at once") from error
        finally:
            timer.cancel()

    def end(self) -> None:
        """Kill the process, if there is one; the next question begins another one."""
        line, self._line = self._line, None
        if line is not None:
            self._process.kill()
            self._process.join()
            line.close()


def _answer(line: Connection, seconds: float) -> Any:
    """Return what the process answers; raises StrategyFailed for a trouble, TimeoutError for no answer in time."""
    if not line.poll(seconds):
        raise TimeoutError(f"no answer within {seconds:g} s")
    answer = line.recv()
    if isinstance(answer, _Trouble):
        raise StrategyFailed(answer.text)
    return answer


def _serve(line: Connection, source: str, seconds: float) -> None:
    """Score in this process whatever comes, until the desk hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the desk ends this by that
    end_by_itself(START_SECONDS)
    forget_secrets()
    try:
        strategy = load(source)
        watch = Watch()
        watched = WatchedStrategy(strategy, watch)
        line.send(strategy.fingerprint)
    except StrategyInvalid as error:
        line.send(_Trouble(str(error)))
        return
    while True:
        signal.alarm(0)
        try:
            bars = line.recv()
        except EOFError:
            return
        end_by_itself(seconds)
        line.send(_scored(watched, watch, bars))


def _scored(watched: WatchedStrategy, watch: Watch, bars: BarHistory) -> Scores | _Trouble:
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scores = scored(watched, bars)
    except StrategyInvalid as error:
        return _Trouble(str(error))
    if found := watch.findings:
        return _Trouble(f"{found[0].fault.value}: {found[0].text}")
    # Plain arrays, whatever class of its own a strategy has for them: nobody imports that to read the answer.
    return Scores(tenths=np.array(scores.tenths), stop=None if scores.stop is None else np.array(scores.stop))
