"""Several proposals decided at once: each by the verb that decides one, with a row for what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

import structlog
from slack_bolt.kwargs_injection.args import Args
from slack_sdk.models.views import View

from bot.access import Verb
from bot.cards import ids
from bot.cards.message import Message
from bot.cards.modals import reject_selected_modal
from bot.cards.refusals import refusal, trouble
from bot.cards.selection import Outcome, outcomes
from bot.listeners.parsing import reason_given
from bot.listeners.payloads import chosen_in
from bot.listeners.request import Sealed, SlackRequest, request_of
from bot.listeners.request_kinds import Click, Submission
from engine.errors import NothingSelected, RequestRefused, StoreUnavailable, TemporaryError
from engine.model.desk import Request
from engine.model.trade import Trade

Decided = Callable[[str, Request], Trade]

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Selection(SlackRequest):
    """Something was selected in a list; that decides nothing yet."""

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read it."""
        return cls(args=args, request=request_of(args, ids.SELECT_PENDING))


@dataclass(frozen=True, kw_only=True)
class SelectionClick(Click):
    """A button beside a list of proposals; `selected` are the sealed ids of those that were selected."""

    selected: tuple[str, ...] = ()

    @classmethod
    def of(cls, args: Args) -> Self:
        """Read a click."""
        click, holder = super().of(args), _holder(args)
        selected = chosen_in(holder, ids.SELECTION_BLOCK)
        names = (each.trade_id for each in _sealed(selected))
        request = request_of(args, click.sealed.purpose if click.sealed else "", *names)
        return replace(click, selected=selected, request=request)

    def refuse(self, error: RequestRefused, message: Message) -> None:
        """Tell the person; where nothing was selected, without taking the window of the list from them."""
        if isinstance(error, NothingSelected) and self.window:
            SlackRequest.show(self, message)
        else:
            super().refuse(error, message)

    def shown(self) -> dict[str, int]:
        """Return the trades that were selected, in the order of selecting, with the shares that were shown of each.

        Raises NothingSelected and NotOurs.
        """
        if not self.selected:
            raise NothingSelected
        for each in self.selected:
            self.context.signer.check(ids.SELECT_PENDING, each)
        return {each.trade_id: int(each.choice) for each in _sealed(self.selected)}


def _sealed(selected: Iterable[str]) -> list[Sealed]:
    return [Sealed(purpose=ids.SELECT_PENDING, value=each) for each in selected]


def chosen(_asked: Selection) -> None:
    """A proposal was selected, or no more: nothing is done before a button is pressed."""


def approve(asked: SelectionClick) -> Message:
    """Approve selected: one after the other, so that each finds the risk of those before it, at the sizes shown."""
    shown = asked.shown()
    asked.commands.audit_log.claim(asked.request, ids.APPROVE_SELECTED)

    def approved(trade_id: str, request: Request) -> Trade:
        return asked.commands.approve(trade_id, request, shares=shown[trade_id])

    return _outcomes(asked, tuple(shown), Verb.APPROVE, approved)


def ask_reason(asked: SelectionClick) -> View:
    """Reject selected: ask for the reason, one for all."""
    trades = [asked.queries.trade(trade_id) for trade_id in asked.shown()]
    return reject_selected_modal(trades, asked.texts)


def reject(asked: Submission) -> Message:
    """Reject selected, submitted: turn each down."""
    why = reason_given(asked.typed)
    asked.commands.audit_log.claim(asked.request, ids.REJECT_SELECTED)
    trade_ids = asked.trade_id.split(ids.BETWEEN)
    return _outcomes(asked, trade_ids, Verb.REJECT, lambda trade_id, by: asked.commands.reject(trade_id, by, why))


def _outcomes(asked: SlackRequest, trade_ids: tuple[str, ...] | list[str], verb: Verb, decide: Decided) -> Message:
    return outcomes([_outcome(asked, trade_id, verb, decide) for trade_id in trade_ids], asked.texts)


def _outcome(asked: SlackRequest, trade_id: str, verb: Verb, decide: Decided) -> Outcome:
    """Decide one, and return what came of it; the audit has a row of its own for it either way."""
    request = replace(asked.request, said=f"{asked.request.said.partition(' ')[0]} {trade_id}", id="")
    try:
        return Outcome(trade_id=trade_id, trade=decide(trade_id, request))
    except RequestRefused as error:
        _keep(asked, request, verb, "refused", f"{type(error).__name__}: {error}")
        return Outcome(trade_id=trade_id, trouble=refusal(error, asked.texts).text)
    except (TemporaryError, StoreUnavailable) as error:
        _keep(asked, request, verb, "not now", repr(error))
        return Outcome(trade_id=trade_id, trouble=trouble(error, asked.texts).text)


def _keep(asked: SlackRequest, request: Request, verb: Verb, outcome: str, why: str) -> None:
    try:
        asked.commands.audit_log.write_audit(request, verb, outcome, why)
    except StoreUnavailable:  # the answer tells of it all the same
        log.exception("not_in_the_audit", verb=verb, by=request.by, outcome=outcome, why=why)


def _holder(args: Args) -> Any:
    """Return what has the state of the list: the home, or the body itself for a message."""
    return args.body.get("view") or args.body
