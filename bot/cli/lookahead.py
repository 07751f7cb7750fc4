import typer
from rich.console import Console
from rich.markup import escape

from bot.cli.common import told_in_one_line
from engine.model.strategy_check import StrategyCheck
from engine.research import lookahead as look

NARROWEST = 120


def lookahead(strategy: str, seed: int, seconds: float) -> None:
    """Print what is found of a strategy; ends with 1 where anything speaks against it."""
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=NARROWEST)
    with told_in_one_line():
        found = look(strategy, seed=seed, seconds=seconds)
    for line in lines(found):
        console.print(line, soft_wrap=True)
    if not found.passed:
        raise typer.Exit(1)


def lines(found: StrategyCheck) -> tuple[str, ...]:
    """Return what was found, a line each."""
    name = escape(f"{found.strategy} ({found.fingerprint[:8]})" if found.fingerprint else found.strategy)
    faults = (f"[red]✗[/] {each.fault.value}: {escape(each.text)}" for each in found.findings)
    looked = f"{found.bars:,} bars, {found.scored:,} with a score, {found.trials} changed futures and beginnings"
    verdict = f"[green]✓[/] {name}: no score or stop moved" if found.passed else f"[red]✗[/] {name}: may not trade"
    return (*faults, verdict, looked)
