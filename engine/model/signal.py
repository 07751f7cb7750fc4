"""A signal: a scored opinion on a symbol at an instant. Scores are whole tenths, so that sums are exact."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.market import Headline
from engine.model.origin import BY_STRATEGY, Origin

PROPOSE_AT = 7
STRONG_AT = 12
NEWS_CLIP = 5
RECOVERED = "recovered"
"""The scorer of a signal that nobody has any more: the trade came back from its order."""
ADOPTED = "adopted"
"""The scorer of a signal that there never was: somebody made a trade of shares that were bought elsewhere."""
MIXED = "mixed"
"""The scorer of a signal some of whose headlines were read by another scorer than the rest: the desk changed it."""


class Side(StrEnum):
    """The direction of a signal or an order."""

    BUY = "buy"
    SELL = "sell"


class Part(StrEnum):
    """What a score is made of; `code` is all that a strategy in Python said of the bars."""

    RSI = "rsi"
    BOLLINGER = "bollinger"
    MACD = "macd"
    VOLUME = "volume"
    NEWS = "news"
    CODE = "code"


@dataclass(frozen=True, kw_only=True, slots=True)
class Readings:
    """The indicators behind a technical score; prices in dollars a share.

    `volume_ratio` is the bar's volume over what is usual at its time of day, the average of the 20 sessions before
    (1.2 = 120 %); `macd_cross` is +1 when MACD crossed above its signal line within 3 bars, -1 when it crossed below,
    0 otherwise.
    """

    rsi: float
    lower: float
    middle: float
    upper: float
    low: float
    high: float
    macd: float
    macd_signal: float
    macd_cross: int
    volume_ratio: float


def neutral_readings(price: Decimal) -> Readings:
    """Return readings that speak for nothing, where there are none; at a price in dollars a share."""
    at = float(price)
    return Readings(
        rsi=50.0,
        lower=at,
        middle=at,
        upper=at,
        low=at,
        high=at,
        macd=0.0,
        macd_signal=0.0,
        macd_cross=0,
        volume_ratio=1.0,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one headline says about a symbol, in tenths from -3 to +3, and why (the scorer's own words)."""

    headline_id: str
    symbol: str
    at: datetime
    headline: str
    tenths: int
    reason: str
    url: str = ""

    @classmethod
    def of(cls, headline: Headline, symbol: str, *, tenths: int, reason: str) -> "Finding":
        """Return what a headline says about a symbol."""
        return cls(
            headline_id=headline.id,
            symbol=symbol,
            at=headline.at,
            headline=headline.text,
            tenths=tenths,
            reason=reason,
            url=headline.url,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """One part of a score and its points in tenths."""

    part: Part
    tenths: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """A scored opinion on a symbol at an instant (aware UTC), with all that it rests on.

    `bar` is the start of the closed bar that its score stands on, None where there was none (a trade that was found at
    the broker) or it was not kept. `price` is the last one at `at`. `scorer` names what read the news, and after a
    colon why headlines were left out if they were: 'keywords', 'claude', 'mixed', 'claude: budget'. `previous_close` is
    the price at which the session before ended, dollars a share. `strategy` scored it, whose fingerprint is '' where it
    was not kept; from `propose_at` tenths on it proposes a trade, from `strong_at` on it is called strong. `origin`
    tells what somebody asked for, who stands in the strategy's place then: it has no score.
    """

    symbol: str
    at: datetime
    price: Decimal
    readings: Readings
    components: tuple[Component, ...]
    findings: tuple[Finding, ...]
    scorer: str
    previous_close: Decimal | None = None
    bar: datetime | None = None
    strategy: str = "seed"
    strategy_fingerprint: str = ""
    propose_at: int = PROPOSE_AT
    strong_at: int = STRONG_AT
    origin: Origin = BY_STRATEGY

    @property
    def tenths(self) -> int:
        """The whole score."""
        return sum(component.tenths for component in self.components)

    @property
    def technical_tenths(self) -> int:
        """The score without the news."""
        return sum(component.tenths for component in self.components if component.part is not Part.NEWS)

    @property
    def is_by_code(self) -> bool:
        """Whether a strategy in Python scored it, so that its points do not come out of its readings."""
        return any(component.part is Part.CODE for component in self.components)

    @property
    def is_recovered(self) -> bool:
        """Whether it stands in for one that was lost, or never was, and so for what was planned on it."""
        return self.scorer in {RECOVERED, ADOPTED}

    @property
    def side(self) -> Side:
        """Which way the score points; 0 counts as a buy that nobody proposes."""
        return Side.SELL if self.tenths < 0 else Side.BUY

    @property
    def proposes(self) -> bool:
        """Whether the score is large enough to propose a trade."""
        return abs(self.tenths) >= self.propose_at

    @property
    def strong(self) -> bool:
        """Whether the score is called strong."""
        return abs(self.tenths) >= self.strong_at


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelLine:
    """One line of the wider indicator panel: the indicator's name and its value."""

    name: str
    value: float
