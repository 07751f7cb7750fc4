"""A trading day of the live engine, bar by bar, with all that the desk reads of it in Slack."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.delivery.notices import DeliveryIntervals, NoticeDelivery
from bot.delivery.slack_poster import PostingRate
from bot.messages import Texts
from bot.signing import Signer
from engine.adapters.calendar import ExchangeCalendar
from engine.errors import RequestRefused
from engine.model.backtest import Costs
from engine.model.desk import DeskState, Request
from engine.model.market import EXCHANGE_ZONE
from engine.model.notices.base import Notice
from engine.model.trade import TradeState
from engine.settings import TellingSettings
from engine.signals.slots import instant
from tests.support.fakes.slack import ScriptedSlack
from tests.support.generated_market import generated
from tests.support.stepped_desk import SteppedDesk, stepped_desk

TRADER = Request(by="U0TRADER", said="/approve")
ADMIN = Request(by="U0ADMIN", said="/resume")
SESSION = 78
SYMBOLS = 40
SESSIONS = 23
"""The last of them, a Friday with its week's report, is traded; the scores of its bars need the 20 before."""
HALF_AN_HOUR = timedelta(minutes=30)
CASH = Decimal(100_000)
NOON = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What was posted on a day, by the name of its notice: what the channel shows, and what only threads do."""

    shown: Mapping[str, int]
    threaded: Mapping[str, int]


def play_a_day(folder: Path, *, auto: bool, seed: int = 6) -> Day:
    """Play a day, from an hour before its first report to after its last, and return what the desk was told."""
    bars = generated(seed=seed, symbols=SYMBOLS, sessions=SESSIONS, volatility=0.05)
    first = SESSION * (SESSIONS - 1)
    on = instant(int(bars.starts[first])).date()
    told = list[Notice]()
    with (
        stepped_desk(folder, bars, costs=Costs(), cash=CASH, auto_mode=auto) as (desk, _),
        ScriptedSlack() as slack,
    ):
        notices = NoticeDelivery(
            store=desk.store,
            client=WebClient(token="xoxb-test", base_url=slack.api_url, retry_handlers=[]),
            channel="C0DESK",
            texts=Texts("en", ZoneInfo("Asia/Seoul")),
            source="replay",
            ceiling=Decimal("0.02"),
            signer=Signer("a key", desk.clock.now),
            pace=PostingRate(burst=10_000, gap=0.0),
            waits=DeliveryIntervals(look=0.01, first=0.01, longest=0.02),
            told=lambda notice, _posted: told.append(notice),
            events=TellingSettings.model_fields["events"].default,
        )

        desk.resumes = False
        people = _People(desk, decides=not auto)

        def tell() -> None:
            people.act()
            desk.engine.jobs.decide_proposals()
            desk.engine.jobs.tell_reports()
            notices.drain()

        _wait(desk, on, tell)
        desk.run(first, tell)
        _wait(desk, on, tell, after=True)
        return _counted(told, slack.posted())


def _wait(desk: SteppedDesk, on: date, tell: Callable[[], None], *, after: bool = False) -> None:
    """Let the hours before the open pass, or those after the close, half an hour at a time."""
    hours = ExchangeCalendar().day(on)
    if hours is None:
        raise ValueError(f"the exchange is shut on {on}")
    since = max(desk.clock.now(), hours.close) if after else hours.pre - 2 * timedelta(hours=1)
    until = hours.post + timedelta(hours=1) if after else hours.open - HALF_AN_HOUR
    at: datetime = since
    while at <= until:
        desk.clock.set(at)
        desk.engine.jobs.read_news()
        tell()
        at += HALF_AN_HOUR


class _People:
    """Halt the desk for an hour over noon in New York, and decide by hand what waits where they do that.

    Of three proposals two are approved and one is rejected.
    """

    def __init__(self, desk: SteppedDesk, *, decides: bool) -> None:
        self._desk = desk
        self._decides = decides

    def act(self) -> None:
        """Do what people would do now, on quotes of now."""
        self._desk.market.renew()
        commands, queries = self._desk.engine.commands, self._desk.engine.queries
        is_noon = self._desk.clock.now().astimezone(EXCHANGE_ZONE).hour == NOON
        state = queries.desk().state
        if is_noon and state is DeskState.ACTIVE:
            commands.halt(TRADER, "lunch")
        elif not is_noon and state is DeskState.HALTED:
            commands.resume(ADMIN, anyway=True)
        for number, trade in enumerate(queries.trades({TradeState.PROPOSED}) if self._decides else ()):
            with suppress(RequestRefused):
                if (number + trade.shares) % 3:
                    commands.approve(trade.id, TRADER)
                else:
                    commands.reject(trade.id, TRADER, "too late in the day")


def _counted(told: Sequence[Notice], posted: Sequence[Mapping[str, object]]) -> Day:
    """Count what was told, in the order in which it was posted."""
    shown, threaded = Counter[str](), Counter[str]()
    for notice, arguments in zip(told, posted, strict=True):
        is_shown = not arguments.get("thread_ts") or bool(arguments.get("reply_broadcast"))
        (shown if is_shown else threaded)[notice.told_as.__name__] += 1
    return Day(shown=shown, threaded=threaded)
