from bot.listeners.request import SlackRequest
from engine.errors import NotOurs

QUOTED = 60


def unknown(asked: SlackRequest) -> None:
    """Refuse what no listener of the bot's answers: an old version's button, or somebody else's."""
    raise NotOurs(asked.request.said[:QUOTED])
