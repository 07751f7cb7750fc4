"""Tells people what a bot that died had taken from them and not finished: by direct message, else in the channel."""

from typing import Final

import structlog
from slack_sdk import WebClient

from bot.cards.backtest import ended
from bot.cards.message import Message, note
from bot.cards.mrkdwn import day_and_time, escaped
from bot.delivery.backtests import ACTION
from bot.messages import Texts
from bot.transport.slack_calls import SlackRefuses, call
from bot.worker import Backoff, Worker
from engine.commands import Commands
from engine.model.desk import Unfinished

LOOK: Final = 5.0
"""Seconds between two looks, by each of which the others know that this bot lives."""

log = structlog.get_logger()


class UnfinishedRequests:
    """A worker that says that this bot lives, and speaks for those that do not."""

    def __init__(
        self, *, commands: Commands, client: WebClient, channel: str, texts: Texts, look: float = LOOK
    ) -> None:
        self._audit_log = commands.audit_log
        self._client = client
        self._channel = channel
        self._texts = texts
        self._wait = look
        self._untold: dict[str, Unfinished] = {}
        self.worker = Worker("requests", self.look, backoff=Backoff(first=look, longest=look))

    def start(self) -> None:
        """Begin to look."""
        self.worker.start()

    def stop(self) -> None:
        """Look no more, once the look under way is over."""
        self.worker.stop()

    def look(self) -> float:
        """Tell what dead bots left, and return in how many seconds to look again.

        Raises SlackAway and StoreUnavailable.
        """
        self._untold |= {each.request.id: each for each in self._audit_log.left()}
        for request_id, each in list(self._untold.items()):
            self._notify(each)
            self._audit_log.write_audit(each.request, each.action, "unfinished", "the bot ended meanwhile")
            self._audit_log.end(each.request)
            del self._untold[request_id]
        return self._wait

    def _notify(self, unfinished: Unfinished) -> None:
        said = escaped(unfinished.request.said or unfinished.action)
        message = note(self._texts("unfinished", time=day_and_time(unfinished.at, self._texts), said=said))
        if unfinished.action == ACTION:
            message = ended(unfinished.request.said, "stopped", self._texts)
        if unfinished.ts and self._is_redrawn(unfinished, message):
            return
        person = unfinished.request.by
        try:
            call(self._client.chat_postMessage, channel=person, **message.payload())
        except SlackRefuses as refusal:
            log.warning("person_not_reached", by=person, word=str(refusal))
            self._tell_in_channel(person, message)

    def _is_redrawn(self, unfinished: Unfinished, message: Message) -> bool:
        """Put a message in the place of the one that says how far the request is; False where Slack refuses."""
        try:
            call(self._client.chat_update, channel=unfinished.channel, ts=unfinished.ts, **message.payload())
        except SlackRefuses as refusal:
            log.warning("redraw_refused", word=str(refusal), ts=unfinished.ts)
            return False
        return True

    def _tell_in_channel(self, person: str, message: Message) -> None:
        try:
            call(self._client.chat_postEphemeral, channel=self._channel, user=person, **message.payload())
        except SlackRefuses as refusal:
            log.warning("unfinished_not_told", by=person, word=str(refusal))
