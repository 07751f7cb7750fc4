"""What people read, in their language: sentences from the Fluent catalogues beside this file, figures by babel."""

from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource

LOCALES = ("en", "ko")
HALF = Decimal("0.5")
"""The least that rounds to something."""


@cache
def _bundle(locale: str) -> FluentBundle:
    if locale not in LOCALES:
        raise ValueError(f"no messages in {locale!r}, only in {', '.join(LOCALES)}")
    bundle = FluentBundle([locale], use_isolating=False)
    bundle.add_resource(FluentResource(files(__package__).joinpath(f"{locale}.ftl").read_text(encoding="utf-8")))
    return bundle


class Texts:
    """The catalogue of a language ('en' or 'ko'), and its way to write figures and times of the desk's time zone.

    `own_clock` says that the desk's time is not the reader's, as in a replay: then no time is left to Slack to convert.
    """

    def __init__(self, locale: str, timezone: ZoneInfo, *, own_clock: bool = False) -> None:
        self.locale = locale
        self.timezone = timezone
        self.own_clock = own_clock
        self._bundle = _bundle(locale)

    def __call__(self, key: str, **args: str | int) -> str:
        """Return a sentence; raises LookupError for a key or an argument that is missing."""
        pattern = self._bundle.get_message(key).value
        if pattern is None:
            raise LookupError(key)
        text, errors = self._bundle.format_pattern(pattern, args)
        if errors:
            raise LookupError(f"{key}: {errors[0]}") from errors[0]
        return str(text)

    def number(self, value: Decimal | float, places: int = 2) -> str:
        """Write a number with that many places, '35.0'."""
        return self._figure(Decimal(str(value)), places, "#,##0" + ("." + "0" * places if places else ""))

    def count(self, value: int) -> str:
        """Write a whole number, '2,500,000'."""
        return self.number(value, 0)

    def price(self, value: Decimal) -> str:
        """Write dollars and cents, '$150.28'."""
        return self._figure(value, 2, "$#,##0.00")

    def dollars(self, value: Decimal) -> str:
        """Write dollars to the nearest whole one, '$76,943'."""
        return self._figure(value, 0, "$#,##0")

    def risk_dollars(self, value: Decimal) -> str:
        """Write dollars rounded up to a whole one: a risk is never told too small."""
        return self.dollars(value.to_integral_value(rounding=ROUND_CEILING))

    def gain(self, value: Decimal) -> str:
        """Write dollars won or lost with their sign, '+$2,304'; nothing is '$0'."""
        return self._figure(value, 0, "+$#,##0;-$#,##0") if abs(value) >= HALF else self.dollars(Decimal(0))

    def percent(self, fraction: Decimal, places: int = 2) -> str:
        """Write a fraction as a percentage with that many places, '0.50%'."""
        return self.number(fraction * 100, places) + "%"

    def part(self, fraction: Decimal) -> str:
        """Write a part of equity in as few places as tell it, one or two: '0.5%', '1.96%', '2.0%'."""
        return self._figure(fraction * 100, 2, "#,##0.0#") + "%"

    def change(self, fraction: Decimal) -> str:
        """Write a distance between prices with its sign to a tenth of a percent, '+3%', '-1.5%'; nothing is '0%'."""
        is_some = abs(fraction * 1000) >= HALF
        return self._figure(fraction * 100, 1, "+#,##0.#;-#,##0.#" if is_some else "0") + "%"

    def score(self, tenths: int) -> str:
        """Write a score with its sign, '+1.5'; nothing is '0.0'."""
        return self._figure(Decimal(tenths) / 10, 1, "+0.0;-0.0" if tenths else "0.0")

    def clock(self, at: datetime) -> str:
        """Write a time of day of the desk, '23:45:15'."""
        return f"{at.astimezone(self.timezone):%H:%M:%S}"

    def date_time(self, at: datetime) -> str:
        """Write a date and time of the desk, '2025-08-19 23:45'."""
        return f"{at.astimezone(self.timezone):%Y-%m-%d %H:%M}"

    def zone_name(self, at: datetime) -> str:
        """Write the short name of the desk's time zone at an instant, 'KST'."""
        return f"{at.astimezone(self.timezone):%Z}"

    def _figure(self, value: Decimal, places: int, pattern: str) -> str:
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        return str(format_decimal(rounded, format=pattern, locale=self.locale))
