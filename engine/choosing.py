from collections.abc import Sequence

from engine.model.choices import PendingChange, SettingChange, WatchChange
from engine.model.desk import Request
from engine.queries import Looks


class Choosing(Looks):
    """The verbs of the desk that change how it trades; the outbox finds their notices within a second."""

    def change_watchlist(self, symbols: Sequence[str], request: Request, *, more: bool) -> WatchChange:
        """Watch these symbols as well, or no more; raises TemporaryError."""
        change = self._choices.watchlist.add if more else self._choices.watchlist.remove
        return change(symbols, request)

    def set_setting(self, name: str, text: str, request: Request) -> SettingChange:
        """Change a setting, from now on and for good; raises RequestRefused."""
        return self._choices.adjust.change(name, text, request)

    def pending_changes(self) -> tuple[PendingChange, ...]:
        """Return the changes of settings that wait for a second person, or to take effect."""
        return self._choices.adjust.waiting()

    def confirm_setting(self, name: str, request: Request, number: str = "") -> PendingChange:
        """Confirm a change as a second person; raises RequestRefused."""
        return self._choices.adjust.confirm(name, request, number)

    def withdraw_setting(self, name: str, request: Request, number: str = "") -> PendingChange:
        """Take back a change that waits; raises RequestRefused."""
        return self._choices.adjust.withdraw(name, request, number)
