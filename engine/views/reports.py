"""The desk's reports, by the exchange's own day.

    ready          premarket      open        close        day
    one hour before it ──► pre ──► open ──► close ──► end of after-hours, and on the week's last day: week

The one with the news of the night waits until they are read, as long as it is punctual. A report is told once: its key
is its kind and date, kept with the notice. What came due while nobody looked is told late if it is the last of its kind
and not too old; the rest is dropped, with a word.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

import structlog

from engine.common.service_health import ServiceHealth
from engine.errors import MemoryUnavailable, TemporaryError
from engine.model.audit import ANCHOR, Anchor
from engine.model.desk import OWN_ACCORD
from engine.model.market import TradingDay, exchange_date
from engine.model.notices.base import Notice, stamp
from engine.model.notices.reports import ReportMade, ReportsMissed
from engine.model.report import LATE, REPORTS, Holding, Report, ReportAccount, ReportKind, Telling
from engine.model.signal import Finding
from engine.model.trade import TradeState
from engine.model.view import PortfolioView, PositionLine
from engine.ports.calendar import Calendar
from engine.ports.clock import Clock
from engine.ports.memory import AuditAnchors
from engine.ports.store import Reader, Store
from engine.signals.stories import counted
from engine.views.duty import DutyQuery
from engine.views.journal import review
from engine.views.performance import PerformanceQuery
from engine.views.portfolio import PortfolioQueries

log = structlog.get_logger()

LOOKED = "reports_looked_at"
"""The setting that remembers up to when all reports that came due were seen to."""
PATIENCE = timedelta(hours=4)
"""How late a report is still of use."""
FURTHEST = timedelta(days=7)
"""How far back what was missed is counted."""
SLACK = "slack"
"""What is down, in a report, where people could not be told anything for so long that AUTO_MODE waits."""
ONE_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
MOST_NEWS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A report and its time."""

    kind: ReportKind
    on: date
    at: datetime

    @property
    def key(self) -> str:
        """The key of its notice, of which the database takes one."""
        return f"report:{self.kind}:{self.on:%Y%m%d}"


def due_between(calendar: Calendar, after: datetime, until: datetime) -> tuple[Due, ...]:
    """Return what came due later than an instant and not later than another, in the order of their times; pure."""
    on, last = exchange_date(after), exchange_date(until)
    found: list[Due] = []
    while on <= last:
        found += [due for due in _of_day(calendar, on) if after < due.at <= until]
        on += ONE_DAY
    return tuple(found)


def _of_day(calendar: Calendar, on: date) -> Iterator[Due]:
    hours = calendar.day(on)
    if hours is None:
        return
    ends_week = not any(calendar.day(on + days * ONE_DAY) for days in range(1, 8 - on.isoweekday()))
    for kind, spec in REPORTS.items():
        if ends_week or not spec.weekly:
            yield Due(kind=kind, on=on, at=spec.due(hours))


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """What the desk's broker and its prices are called."""

    broker: str
    source: str


class Reports:
    """Makes the reports, and tells them when their time has come; `telling` says how loudly each.

    `is_silent` tells whether nobody can be told anything, `news_as_of` when the last reading of the news began that
    came to its end in this process.
    """

    def __init__(
        self,
        *,
        store: Store,
        calendar: Calendar,
        clock: Clock,
        portfolio: PortfolioQueries,
        performance: PerformanceQuery,
        services: ServiceHealth,
        duty: DutyQuery,
        labels: Labels,
        telling: Mapping[ReportKind, Telling],
        news_window: timedelta,
        is_silent: Callable[[], bool] = lambda: False,
        news_as_of: Callable[[], datetime | None] = lambda: None,
        anchors: AuditAnchors | None = None,
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._clock = clock
        self._portfolio = portfolio
        self._performance = performance
        self._services = services
        self._duty = duty
        self._labels = labels
        self._telling = telling
        self._news_window = news_window
        self._is_silent = is_silent
        self._news_as_of = news_as_of
        self._anchors = anchors
        # A replay passes over the night in a moment: what comes due in it is neither missed nor late.
        self._is_replay = clock.speed != 1

    def __call__(self) -> None:
        """Tell what came due since the last look; raises StoreUnavailable, and the next look sees to the same again."""
        now = self._clock.now()
        with self._store.reading() as reader:
            looked = reader.setting(LOOKED)
        after = max(datetime.fromisoformat(looked), now - FURTHEST) if looked else now
        came = due_between(self._calendar, after, now)
        if held := next((each for each in came if self._is_held(each, now)), None):
            now = held.at - INSTANT
            came = due_between(self._calendar, after, now)
        due = [each for each in came if self._telling[each.kind] is not Telling.OFF]
        if looked and not came and (held or after <= now):
            return
        last = {each.kind: each for each in due if self._is_replay or now - each.at <= PATIENCE}
        reports = {each.key: self.make(each.kind, each.at) for each in last.values()}
        notices = [self._notice(each, reports[each.key], now) for each in last.values()]
        dropped = [each for each in due if each not in last.values()]
        with self._store.writing() as transaction:
            for notice in notices:
                transaction.enqueue_notice(notice)
            if dropped:
                transaction.enqueue_notice(_missed(dropped, now))
            transaction.set_setting(LOOKED, now.isoformat())
        for key, report in reports.items():
            self._anchor(key, report)
        log.info("reports", told=[each.key for each in last.values()], dropped=len(dropped))

    def _is_held(self, due: Due, now: datetime) -> bool:
        """Tell whether the news were not read yet at a report's time or later, and it is still punctual."""
        if not REPORTS[due.kind].after_news or self._telling[due.kind] is Telling.OFF:
            return False
        as_of = self._news_as_of()
        return now - due.at < LATE and (as_of is None or as_of < due.at)

    def make(self, kind: ReportKind, due: datetime | None = None) -> Report:
        """Return a report as of now, or of the time at which it was due."""
        now = self._clock.now()
        due = due or now
        spec = REPORTS[kind]
        hours = self._hours(due)
        portfolio = self._portfolio_now()
        with self._store.reading() as reader:
            desk, pending = reader.desk(), reader.trades({TradeState.PROPOSED})
            audit = reader.audit_mark() if spec.ends_day and (hours is None or now >= hours.post) else None
            news, unread = self._news(reader, due, portfolio)
            journal = review(reader, spec.period.since(due) or due, due) if spec.weekly else None
        judged = spec.weekly  # a day's trades are too few to say anything
        performance = (self._performance.with_statistics if judged else self._performance)(spec.period, until=due)
        return Report(
            kind=kind,
            due=due,
            at=due if self._is_replay else now,
            hours=hours,
            desk=desk,
            broker=self._labels.broker,
            source=self._labels.source,
            watched=len(self._portfolio.symbols),
            pending=len(pending),
            down=(*self._services.down(), *([SLACK] if self._is_silent() else [])),
            account=_account(portfolio),
            news=news,
            performance=performance,
            market=self._performance.market(performance.since, due) if performance.since else None,
            silent=self._telling[kind] is Telling.SILENT,
            audit=audit,
            unread=unread,
            duty=self._duty.cover(hours.open, hours.close) if kind is ReportKind.READY and hours else None,
            journal=journal,
        )

    def _notice(self, due: Due, report: Report, now: datetime) -> Notice:
        return ReportMade(key=due.key, at=now, report=report)

    def _anchor(self, key: str, report: Report) -> None:
        """Write the row of the audit that the report names down outside the database, and that this was done."""
        if report.audit is None or self._anchors is None:
            return
        try:
            self._anchors.keep(Anchor(at=report.at, mark=report.audit, by=key))
        except MemoryUnavailable as error:
            log.warning("audit_not_anchored", error=str(error))
            return
        number, last = report.audit.number, report.audit.hash
        with self._store.writing() as transaction:
            transaction.write_audit(OWN_ACCORD.entry(report.at, ANCHOR, key, str(number), last))

    def _portfolio_now(self) -> PortfolioView | None:
        try:
            return self._portfolio.portfolio()
        except TemporaryError as error:
            log.warning("report_without_account", error=repr(error))
            return None

    def _hours(self, at: datetime) -> TradingDay | None:
        return self._calendar.day(exchange_date(at))

    def _news(
        self, reader: Reader, until: datetime, portfolio: PortfolioView | None
    ) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """Return what was found since the close before about what is watched or held, and of what is left unread.

        That something is unread may be noted since longer, for an older headline: it stays noted as it was first.
        """
        held = {line.symbol for line in portfolio.lines} if portfolio else set()
        since = self._last_close(until)
        symbols = sorted({*self._portfolio.symbols, *held})
        found, unread = reader.findings(symbols, since), reader.unscored(symbols, min(since, until - self._news_window))
        flat = (told for findings in found.values() for told in counted(findings, until, until - since))
        newest = sorted(flat, key=lambda finding: finding.at, reverse=True)[:MOST_NEWS]
        return tuple(newest), tuple(sorted(unread))

    def _last_close(self, before: datetime) -> datetime:
        on = exchange_date(before)
        days = (self._calendar.day(on - back * ONE_DAY) for back in range(FURTHEST.days + 1))
        return next((hours.close for hours in days if hours and hours.close < before), before - FURTHEST)


def _account(portfolio: PortfolioView | None) -> ReportAccount | None:
    if portfolio is None:
        return None
    return ReportAccount(
        equity=portfolio.account.equity,
        open_risk=portfolio.open_risk,
        ceiling=portfolio.ceiling,
        holdings=tuple(_holding(tuple(lines)) for _, lines in groupby(portfolio.lines, attrgetter("symbol"))),
        overnight=portfolio.overnight,
    )


def _holding(lines: Sequence[PositionLine]) -> Holding:
    """Return the position that some lines are of, whosoever its shares are."""
    first, is_whole = lines[0], all(line.quantity is None for line in lines)
    return Holding(
        symbol=first.symbol,
        shares=sum(line.shares for line in lines),
        price=first.price,
        unrealised=sum((line.unrealised for line in lines), Decimal(0)),
        kind=first.kind,
        quantity=None if is_whole else sum((line.held for line in lines), Decimal(0)),
        previous_close=first.previous_close,
    )


def _missed(dropped: Sequence[Due], now: datetime) -> Notice:
    kinds = tuple(dict.fromkeys(each.kind for each in dropped))
    return ReportsMissed(key=f"report:missed:{stamp(now)}", at=now, kinds=kinds, count=len(dropped))
