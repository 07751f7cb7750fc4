"""Amounts that many places begin or round with."""

from decimal import Decimal
from typing import Final

ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")
