"""What became of the price that people saw: what the approval changed of it, and what the fill cost beyond it."""

from decimal import Decimal

from bot.cards.mrkdwn import NO_FACT
from bot.messages import HALF, Texts
from engine.model.risk import BindingLimit
from engine.model.trade import Trade


def approval_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return what an approval changed of what the card had shown, and why; nothing where it changed nothing."""
    approved = trade.approved
    if approved is None or approved.is_as_shown:
        return ()
    reason = BindingLimit.DESK if approved.shares == approved.shown_shares else trade.sizing.cap
    return (
        texts(
            "approval-changed",
            before=texts.count(approved.shown_shares),
            shown=texts.price(approved.shown_entry),
            after=texts.count(approved.shares),
            price=texts.price(approved.entry),
            reason=reason.value,
            moved="no" if approved.entry == approved.shown_entry else "yes",
        ),
    )


def price_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return the price proposed, approved and filled, and the slippage over both; nothing before anything is filled."""
    if trade.approved is None or trade.fill_price is None:
        return ()
    proposed, approved, filled = trade.proposed_entry, trade.sizing.entry, trade.fill_price
    over_proposed, over_approved = (trade.filled_shares * (filled - price) for price in (proposed, approved))
    return (
        texts(
            "three-prices", proposed=texts.price(proposed), approved=texts.price(approved), filled=texts.price(filled)
        ),
        texts(
            "slippage",
            proposed=texts.dollars(abs(over_proposed)),
            proposed_side=side(over_proposed),
            approved=texts.dollars(abs(over_approved)),
            approved_side=side(over_approved),
        ),
    )


def side(slippage: Decimal) -> str:
    """Tell whether fills were better or worse than a price, as far as whole dollars show it."""
    return NO_FACT if abs(slippage) < HALF else "worse" if slippage > 0 else "better"
