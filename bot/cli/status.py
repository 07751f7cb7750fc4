from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from engine.instance_id import has_ended
from engine.offline import DeskStatus, desk_status
from engine.ports.lease import LEADER, PROCESS


def status(env_file: Path | None) -> None:
    """Print how a desk stands: its state, what waits, who runs it and who leads; ends with 1 where nobody leads."""
    with told_in_one_line():
        take_in(env_file)
        found = desk_status()
    console = Console(highlight=False)
    console.print(f"desk {found.desk.state}, AUTO_MODE {'on' if found.desk.auto else 'off'}")
    console.print(f"outbox {found.waiting} waiting" + (f", oldest {_age(found)}" if found.oldest else ""))
    if found.stream is not None:
        console.print(f"signal stream {found.stream} waiting")
    if not found.leases:
        console.print("one process (SQLite)")
        return
    if found.tasks is not None:
        tasks = found.tasks
        oldest = f", oldest {tasks.oldest:.0f} s" if tasks.waiting else ""
        console.print(
            f"workers {found.workers}, tasks {tasks.waiting} waiting{oldest}, {tasks.running} running;"
            f" in the last day {tasks.refused} refused, {tasks.set_aside} set aside"
        )
    console.print(_processes(found))
    leads = [held for name, held in found.leases if name == LEADER and held.seconds > 0]
    if not leads:
        console.print("nobody leads")
        raise typer.Exit(1)


def _processes(found: DeskStatus) -> Table:
    table = Table("process", "host", "pid", "leads", "term")
    leader = next((held for name, held in found.leases if name == LEADER and held.seconds > 0), None)
    for name, held in found.leases:
        if not name.startswith(PROCESS) or held.seconds <= 0 or has_ended(held.holder):
            continue
        _, role, host, pid = name.split(":")
        leads = leader is not None and leader.holder == held.holder
        table.add_row(role, host, pid, "yes" if leads else "", str(leader.term) if leader and leads else "")
    return table


def _age(found: DeskStatus) -> str:
    return f"{found.oldest.total_seconds():.0f} s" if found.oldest else ""
