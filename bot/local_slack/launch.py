"""The demo's Slack: a channel, three people, one of each role, and the bot as manifest.yml describes it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from bot.local_slack.rules import Rules
from bot.local_slack.seed import Channel, User
from bot.local_slack.server import LocalSlack
from bot.settings import SlackSettings
from engine.errors import SettingsInvalid

MANIFEST = Path(__file__).with_name("manifest.yml")
"""A link to the project's own manifest, so that it is installed with the program."""
CHANNEL = Channel(id="C0DESK", name="trading-desk", topic="")
ADMIN = User(id="U0ADMIN", name="dana", real_name="Dana", role="admin", colour="#7c3aed")
TRADER = User(id="U0TRADER", name="tae", real_name="Tae", role="trader", colour="#0d9488")
VIEWER = User(id="U0VIEWER", name="vera", real_name="Vera", role="viewer", colour="#b45309")


@contextmanager
def demo_slack(
    *, port: int, note: str, clock: Callable[[], str], takes_newer_blocks: bool = True, locale: str = "en"
) -> Iterator[LocalSlack]:
    """Serve the demo's workspace; raises SettingsInvalid when the port cannot be had."""
    slack = LocalSlack(
        manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
        users=(ADMIN, TRADER, VIEWER),
        channels=(CHANNEL,),
        note=note,
        locale=locale,
        clock=clock,
        rules=Rules(takes_newer_blocks=takes_newer_blocks),
        port=port,
    )
    try:
        slack.start()
    except OSError as error:
        raise SettingsInvalid(f"--port: {port} is taken or not to be had; 0 takes a free one") from error
    try:
        yield slack
    finally:
        slack.stop()


def demo_settings(slack: LocalSlack) -> SlackSettings:
    """Return the settings with which the bot finds a started workspace."""
    return SlackSettings.read(
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        slack_api_url=slack.api_url,
        slack_channel=CHANNEL.id,
        admins=(ADMIN.id,),
        traders=(TRADER.id,),
        viewers=(VIEWER.id,),
    )
