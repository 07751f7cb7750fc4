from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.http.dependencies import Dependencies
from engine.errors import TemporaryError
from engine.model.desk import DeskState
from engine.model.trade import ALIVE, Trade, TradeState

DAY: Final = timedelta(days=1)
MOST_WAITING: Final = 1_000
"""More notices in the outbox than this are not told apart."""


class Metrics(Collector):
    """The state of the bot for Prometheus, read afresh at each scrape; raises StoreUnavailable."""

    def __init__(self, sources: Dependencies) -> None:
        self._sources = sources
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield one family after the other."""
        yield self._health()
        yield from self._account()
        yield from self._books()
        refused = CounterMetricFamily("trading_bot_prices_refused", "Prices refused since the start.", labels=["flaw"])
        for flaw, count in self._sources.refused_prices().items():
            refused.add_metric([flaw], count)
        yield refused
        flawed = CounterMetricFamily(
            "trading_bot_bars_flawed", "Bars refused, mended or corrected since the start.", labels=["flaw"]
        )
        for flaw, count in self._sources.flawed_bars().items():
            flawed.add_metric([flaw], count)
        yield flawed
        yield CounterMetricFamily(
            "trading_bot_entries_set_aside",
            "Entries of the signal stream that named no proposal, since the start.",
            value=self._sources.entries_set_aside(),
        )

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
        yield _gauge("positions", "Positions held.", len(view.lines))
        yield _gauge("open_risk_ratio", "Open risk, part of equity.", view.open_risk)
        yield _gauge("risk_warning_ratio", "Open risk at which the desk is warned.", view.warning)
        yield _gauge("risk_limit_ratio", "Open risk at which trading halts.", view.ceiling)

    def _books(self) -> Iterator[Metric]:
        queries, store = self._sources.queries, self._sources.store
        with store.reading() as reader:
            desk, waiting = reader.desk(), len(reader.waiting(MOST_WAITING))
            alive, since = reader.trades(ALIVE), queries.now() - DAY
            lately = tuple(trade for trade in reader.trades(since=since) if trade.proposed_at >= since)
        state = GaugeMetricFamily("trading_bot_desk_state", "1 for the state that the desk is in.", labels=["state"])
        for each in DeskState:
            state.add_metric([each.value], each is desk.state)
        yield state
        yield _gauge("auto_mode", "1 where the bot trades by itself.", desk.auto)
        yield _gauge("notices_waiting", "Notices not yet delivered, 1000 at most.", waiting)
        yield _by_state("trades_alive", "Trades under way.", alive)
        yield _by_state("trades_last_day", "Trades proposed in the last 24 hours.", lately)


def _gauge(name: str, help_text: str, value: Decimal | float) -> Metric:
    return GaugeMetricFamily(f"trading_bot_{name}", help_text, value=float(value))


def _by_state(name: str, help_text: str, trades: tuple[Trade, ...]) -> Metric:
    family = GaugeMetricFamily(f"trading_bot_{name}", help_text, labels=["state"])
    counts = Counter(trade.state for trade in trades)
    for state in TradeState:
        family.add_metric([state.value], counts[state])
    return family
