"""Watches a strategy's code as it scores: what it asks of the outside is refused, a look at a clock is noted."""

import sys
import threading
from datetime import date
from types import FrameType
from typing import Any

from engine.model.market import BarHistory
from engine.model.strategy_check import StrategyFault, StrategyFinding
from engine.strategies.contract import Exits, Hours, Scores, Strategy

OUTSIDE = (
    *("socket.", "subprocess.", "urllib.", "http.", "ftplib.", "smtplib.", "sqlite3.", "shutil."),
    *("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile"),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.putenv"),
)
"""How the audit events begin of what a strategy must not do; files are looked at one by one."""
CODE = (".py", ".pyc", ".so", ".pyd", ".dll", ".dylib")
"""Files that an import reads, late as it may come."""
_COUNTERS = ("time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime")
CLOCKS = frozenset(f"{name}{unit}" for name in _COUNTERS for unit in ("", "_ns"))
NOW = frozenset({"now", "today", "utcnow"})
STAMPS = frozenset({"Timestamp", "datetime64", "to_datetime"})
"""What gives the present where it is asked for by such a name, without a call that could be seen."""
LIBRARIES = frozenset({*sys.stdlib_module_names, "numpy", "pandas", "pyarrow", "scipy", "numba", "ta", "engine"})
"""Code that is not the strategy's own, and may look at a clock for its own ends."""


class _Refused(PermissionError):
    """A strategy asked for what it must do without."""


class Watch:
    """What a strategy's code did that it must not. Once begun, the watch goes on for the life of the process."""

    def __init__(self) -> None:
        self._found: dict[StrategyFault, StrategyFinding] = {}
        self._is_on = False
        sys.addaudithook(self._audit)

    @property
    def findings(self) -> tuple[StrategyFinding, ...]:
        """The first finding of each kind."""
        return tuple(self._found.values())

    def __enter__(self) -> None:
        self._is_on = True
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)
        self._is_on = False

    def _audit(self, event: str, given: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event.startswith(OUTSIDE) or (event == "open" and not _is_import(given)):
            what = f"{event} {given[0]!r}"[:120] if given else event
            self._find(
                StrategyFault.TOUCHES_OUTSIDE,
                f"it asked for {what}: let it work from its bars alone, and read what it needs where it is made",
            )
            raise _Refused(f"a strategy has no {event}")

    def _profile(self, frame: FrameType, event: str, called: Any) -> None:
        if event not in {"c_call", "call"} or _module(frame).partition(".")[0] in LIBRARIES:
            return
        seen = _clock_of(called) if event == "c_call" else _present_in(frame)
        if seen:
            self._find(
                StrategyFault.READS_CLOCK,
                f"{_module(frame)} line {frame.f_lineno} reads {seen}: let it take the time from the bars' starts",
            )

    def _find(self, fault: StrategyFault, text: str) -> None:
        self._found.setdefault(fault, StrategyFinding(fault=fault, text=text))


class WatchedStrategy:
    """The same strategy, watched while it scores."""

    def __init__(self, strategy: Strategy, watch: Watch) -> None:
        self._strategy = strategy
        self._watch = watch
        self.fingerprint: str = strategy.fingerprint  # its source is read before anything is refused

    @property
    def name(self) -> str:
        """Its name."""
        return self._strategy.name

    @property
    def warm_up_sessions(self) -> int:
        """The sessions that it looks back on."""
        return self._strategy.warm_up_sessions

    @property
    def propose_at(self) -> int:
        """The tenths from which on it proposes."""
        return self._strategy.propose_at

    @property
    def exits(self) -> Exits:
        """How it leaves."""
        return self._strategy.exits

    @property
    def hours(self) -> Hours:
        """When it buys."""
        return self._strategy.hours

    def scores(self, bars: BarHistory) -> Scores:
        """Score a history."""
        with self._watch:
            return self._strategy.scores(bars)


def _is_import(given: tuple[Any, ...]) -> bool:
    """Tell whether a file is opened to read code, or the rules of a time zone."""
    path, mode = str(given[0]), given[1] if len(given) > 1 else None
    reads = mode is None or not {"w", "a", "x", "+"} & set(str(mode))
    return reads and (path.endswith(CODE) or "zoneinfo" in path)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _clock_of(called: Any) -> str:
    """Name the clock that a built-in function is; '' for any other one."""
    name, owner = getattr(called, "__name__", ""), getattr(called, "__self__", None)
    if getattr(called, "__module__", None) == "time" and name in CLOCKS:
        return f"time.{name}"
    return f"{owner.__name__}.{name}" if isinstance(owner, type) and issubclass(owner, date) and name in NOW else ""


def _present_in(frame: FrameType) -> str:
    """Name what gives the present in a function's code where only its code shows it."""
    code = frame.f_code
    words = NOW & {*code.co_names, *(each for each in code.co_consts if isinstance(each, str))}
    stamps = STAMPS & set(code.co_names)
    return f"{min(stamps)} {min(words)}" if stamps and words else ""
