import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

import structlog

from engine.control.loosening import Loosening
from engine.errors import BadSetting, SettingFixed, SettingsInvalid, UnknownSetting
from engine.model.desk import Request
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.settings import SettingChanged
from engine.model.number_input import AmbiguousNumber, narrowed
from engine.model.runtime_settings import SETTING_PREFIX, PendingChange, SettingChange, SettingLine, written_figure
from engine.ports.clock import Clock
from engine.ports.store import Reader, Store, Transaction
from engine.risk.limits import LimitsInForce
from engine.risk.loosening import LooseSide, is_looser
from engine.settings import RiskSettings, read_group
from engine.settings.describe import UNSET_WORD, described, parsed
from engine.settings.group import GroupSettings

log = structlog.get_logger()

CHANGEABLE: Final[Mapping[str, LooseSide]] = {
    name: side
    for name, field in RiskSettings.model_fields.items()
    for side in field.metadata
    if isinstance(side, LooseSide)
}
"""What people may change while the desk runs, and on which side each is loose; the rest needs the machine's owner."""
BACK = frozenset({"default", "기본값"})
"""What is typed to go back to what is configured."""


def risk_in_force(configured: RiskSettings, reader: Reader) -> RiskSettings:
    """Return the risk settings with what the desk changed; what no longer fits beside the configured ones is left."""
    risk, changed = configured, reader.settings({SETTING_PREFIX + name for name in CHANGEABLE})
    for name in sorted(CHANGEABLE):
        kept = changed.get(SETTING_PREFIX + name)
        if not kept:
            continue
        try:
            risk = _with(risk, configured, name, None if kept == UNSET_WORD else kept)
        except SettingsInvalid as error:
            log.warning("setting_not_taken", setting=name, error=str(error))
    return risk


class RuntimeSettings:
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
        loosening: Loosening,
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._shown = tuple(shown)
        self._configured = configured
        self._risk = risk
        self._loosening = loosening
        self._changing = threading.Lock()

    def refresh(self) -> None:
        """Take over what another process on this database changed."""
        with self._changing:
            with self._store.reading() as reader:
                risk = risk_in_force(self._configured, reader)
            if risk != self._risk:
                self._hold(risk)
                log.info("settings_taken_over")

    def lines(self) -> tuple[SettingLine, ...]:
        """Return every setting, group by group."""
        groups = [self._risk if isinstance(group, RiskSettings) else group for group in self._shown]
        return tuple(self._line(group, name) for group in groups for name in type(group).model_fields)

    def change(self, asked: str, text: str, request: Request) -> SettingChange:
        """Change a setting by its name; raises UnknownSetting, SettingFixed and BadSetting.

        Where four eyes are set, what loosens a limit waits for a second person, and then for a while. It is judged
        beside what is in force in the database, which another process may have changed.
        """
        with self._changing:
            with self._store.writing() as transaction:
                self._hold(risk_in_force(self._configured, transaction))
                before = self._changeable(asked)
                risk, kept = self._wanted(before, text)
                after = self._line(risk, before.name)
                change = SettingChange(before=before, after=after)
                if self._loosening.is_guarded and _lets_more(before, after):
                    waiting = self._pending(change, kept, request)
                    return replace(change, pending=self._loosening.ask(transaction, waiting, request))
                self._loosening.supersede(transaction, before.name, request)
                self._keep(transaction, change, kept, request)
            self._hold(risk)
            return change

    def make_due(self) -> None:
        """Make every change that was confirmed and shown for long enough."""
        for due in self._loosening.due():
            with self._changing:
                with self._store.writing() as transaction:
                    risk = self._make(transaction, due)
                self._hold(risk)

    def _make(self, transaction: Transaction, due: PendingChange) -> RiskSettings:
        """Make a change, if it still waits and there is room for it; return what is in force then."""
        self._hold(risk_in_force(self._configured, transaction))
        if not self._loosening.take(transaction, due):
            return self._risk
        try:
            risk = self._with_kept(due.name, due.kept)
        except SettingsInvalid as error:  # what else was changed meanwhile leaves no room for it
            log.warning("setting_not_taken", setting=due.name, error=str(error))
            self._loosening.drop(transaction, due)
            return self._risk
        change = SettingChange(before=self._changeable(due.name), after=self._line(risk, due.name))
        self._keep(transaction, change, due.kept, Request(by=due.by), confirmed_by=due.confirmed_by)
        return risk

    def waiting(self) -> tuple[PendingChange, ...]:
        """Return the changes that wait."""
        return self._loosening.waiting()

    def confirm(self, name: str, request: Request, number: str = "") -> PendingChange:
        """Confirm a change that waits; raises OtherNeeded and NothingPending."""
        return self._loosening.confirm(name, request, number)

    def withdraw(self, name: str, request: Request, number: str = "") -> PendingChange:
        """Take back a change that waits; raises NothingPending."""
        return self._loosening.withdraw(name, request, number)

    def _keep(
        self, transaction: Transaction, change: SettingChange, kept: str, request: Request, *, confirmed_by: str = ""
    ) -> None:
        now, name = self._clock.now(), change.after.name
        before, after = change.before.value, change.after.value
        transaction.set_setting(SETTING_PREFIX + name, kept)
        if change.after != change.before:
            key, unit = f"{NoticeKind.SETTING}:{name}:{stamp(now)}", change.after.unit
            transaction.enqueue_notice(
                SettingChanged(key=key, at=now, by=request.by, name=name, before=before, after=after, unit=unit)
            )
        why = f"confirmed by {confirmed_by}" if confirmed_by else ""
        figures = f"{written_figure(before)} -> {written_figure(after)}"
        transaction.write_audit(request.entry(now, "setting", name, figures, why))

    def _hold(self, risk: RiskSettings) -> None:
        self._risk = risk
        self._limits.now = risk.limits

    def _pending(self, change: SettingChange, kept: str, request: Request) -> PendingChange:
        now = self._clock.now()
        return PendingChange(
            name=change.after.name,
            kept=kept,
            before=change.before.value,
            after=change.after.value,
            unit=change.after.unit,
            by=request.by,
            asked_at=now,
            expires_at=now,
        )

    def _with_kept(self, name: str, kept: str) -> RiskSettings:
        """Return the settings with a value as the database keeps it; raises SettingsInvalid."""
        value = getattr(self._configured, name) if not kept else None if kept == UNSET_WORD else kept
        return _with(self._risk, self._configured, name, value)

    def _changeable(self, asked: str) -> SettingLine:
        name = asked.strip().lower()
        lines = {line.name: line for line in self.lines()}
        if name not in lines:
            raise UnknownSetting(asked, *(near.upper() for near in get_close_matches(name, lines, n=1)))
        if not lines[name].is_changeable:
            raise SettingFixed(name)
        return lines[name]

    def _wanted(self, line: SettingLine, text: str) -> tuple[RiskSettings, str]:
        """Return the settings with what was typed for one of them, and that as the database keeps it."""
        name = line.name
        try:
            if narrowed(text) in BACK:
                return _with(self._risk, self._configured, name, getattr(self._configured, name)), ""
            value = parsed(text, line)
            return _with(self._risk, self._configured, name, value), UNSET_WORD if value is None else value
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


def _lets_more(before: SettingLine, after: SettingLine) -> bool:
    """Tell whether a change lets the desk risk more."""
    return is_looser(CHANGEABLE[after.name], before.value, after.value)


def _plain(line: SettingLine) -> str:
    return UNSET_WORD if line.value is None else f"{line.value.normalize():f}"
