import logging
import os
import shutil
import signal
import tempfile
import webbrowser
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Annotated

import typer

from bot.demo.launch import demo_settings, demo_slack
from bot.host import Host
from bot.logs import log_to_stderr
from bot.messages import Texts
from bot.settings import SlackSettings
from engine.bootstrap import Desk, open_desk, read_settings
from engine.errors import DeskError, SettingsInvalid

PATIENCE_MINUTES = 3
"""Real minutes for which a proposal of the demo waits, however fast its market runs."""
FASTEST = 10_000
"""Market seconds a real second, at most."""
DEMO_ZONES = {"en": "America/New_York", "ko": "Asia/Seoul"}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="A Slack bot that trades US equities with people in command.",
)


@app.command()
def run() -> None:
    """Trade in your Slack: settings come from the environment or a .env file."""
    log_to_stderr(logging.INFO)
    stopping = until_told_to_stop()
    with told_in_one_line():
        slack = SlackSettings.read()
        desk = open_desk(read_settings())
        try:
            host_of(desk, slack).run(stopping)
        finally:
            desk.close()


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port of the page; 0 takes a free one.")] = 0,
    speed: Annotated[float, typer.Option(help="Market seconds a real second.")] = 60,
    seconds: Annotated[float, typer.Option(min=0, help="Stop by itself after so many seconds; 0 never does.")] = 0,
    auto: Annotated[bool, typer.Option("--auto", help="Let the bot trade by itself (AUTO_MODE=1).")] = False,
    locale: Annotated[str, typer.Option(help="Language of the desk: en or ko.")] = "en",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    data: Annotated[Path | None, typer.Option(help="Keep the data in this folder, and go on from it.")] = None,
) -> None:
    """Bring up the whole desk on this machine: recorded prices, a paper broker and a Slack of its own."""
    log_to_stderr(logging.WARNING)
    forget_proxies()
    stopping = until_told_to_stop()
    with told_in_one_line(), folder_for(data) as folder:
        if not 0 < speed <= FASTEST:
            raise SettingsInvalid(f"--speed: expected a number over 0, at most {FASTEST}")
        desk = open_desk(
            read_settings(
                locale=locale,
                timezone=DEMO_ZONES.get(locale, ""),
                auto_mode=auto,
                replay_speed=speed,
                data_dir=folder,
                database_url="",
                redis_url="",
                # A person takes real minutes to decide; the market meanwhile goes on at the replay's speed.
                proposal_seconds=max(900, int(PATIENCE_MINUTES * 60 * speed)),
                price_drift="0.03",
            ),
        )
        try:
            serve_demo(desk, stopping, port=port, seconds=seconds, browser=browser)
        finally:
            desk.close()


def serve_demo(desk: Desk, stopping: Event, *, port: int, seconds: float, browser: bool) -> None:
    """Run a desk in a local workspace until it is told to stop."""
    texts = texts_of(desk)
    speed = desk.adapters.clock.speed

    def clock() -> str:
        now = desk.engine.now()
        return texts("demo-clock", time=f"{texts.date_time(now)} {texts.zone_name(now)}", speed=f"{speed:g}")

    with demo_slack(port=port, note=texts("demo-note"), clock=clock) as slack:

        def ready() -> None:
            typer.echo(f"desk: {slack.url}/")
            if browser:
                webbrowser.open(slack.url)

        timer = Timer(seconds, stopping.set) if seconds else None
        if timer:
            timer.start()
        try:
            host_of(desk, demo_settings(slack)).run(stopping, ready)
        finally:
            if timer:
                timer.cancel()


def host_of(desk: Desk, slack: SlackSettings) -> Host:
    """Return what hosts a desk in a Slack."""
    return Host(
        engine=desk.engine,
        store=desk.adapters.store,
        start_jobs=desk.schedule.start,
        stop_jobs=desk.schedule.stop,
        slack=slack,
        texts=texts_of(desk),
        source=desk.adapters.market.label,
        ceiling=desk.settings.risk.risk_ceiling,
    )


def texts_of(desk: Desk) -> Texts:
    """Return the desk's language."""
    own_clock = desk.adapters.market.label == "replay"
    return Texts(desk.settings.desk.locale, desk.settings.desk.zone, own_clock=own_clock)


def until_told_to_stop() -> Event:
    """Return an event that Ctrl-C and SIGTERM set, from now on: what is half started then still stops in order."""
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # In a thread: the main one, which a signal interrupts, may hold the event's lock just then.
        signal.signal(number, lambda *_: Thread(target=stopping.set).start())
    return stopping


def forget_proxies() -> None:
    """Take this process past every proxy: the demo calls this machine only, and slack_sdk knows no NO_PROXY."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]


@contextmanager
def folder_for(data: Path | None) -> Generator[Path]:
    """Give the folder that was named, made if need be, or a throw-away one; raises SettingsInvalid."""
    if data is not None:
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsInvalid(f"--data: {data} cannot be made a folder ({error.strerror})") from error
        yield data
        return
    folder = Path(tempfile.mkdtemp(prefix="trading-bot-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def told_in_one_line() -> Generator[None]:
    """Turn an error of the desk into one line and exit code 1."""
    try:
        yield
    except DeskError as error:
        typer.echo(f"trading-bot: {error}", err=True)
        raise typer.Exit(1) from error


def main() -> None:
    """Run the command line."""
    app()
