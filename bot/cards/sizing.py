"""What an amount comes to: the answer of /size, with a button that makes it the proposal's."""

from slack_sdk.models.blocks import Block

from bot.cards import ids
from bot.cards.message import Message, actions, button, context, header, message, section
from bot.cards.mrkdwn import broken, escaped, symbol
from bot.messages import Texts
from engine.model.calculation import Calculation
from engine.model.risk import share_of
from engine.model.trade import Trade


def calculated(found: Calculation, texts: Texts) -> Message:
    """Show what an amount costs and risks, the most that every limit allows and what binds it."""
    ticker = symbol(found.symbol)
    lines = [
        texts(
            "size-plan",
            cost=texts.dollars(found.cost),
            dollars=texts.risk_dollars(found.risk),
            percent=texts.percent(share_of(found.risk, found.equity)),
            before=texts.part(found.risk_before),
            after=texts.part(found.risk_after),
        ),
        texts(
            "size-prices",
            entry=texts.price(found.entry),
            stop=texts.price(found.stop),
            target=texts.price(found.target),
            part=texts.percent(share_of(found.cost, found.equity)),
        ),
        texts(
            "size-most",
            fits="no" if found.shares > found.most else "yes",
            most=texts.count(found.most),
            reason=escaped(found.bound_by),
        ),
    ]
    if found.broken:
        verdict = found.broken
        lines.append(
            texts("size-broken", broken=broken(verdict.rule, verdict.figure, verdict.limit, verdict.unit, texts))
        )
    return message(
        header(texts("size-title", symbol=ticker, shares=found.shares)),
        section("\n".join(lines)),
        *_way_on(found, found.trade, texts),
    )


def _way_on(found: Calculation, trade: Trade | None, texts: Texts) -> tuple[Block, ...]:
    """Return what can be done with it: a button where a proposal would change and may, and how to ask again."""
    ticker = symbol(found.symbol)
    if trade is None:
        return (context(texts("size-not-proposed", symbol=ticker), texts("size-how", symbol=ticker)),)
    if found.shares == trade.shares or not found.is_allowed:
        return (context(texts("size-proposed", shares=trade.shares), texts("size-how", symbol=ticker)),)
    press = button(
        texts("button-apply", shares=found.shares),
        action=ids.APPLY_SIZE,
        value=f"{trade.id}{ids.AND}{found.shares}",
        label=texts("label-apply", shares=found.shares, symbol=ticker),
        style="primary",
    )
    return context(texts("size-proposed", shares=trade.shares)), actions(ids.SIZE_BLOCK, press)
