from contextlib import closing
from importlib import import_module
from pathlib import Path

from bot.cli.common import told_in_one_line
from bot.cli.env_file import take_in
from bot.settings import AgentSettings
from engine.errors import SettingsInvalid


def serve(env_file: Path | None) -> None:
    """Serve an agent over standard input and output until it hangs up."""
    with told_in_one_line():
        take_in(env_file)
        settings = AgentSettings.read()
        try:
            tools = import_module("bot.agent_tools")
        except ModuleNotFoundError as error:
            raise SettingsInvalid(
                "trading-bot mcp needs the MCP SDK; expected trading-bot[mcp] to be installed"
            ) from error
        with closing(tools.DeskClient(settings)) as desk:
            tools.server_of(desk).run()
