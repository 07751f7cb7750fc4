"""What companies do to shares: before it comes, what it made of a trade, and what is not known yet of it."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final

from bot.cards import ids
from bot.cards.message import Message, actions, message, note, section
from bot.cards.mrkdwn import NO_FACT, escaped, symbol
from bot.cards.trade_thread import close_button
from bot.messages import Texts
from engine.model.corporate_action import ActionKind, CorporateAction
from engine.model.notices.corporate_actions import (
    ActionDue,
    ActionLate,
    CashInLieu,
    SpinOffWaits,
    TradeRestated,
    TradeTerms,
)
from engine.model.trade import Trade, TradeState

TOO_LONG: Final = 10**12
"""Rates that come of what an account tells may have numbers that tell people nothing."""
MOST_PLACES: Final = 6
"""Decimals of a number of shares, at most."""


def action_due(told: ActionDue, texts: Texts) -> Message:
    """Say which corporate action comes, and what happens to trades in the symbol."""
    action, ticker = told.action, symbol(told.symbol)
    return note(
        texts("action-due", symbol=ticker, action=_described(action, texts), date=texts.day(action.ex_date)),
        texts("action-due-then", symbol=ticker, kind=action.kind.value),
    )


def action_late(told: ActionLate, trade: Trade, texts: Texts) -> Message:
    """Say that shares have no stop until the broker has exchanged them, and offer to sell what it shows."""
    ticker = symbol(trade.symbol)
    by = "account" if told.is_told else "calendar"
    said = texts("action-late", by=by, symbol=ticker, shares=told.bare, action=_described(told.action, texts))
    if trade.state is not TradeState.OPEN:
        return note(said)
    asked = texts("action-late-then", by=by, symbol=ticker)
    return message(section(f"{said}\n{asked}"), actions(ids.EXIT_BLOCK, close_button(trade, texts)))


def restated(told: TradeRestated, trade: Trade, texts: Texts) -> Message:
    """Say what a corporate action made of a trade's shares and prices."""
    part, before, after = told.spun_off, told.before, told.after
    action = _action(told.action, told.new_shares, told.old_shares, part.symbol if part else after.symbol, texts)
    may_stay = {"symbol", "shares", "short"} if told.action is ActionKind.SPIN_OFF else {"symbol"}
    lines = _changes(before, after, texts, may_stay, has_target=not trade.exit_plan.is_part_sold)
    if part:
        names = {"symbol": symbol(trade.symbol), "new_symbol": _name(part.symbol)}
        lines.append(texts("restated-spun-off", **names, shares=part.shares, cost=texts.price(part.cost)))
    heading = texts("restated", symbol=symbol(trade.symbol), action=action)
    return note(heading, *lines, texts("restated-kept", id=escaped(trade.id)))


def spin_off_waits(told: SpinOffWaits, trade: Trade, texts: Texts) -> Message:
    """Ask what is to become of shares without a stop, while it is not known what a spin-off left of their price."""
    ticker = symbol(trade.symbol)
    action = _action(ActionKind.SPIN_OFF, told.new_shares, told.old_shares, told.new_symbol, texts)
    why = texts("spin-off-missing", missing=told.missing.value, symbol=_name(told.unpriced))
    said = f"{texts('spin-off-waits', symbol=ticker, action=action)}\n{why}"
    if trade.state is not TradeState.OPEN:
        return note(said)
    asked = texts("spin-off-waits-then", symbol=ticker)
    return message(section(f"{said}\n{asked}"), actions(ids.EXIT_BLOCK, close_button(trade, texts)))


def cash_in_lieu(told: CashInLieu, trade: Trade, texts: Texts) -> Message:
    """Say what was paid for fractions of a share; those of a company that was spun off are none of the trade's."""
    facts = {"symbol": symbol(trade.symbol), "dollars": texts.price(told.dollars), "spun_off": _name(told.spun_off)}
    return note(texts(told.text, **facts))


def _changes(
    before: TradeTerms, after: TradeTerms, texts: Texts, may_stay: Collection[str], *, has_target: bool
) -> list[str]:
    """Return a line for each term of a trade; what `may_stay` only where it changed."""
    shares = "short" if after.shares < 0 else "shares"
    terms = (
        (shares, texts.count(abs(before.shares)), texts.count(abs(after.shares))),
        ("stop", texts.price(before.stop), texts.price(after.stop)),
        *([("target", texts.price(before.target), texts.price(after.target))] if has_target else []),
        ("symbol", _name(before.symbol), _name(after.symbol)),
    )
    return [
        texts("restated-line", what=what, before=was, after=now)
        for what, was, now in terms
        if what not in may_stay or was != now
    ]


def _described(action: CorporateAction, texts: Texts) -> str:
    """Return an action in a few words; its rate is left out where it is not told."""
    new, old = (action.new_shares, action.old_shares) if action.new_shares else (None, None)
    return _action(action.kind, new, old, action.new_symbol, texts, cash=action.cash)


def _action(
    kind: ActionKind,
    new: Decimal | None,
    old: Decimal | None,
    new_symbol: str,
    texts: Texts,
    *,
    cash: Decimal = Decimal(0),
) -> str:
    """Return a corporate action in a few words: '2-for-1 split'."""
    is_reverse = kind is ActionKind.SPLIT and new is not None and old is not None and new < old
    return texts(
        "corporate-action",
        kind="reverse_split" if is_reverse else kind.value,
        new=_shares(new, texts),
        old=_shares(old, texts),
        new_symbol=_name(new_symbol),
        cash=texts.price(cash) if cash else NO_FACT,
    )


def _shares(figure: Decimal | None, texts: Texts) -> str:
    if figure is None or abs(figure) >= TOO_LONG:
        return NO_FACT
    exponent = figure.normalize().as_tuple().exponent
    return texts.number(figure, min(MOST_PLACES, max(0, -exponent)) if isinstance(exponent, int) else 0)


def _name(ticker: str) -> str:
    return symbol(ticker) if ticker else NO_FACT
