from collections.abc import Callable

Asked = Callable[[str, str], bool]
"""Tells whether somebody, by their id, may do a verb ('approve', 'set') now; may take seconds."""


class DeskPeople:
    """Whether people may still do what they once did: known to whoever knows the roles, and until then nobody may."""

    def __init__(self) -> None:
        self._may: Asked = _nobody

    def ask(self, may: Asked) -> None:
        """Say who knows."""
        self._may = may

    def may(self, user: str, verb: str) -> bool:
        """Tell whether somebody may do this now; asked while no transaction is open."""
        return self._may(user, verb)


def _nobody(_user: str, _verb: str) -> bool:
    return False
