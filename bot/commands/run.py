from bot.commands.common import log_as_set, told_in_one_line, until_told_to_stop
from bot.commands.hosting import host_of
from bot.descriptors import raise_limit
from bot.messages import Texts
from bot.settings import SlackSettings
from engine.bootstrap import open_desk, read_settings


def run() -> None:
    """Trade in the Slack of the settings until told to stop."""
    with told_in_one_line():
        slack, settings = SlackSettings.read(), read_settings()
        stopping = until_told_to_stop()
        raise_limit()
        log_as_set(Texts(settings.desk.locale, settings.desk.zone), slack, *settings.groups)
        desk = open_desk(settings)
        try:
            side = settings.http
            host, _ = host_of(
                desk, slack, host=side.http_host, port=side.http_port, token=side.http_token.get_secret_value()
            )
            host.run(stopping)
        finally:
            desk.close()
