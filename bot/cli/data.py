"""`trading-bot data fetch`: what is kept now, how far it reaches, and what is missing in it."""

from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from bot.cli.backtest import day
from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from engine.bootstrap import read_settings
from engine.data_fetch import Fetched, FetchRequest, fetch
from engine.model.fetched_bars import MANY_MISSING, FetchedSymbol

NAMED = 5
"""Sessions without a bar that one line names."""


def data_fetch(symbols: str, first: str, last: str, folder: Path | None, env_file: Path | None) -> None:
    """Fetch bars, and print what came of it."""
    with told_in_one_line():
        take_in(env_file)
        asked = FetchRequest(
            symbols=tuple(dict.fromkeys(part.strip().upper() for part in symbols.split(",") if part.strip())),
            first=day("--from", first),
            last=day("--to", last),
            folder=folder,
        )
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
            task = shown.add_task("…", total=1.0)
            found = fetch(
                asked,
                read_settings(),
                lambda symbol, done: shown.update(task, description=symbol, completed=done),
            )
    for line in lines(found):
        typer.echo(line)


def lines(found: Fetched) -> tuple[str, ...]:
    """Return what is kept now, a line each."""
    return (
        *(line for each in found.symbols for line in _about(each)),
        f"{found.folder}: {found.source} from {found.first} to {found.last}, regular hours",
        "Prices are adjusted for splits, not for dividends",
        f"trading-bot backtest --data {found.folder} --symbols {','.join(each.symbol for each in found.symbols)}",
    )


def _about(each: FetchedSymbol) -> tuple[str, ...]:
    told = [f"{each.symbol}: {each.bars:,} bars, {each.added:,} of them new"]
    if each.is_readjusted:
        told.append(f"{each.symbol}: its prices changed since, as after a split; all of it was read anew")
    if each.empty:
        named = ", ".join(str(on) for on in each.empty[:NAMED])
        more = f" and {len(each.empty) - NAMED} more" if len(each.empty) > NAMED else ""
        told.append(f"{each.symbol}: no bar at all on {len(each.empty)} sessions: {named}{more}")
    if each.missing > MANY_MISSING:
        told.append(f"{each.symbol}: {each.missing:.0%} of the other sessions' bars are missing, as of a thin symbol")
    return tuple(told)
