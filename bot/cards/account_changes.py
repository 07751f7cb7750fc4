"""What changed outside the bot, or against its wish: at the broker, in the account, at the company.

The detail of each notice is words with one space between them. One that cannot be read costs its figures, never the
notice itself.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from bot.cards import ids
from bot.cards.message import Message, actions, message, note, section
from bot.cards.mrkdwn import NOTHING, calendar_day, foreign, symbol
from bot.cards.trade_thread import close_button
from bot.messages import Texts
from engine.model.corporate_action import ActionKind
from engine.model.notice import Notice
from engine.model.trade import Trade, TradeState

FIGURE = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,28})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNKNOWN = "-"
"""A fact that the engine does not have."""
ASKS = "asks"
ACTION_FACTS = 6
WAITING_FACTS = 5
MISSING = frozenset({"child", "rate", "price"})
RESTATED_FACTS = 14


def oversold(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Alarm: more was sold than was held, so the account is short."""
    shares, cause, asks = _words(notice.detail, 3)
    return note(
        texts("oversold", symbol=symbol(trade.symbol), shares=_count(shares), cause=foreign(cause, 20)),
        texts("oversold-then", symbol=symbol(trade.symbol), asks="yes" if asks == ASKS else "no"),
    )


def covering(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say that what was sold too much is being bought back."""
    return note(texts("covering", symbol=symbol(trade.symbol), shares=_count(notice.detail)))


def exit_moved(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say that somebody moved a stop or a target at the broker, and what that makes of the risk."""
    before, after, risk_before, risk_after = _words(notice.detail, 4)
    prices = {"before": _price(before, texts), "after": _price(after, texts)}
    told = [texts("exit-moved", symbol=symbol(trade.symbol), exit=_exit(notice), **prices)]
    risks = _write(risk_before, texts.part), _write(risk_after, texts.part)
    if NOTHING not in risks:
        told.append(texts("exit-moved-risk", before=risks[0], after=risks[1]))
    return note(*told)


def exit_senseless(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say that an exit was not sent because it makes no sense at the market's price, and offer to close."""
    price, market = _words(notice.detail, 2)
    ticker = symbol(trade.symbol)
    facts = {"price": _price(price, texts), "market": _price(market, texts)}
    said = texts("exit-senseless", symbol=ticker, exit=_exit(notice), **facts)
    if trade.state is not TradeState.OPEN:
        return note(said)
    asked = texts("exit-senseless-then", symbol=ticker)
    return message(section(f"{said}\n{asked}"), actions(ids.EXIT_BLOCK, close_button(trade, texts)))


def action_due(notice: Notice, texts: Texts) -> Message:
    """Say which corporate action comes, and what happens to trades in the symbol."""
    kind, new, old, ex_date, new_symbol, cash = _words(notice.detail, ACTION_FACTS)
    ticker = symbol(notice.subject)
    on = calendar_day(ex_date, texts) if DATE.fullmatch(ex_date) else NOTHING
    return note(
        texts("action-due", symbol=ticker, action=_action(kind, new, old, new_symbol, cash, texts), date=on),
        texts("action-due-then", symbol=ticker, kind=_kind(kind)),
    )


def restated(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say what a corporate action made of a trade's shares and prices."""
    kind, new, old, *facts = _words(notice.detail, RESTATED_FACTS)
    is_spin_off = kind == ActionKind.SPIN_OFF
    action = _action(kind, new, old, facts[8] if is_spin_off else facts[7], UNKNOWN, texts)
    told = (
        ("shares", _shares(facts[0], texts), _shares(facts[1], texts)),
        ("stop", _price(facts[2], texts), _price(facts[3], texts)),
        ("target", _price(facts[4], texts), _price(facts[5], texts)),
        ("symbol", _name(facts[6]), _name(facts[7])),
    )
    same = {"symbol", "shares"} if is_spin_off else {"symbol"}  # what is told only where it changed
    lines = [
        texts("restated-line", what=what, before=before, after=after)
        for what, before, after in told
        if NOTHING not in {before, after} and (what not in same or before != after)
    ]
    if is_spin_off:
        came = {"shares": _count(facts[9]), "cost": _price(facts[10], texts)}
        lines.append(texts("restated-spun-off", symbol=symbol(trade.symbol), new_symbol=_name(facts[8]), **came))
    heading = texts("restated", symbol=symbol(trade.symbol), action=action)
    return note(heading, *lines, texts("restated-kept", id=foreign(trade.id)))


def spin_off_waits(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Ask what is to become of shares without a stop, while it is not known what a spin-off left of their price."""
    new, old, new_symbol, missing, unpriced = _words(notice.detail, WAITING_FACTS)
    ticker = symbol(trade.symbol)
    action = _action(ActionKind.SPIN_OFF, new, old, new_symbol, UNKNOWN, texts)
    why = texts("spin-off-missing", missing=missing if missing in MISSING else NOTHING, symbol=_name(unpriced))
    said = f"{texts('spin-off-waits', symbol=ticker, action=action)}\n{why}"
    if trade.state is not TradeState.OPEN:
        return note(said)
    asked = texts("spin-off-waits-then", symbol=ticker)
    return message(section(f"{said}\n{asked}"), actions(ids.EXIT_BLOCK, close_button(trade, texts)))


def cash_in_lieu(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say what was paid for fractions of a share; those of a company that was spun off are none of the trade's."""
    paid, spun_off = _words(notice.detail, 2)
    facts = {"symbol": symbol(trade.symbol), "dollars": _price(paid, texts), "spun_off": _name(spun_off)}
    return note(texts("cash-in-lieu", **facts))


def unexplained(notice: Notice, texts: Texts) -> Message:
    """Alarm: the shares held changed and nothing explains it."""
    before, now, price_before, price_now = _words(notice.detail, 4)
    ticker = symbol(notice.subject)
    shares = _shares(before, texts), _shares(now, texts)
    prices = _price(price_before, texts), _price(price_now, texts)
    told = [texts("unexplained", symbol=ticker, before=shares[0], now=shares[1])]
    if NOTHING not in prices:
        told.append(texts("unexplained-price", before=prices[0], now=prices[1]))
    return note(*told, texts("unexplained-then", symbol=ticker))


def adopted(_notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say that an order which the database did not know was taken over."""
    shares = trade.filled_shares or trade.shares
    prices = {"price": texts.price(trade.entry), "stop": texts.price(trade.stop)}
    return note(texts("adopted", symbol=symbol(trade.symbol), shares=shares, **prices, id=foreign(trade.id)))


def filled_late(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say that an entry which had been given up was filled all the same."""
    shares, price = _words(notice.detail, 2)
    facts = {"price": _price(price, texts), "stop": texts.price(trade.stop), "id": foreign(trade.id)}
    return note(texts("filled-late", symbol=symbol(trade.symbol), shares=_count(shares), **facts))


def money_moved(notice: Notice, texts: Texts) -> Message:
    """Say that money came or went by no trade."""
    dollars, about = _words(notice.detail, 2)
    figure = _write(dollars, lambda amount: texts.price(abs(amount)))
    return note(texts("money-moved", kind=foreign(notice.subject, 20), dollars=figure, symbol=_name(about)))


def cancel_stuck(_notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say that the broker is not done with cancelling an order."""
    return note(texts("cancel-stuck", symbol=symbol(trade.symbol)))


def sold_by_hand(notice: Notice, trade: Trade, texts: Texts) -> Message:
    """Say what left the position by no order of the bot, and whether its price is known or a guess."""
    gone, price, kind = _words(notice.detail, 3)
    at = _price(price, texts)
    known = kind if kind in {"exact", "estimate"} and at != NOTHING else NOTHING
    facts = {"symbol": symbol(trade.symbol), "gone": _count(gone), "price": at, "known": known}
    return note(texts("sold-by-hand", **facts), texts("sold-by-hand-left", shares=trade.held_shares))


def _words(detail: str, count: int) -> tuple[str, ...]:
    """Return exactly that many words of a detail, UNKNOWN for those that it lacks."""
    found = detail.split(" ")[:count] if len(detail) <= 50 * count else []
    return tuple(word or UNKNOWN for word in found) + (UNKNOWN,) * (count - len(found))


def _write(word: str, write: Callable[[Decimal], str]) -> str:
    return write(Decimal(word)) if FIGURE.fullmatch(word) else NOTHING


def _price(word: str, texts: Texts) -> str:
    return _write(word, texts.price)


def _count(word: str) -> int | str:
    """Return a number of shares as the catalogues take it, NOTHING where it is none."""
    return int(word) if FIGURE.fullmatch(word) and "." not in word else NOTHING


def _shares(word: str, texts: Texts) -> str:
    return _write(word, lambda figure: texts.number(figure, _places(figure)))


def _name(word: str) -> str:
    return NOTHING if word == UNKNOWN else symbol(word)


def _places(figure: Decimal) -> int:
    """Return the decimals that a number of shares is told with, six at most."""
    exponent = figure.normalize().as_tuple().exponent
    return min(6, max(0, -exponent)) if isinstance(exponent, int) else 0


def _exit(notice: Notice) -> str:
    return "target" if notice.subject == "target" else "stop"


def _kind(word: str) -> str:
    return word if word in set(ActionKind) else NOTHING


def _action(kind: str, new: str, old: str, new_symbol: str, cash: str, texts: Texts) -> str:
    """Return a corporate action in a few words: '2-for-1 split'."""
    is_reverse = FIGURE.fullmatch(new) and FIGURE.fullmatch(old) and Decimal(new) < Decimal(old)
    named = _kind(kind)
    return texts(
        "corporate-action",
        kind="reverse_split" if named == ActionKind.SPLIT and is_reverse else named,
        new=_shares(new, texts),
        old=_shares(old, texts),
        new_symbol=_name(new_symbol),
        cash=NOTHING if FIGURE.fullmatch(cash) and not Decimal(cash) else _price(cash, texts),
    )
