"""A trader's day for docs/pictures: a buy by hand, a stop that moves, what is approved beforehand, a halt, lessons."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, Protocol

from bot.cards import ids
from bot.local_slack.launch import ADMIN, CHANNEL, TRADER
from bot.local_slack.people import Person
from engine.model.journal import JournalEntry, JournalKind
from engine.model.notices.base import Posted
from engine.model.symbol_halt import HaltReason
from engine.model.trade import TradeState
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.statuses import FakeStatuses
from tests.support.slack_harness import SlackHarness
from tests.support.waiting import until

WATCHED: Final = ("AAPL", "MSFT", "TSLA", "IBM", "NVDA")
BOUGHT_ELSEWHERE: Final = ("NVDA", 40, Decimal("120.55"))
TARGET: Final = "154.90"
"""Dollars at which the example's trade has hit its target."""

Stage = SlackHarness[EngineHarness]


class Screen(Protocol):
    """A page on a screen, as tools/pictures.py opens one."""

    def go(self, user: str, place: str) -> None:
        """Look at a place of the workspace as somebody."""
        ...

    def shoot(self, what: str, *, inside: str = "") -> None:
        """Take the picture."""
        ...

    def shoot_window(self, what: str) -> None:
        """Take the picture of the window that opens."""
        ...


def live(stage: Stage, screens: Sequence[Screen], statuses: FakeStatuses) -> None:
    """Play the day, and take a picture of each moment on every screen."""
    harness = stage.harness
    harness.play_the_signal()
    stage.trader.press(stage.card(), ids.APPROVE)
    until(lambda: harness.trade().state is TradeState.OPEN)
    harness.market.price("IBM", "190.75")
    stage.trader.command(CHANNEL.id, "/buy IBM 100 stop 187.50 breakout")
    stage.trader.wait_for(CHANNEL.id, lambda message: "IBM" in message["text"] and not message["ephemeral"])
    for screen in screens:
        screen.go(TRADER.id, CHANNEL.id)
        screen.shoot("buy")
    _window(stage.trader, "/stop AAPL", screens, TRADER.id, "stop")
    _window(stage.trader, "/standing", screens, TRADER.id, "standing")
    harness.market.price("NVDA", "120.55")
    harness.broker.deal_by_hand(*BOUGHT_ELSEWHERE)
    _window(stage.admin, "/adopt NVDA", screens, ADMIN.id, "adopt")
    _halted(stage, screens, statuses)
    _lessons(stage, screens, statuses)


def _window(who: Person, said: str, screens: Sequence[Screen], user: str, what: str) -> None:
    """Take the picture of a window that a command opens, and close it."""
    who.command(CHANNEL.id, said)
    window = who.wait_for_view()
    for screen in screens:
        screen.go(user, CHANNEL.id)
        screen.shoot_window(what)
    who.close(window)


def _halted(stage: Stage, screens: Sequence[Screen], statuses: FakeStatuses) -> None:
    """Take the picture of /positions while trading in one of them is halted."""
    harness = stage.harness
    statuses.halt("AAPL", harness.clock.now(), HaltReason.VOLATILITY, "LUDP")
    harness.engine.jobs.halt_watch()
    stage.trader.wait_for(CHANNEL.id, _has("⛔"))
    stage.admin.command(CHANNEL.id, "/positions")
    stage.admin.wait_for(CHANNEL.id, lambda message: bool(message["ephemeral"]) and "⛔" in message["text"])
    for screen in screens:
        screen.go(ADMIN.id, CHANNEL.id)
        screen.shoot("halted")


def _lessons(stage: Stage, screens: Sequence[Screen], statuses: FakeStatuses) -> None:
    """Take the picture of what the week taught, after the trade was closed, noted and graded."""
    harness = stage.harness
    statuses.resume("AAPL", harness.clock.now())
    harness.engine.jobs.halt_watch()
    harness.market.price("AAPL", TARGET)
    until(lambda: _closed(harness))
    card = stage.card()
    stage.trader.wait_for(CHANNEL.id, lambda message: message["ts"] == card["ts"] and ids.GRADE_GOOD in str(message))
    stage.trader.press(stage.card(), ids.GRADE_GOOD)
    until(lambda: _is_graded(harness))
    note = JournalEntry(
        key="note",
        trade_id="",
        kind=JournalKind.NOTE,
        at=harness.clock.now(),  # Slack's own time is that of the day on which the picture is taken
        by=TRADER.id,
        text="Waited for the bar to close. Do that again.",
        version=Decimal(1),
    )
    harness.engine.commands.journal.note(Posted(channel=CHANNEL.id, ts=card["ts"]), note)
    stage.trader.command(CHANNEL.id, "/report journal")
    stage.trader.wait_for(CHANNEL.id, lambda message: bool(message["ephemeral"]) and "📝" in message["text"])
    for screen in screens:
        screen.go(TRADER.id, CHANNEL.id)
        screen.shoot("journal")


def _has(words: str) -> Callable[[dict[str, str]], bool]:
    return lambda message: words in message["text"]


def _closed(harness: EngineHarness) -> bool:
    harness.clock.advance(1)
    harness.engine.jobs.reconcile()
    return harness.trade().state is TradeState.CLOSED


def _is_graded(harness: EngineHarness) -> bool:
    with harness.store.reading() as reader:
        return bool(reader.journal())
