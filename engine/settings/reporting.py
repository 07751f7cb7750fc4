"""What the desk is told, and how loudly."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from engine.model.duty import CallWay
from engine.model.report import ReportKind, Telling
from engine.settings.group import GroupSettings

HOW = "on: in the day's thread, and shown in the channel; silent: in the thread only; off: not at all"


class TellingSettings(GroupSettings):
    """How loudly reports and events are told. On demand each report is shown whatever stands here."""

    is_shown: ClassVar[bool] = True

    report_ready: Telling = Field(Telling.ON, description=f"start-up check, an hour before the pre-market. {HOW}")
    report_premarket: Telling = Field(
        Telling.SILENT, description="overnight news, when the pre-market starts; likewise"
    )
    report_open: Telling = Field(Telling.SILENT, description="the desk at the open; likewise")
    report_close: Telling = Field(Telling.SILENT, description="positions and risk at the close; likewise")
    report_day: Telling = Field(Telling.ON, description="the day's result, after the after-hours; likewise")
    report_week: Telling = Field(Telling.ON, description="the week's result, after its last day; likewise")

    duty_calls: CallWay = Field(
        CallWay.CHANNEL,
        description="how those on duty are called about proposals, halts, positions without a stop and loss limits,"
        " unless they chose with /notify: channel (a mention), direct (a direct message) or both",
    )

    events: Telling = Field(
        Telling.SILENT,
        description="signals that are not proposed, orders sent, stops and targets set, resizes, watchlist changes, "
        "cash movements; silent: in the day's thread, or their trade's; on: in the channel, or their trade's thread; "
        "off: not at all. Halts, fills, decisions and warnings are always told, and the start unless this is off",
    )

    @property
    def reports(self) -> Mapping[ReportKind, Telling]:
        """How loudly each report is told."""
        return {kind: getattr(self, f"report_{kind}") for kind in ReportKind}
