"""One cell of the fault matrix: a desk at work, one system in one kind of trouble, a click and a halt in the midst."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.local_slack.errors import NotAcknowledged, PersonRefused
from bot.local_slack.launch import CHANNEL
from engine.model.desk import DeskState
from engine.model.trade import TradeState
from tests.outages.desk import PATIENCE, BusyDesk, Outside
from tests.outages.fault import Trouble
from tests.outages.outage import OVER, PAST_THE_OUTBOX, bring_to_an_end, is_read, is_whole
from tests.support.waiting import until

SPEED = 20
"""Market seconds a real second."""
QUICK = {"alpaca_seconds": 1, "claude_seconds": 1, "breaker_seconds": 1}
"""Settings that make the desk give up and try again sooner than it should where money is."""
NOTICED = 15.0
"""Seconds within which the channel must be told of trouble."""
A_WHILE = 2.0
"""Seconds of trouble that nobody has to be told of."""
ORDERS = "POST /v2/orders"


class System(StrEnum):
    """What can be in trouble by itself."""

    POSTGRESQL = "PostgreSQL"
    VALKEY = "Valkey"
    BROKER = "Alpaca, orders"
    MARKET = "Alpaca, prices"
    NEWS = "Alpaca, news"
    CLAUDE = "Claude"
    SLACK = "Slack"


LINES = {
    System.POSTGRESQL: (Outside.POSTGRESQL, ""),
    System.VALKEY: (Outside.VALKEY, ""),
    System.BROKER: (Outside.ALPACA, ""),
    System.MARKET: (Outside.ALPACA_DATA, "GET /v2/stocks"),
    System.NEWS: (Outside.ALPACA_DATA, "GET /v1beta1/news"),
    System.CLAUDE: (Outside.CLAUDE, ""),
    System.SLACK: (Outside.SLACK, ""),
}
"""The line to each, and how the requests to it begin where others go the same way."""
LOST = {
    System.POSTGRESQL: "nothing is traded",
    System.VALKEY: "Redis: no response",
    System.BROKER: "The broker: no response",
    System.MARKET: "Prices: no response",
    System.NEWS: "News: no response",
    System.CLAUDE: "New headlines aren't scored",
}
"""What the channel reads of each; Slack itself can say nothing."""


class Bought(StrEnum):
    """What came of the click."""

    YES = "bought once"
    NO = "not bought"
    ENDED = "order never came"


class Halt(StrEnum):
    """When the halt was written."""

    AT_ONCE = "halt written"
    HELD = "halt held"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What a desk did in a kind of trouble; `harm` names each promise that it broke, with what was seen."""

    system: System
    trouble: Trouble
    bought: Bought
    told: bool
    halt: Halt
    harm: dict[str, object]

    @property
    def phrase(self) -> str:
        return phrase(self.bought, told=self.told, halt=self.halt)


def phrase(bought: Bought, *, told: bool, halt: Halt) -> str:
    """Say in a few words what a desk did."""
    return f"{bought}, {'told' if told else 'silent'}, {halt}"


def run(folder: Path, database_url: str, system: System, trouble: Trouble) -> Cell:
    """Open a desk, and let it live through a kind of trouble; raises TimeoutError where it is not whole again."""
    with BusyDesk.open(folder, database_url, SPEED, **QUICK) as desk:
        return Life(desk, system, trouble).live()


class Life:
    """A desk's life through a kind of trouble."""

    def __init__(self, desk: BusyDesk, system: System, trouble: Trouble) -> None:
        self._desk = desk
        self._system = system
        self._trouble = trouble
        outside, self._only = LINES[system]
        self._line = desk.lines[outside]

    def live(self) -> Cell:
        desk = self._desk
        desk.signal("GOOG", "MSFT")
        desk.card("GOOG"), desk.card("MSFT")
        until(lambda: is_read(desk), PATIENCE)
        with self._line.troubled(self._trouble, self._only_orders()):
            self._click()
            before = desk.state("GOOG")
            self._line.widen(self._only)
            self._let_it_show()
            halt = self._halt()
            sent = len(desk.asked_to_buy())
        desk.wait_until_told("halted", "no more")
        until(lambda: {desk.state("GOOG"), desk.state("MSFT")} <= OVER | {TradeState.OPEN}, PATIENCE)
        until(lambda: is_whole(desk), PATIENCE)
        after_halt = desk.asked_to_buy()[sent:]
        self._trade_again()
        return Cell(
            system=self._system,
            trouble=self._trouble,
            bought=self._bought(before),
            told=self._is_told(),
            halt=halt,
            harm=self._harm(after_halt),
        )

    def _only_orders(self) -> str:
        """At the broker the click's order meets the trouble first, so that one is under way in it."""
        is_broker = self._system is System.BROKER and self._trouble is not Trouble.REFUSE
        return ORDERS if is_broker else self._only

    def _click(self) -> None:
        answers = self._desk.answers()
        with suppress(PersonRefused, NotAcknowledged):  # Slack says so where we answer late
            self._desk.approve("GOOG")
        within(lambda: self._desk.answers() > answers or self._is_decided(), PATIENCE)

    def _is_decided(self) -> bool:
        return self._desk.state("GOOG") not in {TradeState.PROPOSED, TradeState.APPROVED}

    def _let_it_show(self) -> None:
        """Let there be work for every system, until the channel is told of the trouble or has had time for it."""
        self._desk.headline("IBM")
        is_mute = self._system is System.SLACK or self._trouble is Trouble.SLOW
        within(lambda: not is_mute and self._is_told(), A_WHILE if is_mute else NOTICED)

    def _is_told(self) -> bool:
        words = LOST.get(self._system)
        return bool(words and self._desk.told(words))

    def _halt(self) -> Halt:
        answers = self._desk.answers()
        with suppress(PersonRefused, NotAcknowledged):
            self._desk.trader.command(CHANNEL.id, "/halt no more")
        within(lambda: self._desk.answers() > answers or self._is_halted(), NOTICED)
        return Halt.AT_ONCE if self._is_halted() else Halt.HELD

    def _is_halted(self) -> bool:
        return self._desk.desk_state() is DeskState.HALTED

    def _trade_again(self) -> None:
        """Resume, and buy: the desk is whole."""
        with suppress(PersonRefused, NotAcknowledged):  # late on a busy machine; what came of it is seen next
            self._desk.stage.admin.command(CHANNEL.id, "/resume")
        until(lambda: self._desk.desk_state() is DeskState.ACTIVE, PATIENCE)
        self._desk.signal("AAPL")
        bring_to_an_end(self._desk, "AAPL")
        until(lambda: is_whole(self._desk), PATIENCE)

    def _bought(self, before: TradeState | None) -> Bought:
        if self._desk.state("GOOG") is TradeState.OPEN:
            return Bought.YES
        return Bought.NO if before is TradeState.PROPOSED else Bought.ENDED

    def _harm(self, after_halt: list[str]) -> dict[str, object]:
        """Compare what the broker, the books and the channel say."""
        desk = self._desk
        at_the_broker = {order.client_order_id for order in desk.alpaca.reader if order.side == "buy"}
        in_the_books = {str(row[0]) for row in desk.books("SELECT id FROM trades WHERE filled_shares > 0")}
        noted = {str(row[0]) for row in desk.books("SELECT ts FROM messages")}
        shown = {ts: str(message["text"]) for ts, message in desk.messages().items()}
        notices = int(desk.books("SELECT count(*) FROM outbox")[0][0])
        found = {
            "doubled": [symbol for symbol in set(desk.bought()) if desk.bought().count(symbol) > 1],
            "lost": sorted(at_the_broker ^ in_the_books),
            "sent after the halt": after_halt,
            "notices lost": notices - len(noted & set(shown)),
            "notices doubled": [
                text
                for ts, text in shown.items()
                if ts not in noted and not any(words in text for words in PAST_THE_OUTBOX)
            ],
            "not bought again": [] if desk.state("AAPL") is TradeState.OPEN else [str(desk.state("AAPL"))],
        }
        return {name: seen for name, seen in found.items() if seen}


def within(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition, but not longer than so many seconds; tell whether it came true."""
    try:
        until(condition, seconds)
    except TimeoutError:
        return False
    return True
