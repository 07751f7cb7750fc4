from collections.abc import Sequence

from engine.model.choices import SettingChange, WatchChange
from engine.model.desk import Request
from engine.stages.looks import Looks


class Choosing(Looks):
    """The verbs of the desk that change how it trades; the outbox finds their notices within a second."""

    def rewatch(self, symbols: Sequence[str], request: Request, *, more: bool) -> WatchChange:
        """Watch these symbols as well, or no more; raises TryAgain."""
        change = self._choices.watchlist.add if more else self._choices.watchlist.remove
        return change(symbols, request)

    def set_setting(self, name: str, text: str, request: Request) -> SettingChange:
        """Change a setting, from now on and for good; raises Refused."""
        return self._choices.adjust.change(name, text, request)
