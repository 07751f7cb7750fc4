"""The portfolio: the broker's money and positions beside our trades and our record.

The broker is asked outside any transaction. What is decided inside one joins the broker's answer with the trades and
the record as that transaction sees them, so that a check and the reservation that follows it look at the same trades.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import prod

from engine.common.hand_stops import hand_stops
from engine.common.share_counts import told_foreign, unclaimed_exchanges, unexplained
from engine.errors import BrokerUnavailable
from engine.model.account import Account, Position
from engine.model.activity import EXCHANGES
from engine.model.corporate_action import AWAITED_FOR, ActionKind, ActionState, CorporateAction
from engine.model.market import day_begin, day_start, exchange_date
from engine.model.portfolio import Portfolio
from engine.model.trade import RESERVED, ExitReason, Trade
from engine.model.trade_record import TradeOutcome, TradeRecord
from engine.ports.broker import Broker
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.exchanged import awaited_readings, misread, others_readings, seeming_ratios, seen_by_price
from engine.risk.limits import Limits
from engine.risk.restating import SAME

Flows = Sequence[tuple[datetime, Decimal]]
LimitsOf = Callable[[Reader], Limits]
"""Reads the limits in force from the database."""

SPUN_OFF_FOR = timedelta(days=366)
"""For how long what is left of a share may not be known after a spin-off."""
LOOKS = 10
"""How often the broker is asked again before a decision is put off."""


def read_portfolio(broker: Broker, store: Store, now: datetime, limits: Limits) -> Portfolio:
    """Return the portfolio now; raises BrokerUnavailable and StoreUnavailable."""
    account, positions = broker.account(), broker.positions()
    with store.reading() as reader:
        return joined(reader, account, positions, now, limits)


def as_seen_by(reader: Reader, portfolio: Portfolio, now: datetime, limits: Limits) -> Portfolio:
    """Return a portfolio with its trades and its record read again inside a transaction."""
    account = replace(portfolio.account, equity=portfolio.account.equity + portfolio.overstated)
    return joined(reader, account, portfolio.positions, now, limits)


@contextmanager
def true_portfolio(
    broker: Broker, store: Store, clock: Clock, limits_of: LimitsOf
) -> Generator[tuple[Transaction, Portfolio, Limits], None, None]:
    """Open the database for writing beside a portfolio that holds inside: nothing was filled since it was asked for.

    The limits beside it are those that the database has, whichever process changed them.
    A fill changes the equity that risk is a share of, so after one the broker is asked again. Raises BrokerUnavailable.
    """
    for _ in range(LOOKS):
        with store.reading() as reader:
            newest = reader.last_fill()
        account, positions = broker.account(), broker.positions()
        with store.writing() as transaction:
            if transaction.last_fill() == newest:
                limits = limits_of(transaction)
                yield transaction, joined(transaction, account, positions, clock.now(), limits), limits
                return
    raise BrokerUnavailable("the account changed with every look at it")


def joined(
    reader: Reader, account: Account, positions: tuple[Position, ...], now: datetime, limits: Limits
) -> Portfolio:
    """Return what the broker says of the account beside what the database says of the trades."""
    trades, foreign, on = reader.trades(RESERVED), told_foreign(reader), exchange_date(now)
    announced = reader.corporate_actions(on - SPUN_OFF_FOR, on) if positions else ()
    waiting = [action for action, state in announced if state is ActionState.ANNOUNCED]  # not carried out yet
    unclear = _unclear(reader, waiting, trades)
    seeming = seeming_ratios(trades, foreign, positions, unclear)
    due = _exchanges_due(waiting, on)
    awaited = awaited_readings(trades, positions, dict.fromkeys(unclaimed_exchanges(reader), SAME) | due, seeming)
    of_others = {position.symbol for position in positions} - {trade.symbol for trade in trades}
    beside = [action for action, _ in announced if action.symbol in of_others]
    others = others_readings(positions, _untold(reader, beside, on), {*awaited, *seeming})
    too_much, too_little = misread(positions, others | awaited)
    account = replace(account, equity=account.equity - too_much) if too_much else account
    return Portfolio(
        account=account,
        positions=positions,
        trades=trades,
        buying=reader.unfilled(),
        bids=reader.bids(),
        stops=reader.stops(),
        hand_stops=hand_stops(reader),
        record=_record(reader, account, now, limits),
        stopless=limits.foreign_risk,
        other_assets=limits.other_assets_risk,
        exchanged=seeming | seen_by_price(awaited),
        told_foreign=foreign,
        awaited=(*awaited, *(position.symbol for position in positions if position.symbol in unclear)),
        overstated=too_much,
        owed=too_much + too_little,
    )


def _unclear(reader: Reader, waiting: Sequence[CorporateAction], trades: Sequence[Trade]) -> frozenset[str]:
    """Return the symbols of which a share may be worth another part than the one that was bought, and nobody knows.

    After a spin-off those are the shares that a trade holds since before its day.
    """
    spin_offs = [action for action in waiting if action.kind is ActionKind.SPIN_OFF]
    parted = (
        action.symbol
        for action in spin_offs
        for trade in trades
        if trade.symbol == action.symbol and trade.held_shares and trade.was_bought_before(action.ex_date)
    )
    return frozenset({*unexplained(reader), *parted})


def _exchanges_due(actions: Sequence[CorporateAction], on: date) -> dict[str, Fraction]:
    """Return the symbols whose shares are to be exchanged by a day, each with the ratio of its splits."""
    ratios = dict[str, Fraction]()
    for action in actions:
        if action.is_exchange and action.ex_date >= on - AWAITED_FOR:
            ratio = action.ratio if action.kind is ActionKind.SPLIT else SAME
            ratios[action.symbol] = ratios.get(action.symbol, SAME) * ratio
    return ratios


def _untold(reader: Reader, announced: Sequence[CorporateAction], on: date) -> dict[str, Fraction]:
    """Return those exchanges of the last days of which the account tells nothing, as due ones.

    For shares of others an exchange counts as carried out by the next day, whether the broker shows it then or not.
    """
    actions = [action for action in announced if action.ex_date >= on - AWAITED_FOR]
    rows = (reader.activities(symbol=action.symbol, since=day_begin(action.ex_date)) for action in actions)
    shown = {row.symbol for row in chain.from_iterable(rows) if row.kind in EXCHANGES and row.shares}
    return {symbol: ratio for symbol, ratio in _exchanges_due(actions, on).items() if symbol not in shown}


def _record(reader: Reader, account: Account, now: datetime, limits: Limits) -> TradeRecord:
    day, rest = day_start(now), timedelta(seconds=limits.stop_cooldown_seconds or 0)
    ended = reader.outcomes(since=min(day, now - rest))
    stops = [outcome for outcome in ended if outcome.reason is ExitReason.STOP and outcome.at >= now - rest]
    flows, began_with = reader.flows(day, account), reader.equity_at(day)
    record = TradeRecord(
        entries=reader.entries(day),
        realised=sum(
            (outcome.result * _made_of(flows, outcome.at) for outcome in ended if outcome.at >= day), Decimal(0)
        ),
        # Newest first, so the newest stop of a symbol must be the last to be written.
        stopped={outcome.symbol: outcome.at for outcome in reversed(stops)},
        day_equity=None if began_with is None else began_with * _made_of(flows, day),
        peak_equity=reader.peak_equity(now - timedelta(days=limits.drawdown_days), account),
    )
    last = reader.outcomes(limit=limits.losing_streak) if limits.losing_streak else ()
    return replace(record, losses=_losses(last), lost_at=last[0].at if _losses(last) else None)


def _made_of(flows: Flows, at: datetime) -> Decimal:
    """Return what a dollar that was in the account at an instant is now, by the money that came or went since."""
    return prod((factor for when, factor in flows if when > at), start=Decimal(1))


def _losses(last: tuple[TradeOutcome, ...]) -> int:
    """Count the losing trades in a row up to the last; `last` is newest first."""
    won = (number for number, outcome in enumerate(last) if outcome.result >= 0)
    return next(won, len(last))
