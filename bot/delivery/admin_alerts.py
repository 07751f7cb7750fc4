"""Tells the admins by direct message what the desk's channel takes no more: that, and what is urgent meanwhile."""

from collections.abc import Callable, Collection
from typing import Final

import structlog
from slack_sdk import WebClient

from bot.cards.message import Message, note
from bot.delivery.outbox import LOOK_AHEAD
from bot.delivery.reachability import Reachability
from bot.messages import Texts
from bot.transport.slack_calls import SlackAway, SlackRefuses, call
from engine.model.notices.base import Notice, Waiting
from engine.model.notices.duty import DirectCall
from engine.ports.store import Store

LOST: Final = "channel_lost"
"""The setting that has Slack's word for why the channel takes nothing, once the admins know; '' while it takes all."""
TOLD_UP_TO: Final = "channel_lost_told"
"""The setting that has the number of the newest urgent notice that the admins were told."""
SURE_AT: Final = 2
"""Looks in a row that find the channel lost before anybody is told so."""

log = structlog.get_logger()


class AdminAlerts:
    """Looks at what is heard, and tells each admin once that the channel is lost, what is urgent, and that it is back.

    The settings keep what was told, so that neither a restart nor a second bot tells it again. `words` renders one.
    """

    def __init__(
        self,
        *,
        store: Store,
        client: WebClient,
        channel: str,
        texts: Texts,
        hearing: Reachability,
        admins: Callable[[], Collection[str]],
        words: Callable[[Notice], str],
    ) -> None:
        self._store = store
        self._client = client
        self._channel = channel
        self._texts = texts
        self._hearing = hearing
        self._admins = admins
        self._words = words
        self._looks_lost = 0

    def look(self) -> None:
        """Tell what changed since the last look; raises StoreUnavailable."""
        heard = self._hearing.now()
        with self._store.reading() as reader:
            known, waiting = reader.setting(LOST) or "", reader.waiting(LOOK_AHEAD)
        self._looks_lost = self._looks_lost + 1 if heard.lost else 0
        if self._looks_lost >= SURE_AT:
            if not known and self._becomes(heard.lost):
                self._tell_once(note(self._lost(heard.lost, len(waiting))), heard.lost)
            self._tell_urgent(waiting)
        elif known and heard.is_well and not waiting and self._becomes(""):
            self._say(note(self._texts("channel-back", channel=self._channel)))

    def _lost(self, word: str, waiting: int) -> str:
        return self._texts("channel-lost", channel=self._channel, why=word, waiting=waiting)

    def _becomes(self, word: str) -> bool:
        """Note how the channel is; False where another bot noted it first, and tells."""
        with self._store.writing() as transaction:
            if bool(transaction.setting(LOST)) == bool(word):
                return False
            transaction.set_setting(LOST, word)
        return True

    def _tell_once(self, message: Message, word: str) -> None:
        """Tell that the channel is lost; where nobody could be reached, it is tried again with the next look."""
        if not self._say(message):
            log.error("nobody_reached", word=word)
            self._becomes("")

    def _tell_urgent(self, waiting: Collection[Waiting]) -> None:
        # What goes to one person alone does not go by the channel: it reaches them by itself.
        told = (each for each in waiting if not isinstance(each.notice, DirectCall))
        urgent = [each for each in told if each.notice.told_as.is_urgent]
        for each in urgent:
            with self._store.writing() as transaction:
                if not transaction.setting(LOST) or int(transaction.setting(TOLD_UP_TO) or 0) >= each.number:
                    continue
                before = transaction.setting(TOLD_UP_TO) or "0"
                transaction.set_setting(TOLD_UP_TO, str(each.number))
            if not self._say(note(self._words(each.notice))):
                with self._store.writing() as transaction:
                    transaction.set_setting(TOLD_UP_TO, before)
                return

    def _say(self, message: Message) -> int:
        """Say something to each admin alone, and return how many it reached."""
        reached = 0
        for admin in sorted(self._admins()):
            try:
                call(self._client.chat_postMessage, channel=admin, **message.payload())
                reached += 1
            except (SlackAway, SlackRefuses) as error:
                log.warning("admin_not_reached", admin=admin, error=str(error))
        return reached
