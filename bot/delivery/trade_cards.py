"""The cards of trades: each is posted once, and redrawn as its trade is now.

So are the questions whether to sell, once the trade is no longer open.
"""

import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

import structlog

from bot.cards.duty import with_calls
from bot.cards.message import Message
from bot.cards.proposal import proposal
from bot.cards.trade_thread import exit_asked
from bot.delivery.drawing import Drawing
from bot.delivery.slack_poster import Poster
from bot.transport.slack_calls import Payload, SlackAway
from engine.model.journal import JournalEntry, JournalKind
from engine.model.notices.base import Notice, Posted, Waiting
from engine.model.symbol_halt import SYMBOL_HALTS, SymbolHalt, halts_in
from engine.model.trade import Trade, TradeState
from engine.model.view import RiskLevel
from engine.ports.store import Store

log = structlog.get_logger()


class TradeCards:
    """Draws the cards of trades, and draws them again in Slack.

    `source` (the market's label) and `ceiling` (of open risk, a share of equity) are what cards say of them, `risk`
    tells the desk's open risk of now, None where that is not known. After Slack took nothing, none is drawn again for
    `wait` seconds, or for as long as Slack says.
    """

    def __init__(
        self,
        *,
        store: Store,
        poster: Poster,
        drawing: Drawing,
        source: str,
        ceiling: Decimal,
        risk: Callable[[], RiskLevel | None],
        wait: float,
    ) -> None:
        self._store = store
        self._poster = poster
        self._drawing = drawing
        self._source = source
        self._ceiling = ceiling
        self._risk = risk
        self._wait = wait
        self._questions: dict[str, list[Posted]] = {}
        self._redrawn: dict[str, int] = {}
        self._redraws_at = 0.0
        self._risk_drawn: dict[str, str] = {}
        self._followed = ""

    def draw(self, trade: Trade, notice: Notice | None = None) -> Payload:
        """Draw a trade's card as the trade is now, with the mentions of whom its notice calls while it waits."""
        texts, risk = self._drawing.texts, self._risk()
        self._risk_drawn.pop(trade.id, None)
        if trade.state is TradeState.PROPOSED:
            drawn = risk or RiskLevel(share=trade.sizing.risk_before, ceiling=self._ceiling)
            self._risk_drawn[trade.id] = self._in_words(drawn)
        grade, halt = self._grade(trade), self._halt(trade)
        calls = (notice or self._notice_of(trade)) if trade.state is TradeState.PROPOSED else None

        def card() -> Message:
            shown = proposal(
                trade, texts, source=self._source, ceiling=self._ceiling, risk=risk, grade=grade, halt=halt
            )
            return with_calls(shown, calls, texts) if calls else shown

        return self._drawing(card)

    def _notice_of(self, trade: Trade) -> Notice | None:
        """Return the notice of a waiting card, which says whom it calls."""
        with self._store.reading() as reader:
            return reader.enqueued(f"{trade.id}:card")

    def _halt(self, trade: Trade) -> SymbolHalt | None:
        with self._store.reading() as reader:
            return halts_in(reader.setting(SYMBOL_HALTS)).get(trade.symbol)

    def _grade(self, trade: Trade) -> JournalEntry | None:
        if trade.state is not TradeState.CLOSED:
            return None
        with self._store.reading() as reader:
            return next((each for each in reader.journal([trade.id]) if each.kind is JournalKind.GRADE), None)

    def follow_risk(self) -> bool:
        """Draw the cards that wait again, where the desk's open risk is another than they tell; True where it is."""
        risk = self._risk()
        if risk is None or time.monotonic() < self._redraws_at:
            return False
        told = self._in_words(risk)
        if self._followed == told:
            return False
        with self._store.reading() as reader:
            waiting = reader.trades({TradeState.PROPOSED})
        try:
            for trade in waiting:
                if self._risk_drawn.get(trade.id) != told:
                    self._redraw(trade.id)
        except SlackAway as away:
            self._put_off(away)
            return False
        self._followed = told
        return True

    def _in_words(self, risk: RiskLevel) -> str:
        texts = self._drawing.texts
        return f"{texts.part(risk.share)} {texts.part(risk.ceiling)}"

    def read(self, trade_id: str) -> tuple[Trade | None, Posted | None]:
        """Read a trade as it is now, and where its card stands."""
        if not trade_id:
            return None, None
        with self._store.reading() as reader:
            return reader.trade(trade_id), reader.posted(f"{trade_id}:card")

    def redraw_all(self, waiting: Sequence[Waiting]) -> None:
        """Redraw the cards of what is new, once each and before anything is posted: no button outlives a decision.

        What Slack does not take now is drawn again with its own notice at the latest.
        """
        newest = {each.notice.trade_id: each.number for each in waiting if each.notice.told_as.redraws_card}
        self._redrawn = {trade_id: number for trade_id, number in self._redrawn.items() if trade_id in newest}
        if time.monotonic() < self._redraws_at:
            return
        try:
            for trade_id, number in newest.items():
                self.redraw(trade_id, number)
        except SlackAway as away:
            self._put_off(away)

    def _put_off(self, away: SlackAway) -> None:
        if away.wait:
            log.info("cards_not_redrawn", seconds=away.wait)  # Slack's pace is no trouble
        else:
            log.warning("cards_not_redrawn", error=repr(away))
        self._redraws_at = time.monotonic() + (away.wait or self._wait)

    def redraw(self, trade_id: str, number: int) -> None:
        """Draw a trade's card as the trade is now, unless that was done for this notice already; raises SlackAway."""
        if number <= self._redrawn.get(trade_id, 0):
            return
        self._redraw(trade_id)
        self._redrawn[trade_id] = number

    def _redraw(self, trade_id: str) -> None:
        drawn: Trade | None = None
        while True:
            trade, card = self.read(trade_id)
            # Another bot may have drawn what came meanwhile before this one drew what came before it.
            if trade is None or card is None or trade == drawn:
                break
            self._poster.redraw(card, self.draw(trade))
            drawn = trade
        if trade and trade.state is not TradeState.OPEN:
            self._put_away_questions(trade)

    def asked_to_exit(self, trade_id: str, posted: Posted) -> None:
        """Note where it is asked whether to sell a trade."""
        self._questions.setdefault(trade_id, []).append(posted)

    def _put_away_questions(self, trade: Trade) -> None:
        """Take the buttons from the questions whether to sell; those of an earlier life go at the first click."""
        for asked in self._questions.get(trade.id, ()):
            self._poster.redraw(asked, self._drawing(partial(exit_asked, trade, self._drawing.texts)))
        self._questions.pop(trade.id, None)
