"""`trading-bot backtest`: the progress while it runs, the table at the end, and what is kept."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from bot.messages import Texts
from bot.pages.backtest import figures, page
from bot.pages.doubts import control_line
from bot.pages.notes import notes_told
from bot.pages.verdict import verdict_line
from engine.bootstrap import read_settings
from engine.errors import SettingsInvalid
from engine.model.backtest import BacktestTrade
from engine.model.money import CENT
from engine.model.news import NewsEstimate
from engine.research import PAGE, RESULT, BacktestRequest, Researched, backtest as run, keep, refuse_unwritable

NEWEST = 10
"""Trades that the terminal shows, the last ones."""


def request_of(
    *,
    strategy: str,
    data: str,
    symbols: str,
    days: tuple[str, str],
    cash: str,
    costs: Sequence[str],
    columns: Sequence[str],
    actions: str,
    seed: int,
    walks: int,
    workers: int,
    news: str = "none",
    budget: str = "0",
) -> BacktestRequest:
    """Read what was typed; raises SettingsInvalid."""
    first, last = (day(option, text) for option, text in zip(("--from", "--to"), days, strict=True))
    named = tuple(dict.fromkeys(part.strip().upper() for part in symbols.split(",") if part.strip()))
    return BacktestRequest(
        strategy=strategy,
        data=data,
        symbols=named,
        first=first,
        last=last,
        cash=_decimal("--cash", cash) if cash else None,
        costs={name: _decimal(f"--costs {name}", text) for name, text in _pairs("--costs", costs).items()},
        columns=_pairs("--column", columns),
        actions=actions,
        seed=seed,
        walks=walks,
        workers=workers,
        news=news,
        budget=_decimal("--budget", budget),
    )


def backtest(asked: BacktestRequest, output: Path | None, env_file: Path | None, *, asks: bool = True) -> None:
    """Run a backtest, show what came of it, and keep it where a folder is given."""
    with told_in_one_line():
        take_in(env_file)
        settings = read_settings()
        texts = Texts(settings.desk.locale, settings.desk.zone)
        if output is not None:
            refuse_unwritable(output)
        with ProgressBars(texts) as bars:
            found = run(asked, settings, bars.tell, partial(_agreed, texts, bars, asks=asks))
        console = Console(highlight=False, soft_wrap=True)
        _show(found, texts, console)
        if output is not None:
            keep(output, found, page(found.evaluation, texts, bars=found.bars))
            console.print(texts("backtest-kept", result=str(output / RESULT), page=str(output / PAGE)), markup=False)


def _agreed(texts: Texts, bars: "ProgressBars", cost: NewsEstimate, *, asks: bool) -> None:
    """Say what the news will cost, and ask whether to spend it; raises SettingsInvalid where nobody says yes."""
    dollars = {"about": cost.about, "most": cost.most, "budget": cost.budget}
    told = {name: texts.price(value.quantize(CENT, ROUND_CEILING)) for name, value in dollars.items()}
    with bars.out_of_the_way():
        typer.echo(texts("backtest-news-cost", new=cost.new, known=cost.known, **told), err=True)
        if asks and not _confirmed(texts("backtest-news-ask")):
            raise SettingsInvalid("--news: nothing was spent; --budget 0 trades on what is scored already")


def _confirmed(question: str) -> bool:
    try:
        return typer.confirm(question, err=True)
    except typer.Abort as error:
        raise SettingsInvalid(
            "--news: nobody answered, and nothing was spent; expected --yes where nobody can be asked"
        ) from error


class ProgressBars:
    """The progress on the terminal, beside what is printed; each part of the work has a bar."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        console = Console(stderr=True)
        self._progress = Progress(
            *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
        )
        self._tasks = dict[str, int]()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @contextmanager
    def out_of_the_way(self) -> Iterator[None]:
        """Leave the terminal to somebody else for a while."""
        self._progress.stop()
        yield
        self._progress.start()

    def tell(self, part: str, done: float) -> None:
        """Show that so much of a part is done."""
        if part not in self._tasks:
            self._tasks[part] = self._progress.add_task(self._texts("backtest-progress", part=part), total=1.0)
        self._progress.update(self._tasks[part], completed=done)  # type: ignore[arg-type]  # a TaskID is an int


def _show(found: Researched, texts: Texts, console: Console) -> None:
    done = found.evaluation
    console.print(verdict_line(done, texts), style="bold", markup=False)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in figures(done, texts):
        table.add_row(Text(name), Text(value))
    console.print(table)
    if done.control and done.control.walks:
        console.print(control_line(done.control, texts), markup=False)
    if done.backtest.trades:
        console.print(_trades(done.backtest.trades[-NEWEST:], texts))
    for note in notes_told(done.backtest.notes, texts):
        console.print(f"- {note}", markup=False)


def _trades(trades: Sequence[BacktestTrade], texts: Texts) -> Table:
    """Return the newest trades as a table, the oldest of them first."""
    table = Table(
        box=None, padding=(0, 2, 0, 0), title=texts("backtest-newest", count=len(trades)), title_justify="left"
    )
    for column in ("symbol", "bought", "shares", "entry", "exit", "reason", "result"):
        table.add_column(
            texts("backtest-column", column=column), justify="left" if column in {"symbol", "reason"} else "right"
        )
    for trade in trades:
        told = (
            trade.symbol,
            texts.day(trade.entered_at.date()),
            texts.count(trade.shares),
            texts.price(trade.entry),
            texts.price(trade.exit),
            texts("backtest-page-exit", exit=trade.reason.value),
            texts.gain(trade.result - trade.fees),
        )
        table.add_row(*map(Text, told))  # a symbol of somebody's file may look like markup
    return table


def day(option: str, text: str) -> date | None:
    """Read a day that was typed, None for nothing; raises SettingsInvalid."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsInvalid(f"{option} {text}: expected a day such as 2012-06-04") from None


def _decimal(option: str, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise SettingsInvalid(f"{option} {text}: expected a number")
    return number


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    pairs = dict[str, str]()
    for part in ",".join(given).split(","):
        name, is_there, text = part.partition("=")
        if part.strip() and not (is_there and name.strip() and text.strip()):
            raise SettingsInvalid(f"{option} {part}: expected name=value")
        if part.strip():
            pairs[name.strip()] = text.strip()
    return pairs
