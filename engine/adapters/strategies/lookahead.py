"""The look-ahead check in a process of its own, so that a strategy may raise, loop or die without harm to anything.

There every file, connection and process that its code asks for is refused, and every look at a clock is noted. Of the
desk's settings, keys included, it has none.
"""

import os
import signal
from dataclasses import replace
from math import ceil
from multiprocessing import get_context
from multiprocessing.connection import Connection

from engine.adapters.strategies.watched_strategy import Watch, WatchedStrategy
from engine.errors import StrategyInvalid
from engine.model.strategy_check import StrategyCheck, StrategyFault, StrategyFinding
from engine.strategies.loader import load
from engine.strategies.lookahead import BEYOND_WARM_UP, checked
from engine.strategies.lookahead_market import market_of

LONGEST_SECONDS = 120.0
"""Seconds that a strategy may take for all: it scores the history about a hundred times."""
KEPT = ("PATH", "PYTHON", "HOME", "TMPDIR", "TZ", "LANG", "LC_", "OMP_", "OPENBLAS_", "MKL_", "NUMBA_")
"""How the variables of the environment begin that Python and its libraries may need; keys and tokens are in others."""


def check_lookahead(name: str, *, seed: int = 1, seconds: float = LONGEST_SECONDS) -> StrategyCheck:
    """Return what is found of the strategy of a name, a file or a class; raises StrategyInvalid for what is none."""
    context = get_context("spawn")  # a fork would bring along threads and connections of the desk's
    answers, answer = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(answer, name, seed, seconds), daemon=True)
    process.start()
    answer.close()
    try:
        found = answers.recv() if answers.poll(seconds) else _too_long(name, seconds)
    except EOFError:
        process.join()
        text = f"its process died with exit code {process.exitcode}: let it raise exceptions and never exit"
        found = _without_answer(name, StrategyFault.RAISES, text)
    finally:
        process.kill()
        process.join()
        answers.close()
    if isinstance(found, StrategyInvalid):
        raise found
    return found


def forget_secrets() -> None:
    """Leave nothing of the desk's settings in the environment of this process: its strategy needs no key of theirs."""
    for name in [name for name in os.environ if not name.startswith(KEPT)]:
        del os.environ[name]


def end_by_itself(seconds: float) -> None:
    """Let this process end a while after it was to be killed: whoever would have killed it may be dead."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(ceil(seconds) + 5)


def _answer(answer: Connection, name: str, seed: int, seconds: float) -> None:
    """Check the strategy in this process, which is thrown away afterwards, and send what was found."""
    end_by_itself(seconds)
    forget_secrets()
    try:
        strategy = load(name)
        bars = market_of(strategy.warm_up_sessions + BEYOND_WARM_UP, seed=seed)
        watch = Watch()
        seen = checked(WatchedStrategy(strategy, watch), bars, seed=seed)
        was_refused = any(finding.fault is StrategyFault.TOUCHES_OUTSIDE for finding in watch.findings)
        own = [each for each in seen.findings if not (was_refused and each.fault is StrategyFault.RAISES)]
        found: StrategyCheck | StrategyInvalid = replace(seen, findings=(*watch.findings, *own))
    except StrategyInvalid as error:
        found = error
    except BaseException as error:  # noqa: BLE001  whatever its properties raise, SystemExit included
        text = f"it raised {type(error).__name__}: {error}: let its properties be plain values"
        found = _without_answer(name, StrategyFault.RAISES, text)
    answer.send(found)
    answer.close()


def _without_answer(name: str, fault: StrategyFault, text: str) -> StrategyCheck:
    finding = StrategyFinding(fault=fault, text=text)
    return StrategyCheck(strategy=name, fingerprint="", bars=0, trials=0, scored=0, findings=(finding,))


def _too_long(name: str, seconds: float) -> StrategyCheck:
    text = f"it was not done after {seconds:g} s: let it score a whole history at once, without loops that do not end"
    return _without_answer(name, StrategyFault.LOOPS, text)
