"""A backtest in a process of its own: the desk's threads go on, and what takes too long is ended from outside."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import Final

from bot.cards.backtest import BacktestReport
from bot.charts.pictures import Words
from bot.messages import Texts
from bot.pages.backtest import figures, page
from bot.pages.notes import notes_told
from bot.pages.verdict import about_line, verdict_line
from engine.desk_research import DeskResearch
from engine.errors import MarketUnavailable, NoBars, SettingsInvalid, StrategyInvalid
from engine.research import BacktestRequest, Researched

KEY_FIGURES: Final = ("total", "holding", "spy", "drawdown", "trades", "hits", "expectancy", "factor", "sharpe")
NICENESS: Final = 10
"""By how much the desk's own threads go first on a core."""
MOMENT: Final = 1.0
"""Seconds within which a process that told its last has ended."""
FEWEST: Final = 2
"""Bars that make a curve."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestProgress:
    """So much of a part of the work is done, 0 to 1."""

    part: str
    done: float


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestFailure:
    """Why a backtest came to nothing, as the catalogues name it; `error` is for the log."""

    why: str
    symbol: str = ""
    error: str = ""


Told = BacktestProgress | BacktestReport | BacktestFailure
Work = Callable[[BacktestRequest, DeskResearch, Words, Callable[[str, float], None]], BacktestReport]


class BacktestProcess:
    """A process that does one backtest. `work` is what it does, by a name that another process can import."""

    def __init__(self, asked: BacktestRequest, research: DeskResearch, words: Words, work: Work | None = None) -> None:
        context = get_context("spawn")  # a fork would bring along threads and connections of the desk's
        self._told, telling = context.Pipe(duplex=False)
        given = (telling, work or report, asked, research, words)
        self._process = context.Process(target=_answer, args=given, name="backtest", daemon=True)
        self._process.start()
        telling.close()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid or 0

    def newest(self) -> Told | None:
        """Return the newest that it told, None where that is nothing; a process that died has failed."""
        found: Told | None = None
        try:
            while self._told.poll() and not isinstance(found, BacktestReport | BacktestFailure):
                found = self._told.recv()
        except (EOFError, OSError):
            self._process.join(MOMENT)
            return BacktestFailure(why="died", error=f"exit code {self._process.exitcode}")
        return found

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()
        self._told.close()


def report(
    asked: BacktestRequest, research: DeskResearch, words: Words, progress: Callable[[str, float], None]
) -> BacktestReport:
    """Do a backtest and write down what it came to; raises as the backtest does."""
    found = research.backtest(asked, progress)
    return _written(found, words.texts())


def _written(found: Researched, texts: Texts) -> BacktestReport:
    from bot.charts.backtest import draw  # the drawing library takes a second that no start should wait for

    done = found.evaluation
    run = done.backtest
    has_curve = len(run.starts) >= FEWEST
    verdict = verdict_line(done, texts)
    return BacktestReport(
        verdict=verdict,
        about=about_line(run, texts),
        figures=figures(done, texts, KEY_FIGURES),
        notes=notes_told(run.notes, texts),
        page=page(done, texts, bars=found.bars).encode(),
        picture=draw(run, texts) if has_curve else b"",
        alt=texts(
            "backtest-picture-alt",
            first=texts.dollars(run.cash),
            last=texts.dollars(Decimal(str(run.equity[-1]))),
            held=texts.dollars(Decimal(str(run.holding[-1]))),
            verdict=verdict,
        )
        if has_curve
        else "",
    )


def _answer(telling: Connection, work: Work, asked: BacktestRequest, research: DeskResearch, words: Words) -> None:
    """Do the work in this process, which ends with it, and with the desk's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the desk that it is of ends it
    os.nice(NICENESS)
    Thread(target=_end_with_the_desk, daemon=True).start()
    try:
        found: Told = work(asked, research, words, lambda part, done: telling.send(_progress(part, done)))
    except NoBars as error:
        found = BacktestFailure(why="bars", symbol=error.symbol, error=str(error))
    except MarketUnavailable as error:
        found = BacktestFailure(why="market", error=str(error))
    except StrategyInvalid as error:
        found = BacktestFailure(why="strategy", error=str(error))
    except SettingsInvalid as error:
        found = BacktestFailure(why="refused", error=str(error))
    except Exception as error:  # noqa: BLE001  a strategy's own code may raise whatever it likes
        found = BacktestFailure(why="raised", error=repr(error))
    telling.send(found)
    telling.close()


def _progress(part: str, done: float) -> BacktestProgress:
    return BacktestProgress(part=part, done=done)


def _end_with_the_desk() -> None:
    desk = parent_process()
    if desk is not None:
        desk.join()
    os._exit(1)
