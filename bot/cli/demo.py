import os
import shutil
import socket
import tempfile
import webbrowser
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer
from typing import Any

import typer

from bot.cli.common import told_in_one_line, until_told_to_stop
from bot.cli.env_file import forget_settings
from bot.cli.hosting import host_of, texts_of
from bot.local_slack.launch import demo_settings, demo_slack
from bot.logs.setup import log_to_stderr
from bot.messages import Texts
from engine.bootstrap import TradingDesk, open_desk, read_settings
from engine.diagnostics import is_in_use
from engine.errors import SettingsInvalid

PATIENCE_MINUTES = 3
"""Real minutes for which a proposal of the demo waits, however fast its market runs."""
PRICE_AGE_SECONDS = 90
"""Real seconds for which a price of the demo may be traded on: its network and its jobs take real time."""
FASTEST = 10_000
"""Market seconds a real second, at most."""
ZONES = {"en": "America/New_York", "ko": "Asia/Seoul"}
STRATEGY = Path(__file__).with_name("demo.toml")
MARK = "made-by-the-demo"
"""The file that tells a demo's folder from that of a desk."""
LOOPBACK = "127.0.0.1"
OF_TEXT = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
"""Browsers that draw in the terminal that they are begun in."""


def demo(
    *,
    port: int,
    speed: float,
    seconds: float,
    auto: bool,
    locale: str,
    browser: bool,
    data: Path | None,
    newer_blocks: bool = True,
) -> None:
    """Bring up the whole desk on this machine, and run it until told to stop.

    Its workspace takes Slack's `newer_blocks`, or refuses them as one does that has not got them yet.
    """
    log_to_stderr("warning", "text")
    forget_proxies()
    forget_settings()  # a real desk's, which stand in the environment, are none of the demo's
    stopping = until_told_to_stop()
    with told_in_one_line(), folder_for(data) as folder:
        if not 0 < speed <= FASTEST:
            raise SettingsInvalid(f"--speed: expected a number over 0, at most {FASTEST:,}")
        refuse_taken(port)
        settings = read_settings(
            locale=locale,
            timezone=ZONES.get(locale, ""),
            auto_mode=auto,
            data_dir=folder,
            database_url="",
            redis_url="",
            market="replay",
            broker="paper",
            anthropic_api_key="",
            **pace_of(speed),
        )
        say = Texts(settings.desk.locale, settings.desk.zone)
        step(say("demo-step-desk", folder=str(folder)))
        desk = open_desk(settings)
        try:
            serve(desk, stopping, port=port, seconds=seconds, browser=browser, newer_blocks=newer_blocks)
        finally:
            desk.close()


def pace_of(speed: float) -> Mapping[str, Any]:
    """Return the settings by which a desk waits for a person, however fast its market runs.

    A person takes real minutes to decide, and the desk real moments to read a price and send an order; the market
    meanwhile goes on at the replay's speed. What was bought is sold
    before the close, and the strategy proposes sooner than the seed's, so that there is always something to decide.
    """
    waits = max(900, int(PATIENCE_MINUTES * 60 * speed))
    return {
        "replay_speed": speed,
        "proposal_seconds": waits,
        "max_price_age_seconds": max(PRICE_AGE_SECONDS, int(PRICE_AGE_SECONDS * speed)),
        "price_drift": "0.03",
        "hold_overnight": False,
        "strategy": str(STRATEGY),
    }


def refuse_taken(port: int) -> None:
    """Raise SettingsInvalid for a port that another program has, before anything else is begun."""
    if not port:
        return
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError as error:
        why = f"{port} is taken or not to be had; 0 takes a free one"
        raise SettingsInvalid(f"--port: {why}") from error


def step(said: str) -> None:
    """Tell the terminal what is being done; the addresses alone go to standard output."""
    typer.echo(said, err=True)


def simulated(texts: Texts) -> str:
    """Return what the page says of the prices and the money: a line, and more about it after a line feed."""
    return f"{texts('demo-note-line')}\n{texts('demo-note')}"


def serve(
    desk: TradingDesk, stopping: Event, *, port: int, seconds: float, browser: bool, newer_blocks: bool = True
) -> None:
    """Run a desk in a local workspace until it is told to stop."""
    texts = texts_of(desk)
    speed = desk.adapters.clock.speed

    def clock() -> str:
        now = desk.engine.queries.now()
        return texts("demo-clock", time=texts.date_time(now, zone=True), speed=f"{speed:g}")

    with demo_slack(
        port=port, note=simulated(texts), clock=clock, takes_newer_blocks=newer_blocks, locale=texts.locale
    ) as slack:
        step(texts("demo-step-slack"))
        host, http = host_of(desk, demo_settings(slack), host=LOOPBACK, port=0)

        def ready() -> None:
            typer.echo(f"desk: {slack.url}/")
            typer.echo(f"http: {http.url}/docs")
            step(texts("demo-step-ready", url=f"{slack.url}/"))
            if browser and opens_beside():
                webbrowser.open(slack.url)

        timer = Timer(seconds, stopping.set) if seconds else None
        if timer:
            timer.start()
        try:
            host.run(stopping, ready)
        finally:
            if timer:
                timer.cancel()


def forget_proxies() -> None:
    """Take this process past every proxy: the demo calls this machine only, and slack_sdk knows no NO_PROXY."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]


def _claim(data: Path) -> None:
    """Make a folder the demo's own; raises SettingsInvalid for one in which a desk keeps anything that no demo made.

    The demo's broker holds nothing of what a desk's database says is held, and would set that right. A desk with its
    database elsewhere keeps its halt here, and what anchors its audit.
    """
    mark = data / MARK
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not mark.is_file() and is_in_use(data):
            raise SettingsInvalid(f"--data: {data} belongs to a desk that is not a demo; name another folder")
        if mark.is_symlink():
            raise SettingsInvalid(f"--data: {mark} is a link, and links are not followed; remove it")
        mark.touch(mode=0o600)
    except OSError as error:
        raise SettingsInvalid(f"--data: can't create the folder {data} ({error.strerror})") from error


@contextmanager
def folder_for(data: Path | None) -> Generator[Path]:
    """Give the folder that was named, made if need be, or a throw-away one; raises SettingsInvalid."""
    if data is not None:
        _claim(data)
        yield data
        return
    try:
        folder = Path(tempfile.mkdtemp(prefix="trading-bot-"))
    except OSError as error:
        raise SettingsInvalid(
            f"no folder for throw-away data ({error.strerror}); set TMPDIR to one that can be written, or use --data"
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def opens_beside() -> bool:
    """Tell whether the browser of this machine opens beside the terminal; one of text takes it, and waits in it."""
    try:
        return Path(str(getattr(webbrowser.get(), "name", ""))).name not in OF_TEXT
    except webbrowser.Error:
        return False
