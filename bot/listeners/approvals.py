"""The buttons on cards and the modals that they open. The role is checked again at every click.

A click that is carried out needs no answer of its own: the engine tells the desk, and the card changes in place.
"""

from collections.abc import Callable

from slack_sdk.models.views import View

from bot.cards import ids, trade_thread
from bot.cards.modals import inspect_modal, reject_modal, resize_modal
from bot.listeners.parsing import reason_given, shares
from bot.listeners.request_kinds import Click, Submission
from engine.errors import AlreadyDecided
from engine.model.desk import Request
from engine.model.trade import Trade, TradeState


def approve(asked: Click) -> None:
    """Approve: send the order, for as many shares as the button was shown with; those of before carry no number."""
    asked.commands.approve(asked.trade_id, asked.request, shares=int(asked.choice) if asked.choice else None)


def ask_shares(asked: Click) -> View:
    """Resize: ask for the number of shares."""
    view = asked.queries.sizing.preview(asked.trade_id)
    _must_wait_for_a_decision(view.trade)
    return resize_modal(view, asked.texts)


def resize(asked: Submission) -> None:
    """Resize, submitted: change the proposal's shares."""
    asked.commands.resize(asked.trade_id, shares(asked.typed_as(ids.SHARES_BLOCK)), asked.request)


def ask_reason(asked: Click) -> View:
    """Reject: ask for the reason."""
    trade = asked.queries.trade(asked.trade_id)
    _must_wait_for_a_decision(trade)
    return reject_modal(trade, asked.texts)


def reject(asked: Submission) -> None:
    """Reject, submitted: turn the proposal down."""
    asked.commands.reject(asked.trade_id, asked.request, reason_given(asked.typed))


def inspect(asked: Click) -> View:
    """Inspect: show all that is known of the trade."""
    return inspect_modal(asked.queries.trade(asked.trade_id), asked.texts)


def close(asked: Click) -> None:
    """Close: sell the position at the market."""
    trade = _answered(asked, lambda trade_id, request: asked.commands.close(trade_id, request).trade)
    asked.rewrite(trade_thread.exit_asked(trade, asked.texts))


def keep(asked: Click) -> None:
    """Keep: leave the position as it is, and put the question away."""
    trade = _answered(asked, asked.commands.keep)
    asked.rewrite(trade_thread.kept(trade, asked.texts, asked.request.by))


def _answered(asked: Click, verb: Callable[[str, Request], Trade]) -> Trade:
    """Answer whether to sell; when that comes too late, put the question away and raise AlreadyDecided."""
    try:
        return verb(asked.trade_id, asked.request)
    except AlreadyDecided:
        asked.rewrite(trade_thread.exit_asked(asked.queries.trade(asked.trade_id), asked.texts))
        raise


def _must_wait_for_a_decision(trade: Trade) -> None:
    """Raise AlreadyDecided before a modal asks in vain."""
    if trade.state is not TradeState.PROPOSED:
        raise AlreadyDecided(trade.id, trade.state, trade.decided_by)
