"""Prices and bars in memory: a tick, a closed bar, the warm-up, and what it all weighs."""

import json
import subprocess
import sys

from benchmarks.figure import Figure, Floor, Peer, interleaved, part
from benchmarks.floors import copied
from benchmarks.own_memory import kilobytes
from benchmarks.peers import TA_SYMBOLS, TALIPP_SYMBOLS, Peers
from benchmarks.universe import Universe, scan_seconds, tick_seconds
from engine.signals.board import Board
from engine.signals.prices import RecentPrices

SCALED = f"ta was timed on {TA_SYMBOLS} symbols and talipp on {TALIPP_SYMBOLS}, each multiplied up to 10,000"
TICK_BYTES = 28
"""Of a symbol's time, price and volume, 8 each, and its spread, 4."""
DEPTH = 1_000
"""Prices of a symbol that are kept."""
RUNS = 7
"""Of the peers, which take seconds."""


def scan_tick() -> list[Figure]:
    """Time one price of each of 10,000 symbols between two closes: nothing is scored then."""
    universe = Universe()
    prices, ticks = RecentPrices(universe.names, depth=DEPTH), universe.ticks(every=0.25)
    samples = [tick_seconds(prices, next(ticks)) * 1000 for _ in range(800)]
    least = 1000 * copied(TICK_BYTES * len(universe.names), DEPTH)
    floor = Floor(value=least, of="its bytes read and written", at_p50=3)
    return [Figure.of("scan_tick", samples[100:], unit="ms", goal=1, floor=floor)]  # the first hundred are the warm-up


def scan_close() -> list[Figure]:
    """Time a closed bar of 10,000 symbols: the new one and three before it in, all scores out."""
    universe, slow = Universe(), dict[str, list[float]]()
    board, peers = universe.board(), Peers(universe)
    samples = [scan_seconds(board, bars) * 1000 for bars in universe.bars()]
    for number in range(RUNS):
        jobs = {"TA-Lib loop": peers.ta_lib, "ta loop": peers.ta, "talipp": peers.talipp, "polars": peers.polars}
        for name, taken in interleaved(jobs, 1, warm_up=0 if number else 1).items():
            slow.setdefault(name, []).extend(taken)
    times = {"ta loop": peers.of_all(TA_SYMBOLS), "talipp": peers.of_all(TALIPP_SYMBOLS)}
    against = tuple(Peer(name=name, value=part(taken, 0.5) * times.get(name, 1) * 1000) for name, taken in slow.items())
    # The first ten are the warm-up.
    return [Figure.of("scan_close", samples[10:], unit="ms", goal=5, peers=against, note=SCALED)]


def scan_warmup() -> list[Figure]:
    """Time the bars of 21 sessions of 10,000 symbols into an empty board."""
    universe = Universe()
    universe = Universe(shown=len(universe.starts))
    chunks, peers = list(universe.chunks()), Peers(universe)

    def warm() -> None:
        board = Board(universe.names)
        board.begin(universe.starts)
        for chunk in chunks:
            board.fill(chunk)

    taken = interleaved({"own": warm, "TA-Lib loop": peers.ta_lib}, RUNS)
    peer = Peer(name="TA-Lib loop", value=part(taken["TA-Lib loop"], 0.5) * 1000)
    samples = [value * 1000 for value in taken["own"]]
    note = "the goal is TA-Lib's time for the same bars"
    return [Figure.of("scan_warmup", samples, unit="ms", goal=peer.value, peers=(peer,), note=note)]


def memory() -> list[Figure]:
    """Weigh a process with 10,000 symbols whose bars are all there, and whose rings of 1,000 prices are full."""
    answer = subprocess.run([sys.executable, "-m", "benchmarks.scanning"], capture_output=True, text=True, check=True)
    weight = float(json.loads(answer.stdout))
    return [Figure.of("memory", [weight], unit="MB", goal=700, note="resident, with bars and prices alone")]


def _weigh() -> float:
    """Fill the board and the rings of this process and return its resident memory in MB."""
    universe = Universe()
    board, prices, ticks = universe.board(), RecentPrices(universe.names), universe.ticks(every=1)
    for _ in range(DEPTH):
        next(ticks).into(prices)
    for bars in universe.bars():
        scan_seconds(board, bars)
    return kilobytes("VmRSS") / 1024


if __name__ == "__main__":
    print(json.dumps(_weigh()))  # noqa: T201 (the parent reads it)
