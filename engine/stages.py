from dataclasses import dataclass

from engine.choices import Choices
from engine.common.audit_log import AuditLog
from engine.common.desk_people import DeskPeople
from engine.common.outlook import Outlooks
from engine.common.service_health import ServiceHealth
from engine.control.broker_sync import BrokerSync
from engine.control.dead_mans_switch import DeadMansSwitch
from engine.control.kill_switch import KillSwitch
from engine.control.lifecycle_notices import LifecycleNotices
from engine.control.risk_monitor import Watch
from engine.execution.action_calendar import ActionCalendar
from engine.execution.cover import CoverShorts
from engine.execution.execute import Execute
from engine.execution.external_positions import ExternalPositions
from engine.execution.flatten import Flatten
from engine.execution.protect import Protect
from engine.execution.reconcile_orders import ReconcileOrders
from engine.execution.reconcile_positions import ReconcilePositions
from engine.execution.time_exits import TimeExits
from engine.pipeline.analyse import Analyse
from engine.pipeline.bars import Bars
from engine.pipeline.decide import Decide
from engine.pipeline.observe import Observe
from engine.pipeline.propose import Propose
from engine.pipeline.resize import Resize
from engine.pipeline.score_news import ScoreNews
from engine.pipeline.signal_queue import SignalQueue
from engine.views.performance import Perform
from engine.views.portfolio import Show
from engine.views.reports import Reports
from engine.views.status import Stand


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """One of each stage."""

    bars: Bars
    observe: Observe
    analyse: Analyse
    read_news: ScoreNews
    queue: SignalQueue
    propose: Propose
    decide: Decide
    resize: Resize
    action_calendar: ActionCalendar
    cover: CoverShorts
    execute: Execute
    reconcile: ReconcileOrders
    compare: ReconcilePositions
    learn: BrokerSync
    protect: Protect
    protect_foreign: ExternalPositions
    watch: Watch
    kill_switch: KillSwitch
    flatten: Flatten
    time_exits: TimeExits
    outlooks: Outlooks
    dead_mans_switch: DeadMansSwitch
    show: Show
    choices: Choices
    perform: Perform
    reports: Reports
    stand: Stand
    services: ServiceHealth
    announce: LifecycleNotices
    requests: AuditLog
    people: DeskPeople
