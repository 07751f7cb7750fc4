"""What a test may do to the fake Alpaca and see of it, without asking over the line."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from engine.model.market import Session
from tests.support.fakes.alpaca.account_holder import Hands
from tests.support.fakes.alpaca.companies import Companies
from tests.support.fakes.alpaca.desk import Accepted
from tests.support.fakes.alpaca.faults import Fault, Seen
from tests.support.fakes.alpaca.market import Article, Bar, Quote
from tests.support.fakes.alpaca.orders import Json, number


class Controls(Hands, Companies):
    """A test's hand on the fake's memory."""

    @property
    def reader(self) -> tuple[Accepted, ...]:
        """Return every order that was ever taken, replacements included, legs excepted, oldest first."""
        return tuple(self._desk.reader)

    @property
    def orders(self) -> list[Json]:
        """Return every order, legs included, as Alpaca would tell it."""
        with self._exchange.open():
            return [order.told() for order in self._exchange.orders]

    @property
    def account(self) -> Json:
        """Return the account as Alpaca would tell it."""
        return self._desk.account()

    @property
    def positions(self) -> list[Json]:
        """Return every position as Alpaca would tell it."""
        return self._desk.positions()

    @property
    def requests(self) -> tuple[Seen, ...]:
        """Return every request, oldest first."""
        return tuple(self._faults.seen)

    def price(
        self,
        symbol: str,
        price: str,
        *,
        bid: str = "",
        ask: str = "",
        volume: int = 1_000_000,
        at: datetime | None = None,
    ) -> None:
        """Let a symbol trade at a price, and fill what that allows; makes the symbol known."""
        last = Decimal(price)
        with self._exchange.open() as now:
            self._market.quotes[symbol] = Quote(
                at=at or now,
                price=last,
                bid=Decimal(bid) if bid else last - Decimal("0.01"),
                ask=Decimal(ask) if ask else last + Decimal("0.01"),
                volume=volume,
            )
            self._exchange.price(symbol, last)

    def hold(self, symbol: str, shares: int, cost: str) -> None:
        """Put shares into the account that cost so much each; its cash stays."""
        with self._exchange.open():
            self._exchange.portfolio.hold(symbol, Decimal(shares), Decimal(cost))
            self._exchange.prices.setdefault(symbol, Decimal(cost))

    def bars(self, symbol: str, bars: Sequence[Bar], timeframe: str = "5Min") -> None:
        """Give a symbol its history; bars that start after now are not shown."""
        self._market.bars[symbol, timeframe] = tuple(bars)

    def news(self, headline: str, *symbols: str, at: datetime | None = None, source: str = "benzinga") -> int:
        """Publish a headline, and return its id."""
        number = 40_000_000 + len(self._market.articles)
        article = Article(id=number, at=at or self._clock.now(), headline=headline, symbols=symbols, source=source)
        self._market.articles.append(article)
        return number

    def limit_requests(self, a_minute: int = 200) -> None:
        """Answer no more than so many requests in each minute of the clock's."""
        self._rates.a_minute = a_minute

    def page(self, most: int) -> None:
        """Let no page of bars, news or corporate actions hold more than so many."""
        self._market.page = self._announced.page = most

    def slip(self, basis_points: str) -> None:
        """Let orders at the market lose so much."""
        self._exchange.ways.slippage_bp = Decimal(basis_points)

    def fill_by_hand(self) -> None:
        """Fill nothing from now on but by `fill`."""
        self._exchange.ways.automatic = False

    def fill(self, order: str, shares: int | None = None, price: str | None = None) -> None:
        """Fill an order (its id, or the client's) at its symbol's last price, all that is left unless told."""
        with self._exchange.open():
            found = self._desk.known(order)
            at = Decimal(price) if price else self._exchange.prices[found.symbol]
            self._exchange.fill(found, found.remaining if shares is None else Decimal(shares), at)

    def partly_fill(self, shares: int) -> None:
        """Let the next order that fills get only so many shares; the rest waits for its symbol's next price."""
        self._exchange.ways.part = Decimal(shares)

    def fill_wholly(self) -> None:
        """Let the next order that fills get all of its shares again."""
        self._exchange.ways.part = None

    def expire(self, order: str) -> None:
        """Let an order (its id, or the client's) expire."""
        with self._exchange.open():
            self._exchange.end(self._desk.known(order), "expired")

    def tell_of_unknown_status(self, order: str) -> None:
        """Send an update of an order (its id, or the client's) in a status that nobody has heard of."""
        with self._exchange.open():
            update = self._exchange.update("new", self._desk.known(order))
            update["order"]["status"] = "surprised"
            self._exchange.told_to(update)

    def hold_legs(self) -> None:
        """Keep the legs of entries held, though filled, until `release_legs`."""
        self._exchange.ways.holds_legs = True

    def release_legs(self) -> None:
        """Send the targets of filled entries to the market."""
        with self._exchange.open():
            self._exchange.ways.holds_legs = False
            for order in self._exchange.orders:
                if order.role == "entry" and order.status == "filled":
                    self._exchange.wake_legs(order)

    def refuse_next(self, reason: str) -> None:
        """Answer the next order or replacement with 403 and a reason."""
        self._desk.refusal = reason

    def reject_next(self) -> None:
        """Take the next order or replacement, and reject it after the answer; what it would replace stays."""
        self._exchange.ways.rejects = True

    def accept_next(self) -> None:
        """Neither refuse nor reject the next order or replacement after all."""
        self._desk.refusal = ""
        self._exchange.ways.rejects = False

    def make_untradable(self, symbol: str) -> None:
        """Take a symbol out of trading."""
        self._exchange.ways.untradable.add(symbol)

    def make_tradable(self, symbol: str) -> None:
        """Let a symbol trade again that was taken out of trading."""
        self._exchange.ways.untradable.discard(symbol)

    def open_market(self) -> None:
        """Open regular trading, whatever the clock says; what waited is filled."""
        self.set_session(Session.REGULAR)

    def close_market(self) -> None:
        """Close the exchange, whatever the clock says."""
        self.set_session(Session.CLOSED)

    def _trade_at(self, symbol: str, price: Decimal) -> None:
        self.price(symbol, number(price.quantize(Decimal("0.0001"))))

    def set_session(self, session: Session | None) -> None:
        """Set what the exchange does; None goes by the clock."""
        self._hours.by_hand = session
        with self._exchange.open():
            pass  # entering wakes what waited

    def fault(
        self, method: str, path: str, kind: Fault, *, times: int = 1, handled: bool = False, status: int | None = None
    ) -> None:
        """Let the next requests of a method ('*' for any) whose path fits a pattern (`/v2/orders*`) fail.

        With `handled` each is carried out first, and only its answer is lost. `status` replaces that of html, empty,
        garbage and no code.
        """
        self._faults.order(method, path, kind, times=times, handled=handled, status=status)
