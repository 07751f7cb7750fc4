"""`trading-bot sweep`: how many variants there are, the progress, what a choice was worth, and what is kept."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.cli.backtest import ProgressBars
from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from bot.messages import Texts
from bot.pages.notes import notes_told
from bot.pages.sweep import Axes, sweep_doubts, sweep_page, sweep_verdict
from bot.pages.verdict import multiple
from engine.bootstrap import read_settings
from engine.errors import SettingsInvalid
from engine.model.evaluation import WalkForward
from engine.research import (
    PAGE,
    SWEEP,
    BacktestRequest,
    keep,
    planned_sweep,
    refuse_unwritable,
    sweep as run,
)


def sweep(
    asked: BacktestRequest,
    *,
    vary: Sequence[str],
    on_map: str,
    windows: int,
    output: Path | None,
    env_file: Path | None,
) -> None:
    """Run a sweep, show what choosing was worth, and keep it where a folder is given."""
    with told_in_one_line():
        take_in(env_file)
        settings = read_settings()
        texts = Texts(settings.desk.locale, settings.desk.zone)
        plan = planned_sweep(asked, vary)
        axes = _axes(on_map, tuple(plan.ranges))
        if output is not None:
            refuse_unwritable(output)
        console = Console(highlight=False, soft_wrap=True)
        sizes = " × ".join(f"{name} ({len(values)})" for name, values in plan.ranges.items())
        planned = texts("sweep-planned", variants=len(plan.variants), sizes=sizes)
        console.print(planned, markup=False)
        with ProgressBars(texts) as bars:
            found = run(plan, settings, bars.tell, count=windows)
        done = found.sweep
        console.print(sweep_verdict(done, texts), style="bold", markup=False)
        console.print(_chosen(done.walk, texts))
        for line in (*sweep_doubts(done, texts), *notes_told(done.notes, texts)):
            console.print(f"- {line}", markup=False)
        if output is not None:
            keep(output, found, sweep_page(done, texts, axes))
            console.print(texts("backtest-kept", result=str(output / SWEEP), page=str(output / PAGE)))


def _chosen(walk: WalkForward, texts: Texts) -> Table:
    """Return what was chosen in each window as a table, with what it made in the sessions after."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("sessions", "chosen", "before", "after", "trades"):
        table.add_column(
            texts("sweep-column", column=column), justify="left" if column in {"sessions", "chosen"} else "right"
        )
    for step in walk.steps:
        table.add_row(
            f"{texts.day(step.window.test_first)} – {texts.day(step.window.test_last)}",
            step.chosen,
            multiple(step.train_mean, texts),
            multiple(step.test_mean, texts),
            texts.count(len(step.test.trades)),
        )
    return table


def _axes(text: str, varied: Sequence[str]) -> Axes:
    """Return the numbers down and across the map: those that are asked for, else the first two."""
    names = tuple(part.strip() for part in text.split(",") if part.strip()) or tuple(varied[:2])
    wrong = [name for name in names if name not in varied]
    if wrong or len(names) > 2 or len(set(names)) < len(names):  # noqa: PLR2004  down and across
        raise SettingsInvalid(f"--map {text}: expected one or two of {', '.join(varied)}")
    return names[0], names[1] if len(names) > 1 else None
