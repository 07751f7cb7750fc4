"""Where the outside is: the brokers, the databases, the model, the HTTP side."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from engine.errors import SettingsInvalid
from engine.model.address import keeps_secrets
from engine.model.fees import USUAL_FEES, Fees
from engine.settings.group import GroupSettings

LIVE_WORDS = "yes, real money"
SHORTEST_TOKEN = 16
ACCOUNTS = {"api.alpaca.markets": True, "paper-api.alpaca.markets": False}
"""Alpaca's own trading servers, and whether their accounts hold real money."""
IN_MEMORY = frozenset({"sqlite:///", "sqlite:///:memory:"})
LEAST_SIGNS = 5
"""Different characters of a token: what somebody leant on a key for is no secret."""


class PaperSettings(GroupSettings):
    """The paper broker."""

    paper_cash: Annotated[Decimal, Field(gt=0)] = Field(Decimal(100_000), description="dollars at the first start")
    paper_margin: bool = Field(True, description="1 lends up to twice the equity, 0 is a cash account")
    # A purchase pays the ask and a sale gets the bid. But an order arrives a moment after the quote that it was sent
    # at, and what was shown may be gone: 2 bp, a cent and a half of a share of $75, are for that.
    paper_slippage_bp: Annotated[Decimal, Field(ge=0)] = Field(
        Decimal(2),
        description="what an order at the market loses beyond bid or ask, basis points; for the way to the exchange",
    )
    paper_participation: Annotated[Decimal, Field(gt=0, le=1)] | None = Field(
        None,
        description="most of the day's volume that one look fills (0.1 = 10 %); only the shares shown unless set",
    )
    paper_sec_fee: Annotated[Decimal, Field(ge=0)] = Field(
        USUAL_FEES.sec, description="SEC fee, dollars for a million dollars sold (2026-04-04)"
    )
    paper_taf_fee: Annotated[Decimal, Field(ge=0)] = Field(
        USUAL_FEES.taf, description="FINRA trading activity fee, dollars a share sold (2026)"
    )
    paper_taf_most: Annotated[Decimal, Field(ge=0)] = Field(
        USUAL_FEES.taf_most, description="most of the trading activity fee for one order, dollars (2026)"
    )

    @property
    def fees(self) -> Fees:
        """What a sale costs."""
        return Fees(sec=self.paper_sec_fee, taf=self.paper_taf_fee, taf_most=self.paper_taf_most)


class PlaceSettings(GroupSettings):
    """Where state lives."""

    data_dir: Path = Field(Path("data"), description="folder of the embedded databases")
    database_url: str = Field("", description="SQLAlchemy URL; SQLite in DATA_DIR unless set", repr=False)
    redis_url: str = Field("", description="redis:// URL; an embedded Valkey in DATA_DIR unless set", repr=False)
    celery_broker_url: str = Field(
        "",
        description="redis:// or amqp:// URL of the message broker that hands work to workers (trading-bot worker);"
        " REDIS_URL unless set",
        repr=False,
    )

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        if url.partition("?")[0] in IN_MEMORY:
            raise ValueError("expected a file behind sqlite:///; a database in memory would be lost with the process")
        return _url(url, "sqlite:///", "postgresql://", "postgresql+psycopg://")

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str) -> str:
        return _redis_place(_url(url, "redis://", "rediss://", "unix://"))

    @field_validator("celery_broker_url")
    @classmethod
    def _broker(cls, url: str) -> str:
        return _redis_place(_url(url, "redis://", "rediss://", "unix://", "amqp://", "amqps://"))

    def require_shared(self, role: str) -> None:
        """Raise SettingsInvalid if the database cannot be shared, and the role is one process of several."""
        if not self.database.startswith("postgresql"):
            raise SettingsInvalid(f"DATABASE_URL: {role} shares a database with other processes; expected PostgreSQL")

    def require_broker(self, role: str) -> None:
        """Raise SettingsInvalid where nothing hands work to a role."""
        if not self.task_broker:
            raise SettingsInvalid(
                f"CELERY_BROKER_URL, REDIS_URL: {role} is handed its work by a broker; expected one of the two"
            )

    @property
    def task_broker(self) -> str:
        """The URL of the message broker that hands work to workers, '' for none."""
        return self.celery_broker_url or self.redis_url

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'desk.db'}"


class AlpacaSettings(GroupSettings):
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
    alpaca_requests: Annotated[int, Field(ge=100)] = Field(
        200, description="requests a minute that the account may make; 40 of them are kept for orders"
    )
    alpaca_seconds: Annotated[float, Field(gt=0, le=60)] = Field(10, description="seconds that one answer may take")
    extended_hours: bool = Field(False, description="1 sends limit orders before the open and after the close")

    @field_validator("alpaca_trading_url", "alpaca_data_url")
    @classmethod
    def _secret(cls, url: str) -> str:
        return _private(url, "https://")

    @field_validator("alpaca_stream_url")
    @classmethod
    def _secret_stream(cls, url: str) -> str:
        return _private(url, "wss://")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        wanted = "alpaca" in {self.market, self.broker}
        if wanted and not (self.alpaca_key_id.get_secret_value() and self.alpaca_secret_key.get_secret_value()):
            raise ValueError("ALPACA_KEY_ID and ALPACA_SECRET_KEY: expected both where MARKET or BROKER is alpaca")
        if self.broker == "alpaca" and self.market == "replay":
            raise ValueError("MARKET: expected alpaca where BROKER is alpaca; recorded prices are not traded")
        if self.alpaca_live and self.live_money != LIVE_WORDS:
            raise ValueError(f"LIVE_MONEY: expected '{LIVE_WORDS}' where ALPACA_LIVE is 1")
        named = ACCOUNTS.get((urlsplit(self.alpaca_trading_url).hostname or "").rstrip("."))
        if self.broker == "alpaca" and named is not None and named != self.alpaca_live:
            raise ValueError(
                f"ALPACA_LIVE: expected {named:d} where ALPACA_TRADING_URL is Alpaca's server of"
                f" {'live' if named else 'paper'} accounts; leave ALPACA_TRADING_URL empty"
            )
        return self


class ClaudeSettings(GroupSettings):
    """Claude, where it has a key, reads the news (else keywords do) and answers /ask. Prices: $ a million tokens."""

    anthropic_api_key: SecretStr = Field(SecretStr(""), description="API key; the keyword scorer reads unless set")
    claude_questions: bool = Field(True, description="0 switches /ask off: it sends rows of the database to Claude")
    claude_model: str = Field("claude-haiku-5-5", description="name of the model")
    claude_url: str = Field("", description="another server of the API")
    claude_seconds: Annotated[float, Field(gt=0, le=120)] = Field(20, description="seconds that one answer may take")
    claude_calls: Annotated[int, Field(ge=1, le=10)] = Field(2, description="calls at once")
    claude_dollars_a_day: Annotated[Decimal, Field(ge=0)] = Field(Decimal(5), description="most dollars a day (UTC)")
    claude_input_price: Annotated[Decimal, Field(ge=0)] = Field(Decimal(1), description="input tokens")
    claude_output_price: Annotated[Decimal, Field(ge=0)] = Field(Decimal(5), description="output tokens")
    claude_cache_write_price: Annotated[Decimal, Field(ge=0)] = Field(Decimal("1.25"), description="tokens cached")
    claude_cache_read_price: Annotated[Decimal, Field(ge=0)] = Field(Decimal("0.1"), description="tokens read back")

    @field_validator("claude_url")
    @classmethod
    def _secret(cls, url: str) -> str:
        return _private(url, "https://")


class TracingSettings(GroupSettings):
    """Traces, from a click to the order and its answer, for OpenTelemetry (the extra `otel`); off unless set."""

    otel_exporter_otlp_endpoint: str = Field(
        "", description="address of a collector that takes OTLP over HTTP, such as http://localhost:4318", repr=False
    )
    otel_exporter_otlp_headers: SecretStr = Field(
        SecretStr(""), description="what the collector demands, such as a key: name=value, separated by commas"
    )

    @field_validator("otel_exporter_otlp_endpoint")
    @classmethod
    def _collector(cls, url: str) -> str:
        return _url(url, "http://", "https://")

    @model_validator(mode="after")
    def _keeps_the_headers(self) -> Self:
        if self.otel_exporter_otlp_headers.get_secret_value() and not keeps_secrets(self.otel_exporter_otlp_endpoint):
            raise ValueError("OTEL_EXPORTER_OTLP_HEADERS: expected OTEL_EXPORTER_OTLP_ENDPOINT to begin with https://")
        return self


class HttpSettings(GroupSettings):
    """The HTTP side."""

    http_host: str = Field(
        "127.0.0.1", description="address to listen on; beyond loopback HTTP_TOKEN or METRICS_TOKEN is needed"
    )
    http_port: Annotated[int, Field(ge=0, le=65_535)] = Field(8000, description="port to listen on; 0 takes any")
    http_token: SecretStr = Field(
        SecretStr(""),
        description="bearer token for all but /health, /slack/events and POST /signals, 16 characters or more;"
        " openssl rand -hex 32",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="bearer token for /metrics alone, for Prometheus; without HTTP_TOKEN nothing else is open",
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="signs POST /signals, by which alerts propose buys; off unless set; openssl rand -hex 32",
    )
    mcp_secret: SecretStr = Field(
        SecretStr(""),
        description="signs what `trading-bot mcp` proposes for an agent; off unless set; openssl rand -hex 32",
    )
    http_trust_host: bool = Field(
        False,
        description="1, in a container whose port is published on 127.0.0.1 alone: its machine needs no token",
    )
    http_connections: Annotated[int, Field(ge=8, le=10_000)] = Field(
        256, description="most connections at once; never more than a quarter of the file descriptors"
    )
    http_seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        10, description="seconds within which a request must have come in whole"
    )

    @field_validator("http_token", "metrics_token", "webhook_secret", "mcp_secret")
    @classmethod
    def _long(cls, token: SecretStr) -> SecretStr:
        secret = token.get_secret_value()
        if secret and (len(secret) < SHORTEST_TOKEN or len(set(secret)) < LEAST_SIGNS or secret != secret.strip()):
            raise ValueError(
                f"expected {SHORTEST_TOKEN} characters or more that nobody guesses, such as openssl rand -hex 32 makes"
            )
        return token


def _private(url: str, start: str) -> str:
    """Hold a URL to which keys are sent to one on whose way nobody reads them, without ever showing it."""
    if url and not keeps_secrets(url):
        raise ValueError(f"expected a URL that begins with {start}; without encryption only 127.0.0.1 and localhost")
    return url


def _url(url: str, *starts: str) -> str:
    """Hold a URL to its beginning and to a port that is a number, without ever showing it: it may hold a password."""
    try:
        good = not url or (url.startswith(starts) and (urlsplit(url).port or 1) > 0)
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"expected a URL that begins with {', '.join(starts)}") from None
    return url


def _redis_place(url: str) -> str:
    """Hold a URL of Redis to a database that is a number, in place of which a client would take 0, or to a socket."""
    if url.startswith("unix://") and not urlsplit(url).path.strip("/"):
        raise ValueError("expected the path of a socket behind unix://, such as unix:///run/redis.sock")
    if url.startswith(("redis://", "rediss://")):
        database = urlsplit(url).path.strip("/")
        if database and not (database.isascii() and database.isdigit()):
            raise ValueError("expected the number of a database behind the last slash, such as redis://host:6379/0")
    return url
