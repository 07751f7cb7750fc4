"""A game in which market and people trade at a desk, and what must hold of it after each move and at rest."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.common.portfolio import read_portfolio
from engine.common.share_counts import told_foreign, unexplained
from engine.errors import DeskError
from engine.model.desk import DeskState, Request
from engine.model.notices.account import ExitMoved, SoldByHand
from engine.model.notices.base import Notice, NoticeKind
from engine.model.notices.systems import TradeFaulted
from engine.model.portfolio import Portfolio
from engine.model.trade import AT_THE_BROKER, Trade, TradeState
from engine.pipeline.observe import Observation
from tests.faults.child_process import propose_from
from tests.faults.outside_desk import CASH, NO_MORE, PARTS, World, server
from tests.faults.outside_sums import NOTHING, Account, Hands, booked, negative
from tests.support.fakes.trades import a_signal

PEOPLE = (Request(by="U0TRADER", said="click"), Request(by="U0ADMIN", said="click"))
CENT = Decimal("0.01")
LEAST, MOST = Decimal(10), Decimal(2000)
"""Between which prices a symbol trades, dollars a share."""
SHOWN = Decimal("0.05")
"""Dollars by which sums may differ: averages are told to the sixth place, and money in cents."""

turns = st.integers(0, 3)
people = st.sampled_from(PEOPLE)


def hold(wrong: Iterable[str]) -> None:
    """Fail with all that is wrong, if anything is."""
    found = list(wrong)
    assert not found, "\n".join(found)


class Game(RuleBasedStateMachine):
    """The part of market and people."""

    @initialize(trades=st.integers(1, 3), parts=st.booleans())
    def begin(self, trades: int, *, parts: bool) -> None:
        self.stack = ExitStack()
        self.world = self.stack.enter_context(World.open(server(), PARTS if parts else NO_MORE))
        self.hands = Hands()
        self.moved, self.perhaps_moved = Counter[tuple[str, str, Decimal]](), Counter[tuple[str, str, Decimal]]()
        self.sold, self.perhaps_ours = Counter[str](), Counter[str]()
        self.payments = 0
        self.money_is_mixed = False
        for turn in range(trades):
            self.a_trade_is_approved(turn, resumes=False)

    # The market and the people

    @rule(turn=turns, resumes=st.booleans())
    def a_trade_is_approved(self, turn: int, *, resumes: bool) -> None:
        if resumes and not self._unexplained():
            self.world.engine.commands.resume(PEOPLE[0])
        symbol, now = self._symbol(turn), self.world.clock.now()
        shots = {shot.symbol: shot for shot in self.world.market.snapshots((symbol,))}
        signal = a_signal(symbol=symbol, at=now, price=shots[symbol].price)
        with suppress(DeskError):
            propose_from(self.world.engine, [signal], Observation(at=now, snapshots=shots))
        for trade in self.world.trades(TradeState.PROPOSED):
            with suppress(DeskError):
                self.world.engine.commands.approve(trade.id, PEOPLE[0])
        self._go_on(1)

    @rule(turn=turns, percent=st.sampled_from(["-4", "-1", "-0.4", "-0.1", "0.1", "0.4", "1", "4"]))
    def a_price_moves(self, turn: int, percent: str) -> None:
        symbol = self._symbol(turn)
        moved = round(self.world.prices[symbol] * (1 + Decimal(percent) / 100), 2)
        self.world.clock.advance(1)
        self.world.price(symbol, min(MOST, max(LEAST, moved)))
        self._go_on()

    @rule(seconds=st.sampled_from([2, 20, 130, 1000]))
    def time_passes(self, seconds: int) -> None:
        self._go_on(seconds)

    @rule(turn=turns, who=people)
    def someone_closes(self, turn: int, who: Request) -> None:
        for trade in self._one(turn, TradeState.OPEN):
            with suppress(DeskError):
                self.world.engine.commands.close(trade.id, who)
        self._go_on()

    @rule(who=people)
    def someone_halts(self, who: Request) -> None:
        self.world.engine.commands.halt(who, "practice")
        self._go_on()

    @rule(who=people)
    def someone_resumes(self, who: Request) -> None:
        """Nobody says that an account is right whose shares nobody can explain."""
        if not self._unexplained():
            self.world.engine.commands.resume(who)
        self._go_on()

    @rule()
    def the_desk_comes_to_rest(self) -> None:
        self.world.come_to_rest()
        hold(self._wrong_at_rest())

    # What must hold after each move

    @invariant()
    def nothing_is_wrong(self) -> None:
        if hasattr(self, "world"):
            hold(self._wrong_always())

    def _wrong_always(self) -> Iterator[str]:
        self._see_what_is_nobodys()
        yield from negative(self.world.trades())
        portfolio = self._portfolio()
        if min([portfolio.risk, *map(portfolio.risk_of, portfolio.trades)]) < NOTHING:
            yield "less than no risk is shown"
        entries = [sent for sent in self.world.sent if sent.desk]
        for name, times in Counter(sent.name for sent in entries).items():
            if times > 1:
                yield f"{name} left {times} times"
        for sent in self.world.sent:
            if sent.desk not in {None, DeskState.ACTIVE}:
                yield f"{sent} left while the desk bought nothing"
            if (sent.stop or NOTHING) >= sent.market or (sent.target or sent.market + 1) <= sent.market:
                yield f"{sent} would be filled at once"

    # What must hold at rest

    def _wrong_at_rest(self) -> Iterator[str]:
        account, trades = self.account(), self.world.trades()
        self._see_what_is_nobodys()
        yield from self._of_shares(account)
        yield from self._of_risk(account, trades)
        yield from self._of_stops(account, trades)
        # What an order that a split left alone sold of a part of a share, no whole order can buy back; what it sold of
        # the shares of others is not bought back either. No trade can say whose that money is.
        if not self._unexplained() and not self.money_is_mixed:
            yield from self._of_money(trades)
        yield from self._of_notices(self.told())
        for notice in self.told():
            if isinstance(notice, TradeFaulted):
                yield f"{notice.what} could not be handled, by a fault of the desk's own"

    def _see_what_is_nobodys(self) -> None:
        """Note where orders that a split left alone sold shares of others, or parts of one.

        What several splits cut off, and a desk that missed them counts as its own, is its own from then on.
        """
        account = self.account()
        self.money_is_mixed |= account.is_short_of_parts() or any(self.perhaps_ours.values())
        with self.world.store.reading() as reader:
            told, asked = told_foreign(reader), unexplained(reader)
        for symbol, shares in list(self.hands.foreign.items()):
            least = shares - self.perhaps_ours[self.hands.first_name(symbol)]
            if symbol not in asked and least <= told.get(symbol, 0) < shares:
                self.hands.foreign[symbol] = told.get(symbol, 0)
        for symbol, shares in list(self.hands.foreign.items()):
            held = max(0, int(account.shares(symbol)))
            if held < shares and account.sold_by_orders_of_before(symbol):
                self.hands.foreign[symbol], self.money_is_mixed = held, True

    def _of_shares(self, account: Account) -> Iterator[str]:
        with self.world.store.reading() as reader:
            foreign, asked = told_foreign(reader), unexplained(reader)
            ours = Counter[str]()
            for trade in reader.trades(AT_THE_BROKER):
                ours[trade.symbol] += trade.filled_shares - trade.exit_shares
        for symbol in {*ours, *foreign, *self.world.prices}:
            held, said = int(account.shares(symbol)), ours[symbol] + foreign.get(symbol, 0)
            if symbol in asked and self.world.desk_state() is DeskState.ACTIVE:
                yield f"{symbol} is not explained, and the desk buys"
            if symbol not in asked and held != said:
                yield f"{symbol}: {held} shares held, {ours[symbol]} of ours and {foreign.get(symbol, 0)} others told"
            if symbol not in asked and foreign.get(symbol, 0) != self.hands.foreign[symbol]:
                yield f"{symbol}: {self.hands.foreign[symbol]} shares are foreign, {foreign.get(symbol, 0)} are told"

    def _of_risk(self, account: Account, trades: tuple[Trade, ...]) -> Iterator[str]:
        shown, true = self._portfolio().risk, account.risk(trades)
        # What was sold while nobody could say of which shares is not booked before a person did: until then the trade
        # counts as if it still held them, which is the safer side.
        is_safer = self._unexplained() and shown > true
        if abs(shown - true) > SHOWN and not is_safer:
            yield f"risk of {shown} is shown, {true} is true"

    def _of_stops(self, account: Account, trades: tuple[Trade, ...]) -> Iterator[str]:
        for trade in trades:
            if trade.state is TradeState.OPEN and trade.held_shares > account.armed_shares(trade):
                asked = [notice.kind for notice in self.told() if notice.trade_id == trade.id]
                excused = {NoticeKind.EXIT_SENSELESS} & set(asked) or self._unexplained() or self.cancels_wait
                if not excused:
                    yield f"{trade.id} holds {trade.held_shares}, stops for {account.armed_shares(trade)}"

    def _of_money(self, trades: tuple[Trade, ...]) -> Iterator[str]:
        guessed = [told for told in self.told() if isinstance(told, SoldByHand) and told.is_estimate]
        came = Decimal(self.world.fake.account["cash"]) - Decimal(CASH) - self.hands.brought
        said = booked(trades) + self.hands.foreign_dollars
        if not guessed and abs(came - said) > SHOWN:
            yield f"{came} dollars came by trading, {said} are booked"
        if guessed:
            yield f"guessed: {guessed}"

    def _of_notices(self, told: list[Notice]) -> Iterator[str]:
        moves = Counter[tuple[str, str, Decimal]]()
        for notice in told:
            if isinstance(notice, ExitMoved):
                moves[notice.trade_id, notice.role, notice.after] += 1
        for move in {*moves, *self.moved}:
            least, most = self.moved[move], self.moved[move] + self.perhaps_moved[move]
            if not least <= moves[move] <= most:
                yield f"{move} was moved {least} to {most} times, and told {moves[move]} times"
        paid = [notice for notice in told if notice.kind is NoticeKind.MONEY_MOVED]
        if len(paid) != self.payments:
            yield f"{self.payments} payments, {len(paid)} told"
        sales = Counter[str]()
        for notice in told:
            if isinstance(notice, SoldByHand):
                sales[self.hands.first_name(notice.trade_id.split("_", maxsplit=1)[0])] += notice.shares
        # What was sold while nobody could say of which shares is told once a person did.
        asked = {self.hands.first_name(symbol) for symbol in self._unexplained()}
        for company in {*sales, *self.sold}:
            least, most = 0 if company in asked else self.sold[company], self.sold[company] + self.perhaps_ours[company]
            if not least <= sales[company] <= most:
                yield f"{self.sold[company]} of {company} were sold by hand, {sales[company]} are told"

    # How moves are made

    cancels_wait = False

    def account(self) -> Account:
        """Return the fake's ledger as it is now."""
        return Account(self.world.fake.orders, self.world.fake.positions, self.hands)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.world.fake.release_cancels()
            self.cancels_wait = False
            self.world.come_to_rest()
            hold(self._wrong_at_rest())
        finally:
            self.stack.close()

    def _go_on(self, seconds: float = 0) -> None:
        if seconds:
            self.world.pass_time(seconds)
        self.world.run_jobs()

    def _symbol(self, turn: int) -> str:
        symbols = sorted(self.world.prices)
        return symbols[turn % len(symbols)]

    def _price_of(self, trade: Trade) -> Decimal:
        """Return the price of a trade's company; while nobody can explain its shares, a trade keeps an older name."""
        company, named = self.hands.first_name(trade.symbol), self.hands.first_name
        return next(price for symbol, price in self.world.prices.items() if named(symbol) == company)

    def _one(self, turn: int, *states: TradeState) -> list[Trade]:
        found = self.world.trades(*states)
        return [found[turn % len(found)]] if found else []

    def _unexplained(self) -> frozenset[str]:
        """Return the symbols about which the desk is asked."""
        with self.world.store.reading() as reader:
            return frozenset(unexplained(reader))

    def told(self, *kinds: NoticeKind) -> list[Notice]:
        with self.world.store.reading() as reader:
            notices = [waiting.notice for waiting in reader.waiting(100_000)]
        return [notice for notice in notices if not kinds or notice.kind in kinds]

    def _portfolio(self) -> Portfolio:
        world = self.world
        limits = world.settings.risk.limits
        return read_portfolio(world.broker, world.store, world.clock.now(), limits)
