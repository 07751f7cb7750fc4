"""Measures everything and says how it stands: python -m benchmarks [--only scan_tick]."""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from rich.console import Console

from benchmarks import (
    backtests,
    database,
    decisions,
    growth,
    page,
    passing,
    prices,
    restarting,
    scanning,
    starting,
    sweeps,
    workers,
)
from benchmarks.figure import Figure

BENCHMARKS: Mapping[str, Callable[[], list[Figure]]] = {
    "scan_tick": scanning.scan_tick,
    "scan_close": scanning.scan_close,
    "scan_warmup": scanning.scan_warmup,
    "observe": prices.observe,
    "bar_pass": passing.bar_pass,
    "decision": decisions.decision,
    "click_to_order": decisions.click_to_order,
    "ack": decisions.ack,
    "halt": decisions.halt,
    "api": database.api,
    "price_cache": prices.price_cache,
    "parallel": starting.parallel,
    "restart": restarting.restart,
    "help": starting.help_,
    "cold_start": starting.cold_start,
    "memory": scanning.memory,
    "history": database.history,
    "workers": workers.workers,
    "backtest": backtests.backtest,
    "sweep": sweeps.sweep,
}
WRITTEN = Path("build/bench.json")


def main() -> int:
    """Run what is asked for, print the table, and write build/bench.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=sorted(BENCHMARKS))
    only = parser.parse_args().only
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    console, figures = Console(width=220 if not sys.stdout.isatty() else None), list[Figure]()
    for run in dict.fromkeys([BENCHMARKS[only]] if only else BENCHMARKS.values()):
        console.print(f"[dim]{run.__module__}.{run.__name__} …[/dim]")
        figures += run()
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps([row for figure in figures for row in figure.rows()], indent=2), encoding="utf-8")
    if not only:
        page.write(figures)
        growth.draw(growth.ticks(), growth.summaries())
    console.print(page.table(figures), f"written to {WRITTEN}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
