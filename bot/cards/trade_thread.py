"""The thread of a trade: one message for each thing that happens to it."""

from decimal import Decimal

from slack_sdk.models.blocks import ButtonElement, ConfirmObject

from bot.cards import ids
from bot.cards.exits import closing_line, exits_of, plan_line, target_price
from bot.cards.message import Message, actions, button, message, note, section
from bot.cards.mrkdwn import NO_FACT, actor, day_and_time, duration, escaped, halt_text, symbol
from bot.cards.origin import limit_line
from bot.cards.performance import multiple
from bot.cards.proposal import decision_lines, planned_risk, title
from bot.cards.slippage import price_lines
from bot.messages import Texts
from engine.model.desk import ENGINE
from engine.model.journal import Grade
from engine.model.notices.base import NO_REASON
from engine.model.notices.trades import SymbolHaltBegan, SymbolHaltEnded, TradeClosing, TradeUnprotected
from engine.model.sale import Sale
from engine.model.trade import Trade, TradeState


def decided(trade: Trade, texts: Texts) -> Message:
    """Say of which trade it is, and who decided what and when; the question alone while nobody has.

    It stands alone in a notification or a direct message, where no card is above it.
    """
    return note(title(trade, texts), *decision_lines(trade, texts))


def resized(trade: Trade, texts: Texts, by: str = "") -> Message:
    """Say how many shares the proposal is about now."""
    return note(
        texts(
            "resized",
            by=actor(by),
            symbol=symbol(trade.symbol),
            shares=trade.shares,
            cost=texts.dollars(trade.shares * trade.sizing.entry),
            dollars=texts.risk_dollars(planned_risk(trade)),
            percent=texts.percent(planned_risk(trade) / trade.sizing.equity),
        ),
    )


def second_asked(trade: Trade, texts: Texts, by: str) -> Message:
    """Say who approved first, and ask another person."""
    return note(
        texts("second-asked", by=actor(by), symbol=symbol(trade.symbol), shares=trade.shares),
        texts("second-asked-how"),
    )


def submitted(trade: Trade, texts: Texts) -> Message:
    """Say that the order is on its way."""
    return note(
        texts(
            "submitted",
            shares=trade.shares,
            symbol=symbol(trade.symbol),
            stop=texts.price(trade.stop),
            target=texts.price(trade.target),
        ),
        *limit_line(trade, texts),
    )


def filled(trade: Trade, texts: Texts) -> Message:
    """Say what was bought, at what price, and what it truly risks; the slippage too where the price was another one."""
    has_moved = trade.proposed_entry != trade.sizing.entry
    return note(fill(trade, texts), *(price_lines(trade, texts) if has_moved else ()))


def fill(trade: Trade, texts: Texts) -> str:
    """Return what was bought, at what price, and what it truly risks."""
    risk = trade.filled_shares * max(Decimal(0), trade.entry - trade.stop)
    return texts(
        "filled",
        filled="partly" if trade.filled_shares < trade.shares else "whole",
        symbol=symbol(trade.symbol),
        shares=trade.filled_shares,
        wanted=trade.shares,
        price=texts.price(trade.entry),
        amount=texts.dollars(trade.filled_shares * trade.entry),
        percent=texts.percent(risk / trade.sizing.equity),
        dollars=texts.risk_dollars(risk),
        id=escaped(trade.id),
        **_exits(trade, texts),
    )


def target_set(trade: Trade, texts: Texts) -> Message:
    """Say at which prices the position is protected."""
    parts = plan_line(trade, texts) if trade.exit_plan.partial else ()
    return note(texts("target-set", symbol=symbol(trade.symbol), **_exits(trade, texts)), *parts)


def exit_asked(trade: Trade, texts: Texts, score: str = NO_FACT) -> Message:
    """Ask whether to close an open trade after a sell signal; once it is no longer open, say so without buttons."""
    ticker = symbol(trade.symbol)
    if trade.state is not TradeState.OPEN:
        return note(texts("exit-asked-over", symbol=ticker, state=trade.state.value))
    question = texts("exit-asked", symbol=ticker, shares=trade.held_shares, score=score)
    plan = texts(
        "exit-asked-plan",
        entry=texts.price(trade.entry),
        stop=texts.price(trade.stop),
        target=target_price(trade, texts),
    )
    keep = button(texts("button-keep"), action=ids.KEEP_TRADE, value=trade.id, label=texts("label-keep", symbol=ticker))
    return message(section(f"{question}\n{plan}"), actions(ids.EXIT_BLOCK, close_button(trade, texts), keep))


def closing(told: TradeClosing, trade: Trade, texts: Texts) -> Message:
    """Say who or what has a trade sold, and why, and what the sale waits for."""
    because = (texts("because", why=escaped(told.why, 200)),) if told.why else ()
    return note(closing_line(trade, texts), *sale_waits(told, texts), *because)


def sale_waits(sale: TradeClosing | Sale, texts: Texts) -> tuple[str, ...]:
    """Return what a sale at the market waits for; nothing where it goes through at once."""
    if sale.opens_at is None and not sale.is_halted:
        return ()
    at = NO_FACT if sale.opens_at is None else day_and_time(sale.opens_at, texts)
    return (texts("sale-waits", at=at),)


def time_exit(trade: Trade, texts: Texts, reason: str) -> Message:
    """Say that a trade is being sold because of the time, and why."""
    shares = trade.held_shares or trade.exit_shares
    return note(texts("time-exit", symbol=symbol(trade.symbol), shares=shares, reason=escaped(reason, 40)))


def halt_began(told: SymbolHaltBegan, trade: Trade, texts: Texts) -> Message:
    """Say that trading in a trade's symbol is halted, and what becomes of the trade meanwhile."""
    facts = {"state": trade.state.value, "exits": exits_of(trade)}
    return note(texts("symbol-halted", **facts, halt=halt_text(told.halt, texts)))


def halt_ended(told: SymbolHaltEnded, trade: Trade, texts: Texts) -> Message:
    """Say that trading in a trade's symbol goes on."""
    facts = {"state": trade.state.value, "exits": exits_of(trade), "symbol": symbol(trade.symbol)}
    return note(texts("symbol-resumed", **facts, since=day_and_time(told.halt.since, texts)))


def close_button(trade: Trade, texts: Texts) -> ButtonElement:
    """Return the button that sells what a trade holds, once that was confirmed."""
    return button(
        texts("button-close"),
        action=ids.CLOSE_TRADE,
        value=trade.id,
        label=texts("label-close", symbol=symbol(trade.symbol), shares=trade.held_shares),
        style="danger",
        confirm=_confirm_close(trade, texts),
    )


def kept(trade: Trade, texts: Texts, by: str) -> Message:
    """Say who keeps the position in spite of the signal."""
    return note(texts("exit-kept", symbol=symbol(trade.symbol), by=actor(by), exits=exits_of(trade)))


def graded(trade: Trade, texts: Texts, by: str, grade: Grade) -> Message:
    """Say who graded how the trade was made and led."""
    return note(texts("graded", symbol=symbol(trade.symbol), by=actor(by), grade=grade.value))


def closed(trade: Trade, texts: Texts) -> Message:
    """Say how the trade ended and what came of it."""
    result = trade.result
    return note(
        texts(
            "closed",
            exit=trade.exit_reason.value if trade.exit_reason else NO_FACT,
            by=NO_FACT if trade.closed_by == ENGINE else actor(trade.closed_by),
            symbol=symbol(trade.symbol),
            shares=trade.exit_shares,
            price=texts("unknown") if trade.exit_price is None else texts.price(trade.exit_price),
            entry=texts.price(trade.entry),
            result=texts("unknown") if result is None else texts.gain(result),
            part=_part(trade, texts),
            multiple=NO_FACT if trade.multiple is None else multiple(trade.multiple, texts),
            held=_held(trade, texts),
            id=escaped(trade.id),
        ),
        *((texts("part-sold-before"),) if trade.exit_plan.is_part_sold else ()),
    )


def _part(trade: Trade, texts: Texts) -> str:
    """Return the result as a part of what was paid."""
    return texts.change(trade.exit_price / trade.entry - 1) if trade.exit_price and trade.fill_price else NO_FACT


def _held(trade: Trade, texts: Texts) -> str:
    """Return how long the shares were held."""
    if trade.filled_at is None or trade.closed_at is None:
        return NO_FACT
    return duration(int((trade.closed_at - trade.filled_at).total_seconds()), texts)


def unprotected(told: TradeUnprotected, trade: Trade, texts: Texts) -> Message:
    """Warn that shares had no live stop, and say at which price they have one now, or why they still have none.

    It is said from what was refused. Where the trade has moved on since, nobody is sent to the broker for it.
    """
    bare = min(told.bare or trade.held_shares, trade.held_shares)
    facts: dict[str, str | int] = {"symbol": symbol(trade.symbol), "shares": bare}
    if not trade.held_shares:
        return note(texts("unprotected-over", **facts))
    if told.is_sale:
        return note(texts("sale-rejected", **facts, trouble=refusal(told.trouble, texts)))
    if trade.state is TradeState.CLOSING:
        return note(texts("unprotected-closing", **facts))
    if told.is_on_hold:
        return note(texts("unprotected-on-hold", **facts))
    if told.trouble:
        return note(texts("unprotected-still", **facts, trouble=refusal(told.trouble, texts)))
    return note(texts("unprotected", **facts, stop=texts.price(trade.stop)))


def refusal(trouble: str, texts: Texts) -> str:
    """Return why the broker rejects something, in its own words if it has any."""
    return texts("no-reason") if trouble == NO_REASON else escaped(trouble)


def _exits(trade: Trade, texts: Texts) -> dict[str, str]:
    """Return stop and target with their distances from what was paid."""
    return {
        "target": texts.price(trade.target),
        "target_change": texts.change(trade.target / trade.entry - 1),
        "stop": texts.price(trade.stop),
        "stop_change": texts.change(trade.stop / trade.entry - 1),
    }


def _confirm_close(trade: Trade, texts: Texts) -> ConfirmObject:
    return ConfirmObject(
        title=texts("confirm-close", symbol=symbol(trade.symbol)),
        text=texts("confirm-close-text", shares=trade.held_shares),
        confirm=texts("button-sell"),
        deny=texts("modal-cancel"),
        style="danger",
    )
