"""The command line. Each command is brought in when it is asked for, so that --help comes at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # its frames around the help take longer to bring in than all the rest of the command line
    pretty_exceptions_enable=False,  # it prints every variable of a traceback, tokens included
    help="A Slack bot that trades US equities, with people in command.",
)


audit_commands = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The audit log: every request and its outcome."
)
app.add_typer(audit_commands, name="audit")
data_commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Bars of the past, for backtests.")
app.add_typer(data_commands, name="data")


EnvFile = Annotated[
    Path | None,
    typer.Option(
        "--env-file",
        envvar="ENV_FILE",
        help="Settings file; default ~/.config/trading-bot/.env, if it exists. Environment variables override it.",
    ),
]

# What is asked of past prices, by whichever command.
Symbols = Annotated[str, typer.Option(help="AAPL,MSFT; default all that the data have.")]
FirstDay = Annotated[str, typer.Option("--from", help="First day to trade, 2012-06-04; default the first there is.")]
LastDay = Annotated[str, typer.Option("--to", help="Last day to trade; default the last there is.")]
Data = Annotated[
    str,
    typer.Option(
        help="recorded, random-walk, alpaca, a folder of fetched bars, or a .csv or .parquet file of five-minute bars."
    ),
]
Cash = Annotated[str, typer.Option(help="Dollars at the start; default PAPER_CASH.")]
Costs = Annotated[list[str] | None, typer.Option(help="spread_bp=2, slippage_bp=2, participation=0.1; repeatable.")]
Columns = Annotated[list[str] | None, typer.Option(help="What the file calls a column, start=timestamp; repeatable.")]
Actions = Annotated[str, typer.Option(help="A CSV file of splits and dividends: symbol,date,split,dividend.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all that is drawn by dice.")]


@app.command("run")
def run_command(env_file: EnvFile = None) -> None:
    """Trade in your Slack workspace. Settings come from the environment and the settings file."""
    with _bringing_in():
        from bot.cli.run import run

    run(env_file)


@app.command("api")
def api_command(env_file: EnvFile = None) -> None:
    """Serve people in Slack and by HTTP; the jobs are a scheduler's. Needs PostgreSQL; start as many as you like."""
    with _bringing_in():
        from bot.cli.run import run
        from bot.runtime import ProcessRole

    run(env_file, ProcessRole.API)


@app.command("scheduler")
def scheduler_command(env_file: EnvFile = None) -> None:
    """Run the timetable. Needs PostgreSQL; of several one leads, and another takes over within seconds."""
    with _bringing_in():
        from bot.cli.run import run
        from bot.runtime import ProcessRole

    run(env_file, ProcessRole.SCHEDULER)


@app.command("worker")
def worker_command(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Processes that work at once.")] = 1,
    env_file: EnvFile = None,
) -> None:
    """Score headlines and draw charts for a desk. Needs PostgreSQL and a message broker; start as many as you like."""
    with _bringing_in():
        from bot.cli.worker import worker

    worker(concurrency, env_file)


@app.command("status")
def status_command(env_file: EnvFile = None) -> None:
    """Show the desk's state, what waits to be told, which processes run it and which one leads."""
    from bot.cli.status import status

    status(env_file)


@app.command("mcp")
def mcp_command(env_file: EnvFile = None) -> None:
    """Show the desk to an AI agent by MCP, over standard input and output; it may propose buys, and nothing else."""
    with _bringing_in():
        from bot.cli.mcp import serve

    serve(env_file)


@app.command("demo")
def demo_command(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port of the web page; 0 picks a free one.")] = 0,
    speed: Annotated[float, typer.Option(help="Market seconds per real second.")] = 160,
    seconds: Annotated[float, typer.Option(min=0, help="Stop after this many seconds; 0 for never.")] = 0,
    auto: Annotated[bool, typer.Option("--auto", help="Turn auto-trading on (AUTO_MODE=1).")] = False,
    locale: Annotated[str, typer.Option(help="Language of the desk: en or ko.")] = "en",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    data: Annotated[Path | None, typer.Option(help="Keep the data in this folder and continue from it.")] = None,
    refuse_new_blocks: Annotated[
        bool, typer.Option("--refuse-new-blocks", help="Be a workspace that doesn't have Slack's newer blocks yet.")
    ] = False,
) -> None:
    """Run a whole desk on this machine, with recorded prices, a paper broker and its own Slack."""
    with _bringing_in():
        from bot.cli.demo import demo

    demo(
        port=port,
        speed=speed,
        seconds=seconds,
        auto=auto,
        locale=locale,
        browser=browser,
        data=data,
        newer_blocks=not refuse_new_blocks,
    )


@app.command("doctor")
def doctor_command(env_file: EnvFile = None) -> None:
    """Check every setting, token and server, and say how to fix each fault. Exits with 0 if all is well."""
    from bot.cli.doctor import doctor

    doctor(env_file)


@app.command("export")
def export_command(
    table: Annotated[str, typer.Argument(help="trades, orders, decisions, audit, journal or lots.")],
    path: Annotated[Path, typer.Argument(help="A .csv or .parquet file.")],
    env_file: EnvFile = None,
) -> None:
    """Export a table to a file for spreadsheets and notebooks."""
    from bot.cli.export import export

    export(table, path, env_file)


@app.command("replay")
def replay_command(
    trade: Annotated[str, typer.Argument(help="A trade ID.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every trade in the database.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Recalculate every number of a trade from its records. Exits with 0 if all match, 1 if one differs."""
    from bot.cli.replay import replay

    replay(trade, everything, env_file)


@app.command("backtest")
def backtest_command(
    strategy: Annotated[str, typer.Option(help="seed, a .toml file, or package.module:Class.")] = "seed",
    symbols: Symbols = "",
    first: FirstDay = "",
    last: LastDay = "",
    data: Data = "recorded",
    cash: Cash = "",
    costs: Costs = None,
    column: Columns = None,
    actions: Actions = "",
    seed: Seed = 1,
    walks: Annotated[int, typer.Option(min=0, max=1_000, help="Random walks for the control; 0 for none.")] = 20,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes for the control.")] = 1,
    news: Annotated[str, typer.Option(help="none, alpaca, or a .csv file with at,symbols,headline.")] = "none",
    budget: Annotated[str, typer.Option(help="Most dollars for Claude to score the news; 0 uses what is kept.")] = "1",
    yes: Annotated[bool, typer.Option("--yes", help="Spend up to the budget without asking.")] = False,
    output: Annotated[Path | None, typer.Option(help="Folder for result.json and page.html.")] = None,
    env_file: EnvFile = None,
) -> None:
    """Trade a strategy on past prices as the live desk would, and say whether an edge is shown."""
    with _bringing_in():
        from bot.cli.backtest import backtest, request_of
        from bot.cli.common import told_in_one_line

    with told_in_one_line():
        asked = request_of(
            strategy=strategy,
            data=data,
            symbols=symbols,
            days=(first, last),
            cash=cash,
            costs=costs or [],
            columns=column or [],
            actions=actions,
            seed=seed,
            walks=walks,
            workers=workers,
            news=news,
            budget=budget,
        )
    backtest(asked, output, env_file, asks=not yes)


@app.command("sweep")
def sweep_command(
    vary: Annotated[
        list[str] | None, typer.Option(help="A number of the strategy's file: rsi.low=25:40:5; repeatable.")
    ] = None,
    strategy: Annotated[str, typer.Option(help="seed, or a .toml file.")] = "seed",
    symbols: Symbols = "",
    first: FirstDay = "",
    last: LastDay = "",
    data: Data = "recorded",
    cash: Cash = "",
    costs: Costs = None,
    column: Columns = None,
    actions: Actions = "",
    seed: Seed = 1,
    windows: Annotated[int, typer.Option(min=1, max=100, help="Stretches of later sessions that judge a choice.")] = 4,
    on_map: Annotated[str, typer.Option("--map", help="The two numbers of the heat map; default the first two.")] = "",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes for the variants.")] = 1,
    output: Annotated[Path | None, typer.Option(help="Folder for sweep.json and page.html.")] = None,
    env_file: EnvFile = None,
) -> None:
    """Trade many variants of a strategy's file, and say what choosing among them was worth on later sessions."""
    with _bringing_in():
        from bot.cli.backtest import request_of
        from bot.cli.common import told_in_one_line
        from bot.cli.sweep import sweep

    with told_in_one_line():
        asked = request_of(
            strategy=strategy,
            data=data,
            symbols=symbols,
            days=(first, last),
            cash=cash,
            costs=costs or [],
            columns=column or [],
            actions=actions,
            seed=seed,
            walks=0,
            workers=workers,
        )
    sweep(asked, vary=vary or [], on_map=on_map, windows=windows, output=output, env_file=env_file)


@data_commands.callback()
def data_group() -> None:
    """Bars of the past, for backtests."""


@data_commands.command("fetch")
def data_fetch_command(
    symbols: Annotated[str, typer.Option(help="AAPL,MSFT.")],
    first: Annotated[str, typer.Option("--from", help="First day, 2024-01-02.")],
    last: Annotated[str, typer.Option("--to", help="Last day; default the newest session that is over.")] = "",
    folder: Annotated[Path | None, typer.Option(help="Where they are kept; default bars in DATA_DIR.")] = None,
    env_file: EnvFile = None,
) -> None:
    """Fetch bars from Alpaca and keep them, a file for each symbol and year; what is kept is not fetched again."""
    with _bringing_in():
        from bot.cli.data import data_fetch

    data_fetch(symbols, first, last, folder, env_file)


@app.command("lookahead")
def lookahead_command(
    strategy: Annotated[str, typer.Argument(help="A strategy's name, its .toml file, or package.module:Class.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the generated prices and of the changes.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="Longest time that it may take.")] = 120,
) -> None:
    """Change the future at random bars: does a past score or stop move? Exits with 1 if anything is wrong."""
    from bot.cli.lookahead import lookahead

    lookahead(strategy, seed, seconds)


@app.command("prune")
def prune_command(
    months: Annotated[int, typer.Option(min=2, help="Whole months to keep.")] = 13,
    to: Annotated[Path | None, typer.Option(help="Folder for the files; default DATA_DIR/archive.")] = None,
    env_file: EnvFile = None,
) -> None:
    """Move old audit and outbox rows to monthly files. The audit's hash chain stays intact."""
    from bot.cli.prune import prune

    prune(months, to, env_file)


@audit_commands.command("verify")
def audit_verify_command(
    known: Annotated[str, typer.Option("--head", help="A hash from a report or log that the audit must contain.")] = "",
    anchors: Annotated[
        list[Path] | None, typer.Option(help="A file of anchors, or the one beside an export; repeatable.")
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Check that nobody altered the audit log or its trades. Prints OK or the fault, and the anchors."""
    from bot.cli.audit import verify

    verify(known, anchors or [], env_file)


@contextmanager
def _bringing_in() -> Iterator[None]:
    """Pause garbage collection during imports, then freeze what they loaded: scanning it costs a seventh of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """Run the command line."""
    app()
