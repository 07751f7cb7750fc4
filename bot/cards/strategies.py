"""The strategies of the desk, and what becomes of a change of the live one."""

from collections.abc import Sequence

from bot.cards.message import Message, context, header, message, note, section, sections
from bot.cards.mrkdwn import NO_FACT, actor, day_and_time, escaped
from bot.messages import Texts
from engine.model.evaluation import FEWEST_TRADES
from engine.model.notices.settings import StrategyChange
from engine.model.strategies import PendingPromotion, PromotionStage, Strategies, StrategyLine

SHORT = 12
"""Characters of a fingerprint that are shown."""


def strategies(told: Strategies, texts: Texts) -> Message:
    """List the live strategy and those in shadow, with what waits."""
    waiting = (_change(told.pending, told.pending.by, PromotionStage.ASKED, texts),) if told.pending else ()
    coming = (texts("strategy-next", name=escaped(told.next)),) if told.next else ()
    how = texts("strategy-how", trades=told.trades_needed, days=told.days_needed)
    unusable = (texts("strategy-out-of-use", trouble=escaped(each, 600)) for each in told.unusable)
    lines = [*unusable, *(line(each, texts) for each in told.lines), *waiting, *coming]
    return message(header(texts("strategy-title")), *sections(lines), context(how))


def compared(some: Sequence[StrategyLine], texts: Texts) -> Message:
    """Show two strategies beside each other, and whether what they came to differs by more than chance."""
    one, other = some
    apart = "unknown"
    if one.interval and other.interval and min(one.trades, other.trades) >= FEWEST_TRADES:
        is_apart = one.interval.low > other.interval.high or other.interval.low > one.interval.high
        apart = "apart" if is_apart else "same"
    lines = "\n".join(line(each, texts) for each in some)
    return message(section(lines), context(texts("strategy-compared", apart=apart, fewest=FEWEST_TRADES)))


def line(each: StrategyLine, texts: Texts) -> str:
    """Return a strategy in a line."""
    interval = each.interval if each.trades >= FEWEST_TRADES else None
    return texts(
        "strategy-line",
        role="live" if each.is_live else "shadow",
        name=escaped(each.name),
        fingerprint=escaped(each.fingerprint[:SHORT]),
        trades=each.trades,
        days=each.days,
        mean=NO_FACT if each.mean is None else _multiple(each.mean, texts),
        low=NO_FACT if interval is None else _multiple(interval.low, texts),
        high=NO_FACT if interval is None else _multiple(interval.high, texts),
        known="no" if interval is None else "yes",
        fewest=FEWEST_TRADES,
    )


def asked(pending: PendingPromotion, texts: Texts) -> Message:
    """Say to who asked what is needed now."""
    return note(_change(pending, pending.by, PromotionStage.ASKED, texts))


def changed(pending: PendingPromotion, by: str, stage: PromotionStage, texts: Texts) -> Message:
    """Say to who confirmed or took back what comes of it."""
    return note(_change(pending, by, stage, texts))


def change_told(told: StrategyChange, texts: Texts) -> Message:
    """Tell the desk that a change of the live strategy was asked for, confirmed or taken back."""
    return note(_change(told.change, told.by, told.stage, texts))


def _change(pending: PendingPromotion, by: str, stage: PromotionStage, texts: Texts) -> str:
    return texts(
        "strategy-told",
        stage=stage.value,
        before=escaped(pending.before),
        name=escaped(pending.name),
        fingerprint=escaped(pending.fingerprint[:SHORT]),
        by=actor(by),
        at=day_and_time(pending.expires_at, texts),
    )


def _multiple(value: float, texts: Texts) -> str:
    return f"{texts.number(value, signed=True)}R"
