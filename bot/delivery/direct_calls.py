"""What one person on duty is told alone: a copy of a notice, once, wherever they then read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Event

import structlog
from slack_sdk import WebClient

from bot.cards.duty import directly, not_direct
from bot.delivery.drawing import Drawing
from bot.delivery.reachability import Reachability
from bot.delivery.slack_poster import Poster, PostingRate
from bot.transport.slack_calls import SlackAway, SlackRefuses, call
from engine.model.notices.base import Notice, Posted, Waiting
from engine.model.notices.duty import DirectCall
from engine.model.trade import Trade, TradeState
from engine.ports.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """The notice that a direct call copies, what it says in words, and its trade as it is now, if it has one."""

    notice: Notice
    said: str
    trade: Trade | None


class DirectCalls:
    """Posts direct messages, and finds those that were posted before; `channel` is the desk's.

    Where Slack takes none to somebody, they are mentioned in the channel by `poster`.
    """

    def __init__(
        self, *, client: WebClient, poster: Poster, drawing: Drawing, channel: str, stopping: Event, store: Store
    ) -> None:
        self._client = client
        self._poster = poster
        self._drawing = drawing
        self._channel = channel
        self._stopping = stopping
        self._store = store

    def original(self, notice: Notice) -> Notice | None:
        """Return what a direct call copies, None where it is no such call, or that is kept no more."""
        if not isinstance(notice, DirectCall):
            return None
        with self._store.reading() as reader:
            return reader.enqueued(notice.copy_of)

    def is_moot(self, notice: Notice) -> bool:
        """Tell whether there is nobody to call any more: the proposal is decided, or nobody is mentioned."""
        if not isinstance(notice, DirectCall):
            asks = notice.told_as.asks_for_decision
            return asks and (not notice.called or self._is_decided(notice.trade_id))
        original = self.original(notice)
        if original is None:
            return True
        asks = original.told_as.is_card or original.told_as.asks_for_decision
        return asks and self._is_decided(original.trade_id)

    def post(self, before: Waiting, call_of: DirectCall, copied: Copied, sending: Callable[[], None]) -> Posted:
        """Post a direct call, unless it stands there already; raises SlackAway."""
        key = call_of.key
        if before.attempted_at and (posted := self._found(before.attempted_at, call_of, copied.notice.trade_id)):
            log.info("message_was_there", ts=posted.ts)
            return posted
        drawn = self._drawing(partial(directly, copied.said, copied.trade, self._channel, self._drawing.texts))
        marked = {"metadata": {"event_type": "notice", "event_payload": {"key": key}}}
        sending()
        try:
            answer = call(self._client.chat_postMessage, channel=call_of.to, **drawn, **marked)
        except SlackRefuses as refusal:
            log.warning("direct_call_refused", user=call_of.to, word=str(refusal))
            return self._mention(call_of, copied, sending)
        return self._poster.posted(answer)

    def _mention(self, call_of: DirectCall, copied: Copied, sending: Callable[[], None]) -> Posted:
        """Mention somebody in the channel, in the thread of the trade's card if there is one."""
        drawn = self._drawing(partial(not_direct, call_of, self._drawing.texts, copied.said.partition("\n")[0]))
        return self._poster.post(drawn, self._card_of(copied.notice.trade_id), key=call_of.key, before=sending)

    def _card_of(self, trade_id: str) -> str:
        """Return the timestamp of a trade's card, '' where there is none."""
        with self._store.reading() as reader:
            card = reader.posted(f"{trade_id}:card") if trade_id else None
        return card.ts if card else ""

    def _found(self, attempted_at: datetime, call_of: DirectCall, trade_id: str) -> Posted | None:
        """Look where a call may stand that was sent before: in the direct messages, and in the channel."""
        direct = self._direct_channel(call_of.to)
        found = direct.find(call_of.key, attempted_at) if direct else None
        return found or self._poster.find(call_of.key, attempted_at, self._card_of(trade_id))

    def _direct_channel(self, user: str) -> Poster | None:
        """Return the direct messages with somebody, None where Slack does not let the bot look; raises SlackAway."""
        try:
            answer = call(self._client.conversations_open, users=user)
        except SlackRefuses as refusal:
            log.warning("cannot_look_for_message", word=str(refusal))
            return None
        channel = answer.get("channel") or {}
        name = channel.get("id") if isinstance(channel, dict) else None
        if not isinstance(name, str) or not name:
            raise SlackAway("direct messages without an id")
        return Poster(self._client, name, self._stopping, PostingRate(), Reachability())

    def _is_decided(self, trade_id: str) -> bool:
        with self._store.reading() as reader:
            trade = reader.trade(trade_id) if trade_id else None
        return trade is None or trade.state is not TradeState.PROPOSED
