"""Whatever the account, the price and the trades are: what passes the sizing and the rules keeps every promise."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given, settings, strategies as st

from engine.model.account import Position
from engine.model.portfolio import Portfolio
from engine.model.trade import Trade, TradeState
from engine.risk.context import EntryPlan
from engine.risk.limits import Limits
from engine.risk.rules import refusal
from engine.risk.sizing import size
from tests.engine.risk.examples import a_portfolio, an_account
from tests.support.fakes.trades import PROPOSED_AT, a_sizing, a_trade

LIMITS = Limits(exposure=Decimal("0.4"))
PRICES = st.decimals(min_value=5, max_value=2_000, places=2)
DOLLARS = st.decimals(min_value=-1_000_000, max_value=10_000_000, places=2)
SOLVENT = st.decimals(min_value=400_000, max_value=10_000_000, places=2)
STATES = st.sampled_from([TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSING])

LIVE_STOPS = st.lists(st.tuples(st.integers(-10, 3_000), PRICES), max_size=3).map(tuple)


@st.composite
def trades(draw: st.DrawFn, shares: st.SearchStrategy[int], stops: st.SearchStrategy[Decimal]) -> Trade:
    price, wanted = draw(PRICES), draw(shares)
    state = draw(STATES)
    filled = draw(st.integers(0, wanted)) if state is not TradeState.APPROVED else 0
    return a_trade(
        id=f"T{draw(st.integers(0, 10**9))}",
        symbol=draw(st.sampled_from(["AAPL", "MSFT", "TSLA"])),
        state=state,
        shares=wanted,
        filled_shares=filled,
        fill_price=price if filled else None,
        exit_shares=draw(st.integers(0, 2 * filled)) if state in {TradeState.OPEN, TradeState.CLOSING} else 0,
        exit_price=price,
        stop=price * draw(stops),
        sizing=a_sizing(entry=price, shares=wanted),
    )


@st.composite
def portfolios(
    draw: st.DrawFn, dollars: st.SearchStrategy[Decimal], shares: int, stops: st.SearchStrategy[Decimal]
) -> Portfolio:
    """Any portfolio with up to so many shares in each of a few trades and positions that are not ours."""
    held = st.builds(
        Position,
        symbol=st.sampled_from(["AAPL", "MSFT", "IBM"]),
        shares=st.integers(-shares, shares),
        cost=PRICES,
        price=PRICES,
    )
    positions = draw(st.lists(held, max_size=2, unique_by=lambda position: position.symbol))
    # An id is a trade's own: two trades of one id are no portfolio.
    ours = tuple(draw(st.lists(trades(st.integers(0, shares), stops), max_size=4, unique_by=lambda trade: trade.id)))
    return a_portfolio(
        account=an_account(equity=draw(dollars), buying_power=str(draw(dollars))),
        positions=tuple(positions),
        trades=ours,
        buying={trade.id: trade.shares - trade.filled_shares for trade in ours if trade.state is TradeState.OPEN},
        stops={trade.id: draw(LIVE_STOPS) for trade in ours if trade.state is TradeState.OPEN},
    )


ANY = portfolios(DOLLARS, 3_000, st.decimals(min_value="0.5", max_value="1.1", places=4))
SOUND = portfolios(SOLVENT, 40, st.decimals(min_value="0.98", max_value=1, places=4))


def accepted(portfolio: Portfolio, price: Decimal, wanted: int | None) -> Trade | None:
    """Return the trade that is approved at a price, None where a rule refuses it."""
    sizing = size("AAPL", price, portfolio, LIMITS, wanted=wanted)
    if refusal(EntryPlan(symbol="AAPL", sizing=sizing, portfolio=portfolio, at=PROPOSED_AT), LIMITS):
        return None
    return a_trade(
        id="NEW", state=TradeState.APPROVED, sizing=sizing, shares=sizing.shares, stop=sizing.stop, target=sizing.target
    )


@given(portfolio=SOUND, price=PRICES, wanted=st.none() | st.integers(-10, 5_000))
def test_what_is_accepted_keeps_every_limit(portfolio: Portfolio, price: Decimal, wanted: int | None) -> None:
    trade = accepted(portfolio, price, wanted)
    assume(trade is not None)  # fails where hardly any is accepted
    assert trade
    account = portfolio.account
    assert 1 <= trade.shares <= (trade.shares if wanted is None else wanted)
    assert account.equity > 0
    assert replace(portfolio, trades=(*portfolio.trades, trade)).open_risk < LIMITS.ceiling
    assert trade.cost <= portfolio.buying_power <= account.buying_power
    assert trade.risk <= account.equity * LIMITS.per_trade * (1 + LIMITS.rounding)
    held = portfolio.position("AAPL")
    assert trade.cost + (abs(held.value) if held else 0) <= account.equity * Decimal("0.4")


@settings(max_examples=60)
@given(
    equity=SOLVENT,
    buys=st.lists(st.tuples(PRICES, st.decimals(min_value=-1, max_value=1, places=3)), min_size=1, max_size=8),
)
def test_however_badly_the_fills_turn_out_open_risk_stays_under_the_ceiling(
    equity: Decimal, buys: list[tuple[Decimal, Decimal]]
) -> None:
    """Each purchase is approved beside the others and only then filled, up to SLIPPAGE worse or better than planned."""
    rich = a_portfolio(account=an_account(equity=equity, buying_power="1E+12"))
    approved: tuple[Trade, ...] = ()
    for number, (price, _) in enumerate(buys):
        trade = accepted(replace(rich, trades=approved), price, None)
        if trade:
            approved = (*approved, replace(trade, id=str(number)))
    filled = tuple(
        replace(
            trade,
            state=TradeState.OPEN,
            filled_shares=trade.shares,
            fill_price=trade.sizing.entry * (1 + LIMITS.slippage * buys[int(trade.id)][1]),
        )
        for trade in approved
    )
    lost = sum((trade.filled_shares * (trade.entry - trade.sizing.entry) for trade in filled), Decimal(0))
    account = replace(rich.account, equity=equity - lost)
    assert replace(rich, account=account, trades=filled).open_risk < LIMITS.ceiling


@given(portfolio=ANY, price=PRICES)
def test_no_account_makes_the_sizing_or_a_rule_fail(portfolio: Portfolio, price: Decimal) -> None:
    sizing = size("AAPL", price, portfolio, LIMITS)
    assert sizing.shares >= 0
    assert sizing.risk_after >= sizing.risk_before
    verdict = refusal(EntryPlan(symbol="AAPL", sizing=sizing, portfolio=portfolio, at=PROPOSED_AT), LIMITS)
    assert portfolio.account.equity > 0 or verdict is not None


def share_by_share(portfolio: Portfolio, trade: Trade) -> Decimal:
    """Sum a trade's risk again: one share after the other, each down to the worst of what may sell it."""
    if trade.state in {TradeState.APPROVED, TradeState.SUBMITTED}:
        return max(trade.shares, trade.filled_shares) * max(Decimal(0), trade.entry - trade.stop)
    stops = portfolio.stops.get(trade.id, ())
    covering = sorted(price for shares, price in stops for _ in range(shares))
    held = max(0, trade.filled_shares - trade.exit_shares)
    sells = [*covering[:held], *[trade.stop] * (held - len(covering[:held]))]
    worst = min([trade.stop, *(price for _, price in stops)])
    sells += [worst] * portfolio.buying.get(trade.id, 0)
    return sum((max(Decimal(0), trade.entry - price) for price in sells), Decimal(0))


@settings(max_examples=60)
@given(portfolio=portfolios(SOLVENT, 60, st.decimals(min_value="0.5", max_value="1.1", places=4)))
def test_the_risk_is_what_an_independent_sum_makes_it(portfolio: Portfolio) -> None:
    prices = {position.symbol: position.price for position in portfolio.positions}
    short = {position.symbol: max(0, -position.shares) for position in portfolio.positions}
    ours, sold, dear = Counter[str](), Counter[str](), Decimal(0)
    for trade in portfolio.trades:
        if trade.state is not TradeState.APPROVED:
            ours[trade.symbol] += trade.exposed_shares + portfolio.buying.get(trade.id, 0)
        for _ in range(max(0, trade.exit_shares - trade.filled_shares)):
            sold[trade.symbol] += 1
            if sold[trade.symbol] > short.get(trade.symbol, 0):
                dear += prices.get(trade.symbol, trade.entry)
    not_ours = sum(
        (
            -held.value
            if held.shares < 0
            else max(0, held.shares - ours[held.symbol]) * held.price * LIMITS.foreign_risk
            for held in portfolio.positions
        ),
        Decimal(0),
    )
    by_trades = sum((share_by_share(portfolio, trade) for trade in portfolio.trades), Decimal(0))
    assert portfolio.risk == by_trades + dear + not_ours


@given(portfolio=ANY, sold=st.integers(1, 3_000), price=PRICES)
def test_a_short_never_makes_room(portfolio: Portfolio, sold: int, price: Decimal) -> None:
    short = Position(symbol="NVDA", shares=-sold, cost=price, price=price)
    beside = replace(portfolio, positions=(*portfolio.positions, short))
    assert beside.risk >= portfolio.risk >= 0
    assert beside.buying_power < portfolio.buying_power
    assert beside.open_loss >= 0
    for symbol in ("NVDA", "AAPL"):
        assert size(symbol, price, beside, LIMITS).shares <= size(symbol, price, portfolio, LIMITS).shares


@given(portfolio=ANY)
def test_no_trade_has_a_risk_below_nothing(portfolio: Portfolio) -> None:
    assert all(portfolio.risk_of(trade) >= 0 for trade in portfolio.trades)
    assert portfolio.open_loss >= 0
