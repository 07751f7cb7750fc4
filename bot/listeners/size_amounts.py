"""The amounts of /size: 400, $20000, 5% of equity, or 0.3% risk, as people write them."""

import re
from collections.abc import Mapping
from decimal import Decimal

from bot.listeners.parsing import AROUND_NUMBERS, LONGEST_WORD, MOST_SHARES
from engine.errors import BadAmount
from engine.model.calculation import Amount, AmountKind
from engine.model.number_input import AmbiguousNumber, InputUnit, narrowed, read_number

KINDS: Mapping[InputUnit, AmountKind] = {
    InputUnit.NONE: AmountKind.SHARES,
    InputUnit.SHARES: AmountKind.SHARES,
    InputUnit.DOLLARS: AmountKind.DOLLARS,
    InputUnit.PERCENT: AmountKind.EQUITY,
}
"""What an amount counts by its unit; a percentage followed by a word for risk counts that."""
OF_RISK = re.compile(r"(.*(?:%|[a-z가-힣 ])) ?(?:r|risk|위험)|위험 ?(.*)")
OF_EQUITY = re.compile(r"(.*?) ?(?:of equity|equity|순자산)|순자산의? ?(.*)")


def amount(text: str) -> Amount | None:
    """Read an amount, None where nothing was typed; percents become fractions (5 % is 0.05).

    Raises BadAmount, with both readings for what could mean two, and for nothing at all.
    """
    typed = " ".join(text.strip().strip(AROUND_NUMBERS).split())
    if not typed:
        return None
    said, asked = narrowed(typed), typed[:LONGEST_WORD]
    of_risk, of_equity = (pattern.fullmatch(said[: 2 * LONGEST_WORD]) for pattern in (OF_RISK, OF_EQUITY))
    part = of_risk or of_equity
    try:
        found = read_number((part[1] or part[2] or "") if part else said)
    except AmbiguousNumber as error:
        raise BadAmount(asked, *error.readings) from error
    except ValueError as error:
        raise BadAmount(asked) from error
    kind = AmountKind.RISK if of_risk else KINDS.get(found.unit)
    if kind is None or not found.number or (part and found.unit is not InputUnit.PERCENT):
        raise BadAmount(asked)
    return Amount(kind=kind, figure=_figure(found.number, kind, asked))


def begins_with_a_number(text: str) -> bool:
    """Tell whether the first thing typed is a number, which no symbol and no trade's id begins with."""
    return bool(re.match(r"[+-]?(?:us)?\$? ?[+-]?[0-9.,]", narrowed(text).lstrip(AROUND_NUMBERS)))


def _figure(number: Decimal, kind: AmountKind, asked: str) -> Decimal:
    if kind in {AmountKind.EQUITY, AmountKind.RISK}:
        return number / 100
    if kind is AmountKind.SHARES and (number != number.to_integral_value() or number > MOST_SHARES):
        raise BadAmount(asked)
    return number
