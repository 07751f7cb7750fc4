"""The way to the desk: what waits in the outbox goes to Slack in the order in which it was told, and is never lost.

Before a message is posted, the database knows that it may be: after a death, or an answer that was lost, Slack is asked
whether it is there already.

A trade's card is posted once; what happens to the trade later goes into the card's thread. An outage of Slack holds up
nothing but the outbox.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import structlog
from slack_sdk import WebClient
from structlog.contextvars import bound_contextvars

from bot.cards.duty import with_calls
from bot.cards.message import note
from bot.cards.notices import render
from bot.delivery.database_watchdog import DatabaseWatchdog
from bot.delivery.direct_calls import Copied, DirectCalls
from bot.delivery.drawing import Drawing
from bot.delivery.open_risk import OpenRiskWatch
from bot.delivery.outbox import Outbox
from bot.delivery.reachability import Reachability
from bot.delivery.report_threads import day_place, is_left_out, keep_place
from bot.delivery.slack_poster import Poster, PostingRate
from bot.delivery.trade_cards import TradeCards
from bot.messages import Texts
from bot.signing import Signer
from bot.transport.slack_calls import Payload, SlackAway
from bot.worker import Backoff, Later, Worker
from engine import spans
from engine.errors import StoreUnavailable
from engine.model.notices.base import Notice, Posted, Waiting
from engine.model.notices.duty import DirectCall
from engine.model.notices.trades import ExitAsked
from engine.model.report import Telling
from engine.model.trade import Trade
from engine.model.view import RiskLevel
from engine.ports.store import Store

LOOKS_FOR: Final = 120.0
"""Seconds for which Slack is asked whether a message stands already; then twice is better than never."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryIntervals:
    """Seconds between looks into the outbox, and from the first to the longest wait while Slack is away.

    A database that has no answer within `database` is lost; a small write proves each `writes` that it takes any. A
    notice is claimed for `claim`: longer than a call of Slack's may take, and as long as it waits at most where the
    bot that posts it dies. While a proposal waits, open risk is looked at every `risk`.
    """

    look: float = 1.0
    first: float = 1.0
    longest: float = 3.0
    database: float = 5.0
    writes: float = 30.0
    claim: float = 20.0
    risk: float = 5.0


class NoticeDelivery:
    """The engine's port Notices: a thread that delivers the outbox to a channel.

    `source` (the market's label) and `ceiling` (of open risk, a share of equity) are what cards say of them;
    `open_risk` asks the broker for the desk's as it is now, and raises TemporaryError. `signer` is what makes their
    buttons work. The client must not retry by itself. `changed` is called when something was told, `told` with each
    notice and where it was posted. `events` is how loudly events are told. `hearing` learns what Slack took.
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
        signer: Signer,
        open_risk: Callable[[], RiskLevel] | None = None,
        pace: PostingRate | None = None,
        waits: DeliveryIntervals | None = None,
        changed: Callable[[], None] = lambda: None,
        told: Callable[[Notice, Posted], None] = lambda _notice, _posted: None,
        events: Telling = Telling.ON,
        hearing: Reachability | None = None,
    ) -> None:
        self._store = store
        self._waits = waits = waits or DeliveryIntervals()
        self._changed = changed
        self._told = told
        self._events = events
        self._posted: dict[int, Posted] = {}
        self._looking: dict[int, float] = {}
        backoff = Backoff(first=waits.first, longest=waits.longest)
        self._outbox = Outbox(store, claim=waits.claim, backoff=backoff)
        self.worker = Worker("notices", self.step, backoff=backoff)
        self._poster = Poster(client, channel, self.worker.stopping, pace or PostingRate(), hearing or Reachability())
        self._drawing = Drawing(texts=texts, signer=signer)
        self.risk_watch = open_risk and OpenRiskWatch(
            store=store, read=open_risk, changed=self.wake, every=waits.risk, gap=waits.look
        )
        self._cards = TradeCards(
            store=store,
            poster=self._poster,
            drawing=self._drawing,
            source=source,
            ceiling=ceiling,
            risk=self.risk_watch or (lambda: None),
            wait=waits.first,
        )
        self._direct = DirectCalls(
            client=client,
            poster=self._poster,
            drawing=self._drawing,
            channel=channel,
            stopping=self.worker.stopping,
            store=store,
        )
        self.watch = DatabaseWatchdog(
            store=store,
            say=lambda word: self._poster.post(note(texts(word)).payload()),
            every=waits.look,
            patience=waits.database,
            writes=waits.writes,
        )

    def start(self) -> None:
        """Begin to deliver, with what waited from before."""
        self.worker.start()
        self.watch.start()
        if self.risk_watch:
            self.risk_watch.start()

    def stop(self) -> None:
        """Finish the message under way and return; what still waits is delivered after the next start."""
        if self.risk_watch:
            self.risk_watch.stop()
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
        if self._cards.follow_risk():
            self._changed()  # homes tell the same number
        if not waiting:
            return self._waits.look
        self._changed()
        if self.risk_watch:
            self.risk_watch.wake()
        following = self._outbox.following(waiting)
        if following is None:
            return min(self._waits.look, self._outbox.pause() or self._waits.look)
        if not following.notice.told_as.goes_before_all:
            self._cards.redraw_all(waiting)
        before = self._outbox.claim(following)
        if before is not None:
            self._deliver(before)
        return 0.0

    def text_of(self, notice: Notice) -> str:
        """Return what a notice says, in words alone."""
        return self._said(notice, self._cards.read(notice.trade_id)[0])

    def _said(self, notice: Notice, trade: Trade | None) -> str:
        return str(self._drawn(replace(notice, called=()), trade)["text"])

    def _copied(self, notice: DirectCall) -> Copied | None:
        original = self._direct.original(notice)
        if original is None:
            return None
        trade, _card = self._cards.read(original.trade_id)
        return Copied(notice=original, said=self._said(original, trade), trade=trade)

    def _deliver(self, before: Waiting) -> None:
        """Post what was claimed, and note that it was; what cannot be posted now is given back."""
        if is_left_out(before.notice, self._events):
            self._leave_out(before)
            return
        if before.number not in self._posted and self._direct.is_moot(before.notice):
            log.info("call_came_too_late", key=before.notice.key)
            self._outbox.delivered(before, None)
            return
        # What was posted is remembered until the store has it: a store out of reach must not post it again.
        if before.number not in self._posted:
            about = {"trade_id": before.notice.trade_id} if before.notice.trade_id else {}
            trace = spans.follow(
                "deliver", parent=before.trace, notice=before.notice.told_as.__name__, trade_id=before.notice.trade_id
            )
            with bound_contextvars(**about), trace:
                posted = self._attempt(before)
            if posted is None:
                return
            self._posted[before.number] = posted
            if before.notice.told_as is ExitAsked:
                self._cards.asked_to_exit(before.notice.trade_id, posted)
        self._outbox.delivered(before, self._posted[before.number])
        self._told(before.notice, self._posted.pop(before.number))

    def _leave_out(self, before: Waiting) -> None:
        """Post nothing, once the trade's card shows what the notice would tell; it is given back where that fails."""
        try:
            self._draw_card(before)
        except SlackAway as away:
            with suppress(StoreUnavailable):  # then the claim ends by itself
                self._outbox.give_back(before, may_stand=False, wait=away.wait)
            _note_held_up(away)
        else:
            self._outbox.delivered(before, None)

    def _draw_card(self, before: Waiting) -> None:
        if before.notice.told_as.redraws_card:
            self._cards.redraw(before.notice.trade_id, before.number)

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
            self._draw_card(before)
            return self._post(before, sending)
        except Exception as error:
            took_nothing = not sent or (isinstance(error, SlackAway) and error.took_nothing)
            with suppress(StoreUnavailable):  # then the claim ends by itself
                self._outbox.give_back(before, may_stand=not took_nothing, wait=getattr(error, "wait", 0.0))
            if sent or not isinstance(error, SlackAway):
                raise
            _note_held_up(error)
            return None

    def _post(self, before: Waiting, sending: Callable[[], None]) -> Posted:
        notice = before.notice
        if isinstance(notice, DirectCall) and (copied := self._copied(notice)):
            return self._direct.post(before, notice, copied, sending)
        trade, card = self._cards.read(notice.trade_id)
        place = None if card else day_place(notice, self._store, self._events)
        thread_ts = card.ts if card and not notice.told_as.is_card else place.ts if place else ""
        posted = self._found(before, thread_ts) if before.attempted_at else None
        if posted:
            log.info("message_was_there", ts=posted.ts)
        else:
            is_shown = notice.told_as.is_for_channel or (place is not None and place.is_shown)
            posted = self._poster.post(
                self._drawn(notice, trade), thread_ts, broadcast=is_shown, key=notice.key, before=sending
            )
        if place:
            keep_place(place, posted, self._store)
        return posted

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

    def _drawn(self, notice: Notice, trade: Trade | None) -> Payload:
        """Draw a notice about a trade as it is now: its card, or what goes into the card's thread."""
        if trade and notice.is_card:
            return self._cards.draw(trade, notice)
        texts = self._drawing.texts
        return self._drawing(lambda: with_calls(render(notice, trade, texts), notice, texts))


def _note_held_up(away: SlackAway) -> None:
    if away.wait:
        log.info("notice_held_up", seconds=away.wait)  # Slack's pace is no trouble
    else:
        log.warning("notice_held_up", error=repr(away))
