"""What one person is answered: what they asked to see, or why it is not done and what to do instead."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.cards import ids
from bot.cards.adopting import adopt_buttons
from bot.cards.details import position_lines, symbol_blocks, trade_blocks, trade_line
from bot.cards.exit_buttons import close_buttons
from bot.cards.message import Message, actions, button, header, message, note, section, table
from bot.cards.modals import DESK
from bot.cards.mrkdwn import (
    NO_FACT,
    SECONDS_OF,
    actor,
    broken,
    day_and_time,
    earnings_text,
    escaped,
    fitted,
    halt_text,
    mention,
    meter,
    overnight_line,
    quantity,
    symbol,
    why,
)
from bot.cards.rows import (
    PENDING_COLUMNS,
    POSITION_COLUMNS,
    TRADE_COLUMNS,
    pending_cells,
    position_cells,
    trade_cells,
)
from bot.cards.selection import selection
from bot.messages import Texts
from engine import errors
from engine.model.desk import Desk
from engine.model.reason import Reason
from engine.model.runtime_settings import SettingUnit
from engine.model.trade import Trade, TradeState
from engine.model.view import Inspection, PortfolioView

REFUSALS: Mapping[type[errors.RequestRefused], str] = {
    errors.UnknownTrade: "refused-unknown-trade",
    errors.UnknownSymbol: "refused-unknown-symbol",
    errors.Ambiguous: "refused-ambiguous",
    errors.BadNumber: "refused-bad-number",
    errors.BadText: "refused-bad-text",
    errors.BadPeriod: "refused-bad-period",
    errors.BadAmount: "refused-bad-amount",
    errors.BadDuty: "refused-bad-duty",
    errors.BadExit: "refused-bad-exit",
    errors.UnknownSetting: "refused-unknown-setting",
    errors.SettingFixed: "refused-setting-fixed",
    errors.BadSetting: "refused-bad-setting",
    errors.NotOpen: "refused-not-open",
    errors.AlreadyDecided: "refused-already-decided",
    errors.Expired: "refused-expired",
    errors.DeskNotActive: "refused-desk-not-active",
    errors.MarketClosed: "refused-market-closed",
    errors.NoPrice: "refused-no-price",
    errors.NotAllowed: "refused-not-allowed",
    errors.SizeChanged: "refused-size-changed",
    errors.NothingSelected: "refused-nothing-selected",
    errors.SecondNeeded: "refused-second-needed",
    errors.OtherNeeded: "refused-other-needed",
    errors.OtherMustApprove: "refused-other-must-approve",
    errors.BadProposal: "refused-bad-proposal",
    errors.BadStanding: "refused-bad-standing",
    errors.StandingOver: "refused-standing-over",
    errors.NotProposable: "refused-not-proposable",
    errors.NothingPending: "refused-nothing-pending",
    errors.UnknownStrategy: "refused-unknown-strategy",
    errors.PromotionRefused: "refused-promotion",
    errors.NotOurs: "refused-not-ours",
    errors.NoTradeHere: "refused-no-trade-here",
    errors.TooOld: "refused-too-old",
    errors.Repeated: "refused-repeated",
    errors.FlattenUnderway: "refused-flatten-underway",
    errors.HaltStands: "refused-halt-stands",
    errors.HaltedMeanwhile: "refused-halted-meanwhile",
    errors.NobodyLeads: "refused-nobody-leads",
    errors.SymbolHalted: "refused-symbol-halted",
    errors.CorporateActionDue: "refused-corporate-action",
    errors.NotGradable: "refused-not-gradable",
    errors.AdoptionRefused: "refused-adoption",
    errors.BacktestRefused: "refused-backtest",
    errors.BacktestRunning: "refused-backtest-running",
    errors.NoUsableStrategy: "refused-no-usable-strategy",
    errors.OtherStrategy: "refused-other-strategy",
    errors.RiskRefused: "refused-risk",
    errors.RiskUnchanged: "refused-risk-unchanged",
    errors.OrderRefused: "refused-order",
    errors.MoveRefused: "refused-move",
    errors.SaleRefused: "refused-sale",
}
"""The sentence of each refusal, as a key of the catalogues; its facts are the variables."""

EXAMPLES: Mapping[type[errors.RequestRefused], str] = {
    errors.BadAmount: "/size AAPL 400",
    errors.BadPeriod: "/pnl last week",
    errors.UnknownSetting: "/settings MAX_DAILY_LOSS 2%",
}
"""What could be typed where nobody knows what was; '' where there is nothing to type."""

TROUBLES: Mapping[type[errors.DeskError], str] = {
    errors.MarketUnavailable: "trouble-market",
    errors.NewsUnavailable: "trouble-news",
    errors.ScorerNotAsked: "trouble-news",
    errors.EarningsUnavailable: "trouble-earnings",
    errors.BrokerUnavailable: "trouble-broker",
    errors.StreamUnavailable: "trouble-stream",
    errors.OrderUnclear: "trouble-order-unclear",
    errors.OrderExists: "trouble-order-exists",
    errors.CancelPending: "trouble-cancel-pending",
    errors.Fenced: "trouble-fenced",
    errors.LookedTooLongAgo: "trouble-again",
    errors.MemoryUnavailable: "trouble-memory",
    errors.TemporaryError: "trouble-again",
    errors.StoreUnavailable: "trouble-halt",
    errors.HaltNotPersisted: "trouble-halt-held",
}
"""The sentence of each failure, as a key of the catalogues."""


def positions(view: PortfolioView, texts: Texts, *, may_close: bool = False, may_adopt: bool = False) -> Message:
    """Show what is held and what it risks, with a button for each trade to whoever may close one.

    Whoever may adopt gets one for each position that is in no trade.
    """
    ceiling = texts.part(view.ceiling)
    title = texts("positions-title", risk=texts.part(view.open_risk), ceiling=ceiling)
    account = texts(
        "positions-account",
        equity=texts.dollars(view.account.equity),
        cash=texts.dollars(view.account.cash),
        power=texts.dollars(view.account.buying_power),
    )
    lines = [account, overnight_line(view.overnight, texts)]
    if view.earnings:
        near = [earnings_text(days, texts, name) for name, days in sorted(view.earnings.items())]
        lines.append(texts("positions-earnings", near=", ".join(fitted(near, texts, 300))))
    if view.halted:
        halts = [halt_text(halt, texts) for halt in view.halted]
        lines.append(texts("positions-halted", halts="; ".join(fitted(halts, texts, 300))))
    if view.open_risk >= view.warning:
        lines.append(texts("positions-warning", warning=texts.part(view.warning), ceiling=ceiling))
    if view.waiting_risk:
        lines.append(texts("positions-waiting", risk=texts.risk_dollars(view.waiting_risk)))
    if view.missing.symbols:
        symbols = ", ".join(fitted([symbol(name) for name in view.missing.symbols], texts, 300))
        lines.append(texts("positions-missing", symbols=symbols, risk=texts.risk_dollars(view.missing.risk)))
    rows = [(position_lines(line, texts), position_cells(line, texts)) for line in view.lines]
    held = table(texts("positions-caption"), POSITION_COLUMNS, rows, texts) or (section(texts("positions-none")),)
    bar = meter(view.open_risk, view.open_risk, view.ceiling)
    ours = [line.trade for line in view.lines if line.trade] if may_close else []
    buttons = (*close_buttons(ours, texts), *(adopt_buttons(view.lines, texts) if may_adopt else ()))
    return message(header(title), section("\n".join((bar, *lines))), *held, *buttons)


def trades(listed: Sequence[Trade], heading_key: str, texts: Texts, *, may_decide: bool = False) -> Message:
    """Show trades, a row each, under a heading of the catalogues ('trades-open' ...).

    Whoever may decide gets a list in which those that wait can be selected.
    """
    heading = texts(heading_key)
    waiting = bool(listed) and all(trade.state is TradeState.PROPOSED for trade in listed)
    columns, cells = (PENDING_COLUMNS, pending_cells) if waiting else (TRADE_COLUMNS, trade_cells)
    rows = [(trade_line(trade, texts), cells(trade, texts)) for trade in listed]
    shown = table(heading, columns, rows, texts) or (header(heading), section(texts("trades-none")))
    return message(*shown, *(selection(listed, texts) if waiting and may_decide else ()))


def trade_detail(trade: Trade, texts: Texts) -> Message:
    """Show a trade from its proposal to its close."""
    return message(*trade_blocks(trade, texts))


def inspection(view: Inspection, texts: Texts) -> Message:
    """Show all that is known of a symbol."""
    return message(*symbol_blocks(view, texts))


def resized(trade: Trade, was: int, texts: Texts) -> Message:
    """Say how many shares a proposal was about, and is about now."""
    change = texts("sizing-resized", planned=texts.count(was), shares=trade.shares)
    return note(change, texts("trade-id", id=escaped(trade.id)))


def command_help(command: str, texts: Texts) -> Message:
    """Say what a command ('/size') does and how it is typed."""
    return note(help_line(command, texts))


def help_line(command: str, texts: Texts) -> str:
    """Return what a command does and how it is typed."""
    return texts(f"help-{command.removeprefix('/')}")


def halted(desk: Desk, texts: Texts, *, only: str = "", may_take_back: bool = False) -> Message:
    """Say that trading is halted, by whom and why; `only` is the desk's channel where another may be meant.

    Whoever gave the halt gets a button that takes it back.
    """
    said = _here(halt_note(desk.by, Reason.read(desk.reason), texts), texts, only)
    if not may_take_back or desk.since is None:
        return said
    back = button(
        texts("button-take-back"),
        action=ids.TAKE_BACK_HALT,
        value=f"{DESK}{ids.AND}{desk.since.isoformat()}",
        label=texts("label-take-back"),
    )
    return message(*said.blocks, actions(ids.HALTED_BLOCK, back))


def halted_without_window(desk: Desk, texts: Texts, *, only: str = "") -> Message:
    """Say that trading is halted, and that the window which asks whether to sell everything did not open."""
    return _here(note(texts("halted", by=actor(desk.by)), texts("flatten-no-window")), texts, only)


def _here(said: Message, texts: Texts, only: str) -> Message:
    return message(*said.blocks, section(texts("halted-only-here", channel=only))) if only else said


def halt_note(by: str, reason: Reason, texts: Texts) -> Message:
    """Say that a person, or the engine, halted trading, and why if they said so."""
    said = texts("halted", by=actor(by))
    return note(said, texts("because", why=why(reason, texts))) if reason != Reason.NONE else note(said)


def flattening(texts: Texts) -> Message:
    """Say that everything is being sold."""
    return note(texts("flattening-asked"))


def resumed(desk: Desk, symbols: int, open_risk: Decimal | None, texts: Texts) -> Message:
    """Say that trading runs again, and what that lets happen; `open_risk` is None where the broker does not tell."""
    risk = NO_FACT if open_risk is None else texts.part(open_risk)
    return note(
        texts("resumed", by=actor(desk.by)),
        texts("auto", mode="on" if desk.auto else "off"),
        texts("resumed-runs", symbols=symbols, risk=risk),
    )


def auto(desk: Desk, texts: Texts) -> Message:
    """Say how AUTO_MODE stands."""
    return note(texts("auto", mode="on" if desk.auto else "off"))


def refusal(error: errors.RequestRefused, texts: Texts, example: str = "") -> Message:
    """Say what was wrong and what to do instead, with an example of what could be typed."""
    facts: dict[str, str | int] = {  # a number stays one: a sentence may count by it
        name: value if isinstance(value, int) else _fact(name, value, error, texts)
        for name, value in error.facts.items()
    }
    if isinstance(error, errors.BadDuty):  # our own words, in which a time of day is no picture
        facts |= {name: str(error.facts[name]) for name in ("example", "known")}
    facts["zone"] = str(texts.timezone)
    if "setting" in error.facts:
        facts["label"] = texts("setting", name=escaped(str(error.facts["setting"]), 60))
        facts["name"] = escaped(str(error.facts["setting"]).upper(), 60)
    if isinstance(error, errors.RiskRefused):
        facts["kind"] = "too-many" if _too_many_shares(error) else "rule"
        facts["broken"] = _broken(error, texts)
    if isinstance(error, errors.DeskNotActive):
        facts["why"] = why(Reason.read(str(error.facts["reason"])), texts)
    if isinstance(error, errors.SymbolHalted):
        facts["why"] = texts("halt-reason", reason=facts["reason"], code=facts["code"] or NO_FACT)
    if isinstance(error, errors.NotAllowed):
        facts["role"] = facts["has"]
    usual = f"{str(error.facts['usage']).partition(' ')[0]} AAPL" if "usage" in error.facts else ""
    facts.setdefault("example", escaped(example or usual or EXAMPLES.get(type(error), "")) or NO_FACT)
    if "least" in error.facts:
        facts |= _bounds(error) | {"example": _example(error, texts)}
    return note(texts(_nearest(REFUSALS, type(error)), **facts))


def trouble(error: errors.TemporaryError | errors.StoreUnavailable, texts: Texts) -> Message:
    """Say what does not work, and what that means for what was asked."""
    return note(texts(_nearest(TROUBLES, type(error))))


def unexpected(error_id: str, texts: Texts) -> Message:
    """Say that nobody foresaw this, with the id under which the log has it."""
    return note(texts("unexpected", id=escaped(error_id, 60)))


def _nearest(sentences: Mapping[Any, str], kind: type[errors.DeskError]) -> str:
    """Return the sentence of an error, or of what it is a kind of."""
    return next(sentences[each] for each in kind.__mro__ if each in sentences)


def _example(error: errors.RequestRefused, texts: Texts) -> str:
    """Return a value that a setting takes, as it is typed."""
    least, most, unit = (error.facts[name] for name in ("least", "most", "unit"))
    if unit == SettingUnit.PART:
        return _percent(most / 2 if isinstance(most, Decimal) and most < Decimal("0.04") else Decimal("0.02"))
    lowest = least if isinstance(least, Decimal) else Decimal(1)
    figure = max(lowest, Decimal(5))
    return quantity(figure, str(unit), texts) if unit in SECONDS_OF else f"{figure:f}"


def _bounds(error: errors.RequestRefused) -> dict[str, str]:
    """Return the bounds of a setting that is a part of equity as a range of percentages, '0' to '100%'."""
    least, most, unit = (error.facts[name] for name in ("least", "most", "unit"))
    if unit != SettingUnit.PART or not isinstance(least, Decimal) or not isinstance(most, Decimal):
        return {}
    return {"least": _percent(least).removesuffix("%"), "most": _percent(most)}


def _percent(part: Decimal) -> str:
    """Return a part of equity as it is typed, in no more places than it has: '2%'."""
    return f"{(part * 100).normalize():f}%"


def _fact(name: str, value: str | Decimal | datetime, error: errors.RequestRefused, texts: Texts) -> str:
    """Return a fact of a refusal as its sentence shows it."""
    if isinstance(value, datetime):
        return day_and_time(value, texts)
    if isinstance(value, Decimal):
        return quantity(value, str(error.facts["unit"]), texts)
    if name == "who" and value:
        return mention(str(value))
    if name == "by":
        return actor(str(value))
    if name == "rule":
        return why(Reason.read(str(value)), texts)
    return escaped(str(value), 300)


def _broken(error: errors.RiskRefused, texts: Texts) -> str:
    rule, asked, limit, unit = (error.facts[name] for name in ("rule", "asked", "limit", "unit"))
    return broken(str(rule), Decimal(str(asked)), Decimal(str(limit)), str(unit), texts)


def _too_many_shares(error: errors.RiskRefused) -> bool:
    asked, limit = error.facts["asked"], error.facts["limit"]
    return (
        error.facts["unit"] == "shares" and isinstance(asked, Decimal) and isinstance(limit, Decimal) and asked > limit
    )
