"""The App Home, drawn for a role: what it may not do it does not see, and at the click the role is checked again."""

from dataclasses import dataclass
from itertools import chain

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject, PlainTextObject
from slack_sdk.models.views import View

from bot.access import Role, Verb
from bot.cards import ids
from bot.cards.adopting import adopt_button, can_be_adopted
from bot.cards.card_buttons import inspect_button, live_buttons
from bot.cards.duty import duty_line
from bot.cards.exit_buttons import exit_buttons
from bot.cards.message import (
    Message,
    actions,
    button,
    context,
    header,
    message,
    pairs,
    section,
    sections,
    small_card,
)
from bot.cards.modals import DESK
from bot.cards.mrkdwn import day_and_time, fitted, moment
from bot.cards.newer_blocks import NOT_IN_A_WINDOW, older
from bot.cards.origin import limit_line, origin_lines
from bot.cards.proposal import decision_lines, open_risk_line, plan_lines, title
from bot.cards.selection import selection
from bot.cards.standing import home_blocks
from bot.cards.status import (
    curve_line,
    decision_text,
    money_lines,
    money_pairs,
    night_lines,
    position_text,
    service_line,
    state_lines,
    state_title,
    waiting_line,
)
from bot.messages import Texts
from engine.model.desk import DeskState
from engine.model.status import Status
from engine.model.trade import Trade
from engine.model.view import PortfolioView, PositionLine, RiskLevel

PENDING_SHOWN = 20
POSITION_CARDS = 8
"""Positions that get a card of their own: a view takes 100 blocks, and a card is two where cards are not known."""
POSITIONS_LENGTH = 9000
"""Characters of the list of the others: a view says everything once, and takes 100 blocks of 3,000 each."""


def home(status: Status, role: Role, texts: Texts) -> View:
    """Return the home of somebody with a role; strangers see that they are strangers."""
    if role < Verb.HOME.role:
        return View(type="home", blocks=[section(texts("home-stranger"))])
    blocks = (
        header(state_title(status, texts)),
        section("\n".join(state_lines(status, texts))),
        _steering(status, role, texts),
        section(duty_line(status.duty, texts)),
        *_money(status, texts),
        *_pending(status, role, texts),
        *home_blocks(status.standing, may_revoke=role >= Verb.REVOKE.role, texts=texts),
        *_positions(status.portfolio, role, texts),
        *_decided(status, texts),
        header(texts("home-services")),
        section(service_line(status, texts)),
        context(texts("home-as-of", time=day_and_time(status.at, texts))),
    )
    return View(type="home", blocks=list(blocks))


def status_modal(status: Status, texts: Texts) -> View:
    """Return the window of the shortcut: how the desk stands, without what can be pressed."""
    return View(
        type="modal",
        callback_id=ids.STATUS_MODAL,
        title=PlainTextObject(text=texts("modal-status")),
        close=PlainTextObject(text=texts("modal-done")),
        blocks=[
            header(state_title(status, texts)),
            section("\n".join((*state_lines(status, texts), duty_line(status.duty, texts)))),
            *_money(status, texts),
            section(waiting_line(status, texts)),
            *_positions(status.portfolio, Role.VIEWER, texts),
            section(service_line(status, texts)),
            context(texts("home-as-of", time=day_and_time(status.at, texts))),
        ],
    )


def desk_card(status: Status, commands: tuple[str, ...], texts: Texts) -> Message:
    """Return the answer of /desk: the state in a few lines, then the first sentence of what every command does."""
    first = [command.partition(". ")[0].rstrip(".") for command in commands]
    lines = (
        *state_lines(status, texts),
        duty_line(status.duty, texts),
        *money_lines(status, texts),
        waiting_line(status, texts),
    )
    return message(
        header(state_title(status, texts)),
        section("\n".join((*lines, service_line(status, texts)))),
        *sections((texts("desk-commands"), *fitted(first, texts))),
    )


def answer_modal(answer: Message, texts: Texts) -> View:
    """Return an answer as a window, for whoever asks where no message can be shown."""
    return View(
        type="modal",
        callback_id=ids.ANSWER_MODAL,
        title=PlainTextObject(text=texts("modal-answer")),
        close=PlainTextObject(text=texts("modal-done")),
        blocks=older([block.to_dict() for block in answer.blocks], NOT_IN_A_WINDOW),
    )


def working_modal(texts: Texts) -> View:
    """Return the window that says that a request is being worked on, and becomes its answer."""
    return View(
        type="modal",
        callback_id=ids.WORKING_MODAL,
        title=PlainTextObject(text=texts("modal-answer")),
        close=PlainTextObject(text=texts("modal-done")),
        blocks=[section(texts("working"))],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lever:
    """A button that steers the desk, with the key of its words and the states of the desk that it is shown in."""

    action: str
    verb: Verb
    key: str
    states: frozenset[DeskState] = frozenset(DeskState)
    style: str | None = None
    asks: bool = False


_LEVERS = (
    _Lever(
        action=ids.HOME_HALT,
        verb=Verb.HALT,
        key="halt",
        states=frozenset({DeskState.ACTIVE, DeskState.REDUCING}),
        style="danger",
    ),
    _Lever(action=ids.HOME_FLATTEN, verb=Verb.FLATTEN, key="flatten", style="danger", asks=True),
    _Lever(
        action=ids.HOME_RESUME,
        verb=Verb.RESUME,
        key="resume",
        states=frozenset({DeskState.REDUCING, DeskState.HALTED}),
        style="primary",
        asks=True,
    ),
)


def _steering(status: Status, role: Role, texts: Texts) -> ActionsBlock:
    shown = [lever for lever in _LEVERS if role >= lever.verb.role and status.desk.state in lever.states]
    # So that nobody ends another halt than the one that they saw.
    values = {ids.HOME_RESUME: f"{DESK}{ids.AND}{status.newest_halt}"}
    levers = [_lever(lever, values.get(lever.action, DESK), texts) for lever in shown]
    if role >= Verb.AUTO.role:
        # The button says what it will do, so that a second press of it does not undo the first.
        to = "off" if status.desk.auto else "on"
        levers.append(
            _lever(_Lever(action=ids.HOME_AUTO, verb=Verb.AUTO, key=f"auto-{to}", asks=to == "on"), to, texts)
        )
    levers.append(_lever(_Lever(action=ids.HOME_REPORT, verb=Verb.REPORT, key="report"), DESK, texts))
    return actions(ids.STEERING_BLOCK, *levers)


def _lever(lever: _Lever, value: str, texts: Texts) -> ButtonElement:
    return button(
        texts(f"button-{lever.key}"),
        action=lever.action,
        value=value,
        label=texts(f"label-{lever.key}"),
        style=lever.style,
        confirm=_confirm(lever, texts) if lever.asks else None,
    )


def _confirm(lever: _Lever, texts: Texts) -> ConfirmObject:
    return ConfirmObject(
        title=texts(f"confirm-{lever.key}"),
        text=texts(f"confirm-{lever.key}-text"),
        confirm=texts(f"button-{lever.key}"),
        deny=texts("modal-cancel"),
        style=lever.style,
    )


def _money(status: Status, texts: Texts) -> tuple[Block, ...]:
    """Return what the account comes to in pairs, then the night's risk and the day's curve."""
    told = money_pairs(status, texts)
    curve = curve_line(status.today, texts)
    lines = [*night_lines(status, texts), *((curve,) if curve else ())]
    return (*((pairs(*told),) if told else ()), *((section("\n".join(lines)),) if lines else ()))


def _pending(status: Status, role: Role, texts: Texts) -> tuple[Block, ...]:
    shown = status.pending[:PENDING_SHOWN]
    heading = header(texts("home-pending", count=len(status.pending)))
    if not shown:
        return (heading, section(texts("home-none-pending")))
    more = len(status.pending) - len(shown)
    risk = status.portfolio.risk if status.portfolio else None
    cards = (_proposal(trade, number, role, texts, risk) for number, trade in enumerate(shown))
    several = selection(status.pending, texts) if role >= Verb.APPROVE.role else ()
    rest = (section(texts("and-more", count=more)),) if more else ()
    return (heading, *several, *chain.from_iterable(cards), *rest)


def _proposal(trade: Trade, number: int, role: Role, texts: Texts, risk: RiskLevel | None) -> tuple[Block, ...]:
    """Return what waits for a decision, with the buttons of its card, each under an id of its own.

    What the broker does not tell is not told: of open risk there is no line.
    """
    first = decision_lines(trade, texts)  # who approved already, where two must
    expires = texts("proposal-expires", time=moment(trade.expires_at, texts))
    may_decide = role >= Verb.APPROVE.role
    buttons = live_buttons(trade, texts, number) if may_decide else (inspect_button(trade, texts, number),)
    return (
        section("\n".join((f"*{title(trade, texts)}*", *_plan(trade, texts, risk), *first, expires))),
        actions(ids.numbered(ids.DECISION_BLOCK, number), *buttons),
    )


def _plan(trade: Trade, texts: Texts, risk: RiskLevel | None) -> tuple[str, ...]:
    told = [open_risk_line(trade, texts, risk)] if risk else []
    return (*origin_lines(trade, texts), *plan_lines(trade, texts), *told, *limit_line(trade, texts))


def _positions(view: PortfolioView | None, role: Role, texts: Texts) -> tuple[Block, ...]:
    """Return what is held: a card each, and the rest in lines."""
    if view is None:
        return ()
    heading = header(texts("home-positions", count=len(view.symbols)))
    shown = [_position(line, number, role, texts) for number, line in enumerate(view.lines[:POSITION_CARDS])]
    cards = [block for blocks in shown for block in blocks]
    rest = fitted([position_text(line, texts) for line in view.lines[POSITION_CARDS:]], texts, POSITIONS_LENGTH)
    return (heading, *((*cards, *sections(rest)) or (section(texts("positions-none")),)))


def _position(line: PositionLine, number: int, role: Role, texts: Texts) -> tuple[Block, ...]:
    """Return one position as a card, with what acts on it for whoever may."""
    held, *exits = position_text(line, texts).split("\n")
    buttons: tuple[ButtonElement, ...] = ()
    if line.trade and role >= Verb.CLOSE.role:
        buttons = exit_buttons(line.trade, texts, number)
    elif can_be_adopted(line) and role >= Verb.ADOPT.role:
        buttons = (adopt_button(line, texts, number),)
    return small_card(held, "\n".join(exits), *buttons, block_id=ids.numbered(ids.POSITION_BLOCK, number))


def _decided(status: Status, texts: Texts) -> tuple[Block, ...]:
    lines = [decision_text(trade, texts) for trade in status.decided]
    return (header(texts("home-decisions")), *sections(lines or (texts("home-none-decided"),)))
