"""The engine's verbs in memory, for tests of what people type and click."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from engine.engine import Engine
from engine.errors import AlreadyDecided, Ambiguous, RiskRefused, UnknownSymbol, UnknownTrade
from engine.model.desk import Desk, DeskState, Request
from engine.model.market import Session
from engine.model.portfolio import Account
from engine.model.trade import Trade, TradeState
from engine.model.view import Inspection, PortfolioView, SizeView
from engine.stages.requests import Requests

NOW = datetime(2025, 8, 19, 14, 45, 30, tzinfo=UTC)
MOST_SHARES = 600


class FakeRequests(Requests):
    """Remembers what was recorded; `rows` has (who asked, what they said, action, outcome, why)."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str, str]] = []
        self.served: set[str] = set()

    def is_served(self, request: Request) -> bool:
        return request.id in self.served

    def record(self, request: Request, action: str, outcome: str, why: str = "") -> None:
        if request.id not in self.served:
            self.rows.append((request.by, request.said, action, outcome, why))
        self.served.add(request.id)

    def secret(self, name: str) -> str:
        return f"the {name} of a fake"


class FakeEngine(Engine):
    """Holds trades, does at once what is asked, and remembers it.

    `calls` has (verb, what it was called with ..., who asked); `refusals` has (who asked, what they said, action, why).
    `trouble`, once set, is raised by every verb.
    """

    requests: FakeRequests

    def __init__(self, *trades: Trade) -> None:
        self.begin(*trades)

    @property
    def refusals(self) -> list[tuple[str, str, str, str]]:
        return [
            (by, said, action, why) for by, said, action, outcome, why in self.requests.rows if outcome == "refused"
        ]

    def begin(self, *trades: Trade) -> None:
        """Forget everything, and hold these trades."""
        self.held = {trade.id: trade for trade in trades}
        self.state = Desk(state=DeskState.ACTIVE, auto=False)
        self.calls: list[tuple[object, ...]] = []
        self.requests = FakeRequests()
        self.trouble: Exception | None = None

    def approve(self, trade_id: str, request: Request) -> Trade:
        return self._decide(trade_id, TradeState.APPROVED, request)

    def reject(self, trade_id: str, request: Request, reason: str = "") -> Trade:
        return self._decide(trade_id, TradeState.REJECTED, request, reason)

    def size(self, trade_id: str, shares: int | None = None) -> SizeView:
        self._call("size", trade_id, shares)
        trade = self._existing(trade_id)
        wanted = trade.shares if shares is None else shares
        return SizeView(
            trade=trade,
            shares=wanted,
            most=MOST_SHARES,
            cost=wanted * trade.entry,
            risk=wanted * (trade.entry - trade.stop),
            equity=trade.sizing.equity,
            risk_before=trade.sizing.risk_before,
            risk_after=trade.sizing.risk_before + wanted * (trade.entry - trade.stop) / trade.sizing.equity,
            bound_by="headroom",
        )

    def resize(self, trade_id: str, shares: int, request: Request) -> Trade:
        self._call("resize", trade_id, shares, request.by)
        trade = self._proposal(trade_id)
        if shares > MOST_SHARES:
            raise RiskRefused("headroom", Decimal(shares), Decimal(MOST_SHARES), "shares")
        return self._hold(replace(trade, shares=shares))

    def close(self, trade_id: str, request: Request) -> Trade:
        self._call("close", trade_id, request.by)
        trade = self._existing(trade_id)
        if trade.state is not TradeState.OPEN:
            raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
        return self._hold(replace(trade, state=TradeState.CLOSING))

    def keep(self, trade_id: str, request: Request) -> Trade:
        self._call("keep", trade_id, request.by)
        trade = self._existing(trade_id)
        if trade.state is not TradeState.OPEN:
            raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
        return trade

    def halt(self, request: Request, reason: str = "") -> Desk:
        self._call("halt", reason, request.by)
        self.state = replace(self.state, state=DeskState.HALTED, by=request.by, reason=reason, since=NOW)
        return self.state

    def flatten(self, request: Request, reason: str = "") -> Desk:
        self._call("flatten", reason, request.by)
        self.state = replace(self.state, state=DeskState.HALTED, by=request.by, reason=reason, since=NOW)
        return self.state

    def resume(self, request: Request, *, anyway: bool = False) -> Desk:
        self._call("resume", *(["anyway"] if anyway else []), request.by)
        self.state = replace(self.state, state=DeskState.ACTIVE, by=request.by, reason="", since=NOW)
        return self.state

    def set_auto(self, *, on: bool, request: Request) -> Desk:
        self._call("set_auto", on, request.by)
        self.state = replace(self.state, auto=on, by=request.by, since=NOW)
        return self.state

    @property
    def symbols(self) -> int:
        return 5

    def now(self) -> datetime:
        return NOW

    def desk(self) -> Desk:
        self._call("desk")
        return self.state

    def trade(self, asked: str) -> Trade:
        self._check()
        found = [trade for trade in self.held.values() if trade.id.startswith(asked) and asked]
        if len(found) > 1:
            raise Ambiguous(asked, [trade.id for trade in found])
        if not found:
            raise UnknownTrade(asked, next(iter(self.held), ""))
        return found[0]

    def trades(self, states: Collection[TradeState] = (), *, since: datetime | None = None) -> tuple[Trade, ...]:
        self._call("trades", frozenset(states), since)
        return tuple(trade for trade in self.held.values() if trade.state in states or not states)

    def portfolio(self) -> PortfolioView:
        self._call("portfolio")
        money = Decimal(66_788)
        return PortfolioView(
            at=NOW,
            account=Account(equity=Decimal(231_368), cash=money, buying_power=money, margin=False),
            lines=(),
            open_risk=Decimal("0.01"),
            warning=Decimal("0.016"),
            ceiling=Decimal("0.02"),
        )

    def inspect(self, symbol: str) -> Inspection:
        self._call("inspect", symbol)
        if symbol not in {trade.symbol for trade in self.held.values()}:
            raise UnknownSymbol(symbol)
        return Inspection(symbol=symbol, session=Session.CLOSED, snapshot=None, signal=None, panel=(), trades=())

    def _decide(self, trade_id: str, to: TradeState, request: Request, reason: str = "") -> Trade:
        self._call("approve" if to is TradeState.APPROVED else "reject", trade_id, reason, request.by)
        decided = replace(self._proposal(trade_id), state=to, decided_by=request.by, decided_at=NOW, reason=reason)
        return self._hold(decided)

    def _proposal(self, trade_id: str) -> Trade:
        trade = self._existing(trade_id)
        if trade.state is not TradeState.PROPOSED:
            raise AlreadyDecided(trade_id, trade.state, trade.decided_by)
        return trade

    def _existing(self, trade_id: str) -> Trade:
        if trade_id not in self.held:
            raise UnknownTrade(trade_id)
        return self.held[trade_id]

    def _hold(self, trade: Trade) -> Trade:
        self.held[trade.id] = trade
        return trade

    def _call(self, *call: object) -> None:
        self._check()
        self.calls.append(call)

    def _check(self) -> None:
        if self.trouble:
            raise self.trouble
