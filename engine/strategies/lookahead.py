"""Does a strategy use bars that had not closed? Its future is changed at random bars: no score before may move."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from engine.model.market import BarHistory
from engine.model.strategy_check import StrategyCheck, StrategyFault, StrategyFinding
from engine.signals.averages import Floats
from engine.signals.slots import instant
from engine.strategies.contract import Exits, Hours, Scores, Strategy
from engine.strategies.scoring import misfit
from engine.strategies.sessions import sessions_of

FUTURES = 6
"""Bars at which each kind of change is made."""
BEGINNINGS = 4
BEYOND_WARM_UP = 24
"""Sessions of a history beyond those that the strategy looks back on."""
GONE = 0.3

CLOSE, VOLUME = 3, 4

Change = Callable[[Floats, np.random.Generator], Floats]


def _scaled(future: Floats, random: np.random.Generator) -> Floats:
    """Prices that go on much higher, or much lower."""
    future[:VOLUME] *= random.choice([0.4, 2.5])
    return future


def _jumping(future: Floats, random: np.random.Generator) -> Floats:
    """One bar that leaps, and all others as they were."""
    future[:VOLUME, : max(1, int(random.integers(1, 4)))] *= random.choice([0.5, 1.9])
    return future


def _gone(future: Floats, random: np.random.Generator) -> Floats:
    """Some bars that are missing, those right after the cut among them."""
    missing = random.random(future.shape[1:]) < GONE
    missing[:3] = True
    future[:, missing] = np.nan
    return future


def _busier(future: Floats, random: np.random.Generator) -> Floats:
    """Other volumes."""
    future[VOLUME] = np.floor(future[VOLUME] * random.choice([0.1, 12.0])) + 1
    return future


def _shuffled(future: Floats, random: np.random.Generator) -> Floats:
    """The same bars in another order."""
    return np.asarray(future[:, random.permutation(future.shape[1])])


def _mirrored(future: Floats, _: np.random.Generator) -> Floats:
    """Prices that fall where they rose, and rise where they fell."""
    with np.errstate(invalid="ignore"):
        anchor = np.nanmax(np.where(np.isfinite(future[CLOSE]), future[CLOSE], 1), axis=0)
        opened, high, low, close = (anchor * anchor / future[place] for place in range(VOLUME))
    return np.array([opened, low, high, close, future[VOLUME]])


CHANGES: Mapping[str, Change] = {
    "scaled": _scaled,
    "made to jump": _jumping,
    "taken out": _gone,
    "given other volumes": _busier,
    "shuffled": _shuffled,
    "mirrored": _mirrored,
}
CUT = "cut off"


@dataclass
class _Check:
    """A check under way: the scores of the bars as they are, and what was found so far, one of each kind."""

    strategy: Strategy
    bars: BarHistory
    random: np.random.Generator
    trials: int = 0
    findings: dict[StrategyFault, StrategyFinding] = field(default_factory=dict)

    def found(self, fault: StrategyFault, text: str) -> None:
        """Keep a finding, the first of its kind."""
        self.findings.setdefault(fault, StrategyFinding(fault=fault, text=text))


def checked(strategy: Strategy, bars: BarHistory, *, seed: int = 1) -> StrategyCheck:
    """Return what is found of a strategy on some bars; whatever it raises becomes a finding."""
    check = _Check(strategy, bars, np.random.default_rng(seed))
    scored = 0
    try:
        base = _scores(check, bars)
        scored = int(np.count_nonzero(base.tenths))
        if not scored:
            check.found(
                StrategyFault.NOTHING_SCORED,
                f"it gave no score to any of {bars.close.size} bars, so nothing could be checked: let it score"
                " something on ordinary prices",
            )
        _again(check, base)
        _futures(check, base)
        _beginnings(check, base)
        _again(check, base)
    except _Stopped:
        pass
    return StrategyCheck(
        strategy=strategy.name,
        fingerprint=strategy.fingerprint,
        bars=bars.close.size,
        trials=check.trials,
        scored=scored,
        findings=tuple(check.findings.values()),
    )


class _Stopped(Exception):
    """A strategy cannot be looked at further."""


def _scores(check: _Check, bars: BarHistory) -> Scores:
    """Score bars that cannot be written into; raises _Stopped with what was found where that does not work."""
    values = np.ascontiguousarray(bars.stacked)
    given = BarHistory.of(bars.symbols, bars.starts.copy(), values)
    before = sha256(values.tobytes()).digest()
    for array in (given.starts, values, given.open, given.high, given.low, given.close, given.volume):
        array.flags.writeable = False
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scores = check.strategy.scores(given)
    except Exception as error:
        if isinstance(error, ValueError) and "read-only" in str(error):
            check.found(StrategyFault.WRITES_INPUT, "it writes into the bars it is given: let it write into a copy")
        else:
            check.found(
                StrategyFault.RAISES,
                f"it raised {type(error).__name__}: {error}: give 0 to bars for which nothing can be said, and to NaN",
            )
        raise _Stopped from error
    if sha256(values.tobytes()).digest() != before:
        check.found(StrategyFault.WRITES_INPUT, "it wrote into the bars it was given: let it write into a copy")
    _must_fit(check, scores, bars)
    return scores


def _must_fit(check: _Check, scores: object, bars: BarHistory) -> None:
    """Raise _Stopped unless scores are whole tenths for every bar, and stops parts of a price."""
    problem = misfit(scores, bars)
    if problem:
        check.found(StrategyFault.WRONG_SHAPE, problem)
        raise _Stopped


def _futures(check: _Check, base: Scores) -> None:
    """Change what comes after random bars, each way."""
    for bar in _cuts(check):
        for how in (CUT, *CHANGES):
            changed = _with_future(check.bars, bar, how, check.random)
            moved = _first_move(base, _scores(check, changed), slice(0, bar + 1), slice(0, bar + 1))
            check.trials += 1
            if moved:
                place, symbol, what = moved
                check.found(
                    StrategyFault.LOOKS_AHEAD,
                    f"the {what} of {check.bars.symbols[symbol]} after the bar of {_said(check.bars, place)} moved when"
                    f" the bars after {_said(check.bars, bar)} were {how}: let each score use its own bar and those"
                    " before it alone",
                )
                return


def _cuts(check: _Check) -> Iterator[int]:
    """Yield bars after which the future is changed: at random, and within a session more often than at its end."""
    sessions = sessions_of(check.bars.starts)
    late = sessions.first[max(1, sessions.count // 3)]
    for _ in range(FUTURES):
        yield int(check.random.integers(late, len(check.bars.starts) - 1))
    for session in check.random.integers(sessions.count // 2, sessions.count - 1, FUTURES // 2):
        yield int(sessions.first[session] + (sessions.first[session + 1] - sessions.first[session]) // 3)
        yield int(sessions.first[session + 1]) - 1


def _with_future(bars: BarHistory, bar: int, how: str, random: np.random.Generator) -> BarHistory:
    values = bars.stacked
    if how == CUT:
        return BarHistory.of(bars.symbols, bars.starts[: bar + 1], values[:, : bar + 1])
    future = CHANGES[how](values[:, bar + 1 :].copy(), random)
    return BarHistory.of(bars.symbols, bars.starts, np.concatenate([values[:, : bar + 1], future], axis=1))


def _beginnings(check: _Check, base: Scores) -> None:
    """Let the history begin later: what lies beyond the warm-up must be as before."""
    sessions, warm_up = sessions_of(check.bars.starts), check.strategy.warm_up_sessions
    most = sessions.count - warm_up - 1
    for left_out in sorted({1, *(int(each) for each in check.random.integers(1, max(2, most), BEGINNINGS))}):
        if left_out > most:
            continue
        first, known = int(sessions.first[left_out]), int(sessions.first[left_out + warm_up])
        later = BarHistory.of(check.bars.symbols, check.bars.starts[first:], check.bars.stacked[:, first:])
        moved = _first_move(base, _scores(check, later), slice(known, None), slice(known - first, None))
        check.trials += 1
        if moved:
            place, symbol, what = moved
            check.found(
                StrategyFault.WARM_UP,
                f"the {what} of {check.bars.symbols[symbol]} after the bar of {_said(check.bars, known + place)} moved"
                f" when the history began {left_out} sessions later, though warm_up_sessions is {warm_up}: raise it, or"
                " look back on fewer bars",
            )
            return


def _again(check: _Check, base: Scores) -> None:
    """Score the same bars once more, as before, in a check or after it."""
    declared = _declared(check.strategy)
    moved = _first_move(base, _scores(check, check.bars), slice(None), slice(None))
    if moved or declared != _declared(check.strategy):
        what = moved[2] if moved else "exits"
        check.found(
            StrategyFault.NOT_REPEATABLE,
            f"the same bars gave another {what} the second time: remember nothing from call to call, and draw no random"
            " numbers",
        )
        raise _Stopped  # what else would be found may be chance


def _declared(strategy: Strategy) -> tuple[Exits, Hours, int, str]:
    """Return all that a strategy says of itself beside its scores."""
    return strategy.exits, strategy.hours, strategy.propose_at, strategy.fingerprint


def _first_move(base: Scores, other: Scores, mine: slice, theirs: slice) -> tuple[int, int, str] | None:
    """Return bar and symbol of the first score or stop that differs, and which of the two."""
    moved = base.tenths[mine] != other.tenths[theirs]
    stops = [None if each.stop is None else each.stop[part] for each, part in ((base, mine), (other, theirs))]
    first, second = (np.full(moved.shape, np.nan) if stop is None else stop for stop in stops)
    stopped = ~((first == second) | (np.isnan(first) & np.isnan(second)))
    for flags, what in ((moved, "score"), (stopped, "stop")):
        if flags.any():
            bar, symbol = np.argwhere(flags)[0]
            return int(bar), int(symbol), what
    return None


def _said(bars: BarHistory, bar: int) -> str:
    return f"{instant(int(bars.starts[bar])):%Y-%m-%d %H:%M} UTC"
