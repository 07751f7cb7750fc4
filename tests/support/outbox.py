"""An outbox in a real database before a scripted Slack, for tests of how notices reach the desk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.delivery.notices import DeliveryIntervals, NoticeDelivery
from bot.delivery.reachability import Reachability
from bot.delivery.slack_poster import PostingRate
from bot.messages import Texts
from bot.signing import Signer
from engine.adapters.sql.store import SqlStore
from engine.model.notices.base import Notice, NoticeKind, Posted
from engine.model.report import Telling
from engine.model.trade import ExitReason, Trade, TradeState
from engine.model.view import RiskLevel
from engine.ports.store import Store
from tests.support.fakes.notices import a_notice
from tests.support.fakes.slack import ScriptedSlack
from tests.support.fakes.trades import PROPOSED_AT, a_trade

AAPL = a_trade()
AT_ONCE = PostingRate(burst=1000, gap=0.0)
SEAL = Signer("a key", lambda: PROPOSED_AT)
QUICK = DeliveryIntervals(look=0.01, first=0.01, longest=0.02, risk=0.02)


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """An outbox in a real database, and a Slack that answers as it is told."""

    store: SqlStore
    slack: ScriptedSlack

    def notices(
        self,
        pace: PostingRate = AT_ONCE,
        store: Store | None = None,
        client: WebClient | None = None,
        channel: str = "C0DESK",
        waits: DeliveryIntervals | None = None,
        told: Callable[[Notice, Posted], None] = lambda _notice, _posted: None,
        events: Telling = Telling.ON,
        hearing: Reachability | None = None,
        risk: Callable[[], RiskLevel] | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> NoticeDelivery:
        return NoticeDelivery(
            store=store or self.store,
            client=client or WebClient(token="xoxb-test", base_url=self.slack.api_url, retry_handlers=[]),
            channel=channel,
            texts=Texts("en", ZoneInfo("Asia/Seoul")),
            source="replay",
            ceiling=Decimal("0.02"),
            signer=SEAL,
            pace=pace,
            waits=waits or QUICK,
            told=told,
            events=events,
            hearing=hearing,
            open_risk=risk,
            changed=changed,
        )

    def tell(self, *kinds: NoticeKind, trade: Trade | None = None, key: str = "") -> None:
        with self.store.writing() as transaction:
            for kind in kinds:
                name = key or (f"{trade.id}:{kind}" if trade else kind.value)
                transaction.enqueue_notice(a_notice(kind, key=name, trade_id=trade.id if trade else ""))

    def propose(self) -> None:
        with self.store.writing() as transaction:
            transaction.propose(AAPL)
        self.tell(NoticeKind.APPROVAL_ASKED, trade=AAPL, key=f"{AAPL.id}:card")

    def reject(self) -> None:
        with self.store.writing() as transaction:
            decided = replace(AAPL, decided_by="U0TRADER", decided_at=PROPOSED_AT, reason="earnings")
            rejected = transaction.move(decided, TradeState.REJECTED)
        self.tell(NoticeKind.DECIDED, trade=rejected)

    def open(self) -> None:
        """Propose, and go on until the position is open."""
        self.propose()
        with self.store.writing() as transaction:
            submitted = transaction.move(transaction.move(AAPL, TradeState.APPROVED), TradeState.SUBMITTED)
            transaction.move(replace(submitted, filled_shares=512, fill_price=AAPL.sizing.entry), TradeState.OPEN)

    def close(self) -> None:
        """Close the open position at its stop."""
        with self.store.writing() as transaction:
            trade = transaction.trade(AAPL.id)
            if trade is None:
                raise LookupError(AAPL.id)
            closed = transaction.move(
                replace(trade, exit_reason=ExitReason.STOP, exit_shares=512, exit_price=trade.stop), TradeState.CLOSED
            )
        self.tell(NoticeKind.CLOSED, trade=closed)

    def waiting(self) -> int:
        with self.store.reading() as reader:
            return len(reader.waiting(100))


@contextmanager
def running(notices: NoticeDelivery) -> Iterator[None]:
    notices.start()
    try:
        yield
    finally:
        notices.stop()
