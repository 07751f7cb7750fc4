"""How the desk trades: who it is, what it watches, how much may be lost."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from engine.model.overnight import EarningsGuard
from engine.model.runtime_settings import SYMBOL
from engine.risk.limits import Limits
from engine.risk.loosening import LEAST, MOST, MOST_IF_ANY
from engine.settings.group import A_YEAR, Count, Dollars, Fraction, GroupSettings, Part, Seconds

FLAT_MINUTES = 15
"""Minutes before the close at which a desk that holds nothing overnight sells, unless it says when."""

MOST_SYMBOLS = 10_000
"""Symbols whose prices one desk has been measured to keep up with."""
SHOWN = 20
"""Characters of a wrong symbol that an error shows."""

BAR_LENGTHS = tuple(seconds for seconds in range(60, 1801, 60) if 1800 % seconds == 0)
"""Seconds of the bars that every market has: whole minutes, of which a session, a half-day too, has a whole number."""


class DeskSettings(GroupSettings):
    """Who the desk is: its language, its clock, and whether it trades by itself."""

    is_shown: ClassVar[bool] = True

    locale: Literal["en", "ko"] = Field("en", description="language of messages: en or ko")
    timezone: str = Field("", description="IANA name of the desk's time zone; UTC, or Asia/Seoul where LOCALE is ko")
    auto_mode: bool = Field(
        False, description="1 trades without asking, 0 asks; used at the first start, then /auto decides"
    )
    proposal_seconds: Seconds = Field(900, description="seconds before a proposal expires")
    breaker_seconds: Seconds = Field(30, description="seconds before a service that failed 5 times is retried")
    quiet_seconds: Seconds = Field(1800, description="seconds after a decision before the symbol is proposed again")

    second_approver_over: Annotated[Decimal, Field(ge=0)] | None = Field(
        None,
        description="dollars; trades above this need two approvers, AUTO_MODE included, and nobody approves their own"
        " /buy; unset: one is enough",
    )

    loosen_after_seconds: Seconds = Field(
        900,
        description="seconds that a looser limit is shown before it holds, once a second admin confirmed it; only where"
        " SECOND_APPROVER_OVER is set",
    )

    slack_silence_minutes: Annotated[int, Field(ge=0, le=A_YEAR // 60)] = Field(
        10, description="minutes without Slack before AUTO_MODE stops buying; 0 for never"
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # such as Asia, a folder of zones
            raise ValueError("expected an IANA time zone such as Asia/Seoul") from error
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The desk's time zone."""
        return ZoneInfo(self.timezone or {"ko": "Asia/Seoul"}.get(self.locale, "UTC"))


class MarketSettings(GroupSettings):
    """What is watched, and how often."""

    is_shown: ClassVar[bool] = True

    watchlist: Annotated[tuple[str, ...], NoDecode] = Field(
        ("AAPL", "IBM", "MSFT", "GOOG", "FB"),
        description="symbols, separated by commas; overridden by changes made with /watch",
    )
    max_watched: Annotated[int, Field(ge=1, le=MOST_SYMBOLS)] = Field(
        500, description="most symbols that /watch may bring the list to; each costs requests for prices, bars and news"
    )
    strategy: str = Field(
        "seed",
        description="what scores and how trades are left: seed, a .toml file of its kind, or Python code as the name of"
        " an entry point or package.module:Class (docs/strategies.md);"
        " STOP_DISTANCE, TARGET_DISTANCE and FLATTEN_BEFORE_CLOSE_MINUTES go before it where they are set",
    )
    shadow_strategies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="strategies that run beside the live one without orders, separated by commas: names, .toml files or"
        " package.module:Class (docs/strategies.md)",
    )
    promotion_trades: Annotated[int, Field(ge=1)] = Field(
        30, description="trades that a strategy must have ended in shadow before it may be promoted"
    )
    promotion_days: Annotated[int, Field(ge=1)] = Field(
        20, description="trading days that a strategy must have been in shadow before it may be promoted"
    )
    bar_seconds: Seconds = Field(300, description="bar length, seconds; whole minutes that divide half an hour")
    bar_delay_seconds: Annotated[int, Field(ge=0, le=60)] = Field(
        5, description="seconds after a bar's close before it is read; exchanges serve it a little late"
    )
    news_hours: Annotated[int, Field(ge=1, le=A_YEAR // 3600)] = Field(24, description="news lookback, hours")
    replay_speed: Annotated[float, Field(gt=0, le=10_000)] = Field(60, description="market seconds per real second")

    @field_validator("watchlist", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return (
            tuple(part.strip().upper() for part in text.split(",") if part.strip()) if isinstance(text, str) else text
        )

    @field_validator("shadow_strategies", mode="before")
    @classmethod
    def _named(cls, text: object) -> object:
        return tuple(part.strip() for part in text.split(",") if part.strip()) if isinstance(text, str) else text

    @field_validator("watchlist")
    @classmethod
    def _some(cls, symbols: tuple[str, ...]) -> tuple[str, ...]:
        if not symbols:
            raise ValueError("expected at least one symbol, such as AAPL,MSFT")
        if wrong := [symbol for symbol in symbols if not SYMBOL.fullmatch(symbol)]:
            raise ValueError(f"expected symbols such as AAPL,BRK.B, separated by commas, not '{wrong[0][:SHOWN]}'")
        if len(symbols) > MOST_SYMBOLS:
            raise ValueError(f"expected at most {MOST_SYMBOLS:,} symbols")
        return tuple(dict.fromkeys(symbols))

    @field_validator("bar_seconds")
    @classmethod
    def _whole(cls, seconds: int) -> int:
        if seconds not in BAR_LENGTHS:
            raise ValueError(f"expected one of {', '.join(map(str, BAR_LENGTHS))}")
        return seconds


class RiskSettings(GroupSettings):
    """How much may be lost; fractions (0.005 = 0.5 %). Where it says so, 0 switches a protection off."""

    # People may change a setting while the desk runs where its loose side stands at the field (MOST, LEAST).

    is_shown: ClassVar[bool] = True

    risk_per_trade: Annotated[Fraction, MOST] = Field(Decimal("0.005"), description="risk per trade, part of equity")
    risk_ceiling: Fraction = Field(Decimal("0.02"), description="open-risk limit, part of equity")
    risk_warning: Fraction = Field(Decimal("0.016"), description="open-risk warning, part of equity")
    stop_distance: Fraction | None = Field(
        None, description="stop distance below the entry, such as 0.015; unset: the strategy's"
    )
    target_distance: Fraction | None = Field(
        None, description="target distance above the fill, such as 0.03; unset: the strategy's"
    )
    last_entry_seconds: Annotated[int, Field(ge=0, le=3600)] = Field(
        60, description="seconds before the close after which no entries are sent"
    )
    price_drift: Fraction = Field(Decimal("0.005"), description="max price drift from proposal to order")
    max_spread_bp: Annotated[int, Field(ge=1), MOST] = Field(50, description="max spread, basis points")
    max_price_age_seconds: Seconds = Field(90, description="max quote age, seconds")
    max_exposure: Annotated[Fraction | None, MOST] = Field(
        None, description="max position size, part of equity; no limit unless set"
    )
    slippage: Part = Field(Decimal("0.005"), description="slippage allowance under RISK_CEILING, part of price")
    foreign_risk: Part = Field(Decimal("0.015"), description="assumed risk of others' positions, part of value")
    other_assets_risk: Part = Field(Decimal(1), description="assumed risk of options and crypto, part of value")
    cover_shorts: bool = Field(True, description="1 buys back oversold shares; 0 only alerts")
    protect_foreign: bool = Field(False, description="1 sets stops on positions the desk did not buy")
    max_daily_loss: Annotated[Part, MOST_IF_ANY] = Field(
        Decimal("0.03"), description="daily loss limit that stops new entries; 0 for none"
    )
    max_drawdown: Annotated[Part, MOST_IF_ANY] = Field(
        Decimal("0.1"), description="drawdown limit that stops new entries; 0 for none"
    )
    drawdown_days: Annotated[int, Field(ge=1, le=3650)] = Field(30, description="drawdown lookback, days")
    losses_halt: Annotated[bool, LEAST] = Field(
        False, description="1 also halts trading at these two limits, once a day"
    )
    losing_streak: Annotated[Count, MOST_IF_ANY] = Field(4, description="losing-streak limit, trades; 0 for none")
    losing_streak_seconds: Annotated[int, Field(ge=1, le=A_YEAR), LEAST] = Field(
        3600, description="losing-streak cooldown, seconds from the last loss"
    )
    stop_cooldown_seconds: Annotated[int, Field(ge=0, le=A_YEAR), LEAST] = Field(
        3600, description="cooldown of a symbol after a stop-out, seconds; 0 for none"
    )
    max_trades_a_day: Annotated[Count, MOST_IF_ANY] = Field(
        20, description="max trades per New York day; 0 for no limit"
    )
    max_open_positions: Annotated[Count, MOST_IF_ANY] = Field(10, description="max open positions; 0 for no limit")
    min_price: Annotated[Dollars, LEAST] = Field(Decimal(5), description="min price for an entry; 0 for none")
    min_volume: Annotated[Count, LEAST] = Field(0, description="min volume today for an entry, shares; 0 for none")
    max_overnight_risk: Annotated[Fraction | None, MOST] = Field(
        None, description="overnight-risk limit (worst 1 % of nights), part of equity; no limit unless set"
    )
    no_entry_days_before_earnings: Annotated[int, Field(ge=0, le=60)] = Field(
        0,
        description="trading days before earnings in which EARNINGS_GUARD minds new entries in the symbol; 0 for none",
    )
    earnings_file: str = Field(
        "",
        description="CSV file with the columns symbol,date (2026-01-29) and, if known, when (before or after trading);"
        " read again when it changes",
    )
    earnings_guard: EarningsGuard = Field(
        EarningsGuard.BLOCK,
        description="entries before earnings: block refuses them, warn says so on the card, second asks two people,"
        " AUTO_MODE included",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.risk_per_trade < self.risk_warning < self.risk_ceiling:
            raise ValueError(
                "RISK_PER_TRADE, RISK_WARNING, RISK_CEILING: expected each to be larger than the one before"
            )
        if self.no_entry_days_before_earnings and not self.earnings_file:
            raise ValueError("EARNINGS_FILE: expected a CSV file where NO_ENTRY_DAYS_BEFORE_EARNINGS is set")
        return self

    @property
    def limits(self) -> Limits:
        """The same as the risk rules take it."""
        usual = Limits()
        return Limits(
            per_trade=self.risk_per_trade,
            ceiling=self.risk_ceiling,
            warning=self.risk_warning,
            stop_distance=self.stop_distance or usual.stop_distance,
            target_distance=self.target_distance or usual.target_distance,
            price_drift=self.price_drift,
            spread_bp=self.max_spread_bp,
            price_age_seconds=self.max_price_age_seconds,
            exposure=self.max_exposure,
            slippage=self.slippage,
            foreign_risk=self.foreign_risk,
            other_assets_risk=self.other_assets_risk,
            daily_loss=self.max_daily_loss or None,
            drawdown=self.max_drawdown or None,
            drawdown_days=self.drawdown_days,
            losses_halt=self.losses_halt,
            losing_streak=self.losing_streak or None,
            losing_streak_seconds=self.losing_streak_seconds,
            stop_cooldown_seconds=self.stop_cooldown_seconds or None,
            trades_a_day=self.max_trades_a_day or None,
            open_positions=self.max_open_positions or None,
            min_price=self.min_price or None,
            min_volume=self.min_volume or None,
            overnight=self.max_overnight_risk,
            earnings_days=self.no_entry_days_before_earnings or None,
            earnings_guard=self.earnings_guard,
        )


class HoldingSettings(GroupSettings):
    """How long a trade is held. A stop does not hold over the gap between a close and the next open."""

    is_shown: ClassVar[bool] = True

    hold_overnight: bool = Field(True, description="0 sells all the bot's own trades before the close")
    flatten_before_close_minutes: Annotated[int, Field(ge=0, le=180)] = Field(
        0,
        description="minutes before the close at which every trade of the bot's own is sold; 0 for never, or for 15"
        " where HOLD_OVERNIGHT is 0",
    )
    longest_hold_days: Annotated[int, Field(ge=0, le=3650)] = Field(
        0, description="max hold in trading days, then sold at the open; 0 for never"
    )

    @property
    def flat_before(self) -> timedelta | None:
        """How long before the close every trade is sold; None where trades are held overnight."""
        minutes = self.flatten_before_close_minutes or (0 if self.hold_overnight else FLAT_MINUTES)
        return timedelta(minutes=minutes) if minutes else None

    @property
    def is_timed(self) -> bool:
        """Whether every trade is sold at some time."""
        return self.flat_before is not None or bool(self.longest_hold_days)
