"""The amounts of /size: 400, $20000, 5% of equity, or 0.3% risk, as people write them."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from bot.listeners.words import LONGEST_WORD, plain
from engine.errors import BadAmount
from engine.model.calculation import Amount, AmountKind

NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,4})?)"
WRITTEN: Mapping[AmountKind, re.Pattern[str]] = {
    AmountKind.SHARES: re.compile(r"([0-9]{1,9}) ?(?:shares?|주)?"),
    AmountKind.DOLLARS: re.compile(rf"\$ ?{NUMBER}(k?)|{NUMBER}(k?) ?(?:\$|usd|dollars?|달러)"),
    AmountKind.EQUITY: re.compile(rf"{NUMBER} ?%(?: of equity| equity)?"),
    AmountKind.RISK: re.compile(rf"{NUMBER} ?% ?(?:r|risk|위험)"),
}
"""What each kind of amount looks like, in small letters and without commas between thousands."""
THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
WRAPPING = "`*~_'\"‘’“”[]"


def amount(text: str) -> Amount | None:
    """Read an amount, None where nothing was typed; raises BadAmount, also for a decimal comma and for nothing at all.

    Percents become fractions (5 % is 0.05).
    """
    typed = " ".join(plain(text).strip(WRAPPING).split())
    if not typed:
        return None
    said = THOUSANDS.sub("", typed.lower())
    for kind, pattern in WRITTEN.items():
        found = pattern.fullmatch(said)
        if found:
            figure = FIGURES[kind](*(part for part in found.groups() if part is not None))
            if figure:
                return Amount(kind=kind, figure=figure)
    raise BadAmount(typed[:LONGEST_WORD])


def _whole(number: str) -> Decimal:
    return Decimal(number)


def _dollars(number: str, thousands: str) -> Decimal:
    return Decimal(number) * (1000 if thousands else 1)


def _part(number: str) -> Decimal:
    return Decimal(number) / 100


FIGURES: Mapping[AmountKind, Callable[..., Decimal]] = {
    AmountKind.SHARES: _whole,
    AmountKind.DOLLARS: _dollars,
    AmountKind.EQUITY: _part,
    AmountKind.RISK: _part,
}
"""How what a pattern found becomes a figure."""
