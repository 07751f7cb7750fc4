"""A Slack that answers oddly, method by method, while the desk works, is halted, and is steered by people."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from bot.cards import ids
from bot.local_slack.errors import PersonRefused
from bot.local_slack.launch import CHANNEL
from engine.model.desk import DeskState
from engine.model.notices.base import NoticeKind
from tests.attacks.attack_runner import another
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.odd_answers import Odd
from tests.support.fakes.odd_line import as_slack_does
from tests.support.hosted import Hosted
from tests.support.waiting import until

LOST: Final = Odd(raw=b"", takes=True)
USED_UP: Final = Odd(status=404, body="used_url")
TOLD_WITHIN: Final = 5.0
"""Seconds in which a halt must be told once Slack takes posts again."""

BESIDE: Final[Mapping[str, tuple[str, Odd]]] = {
    "conversations.history": ("chat.postMessage", LOST),
    "conversations.replies": ("chat.postMessage", LOST),
    "chat.postEphemeral": ("response_url", USED_UP),
}
"""What must go wrong besides, once, for a method to be called at all."""

METHODS: Final = (
    "chat.postMessage",
    "chat.update",
    "chat.postEphemeral",
    "response_url",
    "views.open",
    "views.publish",
    "conversations.info",
    "conversations.history",
    "conversations.replies",
    "files.getUploadURLExternal",
    "upload_url",
    "files.completeUploadExternal",
    "apps.connections.open",
)
"""All that a running bot calls; a test holds it against what one called."""

AT_START: Final = ("auth.test", "apps.connections.open", "usergroups.users.list", "users.info")
"""What a bot calls when it comes up, or now and then."""
WHEN_SLOW: Final = ("views.update",)
"""What a bot calls where an answer takes more than a moment: the window that says so becomes the answer."""


@dataclass(kw_only=True)
class Cell:
    """What came of one kind of odd answer at one method."""

    method: str
    kind: str
    asked: int = 0
    halt_told: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class OddSlack:
    """Plays cells on one bot, one after the other, and judges each."""

    desk: Hosted
    number: int = 0
    told_within: float = TOLD_WITHIN
    twice: set[str] = field(default_factory=set)

    def play(self, method: str, kind: str, odd: Odd) -> Cell:
        """Let a method answer oddly while all is done that calls Slack, mend it, and see what was lost."""
        cell, self.number = Cell(method=method, kind=kind), self.number + 1
        self.desk.harness.clock.advance(1)
        self.desk.harness.engine.commands.resume(EngineHarness.ADMIN)
        card = self._propose(1)
        until(lambda: self.desk.keys()[f"{card}:card"] and self.desk.waiting() == 0)
        odd_before = Counter(self.desk.line.odd)
        once = dict([BESIDE[method]] if method in BESIDE else [])
        self.desk.line.way = lambda asked: odd if asked == method else once.pop(asked, None)
        if method == "conversations.history":  # what is in doubt must stand in the channel, not in a thread
            self.desk.tell(NoticeKind.FOREIGN, f"foreign:{self.number}", symbol=f"Z{self.number}", shares=1)
        else:
            self.desk.tell(NoticeKind.RESIZED, f"{card}:resized", trade_id=card)
        until(lambda: not method.startswith("conversations.") or not once)
        was_heard = self._work()
        with suppress(TimeoutError):
            until(lambda: self.desk.line.odd[method] > odd_before[method], 20)
        if not was_heard:  # no connection was left: Slack says so to whoever halts, and they try again
            self.desk.line.way = as_slack_does
            until(self._halt, 40)  # an answer that is on its way may take up to its deadline
        self._in_time(cell, lambda: self._state() is DeskState.HALTED, "the halt was not taken", 10)
        cell.asked = self.desk.line.odd[method] - odd_before[method]
        self.desk.line.way = as_slack_does
        mended = time.monotonic()
        self._in_time(cell, lambda: self.desk.told(f"halt {self.number}."), "the halt was not told", 40)
        cell.halt_told = time.monotonic() - mended
        self._judge(cell)
        return cell

    def _propose(self, which: int) -> str:
        """Propose a trade, and return its id."""
        like = another(self.desk.harness, f"AAPL_20250821_{which}{self.number:05d}")
        trade = replace(like, symbol="AAPL", expires_at=like.expires_at.replace(year=2099))
        with self.desk.harness.store.writing() as transaction:
            transaction.propose(trade)
        self.desk.tell(NoticeKind.APPROVAL_ASKED, f"{trade.id}:card", trade_id=trade.id)
        return trade.id

    def _work(self) -> bool:
        """Do all that makes a bot call Slack, and tell whether Slack handed the halt at the end of it on."""
        self._propose(2)
        deeds: tuple[Callable[[], object], ...] = (
            self.desk.admin.open_home,
            lambda: self.desk.trader.command(CHANNEL.id, "/desk"),
            self._ask_for_a_window,
            self.desk.slack.cycle_connections,
        )
        for does in deeds:
            with suppress(PersonRefused):
                does()
        return self._halt()

    def _halt(self) -> bool:
        try:
            self.desk.admin.command(CHANNEL.id, f"/halt halt {self.number}.")
        except PersonRefused:
            return False
        return True

    def _ask_for_a_window(self) -> None:
        """Ask for a window, and close it where there is one."""
        self.desk.admin.shortcut(ids.HALT_SHORTCUT)
        for view in self.desk.admin.views()[-1:]:
            self.desk.admin.close(view)

    def _judge(self, cell: Cell) -> None:
        if not cell.asked:
            cell.faults.append("never asked")
        if cell.halt_told > self.told_within:
            cell.faults.append(f"the halt was told after {cell.halt_told:.1f} s")
        self._in_time(cell, lambda: self.desk.waiting() == 0, f"{self.desk.waiting()} notices wait", 40)
        twice = {key for key, times in self.desk.keys().items() if times > 1} - self.twice
        self.twice |= twice
        if twice:
            cell.faults.append(f"twice: {twice}")
        if self.desk.dead():
            cell.faults.append(f"ended: {self.desk.dead()}")
        self._in_time(cell, lambda: "threads" not in self.desk.health()[1], f"unwell: {self.desk.health()}", 40)

    def _state(self) -> DeskState:
        return self.desk.harness.engine.queries.desk().state

    @staticmethod
    def _in_time(cell: Cell, holds: Callable[[], bool], fault: str, seconds: float) -> None:
        try:
            until(holds, seconds)
        except TimeoutError:
            cell.faults.append(fault)
