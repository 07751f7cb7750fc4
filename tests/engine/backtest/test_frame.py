"""What holding came to, beside which a strategy is shown: with the same dividends as its account."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from engine.adapters.calendar import ExchangeCalendar
from engine.backtest.conditions import Dividends
from engine.backtest.frame import Frame
from engine.model.market import BarHistory
from tests.support.one_symbol import bars_of, simulated

CASH = 100_000.0
NOTHING: Mapping[int, Sequence[float]] = dict.fromkeys(range(78), ())


def paid(bar: int, share: str, column: int = 0) -> Dividends:
    return {bar: ((column, Decimal(share)),)}


def held(bars: BarHistory, dividends: Dividends, columns: Sequence[int] = (0,), first: int = 0) -> list[float]:
    """Return what holding is worth at the close of each day."""
    frame = Frame(bars, ExchangeCalendar(), 300, dividends)
    return [float(each) for each in frame.held(columns, first, CASH)[77 - first % 78 :: 78]]


def test_who_holds_gets_a_dividend_a_share_in_cash_as_the_account_does() -> None:
    bars, dividends = bars_of({}, {}), paid(78, "5.00")
    account = simulated(bars, {10: 7}, dividends=dividends)
    holding = Frame(bars, ExchangeCalendar(), 300, dividends).held([0], 0, CASH)
    assert (holding[77], account.equity[77]) == (CASH, CASH)
    assert (holding[78] - CASH) / 1000 == (account.equity[78] - CASH) / account.trades[0].shares == 5


def test_a_dividend_stays_cash_while_the_price_goes_on() -> None:
    doubled = dict.fromkeys(range(78), (200, 200, 200, 200))
    assert held(bars_of({}, {}, doubled), paid(78, "5.00")) == [CASH, CASH + 5_000, 2 * CASH + 5_000]


def test_each_symbol_pays_on_its_own_part() -> None:
    bars = bars_of({}, {}, others=1)
    assert held(bars, paid(78, "5.00", 1), (0, 1)) == [CASH, CASH + 500 * 5]
    assert held(bars, paid(78, "5.00", 1), (0,)) == [CASH, CASH]


def test_who_buys_on_the_day_of_a_dividend_gets_none() -> None:
    bars = bars_of({}, {}, {})
    assert held(bars, paid(78, "5.00"), first=78) == [CASH, CASH]
    assert held(bars, paid(156, "5.00"), first=78) == [CASH, CASH + 5_000]


def test_no_dividend_is_paid_before_a_symbols_first_bar_nor_after_its_last() -> None:
    late, ended = bars_of(NOTHING, {}, {}, others=1), bars_of({}, NOTHING, {}, others=1)
    assert held(late, paid(78, "5.00")) == [CASH] * 3
    assert held(late, paid(156, "5.00")) == [CASH, CASH, CASH + 5_000]
    assert held(bars_of({}, {}, NOTHING, others=1), paid(156, "5.00")) == [CASH] * 3
    assert held(ended, paid(78, "5.00")) == [CASH, CASH + 5_000, CASH + 5_000]


def test_what_is_held_is_the_same_without_dividends() -> None:
    bars = bars_of({5: (100, 104, 99, 103)}, {})
    one, other = Frame(bars, ExchangeCalendar(), 300), Frame(bars, ExchangeCalendar(), 300, paid(78, "0"))
    assert np.array_equal(one.held([0], 0, CASH), other.held([0], 0, CASH))
