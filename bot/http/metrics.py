from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.http.dependencies import Dependencies
from engine.errors import TemporaryError
from engine.model.desk import DeskState
from engine.model.trade import ALIVE, Order, Trade, TradeState

DAY: Final = timedelta(days=1)
MOST_WAITING: Final = 1_000
"""More notices in the outbox than this are not told apart."""


class Metrics(Collector):
    """The state of the bot for Prometheus, read afresh at each scrape; raises StoreUnavailable.

    Each figure says which process of the desk told it: its role, and its name as `instance`.
    """

    def __init__(self, sources: Dependencies) -> None:
        self._sources = sources
        self._told_by = {"role": str(sources.process.role), "instance": sources.process.instance}
        self._of_the_process = ProcessCollector(registry=None)
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield one family after the other."""
        for family in (*self._families(), *self._of_the_process.collect()):
            family.samples = [each._replace(labels=self._told_by | each.labels) for each in family.samples]
            yield family

    def _families(self) -> Iterator[Metric]:
        yield self._health()
        yield from self._account()
        yield from self._desk()
        yield from self._leadership()
        yield from self._work()
        refused = CounterMetricFamily("trading_bot_prices_refused", "Prices refused since the start.", labels=["flaw"])
        for flaw, count in self._sources.refused_prices().items():
            refused.add_metric([flaw], count)
        yield refused
        flawed = CounterMetricFamily(
            "trading_bot_bars_flawed", "Bars refused, repaired or corrected since the start.", labels=["flaw"]
        )
        for flaw, count in self._sources.flawed_bars().items():
            flawed.add_metric([flaw], count)
        yield flawed
        yield CounterMetricFamily(
            "trading_bot_entries_set_aside",
            "Entries of the signal stream that named no proposal, since the start.",
            value=self._sources.entries_set_aside(),
        )

    def _leadership(self) -> Iterator[Metric]:
        standing = self._sources.standing()
        yield _gauge("leader", "1 where this process runs the timetable.", standing.leads)
        yield _gauge("leader_term", "Number of the term that is now, whoever leads.", standing.term)
        if standing.lease_age is not None:
            yield _gauge("lease_age_seconds", "Seconds since who leads renewed the lease.", standing.lease_age)

    def _work(self) -> Iterator[Metric]:
        """Yield what waits; nothing of a queue that cannot be reached, which the check of Redis shows."""
        late = GaugeMetricFamily(
            "trading_bot_job_late_seconds", "Seconds by which a job is later than its interval.", labels=["job"]
        )
        for job, seconds in self._sources.job_delays().items():
            late.add_metric([job], seconds)
        yield late
        depth = GaugeMetricFamily("trading_bot_queue_depth", "Entries that nobody handled yet.", labels=["queue"])
        with suppress(TemporaryError):
            for queue, waiting in self._sources.queues().items():
                depth.add_metric([queue], waiting)
        yield depth

    def _health(self) -> Metric:
        health = GaugeMetricFamily("trading_bot_check_ok", "1 where a part of the bot works.", labels=["check"])
        for check in self._sources.health():
            health.add_metric([check.name], check.ok)
        return health

    def _account(self) -> Iterator[Metric]:
        """Yield money and risk; nothing while the broker does not answer, which the check of the broker shows."""
        try:
            view = self._sources.queries.portfolio()
        except TemporaryError:
            return
        yield _gauge("equity_dollars", "Equity of the account.", view.account.equity)
        yield _gauge("cash_dollars", "Cash of the account.", view.account.cash)
        yield _gauge("buying_power_dollars", "Buying power of the account.", view.account.buying_power)
        yield _gauge("positions", "Positions held.", len(view.symbols))
        yield _gauge("open_risk_ratio", "Open risk, part of equity.", view.open_risk)
        yield _gauge("risk_warning_ratio", "Open risk at which the desk is warned.", view.warning)
        yield _gauge("risk_limit_ratio", "Open risk at which trading halts.", view.ceiling)

    def _desk(self) -> Iterator[Metric]:
        queries, store = self._sources.queries, self._sources.store
        with store.reading() as reader:
            desk, waiting = reader.desk(), reader.waiting(MOST_WAITING)
            alive, since = reader.trades(ALIVE), queries.now() - DAY
            lately = tuple(trade for trade in reader.trades(since=since) if trade.proposed_at >= since)
            orders = reader.orders_of([trade.id for trade in (*alive, *lately)])
        state = GaugeMetricFamily("trading_bot_desk_state", "1 for the state that the desk is in.", labels=["state"])
        for each in DeskState:
            state.add_metric([each.value], each is desk.state)
        yield state
        yield _gauge("auto_mode", "1 where the bot trades by itself.", desk.auto)
        yield _gauge("notices_waiting", "Notices not yet delivered, 1000 at most.", len(waiting))
        lag = (queries.now() - waiting[0].notice.at).total_seconds() if waiting else 0.0
        yield _gauge("outbox_lag_seconds", "Age of the oldest notice not yet delivered, market seconds.", max(lag, 0.0))
        yield _by_state("trades_alive", "Trades under way.", alive)
        yield _by_state("trades_last_day", "Trades proposed in the last 24 hours.", lately)
        yield _orders(order for each in orders.values() for order in each)


def _gauge(name: str, help_text: str, value: Decimal | float) -> Metric:
    return GaugeMetricFamily(f"trading_bot_{name}", help_text, value=float(value))


def _by_state(name: str, help_text: str, trades: tuple[Trade, ...]) -> Metric:
    family = GaugeMetricFamily(f"trading_bot_{name}", help_text, labels=["state"])
    counts = Counter(trade.state for trade in trades)
    for state in TradeState:
        family.add_metric([state.value], counts[state])
    return family


def _orders(orders: Iterable[Order]) -> Metric:
    family = GaugeMetricFamily(
        "trading_bot_orders",
        "Orders of trades that are under way or were proposed in the last 24 hours, as last seen.",
        labels=["kind", "state"],
    )
    for (kind, state), count in sorted(Counter((order.role, order.state) for order in orders).items()):
        family.add_metric([kind.value, state.value], count)
    return family
