"""The way to the desk: what waits in the outbox goes to Slack in the order in which it was told, and is never lost.

Before a message is posted, the books know that it may be: after a death, or an answer that was lost, Slack is asked
whether it is there already.

A trade's card is posted once; what happens to the trade later goes into the card's thread, and the card is drawn again
from the trade as it is now; so are the questions whether to sell, once the trade is no longer open. An outage of Slack
holds up nothing but the outbox.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import uuid4

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackObjectFormationError
from structlog.contextvars import bound_contextvars

from bot.cards.answers import unexpected
from bot.cards.message import Message, note
from bot.cards.notices import render
from bot.cards.proposal import proposal
from bot.cards.trade_thread import exit_asked
from bot.delivery.database_watchdog import DatabaseWatchdog
from bot.delivery.outbox import Outbox
from bot.delivery.reachability import Reachability
from bot.delivery.report_threads import is_left_out, quiet_thread
from bot.delivery.slack_poster import Poster, PostingRate
from bot.messages import Texts
from bot.signing import Signer
from bot.transport.slack_calls import Payload, SlackAway
from bot.worker import Backoff, Later, Worker
from engine.errors import StoreUnavailable
from engine.model.notices.base import Notice, Posted, Waiting
from engine.model.notices.trades import ExitAsked
from engine.model.report import Telling
from engine.model.trade import Trade, TradeState
from engine.ports.store import Store

CANNOT_BE_SHOWN = (SlackObjectFormationError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What rendering raises for a notice or a trade that no card foresaw."""

LOOKS_FOR: Final = 120.0
"""Seconds for which Slack is asked whether a message stands already; then twice is better than never."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryIntervals:
    """Seconds between looks into the outbox, from the first to the longest wait while Slack is away, and for the books.

    Books that have no answer within `books` are lost. A notice is claimed for `claim`: longer than a call of Slack's
    may take, and as long as it waits at most where the bot that posts it dies.
    """

    look: float = 1.0
    first: float = 1.0
    longest: float = 3.0
    books: float = 5.0
    claim: float = 20.0


class NoticeDelivery:
    """The engine's port Notices: a thread that delivers the outbox to a channel.

    `source` (the market's label) and `ceiling` (of open risk, a share of equity) are what cards say of them, `seal` is
    what makes their buttons work. The client must not retry by itself. `changed` is called when something
    was told, `told` with each notice and where it was posted. `events` is how loudly events are told. `hearing` learns
    what Slack took.
    """

    def __init__(
        self,
        *,
        store: Store,
        client: WebClient,
        channel: str,
        texts: Texts,
        source: str,
        ceiling: Decimal,
        seal: Signer,
        pace: PostingRate | None = None,
        waits: DeliveryIntervals | None = None,
        changed: Callable[[], None] = lambda: None,
        told: Callable[[Notice, Posted], None] = lambda _notice, _posted: None,
        events: Telling = Telling.ON,
        hearing: Reachability | None = None,
    ) -> None:
        self._store = store
        self._texts = texts
        self._proposal = partial(proposal, texts=texts, source=source, ceiling=ceiling)
        self._render = partial(render, texts=texts, source=source, ceiling=ceiling)
        self._seal = seal
        self._waits = waits or DeliveryIntervals()
        self._changed = changed
        self._told = told
        self._events = events
        self._posted: dict[int, Posted] = {}
        self._looking: dict[int, float] = {}
        self._questions: dict[str, list[Posted]] = {}
        self._redrawn: dict[str, int] = {}
        self._redraws_at = 0.0
        backoff = Backoff(first=self._waits.first, longest=self._waits.longest)
        self._outbox = Outbox(store, claim=self._waits.claim, backoff=backoff)
        self.worker = Worker("notices", self.step, backoff=backoff)
        self._poster = Poster(client, channel, self.worker.stopping, pace or PostingRate(), hearing or Reachability())
        self.watch = DatabaseWatchdog(
            store=store,
            say=lambda word: self._poster.post(note(texts(word)).payload()),
            every=self._waits.look,
            patience=self._waits.books,
        )

    def start(self) -> None:
        """Begin to deliver, with what waited from before."""
        self.worker.start()
        self.watch.start()

    def stop(self) -> None:
        """Finish the message under way and return; what still waits is delivered after the next start."""
        self.watch.stop()
        self.worker.stop()

    def wake(self) -> None:
        """Say that something may be waiting; returns at once."""
        self.worker.wake()

    def drain(self) -> None:
        """Deliver all that nobody else is about to.

        Raises SlackAway or StoreUnavailable, and the rest goes on waiting.
        """
        while not self.worker.stopping.is_set():
            if self.step() == 0:
                continue
            held = self._outbox.pause()
            if not held:
                return
            self.worker.stopping.wait(held)

    def step(self) -> float:
        """Deliver what goes next; return in how many seconds to look again, 0 where more may wait."""
        waiting = self._outbox.waiting()
        if not waiting:
            return self._waits.look
        self._changed()
        following = self._outbox.following(waiting)
        if following is None:
            return min(self._waits.look, self._outbox.pause() or self._waits.look)
        if not following.notice.told_as.goes_before_all:
            self._redraw(waiting)
        before = self._outbox.claim(following)
        if before is not None:
            self._deliver(before)
        return 0.0

    def text_of(self, notice: Notice) -> str:
        """Return what a notice says, in words alone."""
        trade, _card = self._read(notice.trade_id)
        return str(self._shown(partial(self._render, notice, trade))["text"])

    def _redraw(self, waiting: Sequence[Waiting]) -> None:
        """Redraw the cards of what is new, once each and before anything is posted: no button outlives a decision.

        What Slack does not take now is drawn again with its own notice at the latest.
        """
        newest = {each.notice.trade_id: each.number for each in waiting if each.notice.told_as.redraws_card}
        self._redrawn = {trade_id: number for trade_id, number in self._redrawn.items() if trade_id in newest}
        if time.monotonic() < self._redraws_at:
            return
        try:
            for trade_id, number in newest.items():
                self._redraw_card(trade_id, number)
        except SlackAway as away:
            log.warning("cards_not_redrawn", error=repr(away))
            self._redraws_at = time.monotonic() + (away.wait or self._waits.first)

    def _redraw_card(self, trade_id: str, number: int) -> None:
        """Draw a trade's card as the trade is now, unless that was done for this notice already; raises SlackAway."""
        if number <= self._redrawn.get(trade_id, 0):
            return
        drawn: Trade | None = None
        while True:
            trade, card = self._read(trade_id)
            # Another bot may have drawn what came meanwhile before this one drew what came before it.
            if trade is None or card is None or trade == drawn:
                break
            self._poster.redraw(card, self._shown(partial(self._proposal, trade)))
            drawn = trade
        if trade and trade.state is not TradeState.OPEN:
            self._put_away_questions(trade)
        self._redrawn[trade_id] = number

    def _put_away_questions(self, trade: Trade) -> None:
        """Take the buttons from the questions whether to sell; those of an earlier life go at the first click."""
        for asked in self._questions.get(trade.id, ()):
            self._poster.redraw(asked, self._shown(partial(exit_asked, trade, self._texts)))
        self._questions.pop(trade.id, None)

    def _deliver(self, before: Waiting) -> None:
        """Post what was claimed, and note that it was; what cannot be posted now is given back."""
        if is_left_out(before.notice, self._events):
            self._outbox.delivered(before, None)
            return
        # What was posted is remembered until the store has it: a store out of reach must not post it again.
        if before.number not in self._posted:
            about = {"trade_id": before.notice.trade_id} if before.notice.trade_id else {}
            with bound_contextvars(**about):
                posted = self._attempt(before)
            if posted is None:
                return
            self._posted[before.number] = posted
            if before.notice.told_as is ExitAsked:
                self._questions.setdefault(before.notice.trade_id, []).append(self._posted[before.number])
        self._outbox.delivered(before, self._posted[before.number])
        self._told(before.notice, self._posted.pop(before.number))

    def _attempt(self, before: Waiting) -> Posted | None:
        """Post a notice, unless it may stand in Slack already, and does; gives it back where that fails.

        None where it was not even sent, because its card or its doubt comes first: that holds up nothing of others.
        """
        sent = list[bool]()

        def sending() -> None:
            sent.append(True)
            if not self._outbox.prolong(before):
                raise Later("another bot posts it by now")

        try:
            if before.notice.told_as.redraws_card:
                self._redraw_card(before.notice.trade_id, before.number)
            return self._post(before, sending)
        except Exception as error:
            took_nothing = not sent or (isinstance(error, SlackAway) and error.took_nothing)
            with suppress(StoreUnavailable):  # then the claim ends by itself
                self._outbox.give_back(before, may_stand=not took_nothing, wait=getattr(error, "wait", 0.0))
            if sent or not isinstance(error, SlackAway):
                raise
            log.warning("notice_held_up", error=repr(error))
            return None

    def _post(self, before: Waiting, sending: Callable[[], None]) -> Posted:
        notice = before.notice
        trade, card = self._read(notice.trade_id)
        is_card = notice.told_as.is_card
        thread_ts = card.ts if card and not is_card else quiet_thread(notice, self._store, self._events)
        if before.attempted_at and (posted := self._found(before, thread_ts)):
            log.info("message_was_there", ts=posted.ts)
            return posted
        payload = self._shown(partial(self._render, notice, trade))
        return self._poster.post(
            payload, thread_ts, broadcast=notice.told_as.is_for_channel, key=notice.key, before=sending
        )

    def _found(self, before: Waiting, thread_ts: str) -> Posted | None:
        """Look whether a notice that was attempted stands in Slack; raises SlackAway, but not for ever."""
        if before.attempted_at is None:
            return None
        try:
            found = self._poster.find(before.notice.key, before.attempted_at, thread_ts)
        except SlackAway:
            if time.monotonic() - self._looking.setdefault(before.number, time.monotonic()) < LOOKS_FOR:
                raise
            return None
        self._looking.pop(before.number, None)
        return found

    def _read(self, trade_id: str) -> tuple[Trade | None, Posted | None]:
        """Read a trade as it is now, and where its card stands."""
        if not trade_id:
            return None, None
        with self._store.reading() as reader:
            return reader.trade(trade_id), reader.posted(f"{trade_id}:card")

    def _shown(self, draw: Callable[[], Message]) -> Payload:
        """Draw a message, or one that says that it cannot be drawn."""
        try:
            return self._seal.payload(draw().payload())
        except CANNOT_BE_SHOWN:
            error_id = uuid4().hex[:8]
            log.exception("cannot_be_shown", error_id=error_id)
            return unexpected(error_id, self._texts).payload()
