"""One of each kind that people add, as the lines that it takes: what docs/architecture.md says about them is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CATALOGUES: Final = ("bot/messages/en.ftl", "bot/messages/ko.ftl")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Text that is put after, before or in the place of the first line that begins with `at`, blanks apart."""

    at: str
    text: str
    after: bool = True
    instead: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Addition:
    """Something new: the lines by file, whole new files, the same lines of both catalogues, and what then holds.

    `shows` is Python that fails where the addition does not work.
    """

    lines: Mapping[str, tuple[Line, ...]]
    catalogues: tuple[Line, ...]
    shows: str
    files: Mapping[str, str]

    @property
    def changed(self) -> frozenset[str]:
        """The files of the product that it touches, but for the catalogues."""
        return frozenset((*self.lines, *self.files))

    def put_into(self, tree: Path) -> None:
        """Make it part of a copy of the product."""
        for name, text in self.files.items():
            (tree / name).write_text(text, encoding="utf-8")
        for name, lines in (*self.lines.items(), *((name, self.catalogues) for name in CATALOGUES)):
            file = tree / name
            rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
            for line in lines:
                place = next(number for number, row in enumerate(rows) if row.strip().startswith(line.at))
                rows[place + line.after : place + line.after] = [line.text + "\n"]
                if line.instead:
                    del rows[place]
            file.write_text("".join(rows), encoding="utf-8")


INDICATOR: Final = Addition(
    lines={
        "engine/model/signal.py": (
            Line(at='VOLUME = "volume"', text='    SLOPE = "slope"'),
            Line(at="volume_ratio: float", text="    slope: float = 0.0"),
        ),
        "engine/signals/indicators.py": (
            Line(at="volume_ratio: Floats", text="    slope: Floats"),
            Line(at="volume_ratio=volume_ratio,", text="        slope=track.closes[-1] / track.closes[0] - 1,"),
        ),
        "engine/signals/technical.py": (
            Line(at="volume: Tenths", text="    slope: Tenths"),
            Line(
                at="busy = indicators",
                text="    slope = _points(valid, indicators.slope > 0, indicators.slope < 0, 1)",
                after=False,
            ),
            Line(
                at="rsi=rsi, bollinger=bollinger",
                text="        slope=slope,",
                after=False,
            ),
            Line(at="volume_ratio=float(", text="        slope=float(indicators.slope[row]),"),
            Line(
                at="Component(part=Part.VOLUME",
                text="        Component(part=Part.SLOPE, tenths=int(scores.slope[row])),",
            ),
        ),
    },
    files={},
    catalogues=(Line(at="score-volume =", text="score-slope = Slope { $value } → { $points }"),),
    shows="""
from zoneinfo import ZoneInfo
from bot.cards.score import score_lines
from bot.messages import Texts
from engine.model.signal import Part
from engine.signals.score import signal
from engine.signals.technical import components, readings, technical_scores
from tests.support.fakes.trades import PROPOSED_AT
from tests.engine.signals.prices import EVERY_START, after, walks
from decimal import Decimal
indicators = after(walks(len(EVERY_START), 3))
assert indicators.valid.any()
row = int((indicators.valid * abs(indicators.slope)).argmax())
found = signal("AAPL", PROPOSED_AT, Decimal(150), readings=readings(indicators, row), findings=(), scorer="keywords",
               technical=components(technical_scores(indicators), row), bar=PROPOSED_AT)
assert [abs(part.tenths) for part in found.components if part.part == Part.SLOPE] == [1], found
for locale in ("en", "ko"):
    assert any(line.startswith("Slope ") for line in score_lines(found, Texts(locale, ZoneInfo("UTC"))))
""",
)

RULE: Final = Addition(
    lines={
        "engine/risk/limits.py": (Line(at="min_price: Decimal", text="    max_price: Decimal | None = None"),),
        "engine/settings/trading.py": (
            Line(
                at="min_volume: Annotated",
                text='    max_price: Annotated[Dollars, MOST_IF_ANY] = Field(Decimal(0), description="0 for none")',
                after=False,
            ),
            Line(at="min_price=self.min_price", text="            max_price=self.max_price or None,"),
        ),
        "engine/risk/rules.py": (
            Line(
                at="class Spread(",
                text='''class MaxPrice(Rule):
    """Few can buy a whole share of what is very dear."""

    def judge(self, plan: EntryPlan, limits: Limits) -> RiskVerdict:
        """Judge the entry in dollars a share."""
        price, most = plan.sizing.entry, limits.max_price
        return RiskVerdict(
            rule="max_price",
            allowed=most is None or price <= most,
            figure=price,
            limit=most or Decimal(0),
            unit=LimitUnit.PRICE,
        )

    def status(self, portfolio: Portfolio, limits: Limits, at: datetime) -> tuple[ProtectionStatus, ...]:
        """Say which price is the highest."""
        del portfolio, at
        return (
            ProtectionStatus(
                rule="max_price", figure=Decimal(0), limit=limits.max_price, unit=LimitUnit.PRICE, stops=False
            ),
        )


''',
                after=False,
            ),
            Line(at="MinPrice(),", text="    MaxPrice(),"),
        ),
    },
    files={},
    catalogues=(
        Line(at="setting = {", text="    [max_price] Max price"),
        Line(at="[solvency]", text="    [max_price] the price is { $figure }, limit { $limit }"),
        Line(at="guard = {", text="    [max_price] Max price"),
    ),
    shows="""
from decimal import Decimal
from zoneinfo import ZoneInfo
from bot.messages import Texts
from engine.control.runtime_settings import CHANGEABLE
from engine.risk.rules import refusal, statuses
from engine.settings import RiskSettings
from tests.engine.risk.examples import a_case, a_portfolio
from tests.support.fakes.trades import PROPOSED_AT
limits = RiskSettings(max_price=Decimal(100)).limits
assert refusal(a_case(), limits).rule == "max_price"
assert "max_price" in CHANGEABLE
assert "max_price" in [status.rule for status in statuses(a_portfolio(), limits, PROPOSED_AT)]
for locale in ("en", "ko"):
    assert Texts(locale, ZoneInfo("UTC"))("setting", name="max_price") == "Max price"
""",
)

COMMAND: Final = Addition(
    lines={
        "bot/access.py": (Line(at="DESK = ", text='    HOURS = "hours", Role.VIEWER'),),
        "bot/cards/status.py": (
            Line(
                at="def money_lines(",
                text='''def hours(status: Status, texts: Texts) -> str:
    """Return the exchange's hours."""
    return texts("hours-now", session=status.hours.session.value)


''',
                after=False,
            ),
        ),
        "bot/listeners/home.py": (
            Line(
                at="COMMANDS = (",
                text='''def hours(asked: Command) -> Message:
    """/hours: show the exchange's hours."""
    return note(hours_line(asked.queries.status(), asked.texts))


''',
                after=False,
            ),
            Line(
                at="COMMANDS = (",
                text='    CommandSpec(name="/hours", verb=Verb.HOURS, usage="[help]", summary="Hours", handler=hours),',
            ),
            Line(
                at="from bot.cards.message import",
                text="from bot.cards.message import note\nfrom bot.cards.status import hours as hours_line",
            ),
        ),
    },
    files={},
    catalogues=(
        Line(at="help-report =", text="help-hours = /hours — the session.\nhours-now = Session: { $session }"),
    ),
    shows="""
from zoneinfo import ZoneInfo
from slack_bolt import BoltRequest
from bot.app import COMMANDS, build_app
from bot.messages import Texts
from bot.settings import SlackSettings
from tests.support.fakes.desk import FakeEngine
from tests.support.waiting import until
from tools import command_tables
settings = SlackSettings(slack_bot_token="xoxb-1", slack_app_token="xapp-1", slack_api_url="http://127.0.0.1:9/api/",
                         slack_channel="C0DESK", viewers="U0VIEWER")
engine = FakeEngine()
app = build_app(*engine.facades, Texts("en", ZoneInfo("UTC")), settings.access, settings)
asked = {"command": "/hours", "text": "", "user_id": "U0VIEWER", "channel_id": "C0DESK", "team_id": "T0"}
app.dispatch(BoltRequest(mode="socket_mode", body=asked))
until(lambda: ("status",) in engine.calls)
assert "command: /hours" in command_tables.manifest()
assert "`/hours`" in command_tables.document()
assert "`/hours [help]`" in command_tables.readme()
""",
)

BROKER: Final = Addition(
    lines={
        "pyproject.toml": (Line(at='"factory",', text='  "sandbox",'),),
        "engine/settings/adapters.py": (
            Line(
                at="broker: Literal[",
                text='    broker: Literal["paper", "alpaca", "sandbox"] = Field("paper", description="the broker")',
                instead=True,
            ),
        ),
        "engine/adapters/factory.py": (
            Line(
                at="paper = PaperBroker(",
                text='    paper_broker = SandboxBroker if settings.alpaca.broker == "sandbox" else PaperBroker',
                after=False,
            ),
            Line(at="paper = PaperBroker(", text="    paper = paper_broker(", instead=True),
            Line(
                at="from engine.adapters.paper.broker",
                text="from engine.adapters.sandbox import SandboxBroker",
            ),
        ),
    },
    files={
        "engine/adapters/sandbox.py": '''from engine.adapters.paper.broker import PaperBroker


class SandboxBroker(PaperBroker):
    """The paper broker under another name."""

    @property
    def label(self) -> str:
        """Name the broker."""
        return "sandbox"
''',
    },
    catalogues=(Line(at="started-broker =", text="    [sandbox] Broker: the sandbox."),),
    shows="""
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo
from bot.messages import Texts
from engine.adapters.clock import SystemClock
from engine.adapters.factory import open_adapters
from engine.settings import Settings
with TemporaryDirectory() as folder, ExitStack() as stack:
    settings = Settings.read(data_dir=Path(folder) / "data", market="replay", broker="sandbox", redis_url="redis://127.0.0.1:9")
    adapters = open_adapters(settings, stack, SystemClock(), lambda reader: None)
    assert adapters.broker.label == "sandbox"
    assert adapters.broker.account().equity > 0
for locale in ("en", "ko"):
    assert Texts(locale, ZoneInfo("UTC"))("started-broker", broker="sandbox") == "Broker: the sandbox."
""",
)

REPORT: Final = Addition(
    lines={
        "engine/model/report.py": (
            Line(at='OPEN = "open"', text='    NOON = "noon"'),
            Line(
                at="ReportKind.OPEN:",
                text="    ReportKind.NOON: ReportSpec(due=lambda hours: hours.open + timedelta(minutes=150)),",
            ),
        ),
        "engine/settings/reporting.py": (
            Line(
                at="report_open:",
                text='    report_noon: Telling = Field(Telling.ON, description="the desk at noon; likewise")',
            ),
        ),
        "bot/cards/report.py": (Line(at="ReportKind.OPEN:", text="    ReportKind.NOON: (_risk, _holdings),"),),
    },
    files={},
    catalogues=(
        Line(at="report-name =", text="    [noon] noon"),
        Line(at="report-title =", text="    [noon] 🕛 Noon"),
        Line(at="setting =", text="    [report_noon] Report: noon"),
    ),
    shows="""
from datetime import date, datetime, timedelta, UTC
from zoneinfo import ZoneInfo
from bot.app import COMMANDS
from bot.cards.report import report
from bot.messages import Texts
from engine.adapters.calendar import ExchangeCalendar
from engine.model.report import ReportKind
from engine.settings import Settings
from engine.views.reports import due_between
from tests.support.fakes.reports import a_report
day = datetime(2025, 8, 19, tzinfo=UTC)
due = {each.kind: each.at for each in due_between(ExchangeCalendar(), day, day + timedelta(days=1))}
assert due[ReportKind.NOON] == datetime(2025, 8, 19, 16, tzinfo=UTC)
assert Settings.read().telling.reports[ReportKind.NOON] == "on"
assert "noon" in COMMANDS["/report"].usage
for locale in ("en", "ko"):
    assert "Noon" in report(a_report(kind=ReportKind.NOON), Texts(locale, ZoneInfo("UTC"))).text
""",
)

JOB: Final = Addition(
    lines={
        "engine/jobs.py": (
            Line(
                at="def refresh_calendar(",
                text='''    def report_health(self) -> None:
        """Write how the outside systems are into the log."""
        log.info("tick", down=self.services.down())

''',
                after=False,
            ),
        ),
        "engine/scheduler.py": (
            Line(
                at='Job(name="calendar"',
                text='        Job(name="health", seconds=60, verb=jobs.report_health),',
            ),
        ),
    },
    files={},
    catalogues=(),
    shows="""
from tempfile import TemporaryDirectory
from pathlib import Path
from engine.scheduler import timetable
from tests.support.engine_harness import EngineHarness
with TemporaryDirectory() as folder:
    desk = EngineHarness.build(Path(folder))
    [job] = [job for job in timetable(desk.engine.jobs) if job.name == "health"]
    job.verb()
    desk.close()
""",
)

ADDITIONS: Final[Mapping[str, Addition]] = {
    "indicator": INDICATOR,
    "risk rule": RULE,
    "slash command": COMMAND,
    "broker": BROKER,
    "report": REPORT,
    "job": JOB,
}
