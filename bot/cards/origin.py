"""Who asked for a trade that no strategy proposed, and what for."""

from datetime import time
from typing import Final

from bot.cards.message import Message, note
from bot.cards.mrkdwn import NO_FACT, actor, escaped, symbol
from bot.messages import Texts
from engine.model.market import EXCHANGE_ZONE
from engine.model.origin import Source
from engine.model.trade import Trade

OPENS: Final = time(9, 30)
CLOSES: Final = time(16)
"""The regular hours of all but the few days that end early, on the exchange's clock."""


def origin_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return who asked for a trade and why; nothing for the strategy's own."""
    origin = trade.origin
    if not origin.is_manual:
        return ()
    # A sender's name is whatever it says: it never becomes a person, or the bot.
    by = actor(origin.by) if origin.source is Source.DESK else NO_FACT
    said = {"by": by, "name": escaped(origin.by, 40), "note": escaped(origin.note, 200)}
    return (texts("proposal-origin", source=origin.source.value, **said),)


def limit_line(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return what a limit that somebody asked for means, and what happens to the rest; nothing without one."""
    if trade.origin.limit is None:
        return ()
    hours = "extended" if _may_be_extended(trade) else "regular"
    return (texts("proposal-limit-asked", limit=texts.price(trade.sizing.entry), hours=hours),)


def _may_be_extended(trade: Trade) -> bool:
    """Tell whether its order may go out before the open or after the close: no proposal outlives the desk's hours."""
    begins, ends = (at.astimezone(EXCHANGE_ZONE).time() for at in (trade.proposed_at, trade.expires_at))
    return begins < OPENS or ends > CLOSES


def source_word(trade: Trade, texts: Texts) -> str:
    """Return in a word who proposed a trade."""
    return texts("source-word", source=trade.source.value)


def proposed(trade: Trade, texts: Texts) -> Message:
    """Tell who asked for a trade that it waits for a decision."""
    risk = trade.sizing.planned_risk
    plan = texts(
        "proposed-by-hand",
        symbol=symbol(trade.symbol),
        shares=trade.shares,
        price=texts.price(trade.sizing.entry),
        stop=texts.price(trade.sizing.stop),
        target=texts.price(trade.sizing.target),
        dollars=texts.risk_dollars(risk),
        percent=texts.percent(risk / trade.sizing.equity),
    )
    return note(
        plan, *limit_line(trade, texts), texts("proposed-by-hand-next"), texts("trade-id", id=escaped(trade.id))
    )


def why_title(trade: Trade, texts: Texts) -> str:
    """Return the title of what stands behind a trade that somebody asked for."""
    return texts("proposal-why-asked", source=trade.source.value)


def unscored(texts: Texts) -> tuple[str, ...]:
    """Return what stands in the place of the score of a trade that has none."""
    return (texts("score-unscored"),)
