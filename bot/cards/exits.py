"""How an open trade is left: the windows that ask for another stop or target, the answers, and what its thread says."""

from decimal import Decimal

from slack_sdk.models.blocks import ButtonElement, InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.cards import ids
from bot.cards.message import Message, button, note, section
from bot.cards.mrkdwn import NO_FACT, actor, escaped, symbol
from bot.messages import Texts
from engine.model.exit_plan import ExitMove, running_shares
from engine.model.notices.trades import ExitChanged, ExitNotMoved, PartSold, StopSold, TrailSet
from engine.model.trade import AS_FILLED, OrderRole, Trade, TradeState

PRICE_LENGTH = 30
MODALS = {OrderRole.STOP: ids.MOVE_STOP_MODAL, OrderRole.TARGET: ids.MOVE_TARGET_MODAL}


def move_modal(trade: Trade, role: OrderRole, texts: Texts) -> View:
    """Ask where a stop or target should stand, beginning with where it does, beside the risk of now."""
    price = InputBlock(
        block_id=ids.PRICE_BLOCK,
        label=PlainTextObject(text=texts("field-exit", exit=role.value)),
        hint=PlainTextObject(text=texts("field-exit-hint", exit=role.value)),
        element=PlainTextInputElement(
            action_id=ids.PRICE_INPUT,
            initial_value=str(trade.stop if role is OrderRole.STOP else trade.target),
            max_length=PRICE_LENGTH,
            focus_on_load=True,
        ),
    )
    return View(
        type="modal",
        callback_id=MODALS[role],
        private_metadata=trade.id,
        title=PlainTextObject(text=texts("modal-exit", exit=role.value)),
        submit=PlainTextObject(text=texts("button-move")),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[section("\n".join(_standing(trade, texts))), price],
    )


def moved(before: Trade, after: Trade, role: OrderRole, texts: Texts) -> Message:
    """Answer whoever moved an exit: from where to where, and what that makes of the risk; or that it is on its way."""
    plan = after.exit_plan
    waits: ExitMove | None = plan.stop if role is OrderRole.STOP else plan.target
    was, now = (before.stop, after.stop) if role is OrderRole.STOP else (before.target, after.target)
    prices = {"before": texts.price(was), "after": texts.price(waits.price if waits else now)}
    facts = {"symbol": symbol(after.symbol), "exit": role.value, **prices}
    if waits:
        return note(texts("exit-on-its-way", **facts))
    risks = {"before": _risk(before, texts), "after": _risk(after, texts)}
    ended = (texts("exit-trail-ended"),) if before.exit_plan.follows_closes and not plan.follows_closes else ()
    return note(texts("exit-set", **facts), texts("exit-risk", **risks), *ended)


def trailed(before: Trade, after: Trade, texts: Texts) -> Message:
    """Answer whoever let a stop follow the price, or no more."""
    risks = {"before": _risk(before, texts), "after": _risk(after, texts)}
    return note(_trail(after, texts), texts("exit-risk", **risks))


def changed(told: ExitChanged, trade: Trade, texts: Texts) -> Message:
    """Say who moved a stop or target, what that makes of the risk, and whether its trail ended with it."""
    prices = {"before": texts.price(told.before), "after": texts.price(told.after)}
    risks = {"before": texts.part(told.risk_before), "after": texts.part(told.risk_after)}
    return note(
        texts("exit-changed", symbol=symbol(trade.symbol), exit=told.role.value, by=actor(told.by), **prices),
        texts("exit-moved-risk", **risks),
        *((texts("exit-trail-ended"),) if told.is_trail_ended else ()),
    )


def not_moved(told: ExitNotMoved, trade: Trade, texts: Texts) -> Message:
    """Say that a stop or target does not stand where it was to, and where it stands."""
    if told.is_by_hand:
        wanted = texts.price(told.wanted)
        return note(texts("exit-not-moved-by-hand", symbol=symbol(trade.symbol), exit=told.role.value, wanted=wanted))
    stands = trade.stop if told.role is OrderRole.STOP else trade.target
    facts = {"wanted": texts.price(told.wanted), "stands": texts.price(stands)}
    trouble = escaped(told.trouble, 200) if told.trouble else NO_FACT
    if told.is_too_loose:
        trouble = "too-loose"
    return note(texts("exit-not-moved", symbol=symbol(trade.symbol), exit=told.role.value, trouble=trouble, **facts))


def trail_set(told: TrailSet, trade: Trade, texts: Texts) -> Message:
    """Say who let a stop follow the price, or no more."""
    return note(texts("trail-set", by=actor(told.by)), _trail(trade, texts))


def stop_trailed(trade: Trade, texts: Texts) -> Message:
    """Say where a stop that follows the price stands now."""
    change = texts.change(trade.stop / trade.entry - 1)
    return note(texts("stop-trailed", symbol=symbol(trade.symbol), stop=texts.price(trade.stop), change=change))


def part_sold(told: PartSold, trade: Trade, texts: Texts) -> Message:
    """Say that the target sold its part, what that brought, and how the rest is left."""
    return note(
        texts(
            "part-sold",
            symbol=symbol(trade.symbol),
            shares=told.shares,
            bought=trade.filled_shares,
            price=texts.price(told.price),
            gain=texts.gain(told.shares * (told.price - trade.entry)),
            trails="yes" if trade.exit_plan.is_trailing else "no",
            left=trade.held_shares,
            stop=texts.price(trade.stop),
        )
    )


def stop_sold(told: StopSold, trade: Trade, texts: Texts) -> Message:
    """Say that a stop sold a part of a trade, what that brought, and how the rest is left.

    What it sold counts in the shares of its day: of a trade that was restated it is not said what that brought.
    """
    return note(
        texts(
            "stop-sold",
            symbol=symbol(trade.symbol),
            shares=told.shares,
            price=texts.price(told.price),
            gain=texts.gain(told.shares * (told.price - trade.entry)) if trade.restated == AS_FILLED else NO_FACT,
            left=trade.held_shares,
            stop=texts.price(trade.stop),
        )
    )


def target_price(trade: Trade, texts: Texts) -> str:
    """Return where the target of a trade stands, and whether it has sold its part already."""
    price = texts.price(trade.target)
    return texts("target-part-sold", price=price) if trade.exit_plan.is_part_sold else price


def exits_of(trade: Trade) -> str:
    """Return what stands of an open trade's exits, as texts choose by it: `stop` once a part was sold, else `both`."""
    return "stop" if trade.exit_plan.is_part_sold else "both"


def closing_line(trade: Trade, texts: Texts) -> str:
    """Return who or what has a trade sold at the market, and that its exits are being cancelled."""
    return texts(
        "closing",
        by=actor(trade.closed_by),
        reason=trade.exit_reason.value if trade.exit_reason else NO_FACT,
        symbol=symbol(trade.symbol),
        shares=trade.held_shares or trade.exit_shares,
        exits=exits_of(trade),
    )


def plan_line(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return by which rules an open trade is left beside its stop and target; nothing where there are none."""
    plan = trade.exit_plan
    if trade.state is not TradeState.OPEN:
        return ()
    rules = []
    if plan.partial is not None:
        rules.append(_partial(trade, plan.partial, texts))
    if plan.is_trailing:
        rules.append(_distance(trade, texts))
    if plan.breakeven is not None:
        rules.append(texts("exit-rule-breakeven", multiple=_plain(plan.breakeven)))
    if plan.longest_bars is not None:
        rules.append(texts("exit-rule-bars", bars=plan.longest_bars))
    lines = [texts("exit-rules", rules=" · ".join(rules))] if rules else []
    for role, move in (("stop", plan.stop), ("target", plan.target)):
        if move is not None:
            lines.append(texts("exit-rule-moving", exit=role, price=texts.price(move.price)))
    return tuple(lines)


def move_buttons(trade: Trade, texts: Texts, number: int | None = None) -> tuple[ButtonElement, ...]:
    """Return the buttons that ask where the stop and the target of an open trade should stand; numbered in a list."""
    ticker = symbol(trade.symbol)
    wanted = {OrderRole.STOP: (ids.MOVE_STOP, trade.stop)}
    if not trade.exit_plan.is_part_sold:
        wanted |= {OrderRole.TARGET: (ids.MOVE_TARGET, trade.target)}
    return tuple(
        button(
            texts(f"button-move-{role}"),
            action=ids.numbered(action, number),
            value=trade.id,
            label=texts("label-move", exit=role.value, symbol=ticker, price=texts.price(price)),
        )
        for role, (action, price) in wanted.items()
    )


def _standing(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return where the exits of a trade stand, what it risks, and what a cent of its stop is worth."""
    return (
        texts(
            "exit-stands",
            symbol=symbol(trade.symbol),
            shares=trade.held_shares,
            entry=texts.price(trade.entry),
            stop=texts.price(trade.stop),
            target=target_price(trade, texts),
        ),
        texts("exit-stands-risk", risk=_risk(trade, texts), each=texts.dollars(Decimal(trade.held_shares))),
        *plan_line(trade, texts),
    )


def _trail(trade: Trade, texts: Texts) -> str:
    facts = {"symbol": symbol(trade.symbol), "stop": texts.price(trade.stop)}
    if not trade.exit_plan.is_trailing:
        return texts("trail-off", **facts)
    return texts("trail-on", rule=_distance(trade, texts), **facts)


def _partial(trade: Trade, part: Decimal, texts: Texts) -> str:
    bought = trade.filled_shares
    running = running_shares(part, bought)
    if not running:
        return texts("exit-rule-partial-whole")
    sold = "yes" if trade.exit_plan.is_part_sold else "no"
    return texts("exit-rule-partial", shares=bought - running, bought=bought, sold=sold)


def _distance(trade: Trade, texts: Texts) -> str:
    plan = trade.exit_plan
    if plan.trail is not None:
        return texts("exit-rule-trail", part=texts.part(plan.trail))
    return texts("exit-rule-atr", ranges=_plain(plan.trail_atr or Decimal(0)))


def _risk(trade: Trade, texts: Texts) -> str:
    """Return what an open trade loses at its stop, in dollars and as a part of the equity that it was sized by."""
    return texts(
        "exit-risk-figure",
        dollars=texts.risk_dollars(trade.risk),
        percent=texts.percent(trade.risk / trade.sizing.equity),
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
