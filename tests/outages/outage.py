"""What happens while one outside system is lost, and what must be true once it is back."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import gt

import redis

from bot.local_slack.launch import CHANNEL
from engine.model.trade import TradeState
from tests.outages.desk import PATIENCE, SYMBOLS, BusyDesk, Outside
from tests.support.fakes.alpaca.faults import Fault
from tests.support.waiting import until

LOST = {
    Outside.POSTGRESQL: ("nothing is traded",),
    Outside.VALKEY: ("Redis: no response",),
    Outside.ALPACA: ("Prices: no response", "The broker: no response", "News: no response"),
    Outside.CLAUDE: ("New headlines aren't scored",),
}
BACK = {
    Outside.POSTGRESQL: ("reads and writes work again",),
    Outside.VALKEY: ("Redis: back",),
    Outside.ALPACA: ("Prices: back", "The broker: back", "News: back"),
    Outside.CLAUDE: ("Claude: back",),
}
SERVERS = {Outside.ALPACA: (Outside.ALPACA, Outside.ALPACA_DATA)}
"""What is lost together."""
PAST_THE_OUTBOX = (*LOST[Outside.POSTGRESQL], *BACK[Outside.POSTGRESQL], "Halted: no more entries")
"""What is said without a notice in the database, because it is the database that is lost."""
BLIND = frozenset({Outside.POSTGRESQL, Outside.ALPACA})
"""Without which the desk cannot know the truth, and buys nothing."""
OVER = frozenset({TradeState.FAILED, TradeState.CANCELLED, TradeState.REFUSED})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is left of an outage. `said` is each message about it; what is behind `orders` should be nothing.

    `orders` counts the purchases at the broker, `forbidden` those that should not have been asked for; `trades_lost`
    those that only the broker knows, or only the books; `strays` are messages that no notice stands for.
    """

    outside: Outside
    said: tuple[str, ...]
    orders: int
    doubled: int
    forbidden: int
    trades_lost: int
    notices_lost: int
    strays: tuple[str, ...]

    @property
    def harm(self) -> dict[str, object]:
        """What should not have happened."""
        names = ("doubled", "forbidden", "trades_lost", "notices_lost", "strays")
        return {name: harm for name in names if (harm := getattr(self, name))}


def live_through(desk: BusyDesk, outside: Outside, seconds: float) -> Outcome:
    """Trade before, during and after an outage, then halt in a second one; raises TimeoutError if all is not whole."""
    forbidden = trade_on(desk, outside, seconds) + halt_in(desk, outside, seconds)
    return outcome(desk, outside, forbidden)


def trade_on(desk: BusyDesk, outside: Outside, seconds: float) -> int:
    """Buy and sell before, in and after an outage; return how many purchases were asked for that should not be."""
    desk.signal("AAPL", "GOOG")
    desk.approve("AAPL")
    desk.wait_until_told("Trade filled", "AAPL")
    desk.card("GOOG")
    with lost(desk, outside, seconds, news_of="IBM"):
        asked, answers = len(desk.asked_to_buy()), desk.answers()
        desk.signal("IBM")
        desk.tape.rise("AAPL")
        desk.approve("GOOG")
        until(lambda: desk.answers() > answers or desk.state("GOOG") is not TradeState.PROPOSED, PATIENCE)
        forbidden = len(desk.asked_to_buy()) - asked if outside in BLIND else 0
        if outside is Outside.CLAUDE:
            assert "headlines not scored" in str(desk.card("IBM")["blocks"])
    bring_to_an_end(desk, "GOOG")
    bring_to_an_end(desk, "IBM")
    desk.wait_until_told("Closed: target hit", "AAPL")
    until(lambda: is_whole(desk), PATIENCE)
    return forbidden


def bring_to_an_end(desk: BusyDesk, symbol: str) -> None:
    """Approve where that is still needed, again and again while the desk takes exits only after an outage.

    An order that could not leave while its price was young never leaves.
    """
    while desk.state(symbol) in {None, TradeState.PROPOSED}:
        answers = desk.answers()
        desk.approve(symbol)
        with suppress(TimeoutError):  # a click that came while the card was drawn has no answer
            until(lambda: desk.answers() > answers or desk.state(symbol) is not TradeState.PROPOSED, 5)  # noqa: B023 (at once)
    until(lambda: bool(desk.told("Trade filled", symbol)) or desk.state(symbol) in OVER, PATIENCE)


def halt_in(desk: BusyDesk, outside: Outside, seconds: float) -> int:
    """Halt in an outage, with an order on its way and a proposal waiting; return how many purchases left after it."""
    desk.alpaca.fault("POST", "/v2/orders", Fault.DROP, times=1_000)
    desk.signal("MSFT", "TSLA")
    desk.card("MSFT")
    desk.approve("TSLA")
    until(lambda: desk.state("TSLA") is TradeState.SUBMITTED, PATIENCE)
    with lost(desk, outside, seconds, news_of="TSLA"):
        answers = desk.answers()
        desk.trader.command(CHANNEL.id, "/halt no more")
        until(lambda: desk.answers() > answers, PATIENCE)
        asked = len(desk.asked_to_buy())
        desk.alpaca.mend()
    desk.wait_until_told("halted", "no more")
    until(lambda: {desk.state("MSFT"), desk.state("TSLA")} <= OVER, PATIENCE)
    looks = desk.looks()
    until(lambda: desk.looks() > looks + 2, PATIENCE)
    until(lambda: is_whole(desk), PATIENCE)
    return len(desk.asked_to_buy()) - asked


@contextmanager
def lost(desk: BusyDesk, outside: Outside, seconds: float, *, news_of: str) -> Iterator[None]:
    """Cut the line to a system for so long, or as long as it takes to say so; a lost Valkey comes back empty."""
    until(lambda: is_read(desk), PATIENCE)
    ends = time.monotonic() + seconds
    lines = [desk.lines[each] for each in SERVERS.get(outside, (outside,))]
    for line in lines:
        line.cut()
    if outside is Outside.VALKEY:
        desk.valkey.stop()
        desk.valkey.start()
    desk.headline(news_of)
    try:
        # One that the desk called lost before, because an order had no clear answer, is not called so again.
        until(lambda: all(map(gt, last_told(desk, LOST[outside]), last_told(desk, BACK[outside]))), PATIENCE)
        yield
        threading.Event().wait(max(0.0, ends - time.monotonic()))
    finally:
        for line in lines:
            line.mend()
    until(lambda: all(map(gt, last_told(desk, BACK[outside]), last_told(desk, LOST[outside]))), PATIENCE)


def last_told(desk: BusyDesk, phrases: Iterable[str]) -> list[float]:
    """Return when the channel was last told each of these, 0 for never."""
    said = [(float(ts), str(message["text"])) for ts, message in desk.messages().items()]
    return [max((at for at, text in said if words in text), default=0.0) for words in phrases]


def is_read(desk: BusyDesk) -> bool:
    """Tell whether every headline is scored."""
    with desk.stage.harness.store.reading() as reader:
        return set(reader.scored([number for number, _ in desk.news])) == set(desk.news)


def is_whole(desk: BusyDesk) -> bool:
    """Tell whether nothing waits, the stream and the keys are there, news is read, the broker's updates are heard."""
    with desk.stage.harness.store.reading() as reader:
        waiting = reader.waiting(1)
        proposed = {trade.id for trade in reader.trades({TradeState.PROPOSED})}
        unclear = reader.trades({TradeState.APPROVED, TradeState.SUBMITTED, TradeState.CLOSING})
    with redis.Redis.from_url(desk.valkey.url, decode_responses=True) as client:
        cached = all(client.exists(f"prices:{symbol}:latest") for symbol in SYMBOLS)
        streamed = {fields["trade_id"] for _, fields in client.xrange("trading_signals")}
    is_settled = not (waiting or unclear) and proposed <= streamed and cached
    return is_settled and is_read(desk) and desk.alpaca.is_listened_to


def outcome(desk: BusyDesk, outside: Outside, forbidden: int) -> Outcome:
    """Compare what the broker, the books and the channel say."""
    at_the_broker = {order.client_order_id for order in desk.alpaca.reader if order.side == "buy"}
    in_the_books = {str(row[0]) for row in desk.books("SELECT id FROM trades WHERE filled_shares > 0")}
    noted = {str(row[0]) for row in desk.books("SELECT ts FROM messages")}
    notices = int(desk.books("SELECT count(*) FROM outbox")[0][0])
    shown = {ts: str(message["text"]) for ts, message in desk.messages().items()}
    unnoted = [text for ts, text in shown.items() if ts not in noted]
    return Outcome(
        outside=outside,
        said=tuple(text for words in (*LOST[outside], *BACK[outside]) for text in desk.told(words)),
        orders=len(at_the_broker),
        doubled=len(desk.bought()) - len(set(desk.bought())),
        forbidden=forbidden,
        trades_lost=len(at_the_broker ^ in_the_books),
        notices_lost=notices - len(noted & set(shown)),
        strays=tuple(text for text in unnoted if not any(words in text for words in PAST_THE_OUTBOX)),
    )
