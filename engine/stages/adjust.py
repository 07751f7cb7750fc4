import threading
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

import structlog

from engine.errors import BadSetting, SettingFixed, SettingsInvalid, UnknownSetting
from engine.model.choices import SettingChange, SettingLine
from engine.model.desk import Request
from engine.model.notice import Notice, NoticeKind, stamp
from engine.model.number_input import AmbiguousNumber, narrowed
from engine.ports import Clock
from engine.risk.limits import LimitsInForce
from engine.settings import RiskSettings, read_group
from engine.settings.describe import NOTHING, described, parsed
from engine.settings.group import GroupSettings
from engine.truth import Ledger, Store

log = structlog.get_logger()

CHANGEABLE = frozenset(
    {
        "risk_per_trade",
        "max_exposure",
        "max_spread_bp",
        "max_daily_loss",
        "max_drawdown",
        "losses_halt",
        "losing_streak",
        "losing_streak_seconds",
        "stop_cooldown_seconds",
        "max_trades_a_day",
        "max_open_positions",
        "min_price",
        "min_volume",
        "max_overnight_risk",
    }
)
"""What people may change while the desk runs. The ceiling, the stop and the rest need somebody at the machine."""
KEPT = "setting:"
"""How the names of changed settings begin in the books; an empty one was put back."""
BACK = frozenset({"default", "기본값"})
"""What is typed to go back to what is configured."""


def risk_in_force(configured: RiskSettings, ledger: Ledger) -> RiskSettings:
    """Return the risk settings with what the desk changed; what no longer fits beside the configured ones is left."""
    risk = configured
    for name in sorted(CHANGEABLE):
        kept = ledger.setting(KEPT + name)
        if not kept:
            continue
        try:
            risk = _with(risk, configured, name, None if kept == NOTHING else kept)
        except SettingsInvalid as error:
            log.warning("setting_not_taken", setting=name, error=str(error))
    return risk


class Adjust:
    """Shows every setting of some groups, and changes the few that may be: at once, for good, told and audited."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        limits: LimitsInForce,
        shown: Sequence[GroupSettings],
        configured: RiskSettings,
        risk: RiskSettings,
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._shown = tuple(shown)
        self._configured = configured
        self._risk = risk
        self._changing = threading.Lock()

    def lines(self) -> tuple[SettingLine, ...]:
        """Return every setting, group by group."""
        groups = [self._risk if isinstance(group, RiskSettings) else group for group in self._shown]
        return tuple(self._line(group, name) for group in groups for name in type(group).model_fields)

    def change(self, asked: str, text: str, request: Request) -> SettingChange:
        """Change a setting by its name; raises UnknownSetting, SettingFixed and BadSetting."""
        with self._changing:
            before = self._changeable(asked)
            name = before.name
            risk, kept = self._wanted(before, text)
            after = self._line(risk, name)
            now, kind = self._clock.now(), NoticeKind.SETTING
            told = f"{name} {_plain(before)} {_plain(after)} {after.unit}"
            with self._store.writing() as book:
                book.set_setting(KEPT + name, kept)
                if after != before:
                    book.tell(Notice(key=f"{kind}:{stamp(now)}", kind=kind, at=now, subject=request.by, detail=told))
                book.record(request.entry(now, "setting", name, f"{_plain(before)} -> {_plain(after)}"))
            self._risk = risk
            self._limits.now = risk.limits
            return SettingChange(before=before, after=after)

    def _changeable(self, asked: str) -> SettingLine:
        name = asked.strip().lower()
        lines = {line.name: line for line in self.lines()}
        if name not in lines:
            raise UnknownSetting(asked, *(near.upper() for near in get_close_matches(name, lines, n=1)))
        if not lines[name].is_changeable:
            raise SettingFixed(name)
        return lines[name]

    def _wanted(self, line: SettingLine, text: str) -> tuple[RiskSettings, str]:
        """Return the settings with what was typed for one of them, and that as the books keep it."""
        name = line.name
        try:
            if narrowed(text) in BACK:
                return _with(self._risk, self._configured, name, getattr(self._configured, name)), ""
            value = parsed(text, line)
            return _with(self._risk, self._configured, name, value), NOTHING if value is None else value
        except AmbiguousNumber as error:
            one, other = error.readings
            raise BadSetting(name, text, line.least, line.most, line.unit, one=one, other=other) from error
        except (ValueError, SettingsInvalid) as error:
            raise BadSetting(name, text, line.least, line.most, line.unit) from error

    def _line(self, group: GroupSettings, name: str) -> SettingLine:
        line = described(name, type(group).model_fields[name], getattr(group, name))
        if name == "risk_per_trade":
            line = replace(line, most=self._configured.risk_per_trade)
        if not isinstance(group, RiskSettings) or name not in CHANGEABLE:
            return line
        changed = getattr(group, name) != getattr(self._configured, name)
        return replace(line, is_changeable=True, is_changed=changed)


def _with(risk: RiskSettings, configured: RiskSettings, name: str, value: object) -> RiskSettings:
    """Return the settings with another value; raises SettingsInvalid.

    One trade never risks more than is configured: who runs the machine decides that, the desk may only lower it.
    """
    changed = read_group(RiskSettings, **(risk.model_dump() | {name: value}))
    if changed.risk_per_trade > configured.risk_per_trade:
        raise SettingsInvalid("RISK_PER_TRADE: more than is configured")
    return changed


def _plain(line: SettingLine) -> str:
    return NOTHING if line.value is None else f"{line.value.normalize():f}"
