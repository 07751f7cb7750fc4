"""The one way in: check the role, run the listener, acknowledge, and answer whatever comes of it.

What is acknowledged is done, or is known to be unfinished; where the process dies before that, Slack tells the person.
Errors end here and not in Bolt's own handler, because Bolt takes an acknowledgement back when its listener raises.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Timer
from typing import Final, Generic, TypeVar
from uuid import uuid4

import structlog
from slack_bolt.kwargs_injection.args import Args
from structlog.contextvars import bound_contextvars

from bot.access import Verb
from bot.cards.message import Message
from bot.cards.refusals import refusal, trouble, unexpected
from bot.listeners.acknowledgement import acknowledged_in_time
from bot.listeners.rate_limit import cut
from bot.listeners.request import Answer, SlackRequest
from bot.transport.slack_calls import SlackAway, SlackRefuses
from engine import spans
from engine.errors import NotAllowed, Repeated, RequestRefused, StoreUnavailable, TemporaryError

A = TypeVar("A", bound=SlackRequest)

AT_ONCE = frozenset({Verb.HALT, Verb.FLATTEN})
"""A halt is never kept waiting for the database, and one too many harms nobody."""

PATIENCE: Final = 0.8
"""Seconds after which a person is told that the work goes on: within a second they know that they were heard."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Handler(Generic[A]):
    """A listener as Bolt calls it: the kind of thing it is asked, the verb whose role it needs, and what it does.

    What is not `is_kept`, such as each letter typed into a field, stands in the audit only if it was refused.
    """

    kind: type[A]
    verb: Verb
    listener: Callable[[A], Answer]
    is_kept: bool = True

    def __call__(self, args: Args) -> None:
        """Serve one request, once however often it is delivered; never raises."""
        asked = self.kind.of(args)
        # What a button claims to be about is good enough for the log.
        trade_id = asked.sealed.trade_id if asked.sealed else ""
        about = {"trade_id": trade_id} if asked.sealed else {}
        with bound_contextvars(**about), spans.begin(f"slack {self.verb}", spans.SpanKind.SERVER, trade_id=trade_id):
            self._receive(asked)

    def _receive(self, asked: A) -> None:
        delivery, is_new = asked.context.deliveries.take(asked.request.id)
        if not is_new:
            how = delivery.answer()
            if how is not None:
                asked.args.ack(**how)
            return
        with acknowledged_in_time(asked, self.verb):
            by, context = asked.request.by, asked.context
            if self.verb not in AT_ONCE and not context.crowd.may_ask(by):
                self._turn_away(
                    asked, trouble(TemporaryError("more requests than a person makes"), asked.texts), "rate"
                )
                return
            try:
                context.access.require(by, self.verb)
            except NotAllowed as error:
                self._turn_away(asked, refusal(error, asked.texts), f"{type(error).__name__}: {error}")
                return
            if self.verb in AT_ONCE:
                self._work(asked)
            elif context.turns.acquire(blocking=False):
                try:
                    self._take_turn(asked)
                finally:
                    context.turns.release()
            else:
                # Requests that wait for a slow broker must not fill every thread: a halt always finds a free one.
                self._not_now(asked, TemporaryError("too many requests at once"))

    def _turn_away(self, asked: A, message: Message, why: str) -> None:
        """Refuse somebody before they take a turn: told and kept, cut short, while they are few; else counted."""
        asked.acknowledge()
        with asked.context.crowd.refusal(asked.request.by) as is_told:
            if is_told:
                self._record(asked, "refused", why, is_cut=True)
                _say(asked, partial(asked.show, message))

    def _take_turn(self, asked: A) -> None:
        if _is_served(asked):
            asked.acknowledge()
        else:
            self._work(asked)

    def _work(self, asked: A) -> None:
        """Serve, keep what came of it, and only then say it: what Slack does not take changes nothing of the former."""
        try:
            answer = self._serve(asked)
        except Repeated:
            asked.acknowledge()
            _say(asked, partial(asked.show, None))  # a window that waits says that it is done
        except RequestRefused as error:
            is_cut = isinstance(error, NotAllowed)
            self._record(asked, "refused", f"{type(error).__name__}: {error}", is_cut=is_cut)
            _say(asked, partial(asked.refuse, error, refusal(error, asked.texts, _example(asked))))
        except (TemporaryError, StoreUnavailable) as error:
            self._not_now(asked, error)
        except Exception:  # the edge: above is only Bolt, which would leave the person without an answer
            error_id = uuid4().hex[:8]
            log.exception("unexpected", error_id=error_id, verb=self.verb, by=asked.request.by, said=asked.request.said)
            self._record(asked, "failed", error_id)
            _say(asked, partial(asked.show, unexpected(error_id, asked.texts)))
        else:
            asked.acknowledge()
            if self.is_kept:
                self._record(asked, "answered")
            _say(asked, partial(asked.show, answer))

    def _not_now(self, asked: A, error: TemporaryError | StoreUnavailable) -> None:
        log.warning("not_now", verb=self.verb, by=asked.request.by, error=repr(error))
        asked.acknowledge()
        _say(asked, partial(asked.show, trouble(error, asked.texts)))
        self._record(asked, "not now", repr(error))  # last: a database out of reach may let it wait

    def _serve(self, asked: A) -> Answer:
        asked.verify()
        with _said_if_slow(asked):
            return self.listener(asked)

    def _record(self, asked: A, outcome: str, why: str = "", *, is_cut: bool = False) -> None:
        """Keep what came of a request in the audit; a database out of reach keeps nobody from the answer."""
        try:
            request = cut(asked.request) if is_cut else asked.request
            asked.commands.audit_log.write_audit(request, self.verb, outcome, why)
        except (StoreUnavailable, ValueError):
            log.exception("not_in_the_audit", verb=self.verb, by=asked.request.by, outcome=outcome, why=why)


@contextmanager
def _said_if_slow(asked: SlackRequest) -> Iterator[None]:
    """Tell the person that their request is being worked on, if that takes a while."""
    timer = Timer(PATIENCE, _tell_of_work, (asked,))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _tell_of_work(asked: SlackRequest) -> None:
    try:
        asked.show_work()
    except (SlackAway, SlackRefuses) as error:
        log.warning("answer_not_sent", by=asked.request.by, error=repr(error))


def _is_served(asked: SlackRequest) -> bool:
    """Tell whether an earlier life, or another process, served this; unknown is no, or nobody could halt."""
    try:
        return asked.commands.audit_log.is_served(asked.request)
    except StoreUnavailable:
        return False


def _example(asked: SlackRequest) -> str:
    """Return what could be typed instead; nothing where the database does not tell."""
    try:
        return asked.example()
    except StoreUnavailable:
        return ""


def _say(asked: SlackRequest, say: Callable[[], None]) -> None:
    """Tell the person what came of it; later where Slack takes nothing now, by an id where it refuses what is said."""
    try:
        say()
    except SlackAway as away:
        log.warning("answer_not_sent", by=asked.request.by, error=repr(away))
        asked.context.again.later(say, away.wait)
    except TemporaryError as error:  # a window that came too late
        log.warning("not_now", by=asked.request.by, error=repr(error))
        _say(asked, partial(asked.show, trouble(error, asked.texts)))
    except Exception:  # what was done stays done: that it could not be shown is all there is to tell
        error_id = uuid4().hex[:8]
        log.exception("answer_not_shown", error_id=error_id, by=asked.request.by, said=asked.request.said)
        _say_plainly(asked, error_id)


def _say_plainly(asked: SlackRequest, error_id: str) -> None:
    say = partial(asked.show, unexpected(error_id, asked.texts))
    try:
        say()
    except SlackAway as away:
        asked.context.again.later(say, away.wait)
    except SlackRefuses as refused:
        log.warning("answer_not_sent", by=asked.request.by, error=repr(refused))
