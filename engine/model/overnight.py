"""What the night may cost: a stop does not hold over the gap between a close and the next open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class EarningsGuard(StrEnum):
    """What becomes of a purchase shortly before earnings: refused, told on the card, or asked of a second person."""

    BLOCK = "block"
    WARN = "warn"
    SECOND = "second"


class EarningsTime(StrEnum):
    """When on their day figures are told: before the open, after the close, or nobody knows."""

    BEFORE = "before"
    AFTER = "after"
    UNKNOWN = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EarningsDay:
    """A day (the exchange's date) on which a company tells its figures."""

    on: date
    when: EarningsTime = EarningsTime.UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class NightLoss:
    """What the worst 1 % of a symbol's nights took on average, as parts of its price (0.04 = 4 %); never below 0.

    `fall` is what holders lost, `rise` what those lost who were short. `nights` were counted.
    """

    nights: int
    fall: Decimal
    rise: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Overnight:
    """The overnight risk of what is held, in dollars and as a share of equity (0.02 = 2 %).

    `unknown` are the symbols that are not in it, because too few of their nights are known.
    """

    dollars: Decimal
    share: Decimal
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What is known of the nights and days to come, where a purchase is judged.

    `nights` has what is known of each symbol's, by symbol. `earnings_in` counts the trading days to the next earnings
    of the symbol that is bought (0: today), None where no date is known; `earnings_known` is False where the dates
    cannot be read. `tradable` is False where the broker takes no orders in the symbol.
    """

    nights: Mapping[str, NightLoss] = field(default_factory=dict)
    earnings_in: int | None = None
    earnings_known: bool = True
    tradable: bool = True
