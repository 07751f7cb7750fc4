from bot.access import Verb
from bot.cards.backtest import taken
from bot.cards.message import Message
from bot.listeners.backtest_words import read_backtest
from bot.listeners.command_spec import CommandSpec
from bot.listeners.request_kinds import Command
from engine.errors import TemporaryError


def backtest(asked: Command) -> Message:
    """/backtest [strategy] [symbols] [period]: trade a strategy on past prices; the answer comes directly."""
    tester = asked.context.backtests
    if tester is None:
        raise TemporaryError("this process runs no backtests")
    queries = asked.queries
    scope = tester.scope(queries.watchlist(), queries.now(), queries.strategies.sources())
    wanted = read_backtest(asked.text, scope)
    tester.ask(asked.request, wanted)
    return taken(asked.texts)


COMMANDS = (
    CommandSpec(
        name="/backtest",
        verb=Verb.BACKTEST,
        usage="[strategy] [AAPL,MSFT] [2012-06..2012-12|90d]",
        summary="Trade a strategy on past prices and say whether that shows an edge",
        handler=backtest,
    ),
)
