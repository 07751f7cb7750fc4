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
    help="A Slack bot that trades US equities with people in command.",
)


audit_commands = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What everybody asked for, and what came of it."
)
app.add_typer(audit_commands, name="audit")


EnvFile = Annotated[
    Path | None,
    typer.Option(
        "--env-file",
        envvar="ENV_FILE",
        help="File of settings; else ~/.config/trading-bot/.env, if it is there. The environment goes before it.",
    ),
]


@app.command("run")
def run_command(env_file: EnvFile = None) -> None:
    """Trade in your Slack. Settings come from the environment, and from a file that is named."""
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


@app.command("demo")
def demo_command(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port of the page; 0 takes a free one.")] = 0,
    speed: Annotated[float, typer.Option(help="Market seconds a real second.")] = 150,
    seconds: Annotated[float, typer.Option(min=0, help="Stop by itself after so many seconds; 0 never does.")] = 0,
    auto: Annotated[bool, typer.Option("--auto", help="Let the bot trade by itself (AUTO_MODE=1).")] = False,
    locale: Annotated[str, typer.Option(help="Language of the desk: en or ko.")] = "en",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    data: Annotated[Path | None, typer.Option(help="Keep the data in this folder, and go on from it.")] = None,
) -> None:
    """Bring up the whole desk on this machine. It has recorded prices, a paper broker and a Slack of its own."""
    with _bringing_in():
        from bot.cli.demo import demo

    demo(port=port, speed=speed, seconds=seconds, auto=auto, locale=locale, browser=browser, data=data)


@app.command("doctor")
def doctor_command(env_file: EnvFile = None) -> None:
    """Check every setting, token and server. Each fault is told with what to do; 0 when all is well."""
    from bot.cli.doctor import doctor

    doctor(env_file)


@app.command("export")
def export_command(
    table: Annotated[str, typer.Argument(help="trades, orders, decisions or audit.")],
    path: Annotated[Path, typer.Argument(help="A .csv or .parquet file.")],
    env_file: EnvFile = None,
) -> None:
    """Write the books into a file for spreadsheets and notebooks."""
    from bot.cli.export import export

    export(table, path, env_file)


@app.command("replay")
def replay_command(
    trade: Annotated[str, typer.Argument(help="A trade's id.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every trade in the books.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Work every number of a trade out again from the books alone. 0 when all are as stored, 1 when one differs."""
    from bot.cli.replay import replay

    replay(trade, everything, env_file)


@app.command("prune")
def prune_command(
    months: Annotated[int, typer.Option(min=2, help="Whole months to keep.")] = 13,
    to: Annotated[Path | None, typer.Option(help="The folder of the files; DATA_DIR/archive by default.")] = None,
    env_file: EnvFile = None,
) -> None:
    """Move old rows of the audit and the outbox into files by month. The audit's chain is kept."""
    from bot.cli.prune import prune

    prune(months, to, env_file)


@audit_commands.command("verify")
def audit_verify_command(
    known: Annotated[str, typer.Option("--head", help="A hash from a report or a log that must be in it.")] = "",
    anchors: Annotated[
        list[Path] | None, typer.Option(help="A file of anchors, or the one beside an export; may be given again.")
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Check that nobody changed the audit, or the trades in it. Prints OK, or what is wrong, and what anchors it."""
    from bot.cli.audit import verify

    verify(known, anchors or [], env_file)


@contextmanager
def _bringing_in() -> Iterator[None]:
    """Look for no garbage meanwhile, nor ever among what was brought in: it stays, and looking takes a seventh."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """Run the command line."""
    app()
