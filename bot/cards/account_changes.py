"""What changed outside the bot, or against its wish: at the broker and in the account."""

from decimal import Decimal

from bot.cards import ids
from bot.cards.message import Message, actions, message, note, section
from bot.cards.mrkdwn import NO_FACT, actor, escaped, symbol
from bot.cards.trade_thread import close_button, refusal
from bot.messages import Texts
from engine.model.notices.account import (
    EntryChanged,
    ExitMoved,
    ForeignPosition,
    ForeignProtected,
    ForeignUnprotected,
    MoneyMoved,
    OrderKept,
    SoldByHand,
    StopByHand,
    UnexplainedChange,
)
from engine.model.notices.base import AWAITS_ACTION
from engine.model.notices.trades import (
    CancelStuck,
    CoveringShort,
    CoverRefused,
    ExitSenseless,
    FilledLate,
    TradeAdopted,
    TradeOversold,
)
from engine.model.trade import OrderRole, Trade, TradeState


def oversold(told: TradeOversold, trade: Trade, texts: Texts) -> Message:
    """Alarm: more was sold than was held, so the account is short."""
    asks = "no" if told.is_bought_back else "yes"
    return note(
        texts("oversold", symbol=symbol(trade.symbol), shares=told.shares, cause=told.cause.value),
        texts("oversold-then", symbol=symbol(trade.symbol), asks=asks),
    )


def covering(told: CoveringShort, trade: Trade, texts: Texts) -> Message:
    """Say that what was sold too much is being bought back."""
    return note(texts(told.text, symbol=symbol(trade.symbol), shares=told.shares))


def cover_refused(told: CoverRefused, trade: Trade, texts: Texts) -> Message:
    """Alarm: the account stays short, for the broker rejects what buys back; it may have taken it since."""
    if not trade.short_shares:
        return note(texts("cover-refused-over", symbol=symbol(trade.symbol)))
    trouble = refusal(told.trouble, texts)
    return note(texts(told.text, symbol=symbol(trade.symbol), shares=told.shares, trouble=trouble))


def exit_moved(told: ExitMoved, trade: Trade, texts: Texts) -> Message:
    """Say that somebody moved a stop or a target at the broker, and what that makes of the risk."""
    prices = {"before": texts.price(told.before), "after": texts.price(told.after)}
    risks = {"before": texts.part(told.risk_before), "after": texts.part(told.risk_after)}
    return note(
        texts("exit-moved", symbol=symbol(trade.symbol), exit=_exit(told.role), **prices),
        texts("exit-moved-risk", **risks),
    )


def entry_changed(told: EntryChanged, trade: Trade, texts: Texts) -> Message:
    """Say that somebody changed an entry at the broker, and what that makes of the risk."""
    before = texts("entry-terms", shares=told.shares_before, limit=_limit(told.limit_before, texts))
    after = texts("entry-terms", shares=told.shares_after, limit=_limit(told.limit_after, texts))
    risks = {"before": texts.part(told.risk_before), "after": texts.part(told.risk_after)}
    return note(
        texts("entry-changed", symbol=symbol(trade.symbol), before=before, after=after),
        texts("exit-moved-risk", **risks),
    )


def exit_senseless(told: ExitSenseless, trade: Trade, texts: Texts) -> Message:
    """Say that an exit was not sent because it makes no sense at the market's price, and offer to close.

    Where shares have no stop for that, this is said first: it is what a lock screen shows.
    """
    ticker = symbol(trade.symbol)
    facts = {"symbol": ticker, "price": texts.price(told.price), "market": texts.price(told.market)}
    if told.bare:
        said = texts("no-stop", shares=told.bare, **facts)
        asked = texts("no-stop-then", symbol=ticker, price=facts["price"])
    else:
        said = texts("exit-senseless", exit=_exit(told.role), **facts)
        asked = texts("exit-senseless-then", symbol=ticker, exit=_exit(told.role))
    if trade.state is not TradeState.OPEN:
        return note(said)
    return message(section(f"{said}\n{asked}"), actions(ids.EXIT_BLOCK, close_button(trade, texts)))


def unexplained(told: UnexplainedChange, texts: Texts) -> Message:
    """Alarm: the shares held changed and nothing explains it."""
    ticker = symbol(told.symbol)
    said = [texts("unexplained", symbol=ticker, before=texts.count(told.before), now=texts.count(told.found))]
    if told.price_before is not None and told.price_now is not None:
        prices = {"before": texts.price(told.price_before), "now": texts.price(told.price_now)}
        said.append(texts("unexplained-price", **prices))
    return note(*said, texts("unexplained-then", symbol=ticker))


def adopted(told: TradeAdopted, trade: Trade, texts: Texts) -> Message:
    """Say that an order which the database did not know was taken over, or who made a trade of shares held before."""
    shares = told.shares or trade.filled_shares or trade.shares
    prices = {"price": texts.price(trade.entry), "stop": texts.price(trade.stop)}
    if told.by:
        facts = prices | {"target": texts.price(trade.target), "by": actor(told.by), "id": escaped(trade.id)}
        return note(texts("adopted-position", symbol=symbol(trade.symbol), shares=shares, **facts))
    return note(texts(told.text, symbol=symbol(trade.symbol), shares=shares, **prices, id=escaped(trade.id)))


def filled_late(told: FilledLate, trade: Trade, texts: Texts) -> Message:
    """Say that an entry which had been given up was filled all the same."""
    facts = {"price": texts.price(told.price), "stop": texts.price(trade.stop), "id": escaped(trade.id)}
    return note(texts(told.text, symbol=symbol(trade.symbol), shares=told.shares, **facts))


def money_moved(told: MoneyMoved, texts: Texts) -> Message:
    """Say that money came or went by no trade."""
    about = symbol(told.symbol) if told.symbol else NO_FACT
    return note(texts(told.text, kind=told.move.value, dollars=texts.price(abs(told.dollars)), symbol=about))


def cancel_stuck(told: CancelStuck, trade: Trade, texts: Texts) -> Message:
    """Say that the broker is not done with cancelling an order."""
    return note(texts(told.text, symbol=symbol(trade.symbol)))


def order_kept(told: OrderKept, texts: Texts) -> Message:
    """Alarm: the broker keeps an order that was cancelled."""
    pending = "yes" if told.is_pending else "no"
    facts = {"symbol": symbol(told.symbol), "order": told.role.value, "pending": pending}
    return note(texts(told.text, shares=told.shares, **facts))


def sold_by_hand(told: SoldByHand, trade: Trade, texts: Texts) -> Message:
    """Say what left the position by no order of the bot, and whether its price is known or a guess."""
    facts = {"symbol": symbol(trade.symbol), "price": NO_FACT, "known": NO_FACT}
    if told.price is not None:
        facts |= {"price": texts.price(told.price), "known": "estimate" if told.is_estimate else "exact"}
    return note(texts("sold-by-hand", gone=told.shares, **facts), texts("sold-by-hand-left", shares=trade.held_shares))


def stop_by_hand(told: StopByHand, trade: Trade, texts: Texts) -> Message:
    """Say which stop of somebody's hand stands in for the bot's, and what it leaves to that."""
    rest = max(0, told.held - told.shares) or NO_FACT
    prices = {"price": texts.price(told.price), "planned": texts.price(told.planned)}
    return note(
        texts("stop-by-hand", symbol=symbol(trade.symbol), shares=told.shares, **prices),
        texts("stop-by-hand-then", rest=rest, **prices),
    )


def foreign_position(told: ForeignPosition, texts: Texts) -> Message:
    """Say how many shares are held, or sold short, that the bot has nothing to do with."""
    side = "short" if told.shares < 0 else "long"
    shares = abs(told.shares) or NO_FACT
    return note(texts(told.text, symbol=symbol(told.symbol), shares=shares, side=side))


def foreign_protected(told: ForeignProtected, texts: Texts) -> Message:
    """Say at which price such shares have a stop."""
    stop = NO_FACT if told.stop is None else texts.price(told.stop)
    return note(texts(told.text, symbol=symbol(told.symbol), shares=told.shares, stop=stop))


def foreign_unprotected(told: ForeignUnprotected, texts: Texts) -> Message:
    """Say why such shares have no stop."""
    if told.trouble == AWAITS_ACTION:
        return note(texts("foreign-awaits", symbol=symbol(told.symbol)))
    return note(texts(told.text, symbol=symbol(told.symbol), trouble=refusal(told.trouble, texts)))


def _exit(role: OrderRole) -> str:
    return "target" if role is OrderRole.TARGET else "stop"


def _limit(price: Decimal | None, texts: Texts) -> str:
    return NO_FACT if price is None else texts.price(price)
