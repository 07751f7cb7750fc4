"""What workers do in a second: headlines by a Claude that takes a while, pictures of proposals and reports, symbols.

Each figure is of a number of processes; 0 is the desk's own, without workers. The headlines and the pictures go the
whole way, by a real broker and the database. The symbols do not: no worker scans for a desk, and docs/scaling.md says
why.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure
from benchmarks.universe import Universe, scan_seconds
from bot.charts.pictures import EQUITY, PROPOSAL, EquityPicture, ProposalPicture
from bot.messages import Texts
from engine.adapters.in_process import InProcessTaskQueue
from engine.adapters.news_scorer import open_scorer, scoring_name
from engine.adapters.sql.store import open_store
from engine.model.market import Headline
from engine.model.performance import EquityPoint, Period
from engine.pipeline.headline_task import HeadlineQuestion, headline_task
from engine.ports.news import NewsScorer
from engine.ports.task_queue import AnyTaskKind, TaskQueue
from engine.settings import ClaudeSettings, read_group
from engine.signals.chart import bars_to_read, chart_of
from tests.several.workplace import Workplace
from tests.support.fakes.claude import KEY, Reply, ScriptedClaude
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.trades import TRADE
from tests.support.servers import Postgres, Valkey, in_memory

AT: Final = datetime(2025, 8, 19, 14, 45, tzinfo=UTC)
CLAUDE_TAKES: Final = 0.5
"""Seconds that the stand-in for Claude takes to answer; the real one takes one to several."""
TASKS: Final = 24
PER_TASK: Final = 10
"""Headlines about a symbol in one question."""
PROCESSES: Final = (0, 1, 2, 4)
SCANS: Final = 4.0
"""Seconds for which symbols are scanned."""


class SlowClaude(ScriptedClaude):
    """A Claude that takes its time, for each call alone."""

    def answer(self, path: str, headers: dict[str, str], sent: bytes) -> Reply:
        """Wait, then answer."""
        time.sleep(CLAUDE_TAKES)
        return super().answer(path, headers, sent)


def workers() -> list[Figure]:
    """Measure all of it with each number of processes."""
    found = dict[str, dict[int, float]]()
    for processes in PROCESSES:
        with _place(processes) as place:
            for name, each in _measured(place, processes).items():
                found.setdefault(name, {})[processes] = each
    for processes in PROCESSES[1:]:
        found.setdefault("symbols_scanned", {})[processes] = _symbols(processes)
    return [_figure(name, processes, each, by[min(by)]) for name, by in found.items() for processes, each in by.items()]


def _figure(name: str, processes: int, each: float, goal: float) -> Figure:
    """Return a figure; its goal is not to be slower than the desk's own process, or than one where that does not."""
    note = f"{processes} worker processes" if processes else "no worker: in the desk's own process, one after the other"
    return Figure.of(name, [each], unit="a second", goal=goal, better="higher", note=note)


@dataclass(frozen=True, kw_only=True)
class _Place:
    queue: TaskQueue
    claude: ClaudeSettings


@contextmanager
def _place(processes: int) -> Iterator[_Place]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=in_memory(), ignore_cleanup_errors=True)))
        claude = stack.enter_context(SlowClaude())
        given = {"ANTHROPIC_API_KEY": KEY, "CLAUDE_URL": claude.url, "CLAUDE_DOLLARS_A_DAY": "1000"}
        settings = read_group(
            ClaudeSettings, anthropic_api_key=KEY, claude_url=claude.url, claude_dollars_a_day=Decimal(1000)
        )
        if not processes:
            yield _Place(queue=InProcessTaskQueue(), claude=settings)
            return
        postgres = stack.enter_context(Postgres.running(folder))
        valkey = stack.enter_context(Valkey(folder))
        about: dict[str, Any] = {"given": given, "concurrency": processes}
        workplace = stack.enter_context(Workplace.open(folder, postgres.new_database(), valkey.url, **about))
        yield _Place(queue=workplace.start().queue(120), claude=settings)


def _measured(place: _Place, processes: int) -> Mapping[str, float]:
    kinds: Mapping[str, tuple[AnyTaskKind, Callable[[int], object], int]] = {
        "headlines_scored": (_headlines(place, processes), _question, PER_TASK),
        "proposal_pictures": (PROPOSAL, _proposal, 1),
        "report_pictures": (EQUITY, _curve, 1),
    }
    return {name: _a_second(place.queue, kind, make) * each for name, (kind, make, each) in kinds.items()}


def _a_second(queue: TaskQueue, kind: AnyTaskKind, make: Callable[[int], object]) -> float:
    """Return how many tasks a second are done, after a few that bring in what they need."""
    assert len(dict(queue.run(kind, {f"warm-{number}": make(-number) for number in range(1, 5)}))) == 4
    asked = {str(number): make(number) for number in range(TASKS)}
    start = time.perf_counter()
    assert len(dict(queue.run(kind, asked))) == TASKS
    return TASKS / (time.perf_counter() - start)


def _headlines(place: _Place, processes: int) -> AnyTaskKind:
    @cache
    def scorer() -> NewsScorer:
        assert not processes, "no worker took the headlines: the figure would be of this process"
        store = open_store(f"sqlite:///{tempfile.mkdtemp(dir=in_memory())}/desk.db")
        return open_scorer(place.claude, store, ExitStack(), ManualClock(AT))

    return headline_task(scoring_name(place.claude), 60, scorer)


def _question(number: int) -> HeadlineQuestion:
    lines = tuple(
        Headline(id=f"n{number}-{line}", at=AT, symbols=("AAPL",), text=f"Apple says {number} {line}", source="wire")
        for line in range(PER_TASK)
    )
    return HeadlineQuestion(symbol="AAPL", headlines=lines)


def _proposal(number: int) -> ProposalPicture:
    return replace(_one_proposal(), symbol=f"S{number}")


@cache
def _one_proposal() -> ProposalPicture:
    universe = Universe(1)
    [history] = universe.chunks()
    assert len(history.starts) > bars_to_read()
    return ProposalPicture.of(chart_of(history), TRADE, _texts())


def _curve(number: int) -> EquityPicture:
    points = [
        EquityPoint(at=AT + timedelta(minutes=5 * step), equity=Decimal(100_000 + number * 7 + step * step % 997))
        for step in range(300)
    ]
    return EquityPicture.of(points, Period.WEEK, _texts())


def _texts() -> Texts:
    return Texts("en", ZoneInfo("Asia/Seoul"), own_clock=False)


def _symbols(processes: int) -> float:
    """Return how many symbols a second are scanned, each process with its shard of 10,000 on a board of its own."""
    shard = 10_000 // processes
    with get_context("spawn").Pool(processes) as pool:
        return sum(pool.map(_scan, [(shard, seed) for seed in range(processes)], chunksize=1))


def _scan(about: tuple[int, int]) -> float:
    shard, seed = about
    universe = Universe(shard, seed=seed)
    board = universe.board()
    scans, spent, ends = 0, 0.0, time.perf_counter() + SCANS
    for bars in universe.bars():
        spent += scan_seconds(board, bars)
        scans += 1
        if time.perf_counter() > ends:
            break
    return shard * scans / spent
