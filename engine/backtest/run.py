"""One strategy on one set of bars: the simulation, and all that it takes to run it again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.metadata import version

from engine.backtest.conditions import Conditions, Simulated
from engine.backtest.desk_rules import DeskRules
from engine.backtest.frame import Frame
from engine.backtest.market_data import MarketData, clean
from engine.backtest.news_points import NewsPoints
from engine.backtest.simulate import simulate
from engine.errors import SettingsInvalid
from engine.model.backtest import Backtest, Costs, DataNote, NoteKind
from engine.model.market import BarHistory, day_begin, exchange_date
from engine.ports.calendar import Calendar
from engine.settings import Settings
from engine.signals.slots import instant
from engine.strategies.contract import Scores, Strategy
from engine.strategies.scoring import scored

Progress = Callable[[float], None]
SPY = "SPY"
WHOLE_PRICE = 10_000
"""Basis points."""
NOT_A_MATTER_OF_TRADES = frozenset({"cover_shorts", "protect_foreign", "earnings_file", "earnings_guard"})
"""Settings of the risk that no trade of a backtest depends on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What stays the same on other bars: strategy, desk, costs, cash, and the first day that is traded."""

    strategy: Strategy
    settings: Settings
    costs: Costs
    cash: Decimal
    calendar: Calendar
    seed: int
    first: date | None = None
    news: NewsPoints | None = None

    def on(
        self,
        data: MarketData,
        progress: Progress = lambda _done: None,
        *,
        scores: Scores | None = None,
        frame: Frame | None = None,
    ) -> Backtest:
        """Trade on data; `scores` are the strategy's own and `frame` that of the bars, where they are known already."""
        bars = data.bars
        frame = frame or self.frame_of(data)
        first = 0 if self.first is None else int(day_begin(self.first).timestamp())
        if not len(bars.starts) or bars.starts[-1] < first:
            raise SettingsInvalid(f"--from {self.first}: there are no bars from then on; expected an earlier day")
        given = Conditions(
            rules=DeskRules.of(self.settings, self.strategy.exits),
            costs=self.costs,
            cash=self.cash,
            calendar=self.calendar,
            first=first,
            bar_seconds=self.settings.market.bar_seconds,
            dividends=data.dividends,
        )
        if self.news is not None:
            scores = self.news.added(scored(self.strategy, bars) if scores is None else scores, bars, self.strategy)
        return self._described(simulate(bars, self.strategy, given, progress, scores, frame), data, frame)

    def frame_of(self, data: MarketData) -> Frame:
        """Return what is worked out once for all that is tried on data."""
        return Frame(data.bars, self.calendar, self.settings.market.bar_seconds, data.dividends)

    def on_bars(self, bars: BarHistory) -> Backtest:
        """Trade on bars of which nothing else is known."""
        return self.on(MarketData(label="", bars=clean(bars), fingerprint=""))

    def _described(self, found: Simulated, data: MarketData, frame: Frame) -> Backtest:
        bars, begun = data.bars, len(data.bars.starts) - len(found.starts)
        notes = list(_with_news(data.notes, self.news))
        notes += [DataNote(kind=NoteKind.DELISTED, symbol=symbol) for symbol in found.delisted]
        if found.unfinished:
            notes.append(DataNote(kind=NoteKind.UNFINISHED, count=found.unfinished))
        if self.settings.risk.no_entry_days_before_earnings:
            notes.append(DataNote(kind=NoteKind.NO_EARNINGS))
        spy = [bars.symbols.index(SPY)] if SPY in bars.symbols else []
        return Backtest(
            strategy=self.strategy.name,
            strategy_fingerprint=self.strategy.fingerprint,
            data=data.label,
            data_fingerprint=data.fingerprint,
            version=_version(),
            seed=self.seed,
            symbols=bars.symbols,
            first=exchange_date(instant(int(found.starts[0]))),
            last=exchange_date(instant(int(found.starts[-1]))),
            cash=self.cash,
            costs=self.costs,
            settings=told_settings(self.settings) | self._news_settings,
            starts=found.starts,
            equity=found.equity,
            invested=found.invested,
            holding=frame.held(range(len(bars.symbols)), begun, float(self.cash)),
            spy=frame.held(spy, begun, float(self.cash)) if spy else None,
            trades=found.trades,
            refused=found.refused,
            notes=tuple(notes),
            news=None if self.news is None else self.news.about,
        )

    @property
    def _news_settings(self) -> dict[str, str]:
        """How long each headline counts, where there are any: it decides trades, and a variant is another by it."""
        return {} if self.news is None else {"NEWS_HOURS": str(self.settings.market.news_hours)}


def _with_news(notes: Sequence[DataNote], news: NewsPoints | None) -> Iterator[DataNote]:
    """Say which news there are, in the place of that there are none."""
    for note in notes:
        if news is None or note.kind is not NoteKind.NO_NEWS:
            yield note
            continue
        about = news.about
        yield DataNote(kind=NoteKind.NEWS, symbol=about.scorer, count=about.headlines - about.unscored)
        if about.unscored:
            yield DataNote(kind=NoteKind.NEWS_UNSCORED, count=about.unscored)


@cache
def _version() -> str:
    return version("trading-bot")


def told_settings(settings: Settings) -> dict[str, str]:
    """Return the settings by which trades are sized, refused and sold, by their names."""
    groups = (settings.risk, settings.holding)
    told = {
        name.upper(): getattr(group, name)
        for group in groups
        for name in type(group).model_fields
        if name not in NOT_A_MATTER_OF_TRADES
    }
    told |= {
        "BAR_SECONDS": settings.market.bar_seconds,
        "BAR_DELAY_SECONDS": settings.market.bar_delay_seconds,
        "QUIET_SECONDS": settings.desk.quiet_seconds,
        "PAPER_MARGIN": settings.paper.paper_margin,
    }
    written = {name: str(int(value) if isinstance(value, bool) else value) for name, value in told.items()}
    return {name: text for name, text in sorted(written.items()) if text not in {"None", ""}}


def costs_of(settings: Settings, given: dict[str, Decimal]) -> Costs:
    """Return the usual costs with the desk's fees and slippage, and what is given by field name before them."""
    wrong = [name for name in given if name not in {field.name for field in fields(Costs)} - {"fees"}]
    if wrong:
        raise SettingsInvalid(f"--costs {wrong[0]}: expected spread_bp, slippage_bp or participation")
    usual = Costs(slippage_bp=settings.paper.paper_slippage_bp)
    costs = Costs(
        spread_bp=given.get("spread_bp", usual.spread_bp),
        slippage_bp=given.get("slippage_bp", usual.slippage_bp),
        participation=given.get("participation", usual.participation),
        fees=settings.paper.fees,
    )
    points = costs.spread_bp, costs.slippage_bp
    if min(points) < 0 or max(points) >= WHOLE_PRICE or not 0 < costs.participation <= 1:
        raise SettingsInvalid(
            "--costs: expected basis points of 0 or more and under 10000, and a participation over 0 and at most 1"
        )
    return costs
