"""What people read, in their language: sentences from the Fluent catalogues beside this file, figures by babel."""

from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle, FluentResource

LOCALES = ("en", "ko")
HALF = Decimal("0.5")
"""The least that rounds to something."""
NO_FIGURE = "\u2013"
"""What stands where a figure could not be worked out."""
MINUS = "\u2212"
"""The one minus sign of figures: a hyphen is shorter, and breaks from its figure at the end of a line."""


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

    def number(self, value: Decimal | float, places: int = 2, *, signed: bool = False) -> str:
        """Write a number with that many places, '35.0', or '+35.0' with its sign."""
        return self._figure(
            Decimal(str(value)), places, "#,##0" + ("." + "0" * places if places else ""), signed=signed
        )

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
        return self._figure(value, 0, "$#,##0", signed=True)

    def percent(self, fraction: Decimal, places: int = 2) -> str:
        """Write a fraction as a percentage with that many places, '0.50%'."""
        return self.number(fraction * 100, places) + "%"

    def part(self, fraction: Decimal) -> str:
        """Write a part of equity in as few places as tell it, one or two: '0.5%', '1.96%', '2.0%'."""
        return self._figure(fraction * 100, 2, "#,##0.0#") + "%"

    def change(self, fraction: Decimal) -> str:
        """Write a distance between prices with its sign to a tenth of a percent, '+3%', '−1.5%'; nothing is '0%'."""
        return self._figure(fraction * 100, 1, "#,##0.#", signed=True) + "%"

    def score(self, tenths: int) -> str:
        """Write a score with its sign, '+1.5'; nothing is '0.0'."""
        return self._figure(Decimal(tenths) / 10, 1, "0.0", signed=True)

    def clock(self, at: datetime, *, seconds: bool = False, zone: bool = False) -> str:
        """Write a time of day of the desk, '23:45', or '23:45:15 KST' where the second and the zone count."""
        said = f"{at.astimezone(self.timezone):{'%H:%M:%S' if seconds else '%H:%M'}}"
        return f"{said} {self.zone_name(at)}" if zone else said

    def day(self, on: date) -> str:
        """Write a date as its reader writes it, 'Aug 19, 2025' in English."""
        return str(format_skeleton("yMMMd", on, locale=self.locale))

    def day_of_year(self, at: datetime) -> str:
        """Write a date of the desk's without its year, 'Aug 19' in English."""
        return str(format_skeleton("MMMd", at.astimezone(self.timezone).date(), locale=self.locale))

    def date_time(self, at: datetime, *, seconds: bool = False, zone: bool = False) -> str:
        """Write a date and time of the desk, 'Aug 19, 2025, 23:45' in English, with the zone where that counts."""
        day = self.day(at.astimezone(self.timezone).date())
        return self("date-time", day=day, time=self.clock(at, seconds=seconds, zone=zone))

    def zone_name(self, at: datetime) -> str:
        """Write the short name of the desk's time zone at an instant, 'KST'."""
        return f"{at.astimezone(self.timezone):%Z}"

    def _figure(self, value: Decimal, places: int, pattern: str, *, signed: bool = False) -> str:
        """Write a figure after the sign of what is shown of it, so that nothing is ever below or over zero."""
        if not value.is_finite():
            return NO_FIGURE
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return f"{sign}{format_decimal(abs(rounded), format=pattern, locale=self.locale)}"
