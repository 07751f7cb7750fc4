from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from engine.common.cash import UnlistedMoney
from engine.common.duty_calls import DutyCalls
from engine.common.last_seen import LOOKED
from engine.common.portfolio import joined
from engine.common.service_health import Service, ServiceHealth
from engine.control import halt_record
from engine.control.kill_switch import KillSwitch
from engine.errors import TemporaryError
from engine.model.account import Account
from engine.model.desk import ENGINE, OWN_ACCORD, DeskState
from engine.model.duty import CallKind
from engine.model.market import day_start
from engine.model.notices.base import NoticeKind, stamp
from engine.model.notices.desk import LossLimitReached, RiskWarning
from engine.model.portfolio import Portfolio
from engine.model.risk import RiskVerdict
from engine.ports.broker import Broker, nothing_more
from engine.ports.clock import Clock
from engine.ports.store import Store, Transaction
from engine.risk.limits import Limits, LimitsInForce
from engine.risk.protections import LOSSES

log = structlog.get_logger()

WARNED = "risk_warned"
"""The setting that remembers whether the present crossing of the warning level was told."""


MOMENT = timedelta(minutes=1)
"""By how much the look of another bot may be newer than ours; a clock that was set back is further off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What the risk monitor found at an instant: open risk, whether it is over the warning, and the losses at a limit.

    `halting` names the rule for which trading halts whatever was told before, '' for none.
    """

    at: datetime
    account: Account
    open_risk: Decimal
    is_over: bool
    losses: tuple[RiskVerdict, ...]
    halting: str


def findings(portfolio: Portfolio, limits: Limits, at: datetime, unlisted: Decimal = Decimal(0)) -> Findings:
    """Judge a portfolio; `unlisted` dollars came (below 0: went) of which the broker has not told yet."""
    account = portfolio.account
    by_trading = replace(portfolio, account=replace(account, equity=account.equity - unlisted))
    verdicts = (rule.look(by_trading, limits) for rule in LOSSES)
    return Findings(
        at=at,
        account=account,
        open_risk=portfolio.open_risk,
        is_over=portfolio.open_risk >= limits.warning,
        losses=tuple(verdict for verdict in verdicts if not verdict.allowed),
        halting="open_risk" if portfolio.open_risk >= limits.ceiling else "",
    )


class RiskMonitor:
    """The risk monitor: warns once at each crossing of the warning level, halts at the ceiling, keeps the curves.

    Losses that reach their limit are told once a day of the exchange; they halt only where the setting says so.
    `read_activities` brings what the broker tells of the account up to date, before every look.
    """

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        clock: Clock,
        kill_switch: KillSwitch,
        services: ServiceHealth,
        limits: LimitsInForce,
        calls: DutyCalls,
        read_activities: Callable[[], object] = nothing_more,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._kill_switch = kill_switch
        self._services = services
        self._limits = limits
        self._calls = calls
        self._read_activities = read_activities
        self._unlisted = UnlistedMoney()
        self._fills_seen = 0

    def __call__(self) -> None:
        """Look at the open risk and the losses; raises BrokerUnavailable.

        What is found is read and judged first, so that the writers' turn is kept for a moment only.
        """
        found, is_news = self._look()
        if is_news:
            found, _ = self._look()  # money may have gone, and the broker listed it a moment later
        halting = self._write(found)
        if halting:
            self._kill_switch.halt(OWN_ACCORD, halting)

    def after_fills(self) -> None:
        """Look if anything was filled since the last such look, by whomever it was booked; raises BrokerUnavailable."""
        with self._store.reading() as reader:
            newest = reader.last_fill()
        if newest > self._fills_seen:
            self()
            self._fills_seen = newest

    def _look(self) -> tuple[Findings, bool]:
        """Return what is found now, and whether a loss is among it that was not told today."""
        now, limits = self._clock.now(), self._limits.now
        with suppress(TemporaryError):  # money that is not listed yet is no reason to look at no risk
            self._read_activities()
        account, positions = self._broker.account(), self._broker.positions()
        self._services.back(Service.BROKER)
        with self._store.reading() as reader:
            portfolio = joined(reader, account, positions, now, limits)
            found = findings(portfolio, limits, now, self._unlisted.look(reader, portfolio, now))
            return found, any(not reader.was_enqueued(_key(verdict, now)) for verdict in found.losses)

    def _write(self, found: Findings) -> str:
        """Keep what was found and tell what is new; return why trading is to halt, '' where it is not."""
        with self._store.writing() as transaction:
            if _is_newest(transaction, found.at):
                transaction.set_setting(LOOKED, found.at.isoformat())
                self._warn(transaction, found)
            transaction.save_equity(found.at, found.account, found.open_risk)
            told = self._tell_losses(transaction, found)
            is_halted = transaction.desk().state is DeskState.HALTED
            why = found.halting or next(iter(told), "")
            if is_halted and why:
                halt_record.add(transaction, ENGINE)  # whoever halted may not take that back any more
        return "" if is_halted else why

    def _warn(self, transaction: Transaction, found: Findings) -> None:
        if found.is_over == (transaction.setting(WARNED) == "1"):
            return
        transaction.set_setting(WARNED, "1" if found.is_over else "0")
        if found.is_over:
            key = f"risk:{stamp(found.at)}"
            transaction.enqueue_notice(RiskWarning(key=key, at=found.at, open_risk=found.open_risk))

    def _tell_losses(self, transaction: Transaction, found: Findings) -> list[str]:
        """Tell which losses reached their limit, each once a day; return those just told that halt the desk."""
        halting = []
        for verdict in found.losses:
            key = _key(verdict, found.at)
            notice = LossLimitReached(key=key, at=found.at, verdict=verdict)
            if self._calls.enqueue(transaction, notice, CallKind.LOSS):
                log.warning("loss_limit", rule=verdict.rule, figure=str(verdict.figure), limit=str(verdict.limit))
                transaction.write_audit(
                    OWN_ACCORD.entry(found.at, "loss_limit", outcome=verdict.rule, why=verdict.reason)
                )
                halting += [verdict.rule] if self._limits.now.losses_halt else []
        return halting


def _key(verdict: RiskVerdict, at: datetime) -> str:
    return f"{NoticeKind.LOSS_LIMIT}:{verdict.rule}:{day_start(at):%Y%m%d}"


def _is_newest(transaction: Transaction, at: datetime) -> bool:
    """Tell whether no other bot looked later: what it found is newer than what we are about to write."""
    looked = transaction.setting(LOOKED)
    return not looked or not timedelta(0) < datetime.fromisoformat(looked) - at <= MOMENT
