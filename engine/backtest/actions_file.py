"""Splits and dividends of a file: a CSV with the columns symbol, date, split (2 or 3:2), dividend (dollars)."""

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from engine.backtest.company_actions import CompanyAction
from engine.errors import SettingsInvalid


def read_actions(file: str) -> list[CompanyAction]:
    """Read a file, '' for none; raises SettingsInvalid with file and line."""
    if not file:
        return []
    try:
        with Path(file).open(newline="", encoding="utf-8-sig") as text:
            rows = csv.DictReader(text)
            return [_action(row, f"{file}, line {rows.line_num}") for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsInvalid(f"--actions {file} cannot be read: {error}") from error


def _action(row: Mapping[str, str], where: str) -> CompanyAction:
    try:
        new, _, old = (row.get("split") or "1").strip().partition(":")
        split, dividend = Fraction(new) / Fraction(old or 1), Decimal((row.get("dividend") or "0").strip())
        symbol, on = row["symbol"].strip().upper(), date.fromisoformat(row["date"].strip())
    except (ValueError, KeyError, ZeroDivisionError, InvalidOperation, AttributeError) as error:
        raise _misfit(where) from error
    if split <= 0 or not dividend.is_finite() or dividend < 0 or not symbol:
        raise _misfit(where)
    return CompanyAction(symbol=symbol, on=on, split=split, dividend=dividend)


def _misfit(where: str) -> SettingsInvalid:
    return SettingsInvalid(
        f"{where}: expected the columns symbol,date,split,dividend, such as AAPL,2020-08-31,4:1, or"
        " MSFT,2025-05-15,,0.83"
    )
