from collections.abc import Iterable
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from engine.errors import SettingsInvalid
from engine.model.decision_record import ReplayedTrade
from engine.offline import replayed

WIDE = 160
"""Columns of the table where it is not read on a screen, so that no number is cut."""


def replay(trade: str, everything: bool, env_file: Path | None) -> None:
    """Print each number of a trade beside what comes out of its records again; ends with 1 where one differs."""
    console = Console(width=None if Console().is_terminal else WIDE, highlight=False)
    with told_in_one_line():
        if bool(trade) is everything:
            raise SettingsInvalid("replay: give one trade ID, or --all")
        take_in(env_file)
        differences = _all(replayed(""), console) if everything else _single(replayed(trade), console)
    if differences:
        raise typer.Exit(1)


def _single(found: Iterable[ReplayedTrade], console: Console) -> int:
    """Print every number of a trade; return how many differ."""
    differences = 0
    for each in found:
        if each.numbers:
            console.print(_table(each, only_differences=False))
        _print(each, console)
        differences += each.differences
    return differences


def _all(found: Iterable[ReplayedTrade], console: Console) -> int:
    """Print what differs in any trade, and the count of all; return how many numbers differ."""
    trades = numbers = differences = bare = 0
    for each in found:
        trades, numbers, bare = trades + 1, numbers + len(each.numbers), bare + (not each.has_records)
        differences += each.differences
        if each.differences:
            if any(number.differs for number in each.numbers):
                console.print(_table(each, only_differences=True))
            _print(each, console)
    if bare:
        console.print(f"{bare} trades without records: found at the broker, or older than the records")
    console.print(f"{trades} trades, {numbers} numbers, {differences} differences")
    return differences


def _print(each: ReplayedTrade, console: Console) -> None:
    for fault in each.faults:
        console.print(f"[red]✗[/] {escape(each.trade_id)} {escape(fault)}")
    if not each.has_records:
        console.print(f"{escape(each.trade_id)} has no records: found at the broker, or older than the records")
    console.print(f"{escape(each.trade_id)}: {len(each.numbers)} numbers, {each.differences} differences")


def _table(each: ReplayedTrade, *, only_differences: bool) -> Table:
    table = Table("", "Decision", "Number", "Stored", "Again", title=escape(each.trade_id))
    for number in each.numbers:
        if number.differs or not only_differences:
            mark = "[red]✗[/]" if number.differs else "[green]✓[/]"
            cells = (number.decision, number.name, number.stored, number.again)
            table.add_row(mark, *map(escape, cells))
    return table
