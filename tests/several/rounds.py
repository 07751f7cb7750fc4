"""A spread-out desk plays the example again and again while its processes are killed and paused: nothing may be lost.

`python -m tests.several.rounds --rounds 1000 --seed 7`. Two api, three workers and two schedulers run on a real
PostgreSQL, Valkey and, in every other part, RabbitMQ. In each round a symbol has the bars of the worked example; the
desk buys, after a click or by itself, and sells. Meanwhile one or two processes are killed (SIGKILL) and started again,
or paused for 5 to 120 seconds of the desk's (SIGSTOP, SIGCONT), most often the leader. The dice come from the seed; how
processes interleave does not, so a seed repeats a run in kind only. With --results a run goes on where it ended.
"""

import argparse
import logging
import random
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import structlog

from tests.several.rabbitmq import RabbitMq, why_no_rabbitmq
from tests.several.spread_desk import SYMBOLS, SpreadDesk
from tests.several.spread_findings import Rounds, keep_logs, summary
from tests.several.spread_judgement import judge
from tests.several.spread_round import Plan, Round
from tests.support.servers import Postgres, Valkey, in_memory

PART: Final = len(SYMBOLS)
"""Rounds on one database; the next part begins with an empty one."""


def play(desk: SpreadDesk, *, rounds: int, dice: random.Random, found: Rounds) -> None:
    """Play so many rounds on one desk, and judge once it has come to rest."""
    for number, symbol in enumerate(list(desk.plan)[:rounds]):
        began = time.monotonic()
        Round(desk, symbol, Plan.thrown(dice), found).play()
        found.seconds.append(time.monotonic() - began)
        line = f"{number + 1:3} {symbol:5} {found.seconds[-1]:5.1f} s, {len(found.zeros.breaches)} breaches\n"
        sys.stderr.write(line)
    judge(desk, found.zeros, found.seen)


def run(rounds: int, seed: int, *, results: Path | None = None, ends: float = float("inf")) -> Rounds:
    """Play so many rounds, in parts; what `results` has of the same seed is not played again.

    No part begins after `ends` (seconds since the epoch).
    """
    found = Rounds()
    done = results.read_text(encoding="utf-8").splitlines() if results and results.exists() else []
    for line in done:
        found.add(Rounds.read(line))
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(dir=in_memory(), ignore_cleanup_errors=True))
        folder = Path(name)
        postgres = stack.enter_context(Postgres.running(folder))
        has_rabbit = rounds > PART and not why_no_rabbitmq()
        rabbit = stack.enter_context(RabbitMq(folder)) if has_rabbit else None
        for first in range(len(done) * PART, rounds, PART):
            if time.time() > ends:
                break
            part = Rounds()
            place = folder / f"part-{first}"
            place.mkdir()
            is_rabbit = rabbit is not None and first // PART % 2 == 1
            part.did["parts on RabbitMQ" if is_rabbit else "parts on Valkey"] += 1
            dice = random.Random(seed * 1_000 + first)  # noqa: S311 (a seed is the point of it)
            # Its own Valkey: one that remembers another database would halt the desk.
            with (
                Valkey(place) as valkey,
                SpreadDesk.open(place, postgres, valkey, rabbit.url if rabbit and is_rabbit else valkey.url) as desk,
            ):
                play(desk, rounds=min(PART, rounds - first), dice=dice, found=part)
            found.add(part)
            if results:
                with results.open("a", encoding="utf-8") as file:
                    file.write(part.written() + "\n")
                if part.zeros.breaches:
                    keep_logs(place, results.with_suffix(f".part-{first}"))
            sys.stderr.write(f"{summary(found, seed)}\n")
    return found


def main() -> int:
    """Print what came of a campaign; 1 where anything was doubled, lost, or sent after a halt."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--results", type=Path, default=None)
    parser.add_argument("--minutes", type=float, default=None, help="begin no part after so many minutes")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    ends = float("inf") if given.minutes is None else time.time() + 60 * given.minutes
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers and processes end with this one
    if why := why_no_rabbitmq():
        sys.stdout.write(f"{why}; Valkey hands out every task\n")
    found = run(given.rounds, seed, results=given.results, ends=ends)
    sys.stdout.write(f"{summary(found, seed)}\n")
    for breach in found.zeros.breaches[:50]:
        sys.stdout.write(f"{breach}\n")
    return 1 if found.zeros.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
