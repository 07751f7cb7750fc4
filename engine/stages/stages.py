from dataclasses import dataclass

from engine.stages.action_calendar import ActionCalendar
from engine.stages.analyse import Analyse
from engine.stages.announce import Announce
from engine.stages.bars import Bars
from engine.stages.choices import Choices
from engine.stages.compare import Compare
from engine.stages.cover import CoverShorts
from engine.stages.decide import Decide
from engine.stages.execute import Execute
from engine.stages.flatten import Flatten
from engine.stages.foreign import ProtectForeign
from engine.stages.learn import Learn
from engine.stages.lifeline import Lifeline
from engine.stages.observe import Observe
from engine.stages.perform import Perform
from engine.stages.propose import Propose
from engine.stages.protect import Protect
from engine.stages.read_news import ReadNews
from engine.stages.reconcile import Reconcile
from engine.stages.report import Reports
from engine.stages.requests import Requests
from engine.stages.resize import Resize
from engine.stages.services import Services
from engine.stages.show import Show
from engine.stages.signal_queue import SignalQueue
from engine.stages.stand import Stand
from engine.stages.steer import Steer
from engine.stages.watch import Watch


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """One of each stage."""

    bars: Bars
    observe: Observe
    analyse: Analyse
    read_news: ReadNews
    queue: SignalQueue
    propose: Propose
    decide: Decide
    resize: Resize
    action_calendar: ActionCalendar
    cover: CoverShorts
    execute: Execute
    reconcile: Reconcile
    compare: Compare
    learn: Learn
    protect: Protect
    protect_foreign: ProtectForeign
    watch: Watch
    steer: Steer
    flatten: Flatten
    lifeline: Lifeline
    show: Show
    choices: Choices
    perform: Perform
    reports: Reports
    stand: Stand
    services: Services
    announce: Announce
    requests: Requests
