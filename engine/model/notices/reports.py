"""Reports, and those that nobody was there to make."""

from dataclasses import dataclass

from engine.model.notices.base import Notice, NoticeKind
from engine.model.report import Report, ReportKind


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportMade(Notice):
    """A report of the desk's day."""

    kind = NoticeKind.REPORT
    about = "report_kind"

    report: Report

    @property
    def report_kind(self) -> ReportKind:
        """Which report it is."""
        return self.report.kind


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportsMissed(Notice):
    """So many reports came due while the bot was away and are too old now; `kinds` are theirs, each once."""

    kind = NoticeKind.REPORTS_MISSED
    about = "names"
    text = "reports-missed"

    kinds: tuple[ReportKind, ...]
    count: int

    @property
    def names(self) -> str:
        """The names of their kinds, with one space between them."""
        return " ".join(self.kinds)
