"""What regulators take of a sale of shares."""

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from engine.model.money import CENT

MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Fees:
    """The fees that a broker passes on: on sales only, each rounded up to the cent, as brokers do.

    `sec` is the fee of Section 31 of the Exchange Act, in dollars for each million dollars sold: $20.60 from 2026-04-04
    (SEC, fee rate advisory for fiscal year 2026; it was $0 from 2025-05-14 until then). `taf` is FINRA's Trading
    Activity Fee, in dollars a share sold, and `taf_most` the most of it for one order: $0.000195 and $9.79 in 2026
    (SR-FINRA-2024-019, schedule for 2026). FINRA filed to waive the TAF from October to December of 2026
    (SR-FINRA-2026-021); the usual rate is the default all the same, so that no figure lives by a holiday.
    """

    sec: Decimal = Decimal("20.60")
    taf: Decimal = Decimal("0.000195")
    taf_most: Decimal = Decimal("9.79")

    def due(self, shares: int, dollars: Decimal) -> Decimal:
        """Return the dollars due for an order that sold shares for so many dollars."""
        sec = (dollars * self.sec / MILLION).quantize(CENT, ROUND_UP)
        return sec + min(self.taf_most, (shares * self.taf).quantize(CENT, ROUND_UP))


USUAL_FEES = Fees()
NO_FEES = Fees(sec=Decimal(0), taf=Decimal(0), taf_most=Decimal(0))
