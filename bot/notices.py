"""The way to the desk: what waits in the outbox goes to Slack in the order in which it was told, and is never lost.

Halts and fills go first, with what was told before them of the same trade. Before a message is posted, the books know
which one it will be: after a death, or an answer that was lost, Slack is asked whether it is there already.

A trade's card is posted once; what happens to the trade later goes into the card's thread, and the card is drawn again
from the trade as it is now; so are the questions whether to sell, once the trade is no longer open. An outage of Slack
holds up nothing but the outbox.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from threading import Event, Thread
from uuid import uuid4

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackObjectFormationError
from structlog.contextvars import bound_contextvars

from bot.cards.answers import unexpected
from bot.cards.life import exit_asked
from bot.cards.message import Message, note
from bot.cards.notices import CARDS, render
from bot.cards.proposal import proposal
from bot.messages import Texts
from bot.patience import BooksWatch
from bot.posting import Pace, Payload, Poster, SlackAway
from bot.reports import is_left_out, quiet_thread
from bot.seal import Seal
from engine.errors import MustHalt
from engine.model.notice import Notice, NoticeKind, Posted, Waiting
from engine.model.report import Telling
from engine.model.trade import Trade, TradeState
from engine.truth import Store

REDRAWS = frozenset(
    {
        NoticeKind.RESIZED,
        NoticeKind.SECOND_ASKED,
        NoticeKind.DECIDED,
        NoticeKind.FILLED,
        NoticeKind.FILLED_LATE,
        NoticeKind.ADOPTED,
        NoticeKind.RESTATED,
        NoticeKind.EXIT_MOVED,
        NoticeKind.OVERSOLD,
        NoticeKind.CLOSED,
    }
)
"""Notices after which a card shows something else."""

FOR_ALL = frozenset(
    {
        NoticeKind.SECOND_ASKED,
        NoticeKind.FILLED,
        NoticeKind.CLOSED,
        NoticeKind.EXIT_ASKED,
        NoticeKind.UNPROTECTED,
        NoticeKind.SOLD_BY_HAND,
        NoticeKind.OVERSOLD,
        NoticeKind.COVERING,
        NoticeKind.EXIT_MOVED,
        NoticeKind.EXIT_SENSELESS,
        NoticeKind.RESTATED,
        NoticeKind.ADOPTED,
        NoticeKind.FILLED_LATE,
    },
)
"""Notices of a thread that the whole channel sees: what changed its positions, and what it must act on."""

CANNOT_BE_SHOWN = (SlackObjectFormationError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What rendering raises for a notice or a trade that no card foresaw."""

BEFORE_ALL = frozenset({NoticeKind.HALTED, NoticeKind.FLATTENING})
"""Notices that do not even wait for a card to be drawn again."""

URGENT = frozenset(
    {
        NoticeKind.HALTED,
        NoticeKind.REDUCING,
        NoticeKind.FLATTENING,
        NoticeKind.FLATTEN_STUCK,
        NoticeKind.UNPROTECTED,
        NoticeKind.OVERSOLD,
        NoticeKind.EXIT_SENSELESS,
        NoticeKind.UNEXPLAINED,
        NoticeKind.FILLED,
        NoticeKind.FILLED_LATE,
        NoticeKind.ADOPTED,
        NoticeKind.CLOSED,
    }
)
"""Notices that overtake those of others."""

STEERING = frozenset(
    {
        NoticeKind.HALTED,
        NoticeKind.REDUCING,
        NoticeKind.RESUMED,
        NoticeKind.AUTO_CHANGED,
        NoticeKind.FLATTENING,
        NoticeKind.FLATTEN_WAITS,
        NoticeKind.FLATTEN_STUCK,
        NoticeKind.FLAT,
    }
)
"""Notices of the desk's state, which make sense only in their order."""

LOOK_AHEAD = 100_000
"""All that waits, after the longest outage too: a halt behind it goes first."""

POSTING = "posting"
"""The setting that has the number of the notice that is being posted, or was last."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Waits:
    """Seconds between looks into the outbox, from the first to the longest wait while Slack is away, and for the books.

    Books that have no answer within `books` are lost.
    """

    look: float = 1.0
    first: float = 1.0
    longest: float = 60.0
    books: float = 5.0


class Notices:
    """The engine's port Notices: a thread that delivers the outbox to a channel.

    `source` (the market's label) and `ceiling` (of open risk, a share of equity) are what cards say of them, `seal` is
    what makes their buttons work. The client must not retry by itself. `changed` is called when something
    was told, `told` with each notice and where it was posted. `events` is how loudly events are told.
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
        seal: Seal,
        pace: Pace | None = None,
        waits: Waits | None = None,
        changed: Callable[[], None] = lambda: None,
        told: Callable[[Notice, Posted], None] = lambda _notice, _posted: None,
        events: Telling = Telling.ON,
    ) -> None:
        self._store = store
        self._texts = texts
        self._proposal = partial(proposal, texts=texts, source=source, ceiling=ceiling)
        self._render = partial(render, texts=texts, source=source, ceiling=ceiling)
        self._seal = seal
        self._waits = waits or Waits()
        self._changed = changed
        self._told = told
        self._events = events
        self._woken, self._stopping = Event(), Event()
        self._posted: dict[int, Posted] = {}
        self._doubtful: int | None = None
        self._is_new_life = True
        self._questions: dict[str, list[Posted]] = {}
        self._redrawn: dict[str, int] = {}
        self._poster = Poster(client, channel, self._stopping, pace or Pace())
        self._thread = Thread(target=self._run, name="notices", daemon=True)
        self._watch = BooksWatch(
            store=store,
            say=lambda word: self._poster.post(note(texts(word)).payload()),
            every=self._waits.look,
            patience=self._waits.books,
        )

    def start(self) -> None:
        """Begin to deliver, with what waited from before."""
        self._thread.start()
        self._watch.start()

    def stop(self) -> None:
        """Finish the message under way and return; what still waits is delivered after the next start."""
        self._stopping.set()
        self._woken.set()
        self._watch.stop()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Say that something may be waiting; returns at once."""
        self._woken.set()

    def drain(self) -> None:
        """Deliver all that waits now; raises SlackAway or MustHalt, and the rest goes on waiting."""
        while (waiting := self._waiting()) and not self._stopping.is_set():
            self._changed()
            following = self._next_of(waiting)
            if following.notice.kind not in BEFORE_ALL:
                self._redraw(waiting)
            self._deliver(following)

    def _run(self) -> None:
        patience = self._waits.first
        while not self._stopping.is_set():
            try:
                self.drain()
            except (SlackAway, MustHalt) as error:
                wait = getattr(error, "wait", 0.0) or patience
                log.warning("notices_held_up", error=repr(error), seconds=wait)
                patience = min(patience * 2, self._waits.longest)
                self._stopping.wait(wait)
            else:
                patience = self._waits.first
                self._woken.wait(self._waits.look)
                self._woken.clear()

    def _waiting(self) -> tuple[Waiting, ...]:
        with self._store.reading() as ledger:
            return ledger.waiting(LOOK_AHEAD)

    def _next_of(self, waiting: Sequence[Waiting]) -> Waiting:
        """Return what goes next: first of all what may have been posted already, by an earlier life too."""
        if self._is_new_life:
            with self._store.reading() as ledger:
                self._doubtful = int(ledger.setting(POSTING) or 0)
            self._is_new_life = False
        return next((each for each in waiting if each.number == self._doubtful), None) or first_of(waiting)

    def _redraw(self, waiting: Sequence[Waiting]) -> None:
        """Redraw the cards of what is new, once each and before anything is posted: no button outlives a decision."""
        newest = {each.notice.trade_id: each.number for each in waiting if each.notice.kind in REDRAWS}
        for trade_id, number in newest.items():
            if number <= self._redrawn.get(trade_id, 0):
                continue
            trade, card = self._read(trade_id)
            if trade and card:
                self._poster.redraw(card, self._shown(partial(self._proposal, trade)))
            if trade and trade.state is not TradeState.OPEN:
                self._put_away_questions(trade)
            self._redrawn[trade_id] = number
        self._redrawn = {trade_id: number for trade_id, number in self._redrawn.items() if trade_id in newest}

    def _put_away_questions(self, trade: Trade) -> None:
        """Take the buttons from the questions whether to sell; those of an earlier life go at the first click."""
        for asked in self._questions.get(trade.id, ()):
            self._poster.redraw(asked, self._shown(partial(exit_asked, trade, self._texts)))
        self._questions.pop(trade.id, None)

    def _deliver(self, waiting: Waiting) -> None:
        if is_left_out(waiting.notice, self._events):
            with self._store.writing() as book:
                book.delivered(waiting.number, None)
            return
        # What was posted is remembered until the store has it: a store out of reach must not post it again.
        if waiting.number not in self._posted:
            about = {"trade_id": waiting.notice.trade_id} if waiting.notice.trade_id else {}
            with bound_contextvars(**about):
                self._posted[waiting.number] = self._post(waiting)
            if waiting.notice.kind is NoticeKind.EXIT_ASKED:
                self._questions.setdefault(waiting.notice.trade_id, []).append(self._posted[waiting.number])
        with self._store.writing() as book:
            book.delivered(waiting.number, self._posted[waiting.number])
        self._told(waiting.notice, self._posted.pop(waiting.number))

    def _post(self, waiting: Waiting) -> Posted:
        """Post a notice, unless it is in doubt and stands in Slack already."""
        number, notice = waiting.number, waiting.notice
        trade, card = self._read(notice.trade_id)
        thread_ts = card.ts if card and notice.kind not in CARDS else quiet_thread(notice, self._store, self._events)
        if number == self._doubtful:
            posted = self._poster.find(notice.key, thread_ts)
            if posted:
                log.info("message_was_there", ts=posted.ts)
                return posted
        else:
            with self._store.writing() as book:
                book.set_setting(POSTING, str(number))
        payload = self._shown(partial(self._render, notice, trade))
        try:
            return self._poster.post(payload, thread_ts, broadcast=notice.kind in FOR_ALL, key=notice.key)
        except SlackAway as away:
            self._doubtful = None if away.wait else number  # asked to wait, Slack says that it took nothing
            raise

    def _read(self, trade_id: str) -> tuple[Trade | None, Posted | None]:
        """Read a trade as it is now, and where its card stands."""
        if not trade_id:
            return None, None
        with self._store.reading() as ledger:
            return ledger.trade(trade_id), ledger.posted(f"{trade_id}:card")

    def _shown(self, draw: Callable[[], Message]) -> Payload:
        """Draw a message, or one that says that it cannot be drawn."""
        try:
            return self._seal.payload(draw().payload())
        except CANNOT_BE_SHOWN:
            error_id = uuid4().hex[:8]
            log.exception("cannot_be_shown", error_id=error_id)
            return unexpected(error_id, self._texts).payload()


def first_of(waiting: Sequence[Waiting]) -> Waiting:
    """Return the first urgent notice, or what was told before it of the same; the first of all where none is urgent."""
    urgent = next((each for each in waiting if each.notice.kind in URGENT), waiting[0])
    return next(each for each in waiting if _line_of(each.notice) == _line_of(urgent.notice))


def _line_of(notice: Notice) -> str:
    """Name what a notice is about: only notices about the same must come in order."""
    return notice.trade_id or ("" if notice.kind in STEERING else f":{notice.subject}")
