"""The card of a trade: what decides it and the buttons first, why and how it was worked out folded under them.

It is the same card all its life.
"""

from decimal import Decimal

from slack_sdk.models.blocks import ContainerBlock

from bot.cards import ids
from bot.cards.card_buttons import card_buttons
from bot.cards.exits import closing_line, exits_of, plan_line, target_price
from bot.cards.message import Message, context, folded, header, message, section, sections
from bot.cards.mrkdwn import (
    NO_FACT,
    actor,
    approver,
    day_and_time,
    day_change,
    earnings_text,
    escaped,
    halt_reason,
    meter,
    moment,
    symbol,
    why,
)
from bot.cards.origin import limit_line, origin_lines, unscored, why_title
from bot.cards.score import score_lines, strength
from bot.cards.slippage import approval_lines, price_lines
from bot.messages import Texts
from engine.model.journal import JournalEntry
from engine.model.reason import Reason
from engine.model.risk import BindingLimit
from engine.model.symbol_halt import SymbolHalt
from engine.model.trade import AS_FILLED, Trade, TradeState
from engine.model.view import RiskLevel

CEILING = Decimal("0.02")
"""The ceiling of open risk where the caller names none, as a share of equity."""

ENDED = frozenset({TradeState.REJECTED, TradeState.REFUSED, TradeState.CANCELLED, TradeState.FAILED})
"""States that have a reason."""
OVER = ENDED | {TradeState.EXPIRED, TradeState.CLOSED}
"""States in which the plan is history."""


def proposal(
    trade: Trade,
    texts: Texts,
    *,
    source: str = "",
    ceiling: Decimal = CEILING,
    risk: RiskLevel | None = None,
    grade: JournalEntry | None = None,
    halt: SymbolHalt | None = None,
) -> Message:
    """Return a trade's card in its present state.

    `source` is the market's label, `grade` the last that it got, `halt` that of its symbol by the exchange. While it
    waits, `risk` is the desk's as it is now; where nobody told, and once it is decided, it is that of the proposal,
    under the desk's `ceiling`. Its text begins with what a lock screen needs to show of it.
    """
    if risk is None or trade.state is not TradeState.PROPOSED:
        risk = RiskLevel(share=trade.sizing.risk_before, ceiling=ceiling)
    plan = plan_lines(trade, texts)
    is_over = trade.state in OVER
    shown = (
        *origin_lines(trade, texts),
        *(_result(trade, texts) if is_over else plan),
        *([open_risk_line(trade, texts, risk)] if trade.state is TradeState.PROPOSED else []),
        *_limit(trade, texts),
        *_halt(trade, halt, texts),
        *_earnings(trade, texts),
        *decision_lines(trade, texts),
        *standing_lines(trade, texts),
        *_expiry(trade, texts),
        *((texts("trade-grade", grade=grade.text, by=actor(grade.by)),) if grade else ()),
    )
    return message(
        header(title(trade, texts)),
        section("\n".join(shown)),
        card_buttons(trade, texts),
        _details(trade, texts, plan if is_over else (), risk, source),
        lead=_lead(trade, texts),
    )


def _lead(trade: Trade, texts: Texts) -> str:
    """Return the first line of the card's text: all that decides while it waits, then how it stands."""
    if trade.state is not TradeState.PROPOSED:
        return title(trade, texts)
    return texts(
        "proposal-lead",
        title=title(trade, texts),
        dollars=texts.risk_dollars(planned_risk(trade)),
        percent=texts.percent(planned_risk(trade) / trade.sizing.equity),
        stop=texts.price(trade.sizing.stop),
        target=texts.price(trade.sizing.target),
        time=moment(trade.expires_at, texts),
    )


def _details(trade: Trade, texts: Texts, plan: tuple[str, ...], risk: RiskLevel, source: str) -> ContainerBlock:
    """Return what decides nothing by itself, folded: the score, the sums, ids. Inspect has all but the source."""
    title_of_why = texts("proposal-why", score=texts.score(trade.signal.tenths), strength=strength(trade.signal))
    score = score_lines(trade.signal, texts, silent_too=False)
    if trade.origin.is_manual:
        title_of_why, score = why_title(trade, texts), unscored(texts)
    bar = meter(risk.share, risk.share + _added(trade), risk.ceiling)
    small = (texts("trade-id", id=escaped(trade.id)), *_source(source, texts))
    return folded(
        title_of_why,
        *sections(score),
        *sections((*plan, *risk_then_lines(trade, texts), bar, *detail_lines(trade, texts), *size_lines(trade, texts))),
        context(*small),
        block_id=ids.DETAILS_BLOCK,
    )


def title(trade: Trade, texts: Texts) -> str:
    """Return the decision in one line: the question while it is open, then how it stands."""
    return texts(
        "proposal-title",
        state=trade.state.value,
        shares=trade.shares,
        symbol=symbol(trade.symbol),
        price=texts.price(trade.entry),
    )


def planned_risk(trade: Trade) -> Decimal:
    """Return the dollars lost if the stop is hit after an entry as planned, at the shares that are wanted now."""
    return trade.shares * max(Decimal(0), trade.sizing.entry - trade.sizing.stop)


def _added(trade: Trade) -> Decimal:
    """Return what a trade adds to open risk as planned, as a share of equity."""
    return planned_risk(trade) / trade.sizing.equity


def open_risk_line(trade: Trade, texts: Texts, risk: RiskLevel) -> str:
    """Return open risk, and what it becomes with this trade as planned."""
    return texts(
        "proposal-open-risk",
        before=texts.part(risk.share),
        after=texts.part(risk.share + _added(trade)),
        ceiling=texts.part(risk.ceiling),
    )


def risk_then_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return what open risk was when a trade was proposed that is decided by now; while it waits, only now counts."""
    if trade.state is TradeState.PROPOSED:
        return ()
    before = trade.sizing.risk_before
    return (texts("proposal-risk-then", before=texts.part(before), after=texts.part(before + _added(trade))),)


def plan_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return what decides: risk and cost, and where it ends either way; as planned, and of what is held as it is.

    Of what is being sold it is who sells it: its stop and target protect nothing any more.
    """
    if trade.state is TradeState.CLOSING:
        return (closing_line(trade, texts),)
    shares, entry, stop, target = trade.shares, trade.sizing.entry, trade.sizing.stop, trade.sizing.target
    is_open = trade.state is TradeState.OPEN
    if is_open:
        shares, entry, stop, target = trade.held_shares, trade.entry, trade.stop, trade.target
    risk = shares * max(Decimal(0), entry - stop)
    return (
        texts(
            "proposal-risk",
            dollars=texts.risk_dollars(risk),
            percent=texts.percent(risk / trade.sizing.equity),
            cost=texts.dollars(shares * entry),
        ),
        texts(
            "proposal-exits",
            stop=texts.price(stop),
            target=target_price(trade, texts) if is_open else texts.price(target),
            ratio=_reward_to_risk(entry, stop, target, texts),
        ),
    )


def detail_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return how far stop, target and the close before are from the price, and what a night may cost."""
    sizing = trade.sizing
    return (
        texts(
            "proposal-distances",
            stop=texts.change(sizing.stop / sizing.entry - 1),
            target=texts.change(sizing.target / sizing.entry - 1),
            day=day_change(trade.signal.price, trade.signal.previous_close, texts),
        ),
        _overnight(trade, texts),
    )


def _reward_to_risk(entry: Decimal, stop: Decimal, target: Decimal, texts: Texts) -> str:
    """Return how many times the risk of a share its target brings; 'none' where a stop risks nothing."""
    return texts.number((target - entry) / (entry - stop), 1) if entry > stop else NO_FACT


def _overnight(trade: Trade, texts: Texts) -> str:
    sizing = trade.sizing
    if sizing.overnight_before is None or sizing.night_loss is None:
        return texts("proposal-overnight", before=NO_FACT, after=NO_FACT)
    added = trade.shares * sizing.entry * sizing.night_loss / sizing.equity
    return texts(
        "proposal-overnight",
        before=texts.part(sizing.overnight_before),
        after=texts.part(sizing.overnight_before + added),
    )


def size_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return the sum behind the number of shares, the cap where one bound it, and what the desk made of it."""
    sizing = trade.sizing
    lines = [
        texts(
            "sizing-sum",
            equity=texts.dollars(sizing.equity),
            part=texts.part(sizing.budget / sizing.equity),
            entry=texts.price(sizing.entry),
            stop=texts.price(sizing.stop),
            unrounded=texts.number(sizing.unrounded),
            shares=sizing.shares,
        ),
    ]
    if sizing.cap is not BindingLimit.RISK:
        lines.append(texts("sizing-cap", reason=sizing.cap.value))
    if trade.shares != sizing.shares:
        lines.append(texts("sizing-resized", planned=texts.count(sizing.shares), shares=trade.shares))
    return tuple(lines)


def decision_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return who decided what and when, and why if there is a reason; nothing while nobody has."""
    if trade.state is TradeState.PROPOSED:
        return (texts("first-approved", by=actor(trade.first_by)),) if trade.first_by else ()
    decision = texts(
        "decided",
        state=trade.state.value,
        **approver(trade.decided_by),
        time=day_and_time(trade.decided_at or trade.expires_at, texts),
    )
    because = (
        (texts("because", why=why(Reason.read(trade.reason), texts)),) if trade.state in ENDED and trade.reason else ()
    )
    return (decision, *because, *approval_lines(trade, texts))


def standing_lines(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return what is not as planned: the price, a stop that was moved, shares that were restated, or sold too many."""
    lines = [*price_lines(trade, texts)]
    if trade.state is TradeState.OPEN and trade.stop != trade.sizing.stop:
        prices = {"live": texts.price(trade.stop), "planned": texts.price(trade.sizing.stop)}
        lines.append(texts("stop-live", **prices))
    lines += plan_line(trade, texts)
    if trade.restated != AS_FILLED:
        cash = texts.price(trade.restated.cash) if trade.restated.cash else NO_FACT
        lines.append(texts("restated-trade", shares=trade.filled_shares, cash=cash))
    if trade.short_shares:
        lines.append(texts("trade-short", shares=trade.short_shares))
    return tuple(lines)


def _result(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return what came of a trade that is closed, where that is known."""
    if trade.state is not TradeState.CLOSED or trade.result is None:
        return ()
    part = texts.change(trade.exit_price / trade.entry - 1) if trade.exit_price and trade.fill_price else NO_FACT
    return (texts("proposal-result", result=texts.gain(trade.result), part=part),)


def _limit(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return what is special about an order with a limit: it is planned at that, not at the last price."""
    if trade.state is not TradeState.PROPOSED:
        return ()
    if trade.origin.limit is not None:
        return limit_line(trade, texts)
    if trade.sizing.entry == trade.signal.price:
        return ()
    return (texts("proposal-limit", limit=texts.price(trade.sizing.entry)),)


def _earnings(trade: Trade, texts: Texts) -> tuple[str, ...]:
    """Return how near the company's earnings are, while nobody has decided."""
    days = trade.sizing.earnings_in
    if trade.state is not TradeState.PROPOSED or days is None:
        return ()
    return (texts("proposal-earnings", near=earnings_text(days, texts, trade.symbol)),)


def _halt(trade: Trade, halt: SymbolHalt | None, texts: Texts) -> tuple[str, ...]:
    """Return that trading in the symbol is halted, while that keeps a trade from being bought or sold."""
    if halt is None or trade.state in OVER:
        return ()
    facts = {"state": trade.state.value, "exits": exits_of(trade), "since": day_and_time(halt.since, texts)}
    return (texts("proposal-halted", **facts, why=halt_reason(halt, texts)),)


def _expiry(trade: Trade, texts: Texts) -> tuple[str, ...]:
    if trade.state is not TradeState.PROPOSED:
        return ()
    return (texts("proposal-expires", time=moment(trade.expires_at, texts)),)


def _source(source: str, texts: Texts) -> tuple[str, ...]:
    return (texts("source", source=escaped(source, 80)),) if source else ()
