"""The board: a tick, the tick that closes a bar, the warm-up, and what it all weighs."""

import json
import subprocess
import sys

from benchmarks.figure import Figure, Peer, interleaved, part
from benchmarks.peers import TA_SYMBOLS, TALIPP_SYMBOLS, Peers
from benchmarks.universe import BAR, Universe, scan_seconds
from engine.signals.indicators import PriceBoard
from engine.signals.technical import technical_scores

SCALED = f"ta was timed on {TA_SYMBOLS} symbols and talipp on {TALIPP_SYMBOLS}, each multiplied up to 10,000"
RUNS = 7
"""Of the peers, which take seconds."""


def scan_tick() -> list[Figure]:
    """Time one tick for 10,000 symbols within a bar: prices in, all scores out."""
    universe = Universe()
    board, ticks, peers = universe.board(), universe.ticks(every=0.25), Peers(universe)

    own: list[float] = []
    slow: dict[str, list[float]] = {}
    for _ in range(RUNS):
        own += [scan_seconds(board, next(ticks)) for _ in range(100)]
        for name, taken in interleaved(
            {"TA-Lib loop": peers.ta_lib, "ta loop": peers.ta, "talipp": peers.talipp, "polars": peers.polars},
            1,
            warm_up=0 if slow else 1,
        ).items():
            slow.setdefault(name, []).extend(taken)
    times = {"ta loop": peers.of_all(TA_SYMBOLS), "talipp": peers.of_all(TALIPP_SYMBOLS)}
    against = tuple(Peer(name=name, value=part(taken, 0.5) * times.get(name, 1) * 1000) for name, taken in slow.items())
    samples = [taken * 1000 for taken in own[100:]]  # the first hundred are the warm-up
    return [Figure.of("scan_tick", samples, unit="ms", goal=1, peers=against, note=SCALED)]


def scan_close() -> list[Figure]:
    """Time the tick that closes a bar for 10,000 symbols."""
    universe = Universe()
    board, ticks = universe.board(), universe.ticks(every=BAR)
    samples = [scan_seconds(board, next(ticks)) * 1000 for _ in range(220)]
    return [Figure.of("scan_close", samples[20:], unit="ms", goal=2)]  # the first twenty are the warm-up


def scan_warmup() -> list[Figure]:
    """Time 250 bars of 10,000 symbols into an empty board."""
    universe = Universe()
    history, peers = universe.history(), Peers(universe)

    def warm() -> None:
        PriceBoard(universe.names).warm(history)

    taken = interleaved({"own": warm, "TA-Lib loop": peers.ta_lib}, RUNS)
    peer = Peer(name="TA-Lib loop", value=part(taken["TA-Lib loop"], 0.5) * 1000)
    samples = [value * 1000 for value in taken["own"]]
    return [
        Figure.of(
            "scan_warmup", samples, unit="ms", goal=peer.value / 2, peers=(peer,), note="the goal is half of TA-Lib"
        )
    ]


def memory() -> list[Figure]:
    """Weigh a process with 10,000 symbols whose rings of 1,000 prices are full."""
    answer = subprocess.run([sys.executable, "-m", "benchmarks.scanning"], capture_output=True, text=True, check=True)
    weight = float(json.loads(answer.stdout))
    return [Figure.of("memory", [weight], unit="MB", goal=600, note="resident, of a process with the board alone")]


def _weigh() -> float:
    """Fill the rings of this process and return its resident memory in MB."""
    universe = Universe()
    board, ticks = universe.board(), universe.ticks(every=1)
    for _ in range(1000):
        next(ticks).into(board)
    technical_scores(board.indicators())
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 (a file of the kernel's)
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(_weigh()))  # noqa: T201 (the parent reads it)
