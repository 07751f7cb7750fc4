"""Every setting of the engine, read once from the environment (or a .env file), frozen, in groups.

Each part of the engine gets only its own group. Names in the environment are the field names in capitals.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from engine.errors import SettingsInvalid
from engine.risk.limits import Limits

LIVE_WORDS = "yes, real money"
Fraction = Annotated[Decimal, Field(gt=0, lt=1)]
Seconds = Annotated[int, Field(ge=1)]


class _Group(BaseSettings):
    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )


Group = TypeVar("Group", bound=_Group)


class DeskSettings(_Group):
    """Who the desk is: its language, its clock, and whether it trades by itself."""

    locale: Literal["en", "ko"] = Field("en", description="language of everything that people read")
    timezone: str = Field("", description="IANA name of the desk's time zone; UTC, or Asia/Seoul where LOCALE is ko")
    auto_mode: bool = Field(
        False, description="1 executes by itself, 0 asks; the first start's value, then /auto rules"
    )
    proposal_seconds: Seconds = Field(900, description="seconds that a proposal waits for a decision")
    quiet_seconds: Seconds = Field(1800, description="seconds before a symbol is proposed again after a decision")

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("expected an IANA time zone such as Asia/Seoul") from error
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The desk's time zone."""
        return ZoneInfo(self.timezone or {"ko": "Asia/Seoul"}.get(self.locale, "UTC"))


class MarketSettings(_Group):
    """What is watched, and how often."""

    watchlist: Annotated[tuple[str, ...], NoDecode] = Field(
        ("AAPL", "IBM", "MSFT", "GOOG", "FB"),
        description="symbols, separated by commas",
    )
    bar_seconds: Seconds = Field(300, description="seconds of a bar")
    warm_up_bars: Annotated[int, Field(ge=35)] = Field(250, description="bars read at the start for the indicators")
    news_hours: Annotated[int, Field(ge=1)] = Field(24, description="hours for which a finding counts")
    replay_speed: Annotated[float, Field(gt=0, le=10_000)] = Field(60, description="market seconds a real second")

    @field_validator("watchlist", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return (
            tuple(part.strip().upper() for part in text.split(",") if part.strip()) if isinstance(text, str) else text
        )

    @field_validator("watchlist")
    @classmethod
    def _some(cls, symbols: tuple[str, ...]) -> tuple[str, ...]:
        if not symbols:
            raise ValueError("expected at least one symbol, such as AAPL,MSFT")
        return tuple(dict.fromkeys(symbols))


class RiskSettings(_Group):
    """How much may be lost; fractions (0.005 = 0.5 %)."""

    risk_per_trade: Fraction = Field(Decimal("0.005"), description="part of equity that one trade risks")
    risk_ceiling: Fraction = Field(Decimal("0.02"), description="part of equity that all trades together never reach")
    risk_warning: Fraction = Field(Decimal("0.016"), description="part of equity at which the desk is warned")
    stop_distance: Fraction = Field(Decimal("0.015"), description="distance of the stop under the entry")
    target_distance: Fraction = Field(Decimal("0.03"), description="distance of the target over the fill")
    price_drift: Fraction = Field(Decimal("0.005"), description="how far a price may move from proposal to order")
    max_spread_bp: Annotated[int, Field(ge=1)] = Field(50, description="widest spread that is traded, basis points")
    max_price_age_seconds: Seconds = Field(90, description="oldest price that is traded, seconds")
    max_exposure: Fraction | None = Field(None, description="most of one symbol, part of equity; no limit unless set")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.risk_per_trade < self.risk_warning < self.risk_ceiling:
            raise ValueError(
                "RISK_PER_TRADE, RISK_WARNING, RISK_CEILING: expected each to be larger than the one before"
            )
        return self

    @property
    def limits(self) -> Limits:
        """The same as the risk rules take it."""
        return Limits(
            per_trade=self.risk_per_trade,
            ceiling=self.risk_ceiling,
            warning=self.risk_warning,
            stop_distance=self.stop_distance,
            target_distance=self.target_distance,
            price_drift=self.price_drift,
            spread_bp=self.max_spread_bp,
            price_age_seconds=self.max_price_age_seconds,
            exposure=self.max_exposure,
        )


class PaperSettings(_Group):
    """The paper broker."""

    paper_cash: Annotated[Decimal, Field(gt=0)] = Field(Decimal(100_000), description="dollars at the first start")
    paper_margin: bool = Field(True, description="1 lends up to twice the equity, 0 is a cash account")
    paper_slippage_bp: Annotated[Decimal, Field(ge=0)] = Field(Decimal(2), description="slippage, basis points")
    paper_participation: Annotated[Decimal, Field(gt=0, le=1)] | None = Field(
        None,
        description="most of what trades that one look fills (0.1 = 10 %); everything at once unless set",
    )


class PlaceSettings(_Group):
    """Where state lives."""

    data_dir: Path = Field(Path("data"), description="folder of the embedded databases")
    database_url: str = Field("", description="SQLAlchemy URL of the truth; SQLite in DATA_DIR unless set", repr=False)
    redis_url: str = Field("", description="redis:// URL; an embedded Valkey in DATA_DIR unless set", repr=False)

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'desk.db'}"


class AlpacaSettings(_Group):
    """Alpaca: prices, news and orders. Live money needs both ALPACA_LIVE and LIVE_MONEY."""

    market: Literal["replay", "alpaca"] = Field("replay", description="where prices and news come from")
    broker: Literal["paper", "alpaca"] = Field("paper", description="who holds the orders")
    alpaca_key_id: SecretStr = Field(SecretStr(""), description="API key id of the account")
    alpaca_secret_key: SecretStr = Field(SecretStr(""), description="API secret key of the account")
    alpaca_feed: Literal["iex", "sip"] = Field("iex", description="market data feed; sip needs a subscription")
    alpaca_live: bool = Field(False, description="1 trades real money, together with LIVE_MONEY")
    live_money: str = Field("", description="must read 'yes, real money' before ALPACA_LIVE=1 is obeyed")
    alpaca_trading_url: str = Field("", description="another trading server, without a slash at the end")
    alpaca_data_url: str = Field("", description="another market data server, without a slash at the end")
    alpaca_stream_url: str = Field("", description="another websocket server of trade updates, the whole URL")
    extended_hours: bool = Field(False, description="1 sends limit orders before the open and after the close")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        wanted = "alpaca" in {self.market, self.broker}
        if wanted and not (self.alpaca_key_id.get_secret_value() and self.alpaca_secret_key.get_secret_value()):
            raise ValueError("ALPACA_KEY_ID and ALPACA_SECRET_KEY: expected both where MARKET or BROKER is alpaca")
        if self.broker == "alpaca" and self.market == "replay":
            raise ValueError("MARKET: expected alpaca where BROKER is alpaca; recorded prices are not traded")
        if self.alpaca_live and self.live_money != LIVE_WORDS:
            raise ValueError(f"LIVE_MONEY: expected '{LIVE_WORDS}' where ALPACA_LIVE is 1")
        return self


class ClaudeSettings(_Group):
    """Claude reads the news where it has a key, else the keyword scorer. Prices are dollars a million tokens."""

    anthropic_api_key: SecretStr = Field(SecretStr(""), description="API key; the keyword scorer reads unless set")
    claude_model: str = Field("claude-haiku-5-5", description="name of the model")
    claude_url: str = Field("", description="another server of the API")
    claude_seconds: Annotated[float, Field(gt=0, le=120)] = Field(20, description="seconds that one answer may take")
    claude_calls: Annotated[int, Field(ge=1, le=10)] = Field(2, description="calls at once")
    claude_dollars_a_day: Annotated[Decimal, Field(ge=0)] = Field(Decimal(5), description="most dollars a day (UTC)")
    claude_input_price: Annotated[Decimal, Field(ge=0)] = Field(Decimal(1), description="input tokens")
    claude_output_price: Annotated[Decimal, Field(ge=0)] = Field(Decimal(5), description="output tokens")
    claude_cache_write_price: Annotated[Decimal, Field(ge=0)] = Field(Decimal("1.25"), description="tokens cached")
    claude_cache_read_price: Annotated[Decimal, Field(ge=0)] = Field(Decimal("0.1"), description="tokens read back")


class HttpSettings(_Group):
    """The HTTP side."""

    http_host: str = Field("127.0.0.1", description="address to listen on; beyond loopback HTTP_TOKEN is needed")
    http_port: Annotated[int, Field(ge=0, le=65_535)] = Field(8000, description="port to listen on; 0 takes any")
    http_token: SecretStr = Field(SecretStr(""), description="bearer token for all but /health and /slack/events")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All groups."""

    desk: DeskSettings
    market: MarketSettings
    risk: RiskSettings
    paper: PaperSettings
    place: PlaceSettings
    alpaca: AlpacaSettings
    claude: ClaudeSettings
    http: HttpSettings

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Read the environment; what is given by field name goes before it. Raises SettingsInvalid in one line."""
        return cls(
            desk=_read(DeskSettings, given),
            market=_read(MarketSettings, given),
            risk=_read(RiskSettings, given),
            paper=_read(PaperSettings, given),
            place=_read(PlaceSettings, given),
            alpaca=_read(AlpacaSettings, given),
            claude=_read(ClaudeSettings, given),
            http=_read(HttpSettings, given),
        )


def _read(kind: type[Group], given: dict[str, Any]) -> Group:
    """Read one group, and name the first setting that is wrong."""
    try:
        return kind(**{name: value for name, value in given.items() if name in kind.model_fields})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        problem = first["msg"].removeprefix("Value error, ")
        raise SettingsInvalid(f"{name}: {problem}" if name else problem) from error
