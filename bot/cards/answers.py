"""What one person is answered: what they asked to see, or what was done."""

from collections.abc import Sequence
from decimal import Decimal

from bot.cards import ids
from bot.cards.adopting import adopt_buttons
from bot.cards.details import position_lines, symbol_blocks, trade_blocks, trade_line
from bot.cards.exit_buttons import close_buttons
from bot.cards.message import Message, actions, button, header, message, note, section, table
from bot.cards.modals import DESK
from bot.cards.mrkdwn import (
    NO_FACT,
    actor,
    earnings_text,
    escaped,
    fitted,
    halt_text,
    meter,
    overnight_line,
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
from engine.model.desk import Desk
from engine.model.reason import Reason
from engine.model.trade import Trade, TradeState
from engine.model.view import Inspection, PortfolioView


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
